import { timingSafeEqual } from 'node:crypto'
import type { Problem } from '../model/diagnostic.ts'
import type { DecryptedSops, SopsFormat } from '../model/sops.ts'
import { prepareIdentities } from './age.ts'
import { recoverDataKey } from './data-key.ts'
import { decryptTree, type DecryptedTree } from './open.ts'
import { readDotenv } from './dotenv.ts'
import { readJson } from './json.ts'
import { readMetadata, type Metadata } from './metadata.ts'
import { SopsError, spotAt, type Spot, type TreePlace } from './refusal.ts'
import { compileSelection, type Selection } from './selection.ts'
import type { Sighting, Tree } from './tree.ts'
import { openValue } from './value.ts'
import { readYaml } from './yaml.ts'

export interface SopsOptions {
  /** `ini` is a format of sops that is refused by name. */
  readonly format: SopsFormat | 'ini'
  /** As shown to people. */
  readonly file: string
  /** age identities (`AGE-SECRET-KEY-1…`, `AGE-SECRET-KEY-PQ-1…`); one array is prepared once, however many files it opens. */
  readonly identities: readonly string[]
}

/** What a file names about its keys. Labels that nothing proves: they say who is named, not who can read. */
export interface NamedKeys {
  /** The age recipients of all key groups. */
  readonly recipients: readonly string[]
  /** Key services, by the names people know them by. */
  readonly services: readonly string[]
}

/** A SOPS file whose MAC was verified. */
export interface ReadSops extends DecryptedSops, NamedKeys, Pick<DecryptedTree, 'unprotected' | 'typed'> {
  /** One for each document of a YAML stream, without its `sops` key; one for every other format. */
  readonly documents: DecryptedTree['documents']
}

export type SopsResult = ReadSops | { readonly kind: 'refused'; readonly problem: Problem }

export interface SopsMetadata extends NamedKeys {
  readonly kind: 'metadata'
  /** As written. */
  readonly lastModified: string
  readonly hasMac: boolean
  readonly macOnlyEncrypted: boolean
  readonly selection: Selection
}

/** sops has no limit of its own; a file of credentials has a few kilobytes. */
const MAX_BYTES = 4 * 2 ** 20

/**
 * Verifies and decrypts a SOPS file: its MAC, the place of every value, and that all its rule selects is encrypted. Every
 * decrypted value is a `Secret` of the text that sops hashes; a value in clear stays plain. A file that cannot be trusted
 * or opened is a refusal with one problem, never an exception. Throws `WorldError` for a malformed identity.
 */
export async function readSops(bytes: Uint8Array, options: SopsOptions): Promise<SopsResult> {
  const { format, file } = options
  const identities = await prepareIdentities(options.identities)
  try {
    const tree = readTree(bytes, format)
    const metadata = readMetadata(tree.metadata, format === 'dotenv')
    const mac = sealedMac(metadata)
    const selector = compileSelection(metadata.selection)
    const key = await recoverDataKey(metadata, identities)
    const { macOnlyEncrypted } = metadata
    const { mac: expected, ...decrypted } = decryptTree(tree.branches, { key, selector, macOnlyEncrypted })
    verifyMac(openValue(mac, key, metadata.lastModified.bound)?.bytes, expected)
    const lastModified = metadata.lastModified.written
    return { kind: 'decrypted', ...decrypted, lastModified, macOnlyEncrypted, ...namedKeys(metadata) }
  } catch (error) {
    return refusal(error, bytes, format, file)
  }
}

/** Reads what a SOPS file says about itself. Nothing is decrypted or verified, so nothing of it is proven. */
export function readSopsMetadata(
  bytes: Uint8Array,
  format: SopsFormat | 'ini',
): SopsMetadata | { readonly kind: 'refused'; readonly problem: Problem } {
  try {
    const metadata = readMetadata(readTree(bytes, format).metadata, format === 'dotenv')
    const { macOnlyEncrypted, selection, mac } = metadata
    const lastModified = metadata.lastModified.written
    return {
      kind: 'metadata',
      ...namedKeys(metadata),
      lastModified,
      hasMac: mac !== undefined,
      macOnlyEncrypted,
      selection,
    }
  } catch (error) {
    return refusal(error, bytes, format, undefined)
  }
}

