import { isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'
import { Secret } from '../model/secret.ts'
import type { SecretTree } from '../model/sops.ts'
import { SopsError, showPath, type SopsCode, type TreePlace } from './refusal.ts'
import type { Selector } from './selection.ts'
import { isBranch, isList, type Branch, type Clear, type TreeNode } from './tree.ts'
import { hashedBytes, openValue, type SopsType } from './value.ts'

/** SHA-256 of "sops", with which a MAC over encrypted values only begins (`sops.go`, MACOnlyEncryptedInitialization). */
const MAC_ONLY_ENCRYPTED = createHash('sha256').update('sops').digest()

const SHOWN = 5

export interface DecryptedTree {
  readonly documents: readonly ReadonlyMap<string, SecretTree>[]
  /** Selected values that sops leaves in clear: `""` and null. */
  readonly unprotected: readonly TreePlace[]
  /** Encrypted values that are no text. */
  readonly typed: readonly (TreePlace & { readonly type: SopsType })[]
  /** The MAC as it should be: SHA-512 in upper-case hex. */
  readonly mac: string
}

interface Walk {
  readonly key: Uint8Array
  readonly selector: Selector
  readonly macOnlyEncrypted: boolean
  readonly hash: Hash
  readonly unprotected: TreePlace[]
  readonly typed: (TreePlace & { type: SopsType })[]
  readonly failed: (TreePlace & { code: SopsCode })[]
  document: number
  readonly path: (string | number)[]
}

/** What stands where a comment inside a list was. */
const DROPPED = Symbol('dropped')

/**
 * Decrypts documents and computes their MAC in one walk in document order (`sops.go`, Decrypt). Throws `SopsError` naming
 * the values that do not decrypt, or that should have been encrypted and are not.
 */
export function decryptTree(
  branches: readonly Branch[],
  options: { key: Uint8Array; selector: Selector; macOnlyEncrypted: boolean },
): DecryptedTree {
  const walk: Walk = {
    ...options,
    hash: createHash('sha512'),
    unprotected: [],
    typed: [],
    failed: [],
    document: 0,
    path: [],
  }
  if (options.macOnlyEncrypted) walk.hash.update(MAC_ONLY_ENCRYPTED)
  const documents = branches.map((branch, document) => {
    walk.document = document
    return walkBranch(walk, branch, '', false)
  })
  if (walk.failed.length > 0) throw failure(walk.failed)
  const { unprotected, typed } = walk
  return { documents, unprotected, typed, mac: walk.hash.digest('hex').toUpperCase() }
}

/** `additionalData` is the path so far, each key followed by `:`; list indexes are left out. */
function walkBranch(walk: Walk, branch: Branch, additionalData: string, matched: boolean): Map<string, SecretTree> {
  const result = new Map<string, SecretTree>()
  for (const [key, node] of branch) {
    walk.path.push(key)
    const value = walkNode(walk, node, `${additionalData}${key}:`, matched || walk.selector.matches(key))
    // sops writes comments of type comment into lists only; as a value of a key it hides a value from the MAC.
    if (value === DROPPED) fail(walk, 'sops-value-not-decryptable')
    else result.set(key, value)
    walk.path.pop()
  }
  return result
}

/** sops writes an encrypted comment of a list as an item of it (getsops/sops#2243); it is no value and not in the MAC. */
function walkList(walk: Walk, list: readonly TreeNode[], additionalData: string, matched: boolean): SecretTree[] {
  const result: SecretTree[] = []
  for (const [index, node] of list.entries()) {
    walk.path.push(index)
    const value = walkNode(walk, node, additionalData, matched)
    if (value !== DROPPED) result.push(value)
    walk.path.pop()
  }
  return result
}

function walkNode(walk: Walk, node: TreeNode, additionalData: string, matched: boolean): SecretTree | typeof DROPPED {
  if (isBranch(node)) return walkBranch(walk, node, additionalData, matched)
  if (isList(node)) return walkList(walk, node, additionalData, matched)
  const selected = matched === walk.selector.whenMatched
  if (selected && (node === null || node === '')) walk.unprotected.push(place(walk))
  if (node === null || node === '') return node
  if (selected) return openLeaf(walk, node, additionalData)
  if (!walk.macOnlyEncrypted) walk.hash.update(hashedBytes(node))
  return plain(node)
}

function openLeaf(walk: Walk, node: Clear, additionalData: string): SecretTree | typeof DROPPED {
  if (typeof node !== 'string' || !node.startsWith('ENC[')) return fail(walk, 'sops-not-encrypted-value')
  const opened = openValue(node, walk.key, additionalData)
  if (opened === undefined) return fail(walk, 'sops-value-not-decryptable')
  if (opened.type === 'comment') return DROPPED
  if (opened.type !== 'str') walk.typed.push({ ...place(walk), type: opened.type })
  walk.hash.update(opened.bytes)
  return new Secret(isUtf8(opened.bytes) ? Buffer.from(opened.bytes).toString() : opened.bytes)
}

function plain(value: Clear): SecretTree {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  return typeof value === 'object' && value !== null ? value.time : value
}

function place(walk: Walk): TreePlace {
  return { document: walk.document, path: [...walk.path] }
}

function fail(walk: Walk, code: SopsCode): null {
  walk.failed.push({ ...place(walk), code })
  return null
}

/** Values in clear come first: they are what an author forgets, and a wrong one spoils the file anyway. */
function failure(failed: Walk['failed']): SopsError {
  const clear = failed.filter(({ code }) => code === 'sops-not-encrypted-value')
  const shown = clear.length > 0 ? clear : failed
  const names = shown.slice(0, SHOWN).map(({ path }) => showPath(path))
  const more = shown.length > SHOWN ? ` and ${shown.length - SHOWN} more` : ''
  const values = `${shown.length === 1 ? 'The value' : 'The values'} ${names.join(', ')}${more}`
  const [verb, stands] = shown.length === 1 ? ['does', 'stands'] : ['do', 'stand']
  if (clear.length > 0) {
    const message = `${values} should be encrypted by the file's own rule and ${stands} in clear.`
    const cure = 'Put it in with sops edit; a value that was committed in clear must be replaced at its provider.'
    return new SopsError('sops-not-encrypted-value', message, { cure, at: shown[0] })
  }
  const message = `${values} ${verb} not decrypt: changed, moved from another place, or of another type.`
  const cure = 'Take the file as sops wrote it, and edit it only with sops edit.'
  return new SopsError('sops-value-not-decryptable', message, { cure, at: shown[0] })
}
