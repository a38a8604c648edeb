import type { Address } from '../model/address.ts'
import { references } from '../model/references.ts'
import type { Limits, Stored, StoreReader } from '../model/store.ts'
import { DEFAULT_LIMITS } from '../plan/guards.ts'
import { ApiError } from '../source/cluster/api.ts'
import type { Item } from './attempt.ts'
import { ownerOf, type Group } from './due.ts'
import { inTime } from './in-time.ts'
import { factsOfAddress } from './log.ts'
import { controllerOf } from './metrics.ts'
import { wakeNeighbours } from './neighbours.ts'
import type { Running } from './operation.ts'
import type { Results } from './result.ts'
import { settleGroup } from './work-group.ts'

/** One namespace of the cluster, or the cluster itself, and the owner that it is in the store. */
interface Place {
  readonly owner: string
  readonly namespace: string | undefined
}

/** What is left of a place. */
interface Left extends Place {
  readonly rows: Rows
  /** How many the store has of it, left or not. */
  readonly integrations: number
}

type Rows = ReadonlyMap<Address, Stored>

/**
 * Removes rows of this cluster whose custom resources are gone without having waited for it: somebody took the finalizer
 * away, or an operator did, because the store did not answer. Nobody asked for these deletes one by one, so that the limits
 * of a prune bind them, owner by owner. Nothing is removed in mode Observe.
 *
 * Throws `WorldError` when the store or the API server fails.
 */
export async function sweep(running: Running): Promise<void> {
  const { cluster, mode, timeout, metrics } = running
  if (mode === 'Observe') return
  const store = await inTime(timeout, running.store())
  metrics.leftovers.reset()
  for (const owner of await inTime(timeout, store.owners(ownerOf(cluster, undefined)))) {
    const place = placeOf(owner, cluster)
    if (place === undefined || !isFollowed(place, running)) continue
    const found = await inTime(timeout, leftIn(place, store, running))
    if (found.rows.size > 0) await sweepPlace(found, running)
  }
}

async function leftIn(place: Place, store: StoreReader, { cache }: Running): Promise<Left> {
  const all = [...(await store.heads(place.owner, [])).keys()]
  const left = all.filter(address => cache.get(address) === undefined)
  const integrations = all.filter(address => address.startsWith('integration/')).length
  return { ...place, integrations, rows: await store.load(left) }
}

/** What an owner stands for; nothing where it is another cluster whose name only begins alike. */
function placeOf(owner: string, cluster: string): Place | undefined {
  if (owner === ownerOf(cluster, undefined)) return { owner, namespace: undefined }
  const prefix = ownerOf(cluster, '')
  return owner.startsWith(prefix) ? { owner, namespace: owner.slice(prefix.length) } : undefined
}

/** Whether absent from the cache means absent from the cluster. */
function isFollowed({ namespace }: Place, { scopes }: Running): boolean {
  return scopes.some(({ kind, namespace: only }) => {
    if (namespace === undefined) return kind === 'clusterServiceDefinition'
    return kind === 'integration' && (only === undefined || only === namespace)
  })
}

async function sweepPlace({ rows, integrations, ...place }: Left, running: Running): Promise<void> {
  const limits = await limitsIn(place, running)
  if (limits === undefined) {
    const message = 'empty-desired: Nothing of this owner is left in the cluster.'
    return kept(place, new Map([...rows.keys()].map(address => [address, message])), running)
  }
  const items: readonly Item[] = [...rows.values()].map(({ resource: { kind, address, namespace, name, spec } }) => {
    const metadata = { name, ...(namespace !== undefined && { namespace }) }
    return { resource: { kind, address, object: { metadata, spec: { ...spec } } }, wants: 'delete' }
  })
  const counted = { ...limits, integrations }
  const group: Group = { ...place, enforce: true, counted, force: new Set(), items }
  report(place, rows, await settleGroup(group, running), running)
}

/**
 * The limits on what may go. A namespace that is gone took its resources along on purpose, and there only the number
 * counts; one that is there and empty looks like a cluster that lost its data, and nothing may go.
 */
async function limitsIn({ namespace }: Place, running: Running): Promise<Limits | undefined> {
  if (await isGone(namespace, running)) return { ...DEFAULT_LIMITS, maxDeletePercent: 100 }
  const isEmpty = ![...running.cache.all()].some(({ object }) => object.metadata.namespace === namespace)
  return isEmpty ? undefined : DEFAULT_LIMITS
}

async function isGone(namespace: string | undefined, { isTerminating }: Running): Promise<boolean> {
  if (namespace === undefined) return false
  try {
    await isTerminating(namespace)
    return false
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return true
    throw error
  }
}

function report(place: Place, rows: Rows, results: Results, running: Running): void {
  const { log, metrics } = running
  const refused = new Map<Address, string>()
  for (const [address, result] of results) {
    const { resource } = rows.get(address)!
    if (result.kind !== 'done') {
      refused.set(address, result.message)
      continue
    }
    log.info(factsOfAddress(address), 'a row without a resource was removed')
    metrics.swept.inc({ kind: controllerOf(resource.kind) })
    wakeNeighbours(address, running, references(resource))
  }
  if (refused.size > 0) kept(place, refused, running)
}

const SHOWN = 10

/** Says which rows stay, for somebody who knows whether they should. */
function kept({ owner }: Place, messages: ReadonlyMap<Address, string>, { log, metrics }: Running): void {
  for (const address of messages.keys())
    metrics.leftovers.inc({ kind: controllerOf(address.slice(0, address.indexOf('/'))) })
  const addresses = [...messages.keys()]
  const shown = addresses.slice(0, SHOWN).join(', ')
  const [why] = messages.values()
  const facts = { owner, rows: addresses.length, addresses: shown, why }
  log.warn(facts, 'rows without resources stay in the store; remove them with tenon apply --prune, or declare them')
}
