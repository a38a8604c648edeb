import { randomUUID } from 'node:crypto'
import type { Address } from '../model/address.ts'
import { Fenced, WorldError } from '../model/errors.ts'
import type { Fence, Store } from '../model/store.ts'
import { ApiError } from '../source/cluster/api.ts'
import { admit } from './admit.ts'
import type { Cache } from './cache.ts'
import type { Mode } from './custom-resource.ts'
import { groupsOf, runOf, type Group, type Surroundings } from './due.ts'
import type { Recorder } from './events.ts'
import { finish } from './finish.ts'
import { factsOfAddress, factsOfError, type Log } from './log.ts'
import { controllerOf, type Metrics } from './metrics.ts'
import type { KeyQueue } from './queue.ts'
import type { Result, Results } from './result.ts'
import { settle, type Item } from './settle.ts'
import type { Writes } from './writes.ts'

/** Everything that the runs of one operator share. */
export interface Operation {
  readonly cluster: string
  readonly mode: Mode
  /** Milliseconds between two runs of a resource that nobody changed. */
  readonly interval: number
  /** Requests to the API server at once. */
  readonly concurrent: number
  /** Milliseconds after which a run is given up. */
  readonly timeout: number
  readonly cache: Cache
  readonly queue: KeyQueue<Address>
  readonly writes: Writes
  readonly recorder: Recorder
  readonly metrics: Metrics
  readonly log: Log
  /** Opens the store where that was not possible yet. Throws `WorldError`. */
  readonly store: () => Promise<Store>
  /** The turn to write under. Throws `WorldError`. */
  readonly fence: () => Promise<Fence | undefined>
  /** What runs are made in, anew for each batch. */
  readonly around: () => Surroundings
  readonly isTerminating: (namespace: string) => Promise<boolean>
  /** RFC 3339. */
  readonly now: () => string
  /** Somebody else writes now: this process has to end. */
  readonly onFenced: (error: Fenced) => void
}

/** One batch must not keep a single change waiting for long; ten thousand resources are twenty batches. */
const MOST_AT_ONCE = 500

/** Takes whatever is due and brings it about, until the queue is closed. */
export async function control(operation: Operation): Promise<void> {
  const { queue, metrics } = operation
  // Statuses of one batch are written while the next one is planned, but no further ahead.
  let finishing: Promise<void> = Promise.resolve()
  for (;;) {
    const keys = await queue.take(MOST_AT_ONCE)
    if (keys.length === 0) return finishing
    const end = metrics.batch.startTimer()
    const finishes = await reconcile(keys, operation)
    await finishing
    finishing = finishes().finally(end)
  }
}

/** Reconciles keys up to the store; what it gives writes the statuses, and never fails. */
async function reconcile(keys: readonly Address[], shared: Operation): Promise<() => Promise<void>> {
  const { queue, metrics } = shared
  const operation = { ...shared, log: shared.log.child({ reconcileID: randomUUID() }) }
  const controllers = keys.map(key => ({ controller: controllerOf(kindOf(key)) }))
  for (const controller of controllers) metrics.active.inc(controller)
  const settled = keys.length === 0 ? [] : await outcomes(keys, operation)
  return async () => {
    try {
      for (const { group, results } of settled) await finish(group, results, operation)
    } finally {
      for (const controller of controllers) metrics.active.dec(controller)
      queue.done(keys)
    }
  }
}

interface Settled {
  readonly group: Group
  readonly results: Results
}

async function outcomes(keys: readonly Address[], operation: Operation): Promise<readonly Settled[]> {
  const items = await admit(keys, operation)
  const groups = groupsOf(items, operation.cluster, operation.mode)
  const settled: Settled[] = []
  for (const group of groups) {
    const started = performance.now()
    const results = await settledOrFailed(group, operation)
    settled.push({ group, results })
    count(group, results, (performance.now() - started) / 1000, operation)
  }
  return settled
}

/** The results of a group; where the world failed, every one of them is tried again. */
async function settledOrFailed(group: Group, operation: Operation): Promise<Results> {
  const { metrics, log, onFenced } = operation
  try {
    const results = await settleGroup(group, operation)
    metrics.storeUp.set(1)
    return results
  } catch (error) {
    if (error instanceof Fenced) onFenced(error)
    if (error instanceof WorldError && !(error instanceof ApiError)) metrics.storeUp.set(0)
    if (!(error instanceof WorldError)) log.error(factsOfError(error), 'a batch failed')
    else log.warn({ ...factsOfError(error), owner: group.owner, resources: group.items.length }, 'a batch failed')
    return new Map(group.items.map(item => [item.resource.address, failed(item, error)]))
  }
}

async function settleGroup(group: Group, operation: Operation): Promise<Results> {
  const { metrics, log, cluster, timeout } = operation
  const around = operation.around()
  const [store, fence] = [await operation.store(), await operation.fence()]
  const counted: Store = {
    ...store,
    write: async batch => {
      const written = await store.write(batch)
      metrics.transactions.inc()
      return written
    },
  }
  const settling = settle(group.items, {
    store: counted,
    runOf: items => runOf(group, items, around),
    catalogue: around.context.catalogue,
    enforce: group.enforce,
    fence,
    actor: `operator/${cluster}`,
    now: operation.now,
    onBug: (address, error) => {
      metrics.panics.inc({ controller: controllerOf(kindOf(address)) })
      log.error({ ...factsOfError(error), ...factsOfAddress(address) }, 'this is a bug in Tenon; please report it')
    },
  })
  return await inTime(settling, timeout, () => {
    for (const { resource } of group.items) metrics.timeouts.inc({ controller: controllerOf(resource.kind) })
  })
}

/** Gives up waiting; a write that still comes to pass is noticed by the next plan. */
async function inTime<Answer>(work: Promise<Answer>, timeout: number, onTimeout: () => void): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    onTimeout()
    reject(new WorldError('timeout', `The run took longer than ${timeout / 1000} s.`))
  }, timeout)
  work.catch(() => {})
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

function failed({ wants }: Item, error: unknown): Result {
  const message =
    error instanceof WorldError ? `${error.code}: ${error.message}` : 'This is a bug in Tenon; see the log.'
  return { kind: 'retry', reason: wants === 'delete' ? 'PruneFailed' : 'ApplyFailed', message }
}

function count({ items }: Group, results: Results, seconds: number, { metrics }: Operation): void {
  for (const { resource } of items) {
    const controller = controllerOf(resource.kind)
    const result = results.get(resource.address)
    metrics.reconciles.inc({ controller, result: result?.kind === 'done' ? 'success' : 'error' })
    if (result?.kind === 'retry') metrics.errors.inc({ controller })
    if (result?.kind === 'stalled') metrics.terminal.inc({ controller })
    metrics.time.observe({ controller }, seconds)
    metrics.worked.observe({ name: controller }, seconds)
    if (result?.kind === 'done' && result.action !== undefined)
      metrics.changes.inc({ kind: controller, action: result.action })
  }
}

function kindOf(address: Address): string {
  return address.slice(0, address.indexOf('/'))
}
