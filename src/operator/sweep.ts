import type { Address } from '../model/address.ts'
import { Fenced } from '../model/errors.ts'
import { references } from '../model/references.ts'
import type { Stored, StoreReader } from '../model/store.ts'
import { DEFAULT_LIMITS } from '../model/store.ts'
import type { Item } from './attempt.ts'
import { modeOf } from './custom-resource.ts'
import { ownerOf } from './due.ts'
import { inTime } from './in-time.ts'
import { factsOfAddress, factsOfError } from './log.ts'
import { controllerOf, controllerOfAddress } from './metrics.ts'
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
 * Looks for rows of this cluster whose custom resources are gone without having waited for it: somebody took the finalizer
 * away, or an operator did, because the store did not answer. They are told of; with `prune` they are removed, within the
 * limits of a prune on the command line, since nobody asked for these deletes one by one. A cluster that was built anew
 * over the same store looks just like one whose resources were deleted: so nothing goes of a namespace in which nothing is
 * left, and the limit holds for everything that one sweep removes. Nothing is looked for in mode Observe, and nothing goes
 * without approval where that is asked for.
 *
 * Throws `WorldError` when the store fails, and `Fenced` when it is another's turn.
 */
export async function sweep(running: Running): Promise<void> {
  const { cluster, mode, timeout, metrics, log } = running
  if (mode === 'Observe') return
  const store = await inTime(timeout, running.store())
  const leftovers = new Map<string, number>()
  let budget = DEFAULT_LIMITS.maxDeletes
  for (const owner of await inTime(timeout, store.owners(ownerOf(cluster, undefined)))) {
    const place = placeOf(owner, cluster)
    if (place === undefined || !isFollowed(place, running)) continue
    try {
      const found = await inTime(timeout, leftIn(place, store, running))
      const results = found.rows.size === 0 ? EMPTY : await sweepPlace(found, budget, running)
      budget -= removedIntegrations(results)
      for (const address of told(found, results, running)) {
        const kind = controllerOfAddress(address)
        leftovers.set(kind, (leftovers.get(kind) ?? 0) + 1)
      }
    } catch (error) {
      // What one owner's rows meet is no reason to leave the others alone.
      if (error instanceof Fenced) throw error
      log.warn({ ...factsOfError(error), owner }, 'the rows of an owner cannot be swept now')
    }
  }
  metrics.leftovers.reset()
  for (const [kind, count] of leftovers) metrics.leftovers.set({ kind }, count)
}

const EMPTY: Results = new Map()

function removedIntegrations(results: Results): number {
  return [...results].filter(([address, { kind }]) => kind === 'done' && address.startsWith('integration/')).length
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
function isFollowed({ namespace }: Place, { scopes, cache }: Running): boolean {
  const missing = new Set(cache.missing())
  return scopes.some(scope => {
    const { kind, namespace: only } = scope
    if (missing.has(scope)) return false
    if (namespace === undefined) return kind === 'clusterServiceDefinition'
    return kind === 'integration' && (only === undefined || only === namespace)
  })
}

/** Removes what may be removed of one owner's rows; the results say why others stay. */
async function sweepPlace({ rows, integrations, ...place }: Left, budget: number, running: Running): Promise<Results> {
  const why = reasonToKeep(place, running)
  if (why !== undefined) return new Map([...rows.keys()].map(address => [address, { ...KEPT, message: why }]))
  const items: readonly Item[] = [...rows.values()].map(({ resource: { kind, address, namespace, name, spec } }) => {
    const metadata = { name, ...(namespace !== undefined && { namespace }) }
    return { resource: { kind, address, object: { metadata, spec: { ...spec } } }, wants: 'delete' }
  })
  const counted = { ...DEFAULT_LIMITS, maxDeletes: budget, integrations }
  return await settleGroup({ ...place, enforce: true, counted, force: new Set(), items }, running)
}

const KEPT = { kind: 'stalled', reason: 'GuardRefused' } as const

function reasonToKeep({ namespace }: Place, { prune, cache, mode }: Running): string | undefined {
  if (!prune) return 'prune-off: Nobody asked to remove such rows.'
  const left = [...cache.all()].filter(({ object }) => object.metadata.namespace === namespace)
  if (left.length === 0) return 'empty-desired: Nothing of this owner is left in the cluster.'
  // In which mode the resource of a row was, nobody knows any more.
  const needsApproval = mode === 'Approve' || left.some(resource => modeOf(resource, mode) === 'Approve')
  return needsApproval ? 'not-approved: In mode Approve such rows are told of only.' : undefined
}

const SHOWN = 10

/** Says what was removed, and gives what stays, for somebody who knows whether it should. */
function told({ owner, rows }: Left, results: Results, running: Running): readonly Address[] {
  const { log, metrics } = running
  const kept: Address[] = []
  let why = ''
  for (const [address, result] of results) {
    const { resource } = rows.get(address)!
    if (result.kind !== 'done') {
      kept.push(address)
      why ||= result.message
      continue
    }
    log.info(factsOfAddress(address), 'a row without a resource was removed')
    metrics.swept.inc({ kind: controllerOf(resource.kind) })
    wakeNeighbours(address, running, references(resource))
  }
  if (kept.length > 0) {
    const facts = { owner, rows: kept.length, addresses: kept.slice(0, SHOWN).join(', '), why }
    log.warn(facts, 'rows without resources stay in the store; remove them with tenon apply --prune, or declare them')
  }
  return kept
}
