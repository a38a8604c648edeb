import { createHash, randomBytes, type Hash } from 'node:crypto'
import { Secret } from '../model/secret.ts'
import { sealArmored } from './age.ts'
import { emitYaml } from './emit.ts'
import { compileSelection, type Selection, type Selector } from './selection.ts'
import { METADATA_KEY, type Branch, type Clear, type TreeNode } from './tree.ts'
import { hashedBytes, sealValue } from './value.ts'

/** What can be written: a `Secret` only where the selection encrypts it. `undefined` in an object is left out. */
export type Writable =
  | Secret
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Writable[]
  | WritableMap
  | ReadonlyMap<string, Writable>

export interface WritableMap {
  readonly [key: string]: Writable | undefined
}

export interface EncryptOptions {
  /** age recipients, any of which opens the file; at least one. */
  readonly recipients: readonly string[]
  /** What is encrypted; default: everything below a key `data`, so that reviewers read the rest. */
  readonly selection?: Selection
  readonly lastModified: Date
}

/** What `version` says: the sops whose files these are. sops parses it, so it is a version and nothing else. */
export const SOPS_VERSION = '3.13.2'

const DATA_ONLY: Selection = { rule: 'encrypted_regex', text: '^data$' }

interface Walk {
  readonly key: Uint8Array
  readonly selector: Selector
  readonly hash: Hash
}

/**
 * Encrypts documents as one SOPS YAML stream that sops itself reads: a new data key, a fresh IV for each value, one MAC
 * over all documents, `sops` last in each. Throws `WorldError` for a malformed recipient, and `RangeError` for what cannot
 * be written: the top-level key `sops`, a `Secret` that the selection would leave in clear, text that is no Unicode.
 */
export async function encryptYaml(
  documents: readonly (WritableMap | ReadonlyMap<string, Writable>)[],
  options: EncryptOptions,
): Promise<string> {
  const { recipients, selection = DATA_ONLY } = options
  if (recipients.length === 0) throw new RangeError('a file without recipients could never be opened again')
  const walk: Walk = { key: randomBytes(32), selector: compileSelection(selection), hash: createHash('sha512') }
  const branches = documents.map(document => sealMap(walk, document, '', false))
  const metadata = await sealMetadata(walk, recipients, selection, options.lastModified)
  walk.key.fill(0)
  return branches.map(branch => emitYaml(withMetadata(branch, metadata))).join('---\n')
}

/** Mirrors the reading walk: the same order, the same additional data, the same values into the MAC. */
function sealMap(walk: Walk, map: object, additionalData: string, matched: boolean): Branch {
  const branch = new Map<string, TreeNode>()
  for (const [key, value] of entriesOf(map)) {
    if (value === undefined) continue
    branch.set(key, sealNode(walk, value, `${additionalData}${key}:`, matched || walk.selector.matches(key)))
  }
  return branch
}

function sealNode(walk: Walk, value: Writable, additionalData: string, matched: boolean): TreeNode {
  if (isList(value)) return value.map(item => sealNode(walk, item, additionalData, matched))
  if (isMap(value)) return sealMap(walk, value, additionalData, matched)
  const selected = matched === walk.selector.whenMatched
  if (value instanceof Secret && !selected) throw new RangeError(`a secret would stand in clear at ${additionalData}`)
  const clear = clearOf(value)
  if (clear === null) return null
  walk.hash.update(clear instanceof Uint8Array ? clear : hashedBytes(clear))
  if (selected) return sealValue(clear, walk.key, additionalData)
  return clear instanceof Uint8Array ? Buffer.from(clear).toString() : clear
}

/** Go has `int` and `float64` where JavaScript has one number. */
function clearOf(value: Secret | string | number | bigint | boolean | null): Clear | Uint8Array {
  if (value instanceof Secret) return value.revealBytes()
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value)
}

function isMap(value: Writable): value is WritableMap | ReadonlyMap<string, Writable> {
  return typeof value === 'object' && value !== null && !(value instanceof Secret) && !Array.isArray(value)
}

function entriesOf(map: object): Iterable<[string, Writable | undefined]> {
  return map instanceof Map ? map : Object.entries(map)
}

async function sealMetadata(
  walk: Walk,
  recipients: readonly string[],
  selection: Selection,
  time: Date,
): Promise<Branch> {
  const lastModified = time.toISOString().replace(/\.\d+Z$/, 'Z')
  const mac = walk.hash.digest('hex').toUpperCase()
  const age: Branch[] = []
  for (const recipient of recipients) {
    age.push(new Map(Object.entries({ recipient, enc: await sealArmored(walk.key, recipient) })))
  }
  return new Map<string, TreeNode>([
    ['age', age],
    ['lastmodified', lastModified],
    ['mac', sealValue(mac, walk.key, lastModified)],
    [selection.rule, selection.text],
    ['version', SOPS_VERSION],
  ])
}

function withMetadata(branch: Branch, metadata: Branch): Branch {
  if (branch.has(METADATA_KEY)) throw new RangeError(`the top-level key ${METADATA_KEY} belongs to sops`)
  return new Map([...branch, [METADATA_KEY, metadata]])
}