const READERS: Readonly<Record<SopsFormat, (text: string, seen?: Sighting) => Tree>> = {
  yaml: readYaml,
  json: readJson,
  dotenv: readDotenv,
  binary: readBinary,
}

function readTree(bytes: Uint8Array, format: SopsFormat | 'ini', seen?: Sighting): Tree {
  if (format === 'ini') {
    throw new SopsError('sops-unsupported-feature', 'Tenon does not read SOPS files in the INI format.', {
      cure: 'Keep the values as YAML, JSON or dotenv.',
    })
  }
  if (bytes.length > MAX_BYTES) {
    throw new SopsError('sops-too-large', `A SOPS file may have ${MAX_BYTES} bytes; this one has ${bytes.length}.`, {
      cure: 'Keep credentials in smaller files.',
    })
  }
  return READERS[format](decodeText(bytes), seen)
}

/** A binary file is JSON with one key, `data` (`stores/json/store.go`, BinaryStore). */
function readBinary(text: string, seen?: Sighting): Tree {
  const tree = readJson(text, seen)
  const [top] = tree.branches
  const one = top?.size === 1 && typeof top.get('data') === 'string'
  if (tree.metadata.size === 0 || one) return tree
  throw new SopsError('sops-syntax', 'A binary SOPS file holds exactly one value, data.', {
    cure: 'Take the file as sops wrote it, or give it the ending of its format.',
  })
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SopsError('sops-syntax', 'The file is not UTF-8 text.', { cure: 'Take the file as sops wrote it.' })
  }
}

function sealedMac(metadata: Metadata): string {
  if (metadata.mac !== undefined) return metadata.mac
  throw new SopsError('sops-mac-missing', 'The file has no MAC, so nothing shows that it is as its author left it.', {
    cure: 'Take the file as sops wrote it; without a MAC it is never used.',
  })
}

/** The MAC opens only with the `lastmodified` that it was sealed with (`cmd/sops/common/common.go`, DecryptTree). */
function verifyMac(written: Uint8Array | undefined, expected: string): void {
  const wanted = Buffer.from(expected)
  if (written?.length === wanted.length && timingSafeEqual(written, wanted)) return
  const what = written === undefined ? 'belongs to another file or another lastmodified' : 'does not fit its contents'
  throw new SopsError('sops-mac-mismatch', `The MAC of the file ${what}: it was changed after it was encrypted.`, {
    cure: 'Take the file as sops wrote it and look at who changed it; edit it only with sops edit.',
  })
}

function namedKeys({ groups }: Metadata): NamedKeys {
  return {
    recipients: groups.flatMap(group => group.age.map(entry => entry.recipient)),
    services: [...new Set(groups.flatMap(group => group.services))],
  }
}

function refusal(
  error: unknown,
  bytes: Uint8Array,
  format: SopsFormat | 'ini',
  file: string | undefined,
): { kind: 'refused'; problem: Problem } {
  if (!(error instanceof SopsError)) throw error
  const spot = spotOf(error, bytes, format)
  const { code, message, cure } = error
  const problem: Problem = { severity: 'error', code, message, cure, ...(file !== undefined && { file }), ...spot }
  return { kind: 'refused', problem }
}

/** A value is looked up by reading the file again: only a refused file pays for positions. */
function spotOf({ at }: SopsError, bytes: Uint8Array, format: SopsFormat | 'ini'): Spot | undefined {
  return at === undefined || 'line' in at ? at : locate(bytes, format, at)
}

function locate(bytes: Uint8Array, format: SopsFormat | 'ini', wanted: TreePlace): Spot | undefined {
  let found: number | undefined
  readTree(bytes, format, (document, path, offset) => {
    const same = document === wanted.document && path.length === wanted.path.length
    if (same && path.every((part, index) => part === wanted.path[index])) found = offset
  })
  return found === undefined ? undefined : spotAt(decodeText(bytes), found)
}
