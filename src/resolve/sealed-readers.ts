import { digestOf } from '../model/digest.ts'
import { isList, isMap, Unreadable, type SealedMap, type SealedNode } from './sealed-tree.ts'

/** Who can decrypt a file, as far as it says so: nothing proves these names. */
export interface SealedReaders {
  /** Sorted. */
  readonly names: readonly string[]
  /** A digest over the data key as encrypted for each of them. */
  readonly dataKey: string
  /** How many key groups are needed, where there are several. */
  readonly threshold: number | undefined
}

/** What names a key of each service (getsops/sops `stores/stores.go`); age recipients need no name before them. */
const NAMED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['age', ['recipient']],
  ['pgp', ['fp']],
  ['kms', ['arn', 'role']],
  ['gcp_kms', ['resource_id']],
  ['hckms', ['key_id']],
  ['azure_kv', ['vault_url', 'name', 'version']],
  ['hc_vault', ['vault_address', 'engine_path', 'key_name']],
])

const MAX_READERS = 1000
const MAX_NAME = 4096

/**
 * Everybody for whom the file holds the data key, or a part of it. Entries that sops itself would pass over, such as key
 * groups beside keys at the top, count too: whoever they are for can decrypt.
 */
export function sealedReaders(metadata: SealedMap): SealedReaders {
  const groups = itemsOf(metadata.get('key_groups') ?? [])
  const keys = [metadata, ...groups].flatMap(keysIn)
  if (keys.length === 0) throw new Unreadable('it names nobody who can decrypt it')
  if (keys.length > MAX_READERS || keys.some(({ name }) => name.length > MAX_NAME)) {
    throw new Unreadable('it names too many keys, or too long ones')
  }
  const wrapped = keys.map(({ name, sealed }) => JSON.stringify([name, sealed])).toSorted()
  return {
    names: [...new Set(keys.map(({ name }) => name))].toSorted(),
    dataKey: digestOf(wrapped),
    threshold: thresholdOf(metadata, groups.length),
  }
}

interface Key {
  readonly name: string
  readonly sealed: string
}

/** Every list of the map whose items hold something encrypted; a service that comes after this program is seen too. */
function keysIn(group: SealedMap): readonly Key[] {
  return [...group].flatMap(([service, list]) =>
    itemsOf(list).flatMap(item => {
      const sealed = item.get('enc')
      return typeof sealed === 'string' ? [{ name: nameOf(service, item), sealed }] : []
    }),
  )
}

/** In dotenv a list is a map of its numbers. */
function itemsOf(list: SealedNode): readonly SealedMap[] {
  if (isList(list)) return list.filter(isMap)
  return isMap(list) ? [...list].flatMap(([index, item]) => (/^\d+$/.test(index) && isMap(item) ? [item] : [])) : []
}

function nameOf(service: string, item: SealedMap): string {
  const fields = NAMED_BY.get(service) ?? [...item.keys()].filter(key => !UNNAMING.has(key)).toSorted()
  const parts = fields.flatMap(field => {
    const text = item.get(field)
    return typeof text === 'string' && text.trim() !== '' ? [text.trim()] : []
  })
  return service === 'age' ? parts.join('/') : `${service}:${parts.join('/')}`
}

const UNNAMING: ReadonlySet<string> = new Set(['enc', 'created_at'])

function thresholdOf(metadata: SealedMap, groups: number): number | undefined {
  if (groups < 2) return undefined
  const written = metadata.get('shamir_threshold')
  const threshold = typeof written === 'string' && /^\d{1,3}$/.test(written) ? Number(written) : 0
  return threshold === 0 ? groups : threshold
}
