import { createHash } from 'node:crypto'
import type { Report } from '../model/diagnostic.ts'
import type { ManifestOf } from '../model/manifest.ts'
import type { Sealed } from '../model/sealed.ts'
import type { SopsFormat } from '../model/sops.ts'
import { digestOf } from '../model/digest.ts'
import type { ResolveContext } from './context.ts'
import { valuesPath } from './fields.ts'
import { placeOf } from './references.ts'
import { MAX_SOPS_BYTES, sealedBytes, type SealedBytes } from './sealed-bytes.ts'
import { sealedReaders, type SealedReaders } from './sealed-readers.ts'
import { sealedRule, type SealedRule } from './sealed-rule.ts'
import { isList, isMap, sealedTree, Unreadable, type SealedMap, type SealedNode } from './sealed-tree.ts'

type CredentialManifest = ManifestOf<'credential'>

/** What the file of a credential tells of itself, whichever of its documents is meant. */
interface SealedFile {
  readonly documents: readonly SealedNode[]
  readonly readers: SealedReaders
  readonly rule: SealedRule
  readonly macOnlyEncrypted: boolean
}

/**
 * What the encrypted values of a credential tell without a key. `undefined` where they stand in no file, or where the
 * file cannot be taken apart, which is reported: whoever applies it cannot read it either.
 */
export async function sealedOf(
  manifest: CredentialManifest,
  { readBeside }: Pick<ResolveContext, 'readBeside'>,
  report: Report = () => {},
): Promise<Sealed | undefined> {
  const found = await sealedBytes(manifest, readBeside, report)
  if (found === undefined) return undefined
  try {
    return sealedIn(manifest, found)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    report({
      severity: 'error',
      code: 'sops-unreadable',
      message: `the encrypted values of credential "${manifest.name}" cannot be read: ${error.message}`,
      cure: 'Take the file as sops wrote it.',
      place: { ...placeOf(manifest, valuesPath(manifest)), key: true },
    })
    return undefined
  }
}

function sealedIn(manifest: CredentialManifest, found: SealedBytes): Sealed {
  const { documents, readers, rule, macOnlyEncrypted } = sealedFile(found)
  const { values, keys } = valuesIn(manifest, found, documents)
  const fields = [...fieldsIn(values, [])]
  const leaves = fields.filter(({ digest }) => digest !== undefined)
  return {
    file: found.file,
    format: found.format,
    entries: new Map(leaves.map(({ path, digest }) => [nameOf(path), digest ?? ''])),
    inClear: fields.filter(({ digest }) => digest === undefined).map(({ path }) => nameOf(path)),
    unselected: leaves.filter(({ path }) => !rule.encrypts([...keys, ...path])).map(({ path }) => nameOf(path)),
    readers: readers.names,
    dataKey: readers.dataKey,
    macOnlyEncrypted,
    threshold: readers.threshold,
    rule: rule.text,
  }
}

// A file of many credentials is taken apart once for all of them.
const files = new WeakMap<Uint8Array, Map<SopsFormat, SealedFile>>()

function sealedFile({ bytes, format }: SealedBytes): SealedFile {
  const known = files.get(bytes) ?? new Map<SopsFormat, SealedFile>()
  files.set(bytes, known)
  let file = known.get(format)
  if (file === undefined) known.set(format, (file = readFile(bytes, format)))
  return file
}

function readFile(bytes: Uint8Array, format: SopsFormat): SealedFile {
  if (bytes.length > MAX_SOPS_BYTES) throw new Unreadable('it is too large')
  const { documents, metadata } = sealedTree(bytes, format)
  return {
    documents,
    readers: sealedReaders(metadata),
    rule: sealedRule(metadata),
    macOnlyEncrypted: metadata.get('mac_only_encrypted') === 'true',
  }
}

interface Values {
  readonly values: SealedMap
  /** The keys from the top of the document down to the values. */
  readonly keys: readonly string[]
}

const IN_PLACE = ['spec', 'data']

function valuesIn(manifest: CredentialManifest, { at }: SealedBytes, documents: readonly SealedNode[]): Values {
  if (typeof at === 'number') return below(documents[at])
  if (at === 'top' || !documents.some(isOurs)) return { values: withoutMetadata(documents[0]), keys: [] }
  const declaring = documents.filter(document => isOurs(document) && declares(document, manifest.name))
  // A document of a file may leave its namespace to the defaults of its source, which a string does not hold.
  const from = (namespace: string | undefined): SealedNode | undefined =>
    declaring.find(document => text(document, ['metadata', 'namespace']) === namespace)
  return below(from(manifest.namespace) ?? from(undefined))
}

function below(document: SealedNode | undefined): Values {
  const values = IN_PLACE.reduce<SealedNode | undefined>(
    (node, key) => (isMap(node) ? node.get(key) : undefined),
    document,
  )
  if (!isMap(values)) throw new Unreadable('it holds no values of this credential')
  return { values, keys: IN_PLACE }
}

function withoutMetadata(document: SealedNode | undefined): SealedMap {
  if (!isMap(document)) throw new Unreadable('it is no map of fields')
  return new Map([...document].filter(([key]) => key !== 'sops'))
}

function isOurs(document: SealedNode): boolean {
  return text(document, ['apiVersion'])?.startsWith('tenon.dev/') ?? false
}

function declares(document: SealedNode, name: string): boolean {
  return text(document, ['kind']) === 'Credential' && text(document, ['metadata', 'name']) === name
}

function text(document: SealedNode, path: readonly string[]): string | undefined {
  const found = path.reduce<SealedNode | undefined>((node, key) => (isMap(node) ? node.get(key) : undefined), document)
  return typeof found === 'string' ? found : undefined
}

interface Field {
  readonly path: readonly string[]
  /** Of its ciphertext; absent where something of it is in clear. */
  readonly digest: string | undefined
}

/** The fields below the values, a list counting as one: nothing binds its items to their places. */
function* fieldsIn(node: SealedNode, path: readonly string[]): Generator<Field> {
  if (isMap(node) && (node.size > 0 || path.length === 0)) {
    for (const [key, item] of node) yield* fieldsIn(item, [...path, key])
    return
  }
  const sealed = [...ciphertextIn(node)]
  const isSealed = sealed.length > 0 && sealed.every(item => item !== undefined)
  yield { path, digest: isSealed ? digestOfText(isList(node) ? digestOf(sealed) : sealed[0]!) : undefined }
}

/** Every leaf; `undefined` for one that sops did not encrypt, an empty list or map included. */
function* ciphertextIn(node: SealedNode): Generator<string | undefined> {
  const items = isList(node) ? node : isMap(node) ? [...node.values()] : undefined
  if (items === undefined) yield SEALED.test(node as string) ? (node as string) : undefined
  else if (items.length === 0) yield undefined
  else for (const item of items) yield* ciphertextIn(item)
}

/** One encrypted value; anchored at both ends (getsops/sops `aes/cipher.go`). */
const SEALED = /^ENC\[AES256_GCM,data:[0-9A-Za-z+/=]+,iv:[0-9A-Za-z+/=]+,tag:[0-9A-Za-z+/=]+,type:[a-z]+\]$/

function digestOfText(ciphertext: string): string {
  return `sha256:${createHash('sha256').update(ciphertext).digest('hex')}`
}

/** A path as one name, in which a point inside a key stays apart from the points between keys. */
function nameOf(path: readonly string[]): string {
  return path.map(key => key.replaceAll(/[\\.]/g, String.raw`\$&`)).join('.')
}
