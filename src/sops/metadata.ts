import { SopsError } from './refusal.ts'
import { DEFAULT_SELECTION, SELECTION_RULES, type Selection } from './selection.ts'
import { parseRfc3339 } from './time.ts'
import { isBranch, isList, type Branch } from './tree.ts'

/** The data key, or a share of it, encrypted to one age recipient. */
export interface AgeEntry {
  readonly recipient: string
  /** An armoured age file. */
  readonly enc: string
}

/** Any entry of a group opens its part of the data key. */
export interface KeyGroup {
  readonly age: readonly AgeEntry[]
  /** Key services by the names people know them by; Tenon calls none of them. */
  readonly services: readonly string[]
}

export interface Metadata {
  readonly groups: readonly KeyGroup[]
  /** How many groups make the data key. */
  readonly threshold: number
  readonly selection: Selection
  readonly macOnlyEncrypted: boolean
  /** As written, and as the MAC is bound to it. */
  readonly lastModified: { readonly written: string; readonly bound: string }
  /** Absent and empty are the same to sops, and refused when a file is verified. */
  readonly mac: string | undefined
}

const SERVICES: ReadonlyMap<string, string> = new Map([
  ['kms', 'AWS KMS'],
  ['gcp_kms', 'GCP KMS'],
  ['hckms', 'Huawei Cloud KMS'],
  ['azure_kv', 'Azure Key Vault'],
  ['hc_vault', 'HashiCorp Vault'],
  ['pgp', 'PGP'],
])

const KNOWN = new Set<string>([
  ...SELECTION_RULES,
  ...SERVICES.keys(),
  'age',
  'key_groups',
  'shamir_threshold',
  'mac_only_encrypted',
  'lastmodified',
  'mac',
  'version',
])

/** sops compares it with versions whose files need a repair, so a file without it does not open. */
const VERSION = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/

/** Trying an entry costs a curve operation, so a hostile file may not have many, nor large ones. */
const MAX_ENTRIES = 128
const MAX_ENC = 4096

/**
 * Reads the `sops` map of a file (getsops/sops `stores/stores.go`, `stores/metadata.go`). Stricter: text must be text and
 * booleans booleans (a dotenv file, where everything is text, spells them `true` and `false`); a known name in other
 * letter case is refused, because sops would honour it. Throws `SopsError`.
 */
export function readMetadata(metadata: Branch, flat: boolean): Metadata {
  if (metadata.size === 0) {
    throw new SopsError('sops-not-encrypted', 'The file has no sops metadata: it was not encrypted by sops.', {
      cure: 'Encrypt it with sops encrypt --in-place.',
    })
  }
  if (!VERSION.test(readText(metadata, 'version') ?? '')) throw invalid('has no version of sops in the form 1.2.3')
  const odd = [...metadata.keys()].find(key => !KNOWN.has(key) && KNOWN.has(key.toLowerCase()))
  if (odd !== undefined) throw invalid(`spells ${odd.toLowerCase()} in capital letters`)
  const groups = readGroups(metadata)
  return {
    groups,
    threshold: readThreshold(metadata, groups.length),
    selection: readSelection(metadata),
    macOnlyEncrypted: readFlag(metadata, 'mac_only_encrypted', flat),
    lastModified: readLastModified(metadata),
    mac: readText(metadata, 'mac') || undefined,
  }
}

/** Entries at the top form one group and hide `key_groups` (`stores/stores.go`, internalKeygroups). */
function readGroups(metadata: Branch): readonly KeyGroup[] {
  const top = readGroup(metadata)
  const groups = top.age.length + top.services.length > 0 ? [top] : readBranches(metadata, 'key_groups').map(readGroup)
  if (groups.length === 0) throw invalid('names no key that opens the file')
  const entries = groups.reduce((count, group) => count + group.age.length, 0)
  if (entries > MAX_ENTRIES) throw invalid(`has more than ${MAX_ENTRIES} age recipients`)
  return groups
}

function readGroup(branch: Branch): KeyGroup {
  const services = [...SERVICES].filter(([name]) => readBranches(branch, name).length > 0)
  return { age: readBranches(branch, 'age').map(readEntry), services: services.map(([, known]) => known) }
}

function readEntry(branch: Branch): AgeEntry {
  const recipient = readText(branch, 'recipient')
  const enc = readText(branch, 'enc')
  if (recipient === undefined || enc === undefined) throw invalid('has an age entry without recipient or enc')
  if (enc.length > MAX_ENC) throw invalid('has an age entry larger than any data key')
  return { recipient: recipient.trim(), enc }
}

function readThreshold(metadata: Branch, groups: number): number {
  const written = metadata.get('shamir_threshold') ?? 0n
  const text = typeof written === 'bigint' || typeof written === 'string' ? String(written) : ''
  if (!/^\d{1,3}$/.test(text)) throw invalid('has a shamir_threshold that is no number')
  const threshold = Number(text)
  if (groups === 1) return 1
  if (threshold === 0) return groups
  if (threshold < 2 || threshold > groups) throw invalid(`has a shamir_threshold that ${groups} key groups cannot meet`)
  return threshold
}

/** An empty rule counts as none (`stores/stores.go`, ToInternal). */
function readSelection(metadata: Branch): Selection {
  const selections = SELECTION_RULES.flatMap(rule => {
    const text = readText(metadata, rule) ?? ''
    return text === '' ? [] : [{ rule, text }]
  })
  if (selections.length > 1) {
    const rules = selections.map(selection => selection.rule).join(' and ')
    throw new SopsError(
      'sops-selection-invalid',
      `The sops metadata has ${rules}; only one may say what is encrypted.`,
      {
        cure: 'Take the file as sops wrote it.',
      },
    )
  }
  return selections[0] ?? DEFAULT_SELECTION
}

function readLastModified(metadata: Branch): Metadata['lastModified'] {
  const written = readText(metadata, 'lastmodified')
  const time = written === undefined ? undefined : parseRfc3339(written)
  if (written === undefined || time === undefined) throw invalid('has no lastmodified in the form of RFC 3339')
  return { written, bound: time.seconds }
}

function readFlag(metadata: Branch, name: string, flat: boolean): boolean {
  const value = metadata.get(name) ?? false
  if (typeof value === 'boolean') return value
  if (flat && (value === 'true' || value === 'false')) return value === 'true'
  throw invalid(`has ${name} with a value that is no boolean`)
}

function readText(branch: Branch, name: string): string | undefined {
  const value = branch.get(name) ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw invalid(`has ${name} with a value that is no text`)
}

/** Older versions of sops write `kms: []` and null for key services that are not used. */
function readBranches(branch: Branch, name: string): readonly Branch[] {
  const list = branch.get(name) ?? []
  if (isList(list) && list.every(item => isBranch(item))) return list
  throw invalid(`has ${name} with a value that is no list of maps`)
}

function invalid(what: string): SopsError {
  return new SopsError('sops-metadata-invalid', `The sops metadata ${what}.`, {
    cure: 'Take the file as sops wrote it.',
  })
}
