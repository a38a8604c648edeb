import { Fenced, WorldError, StaleState } from '../model/errors.ts'
import type { Store } from '../model/store.ts'
import { ApiError } from '../source/cluster/api.ts'
import type { Item } from './attempt.ts'
import { approvedFor } from './approvals.ts'
import { runOf, type Group } from './due.ts'
import { inTime, runIsLate } from './in-time.ts'
import { factsOfAddress, factsOfError } from './log.ts'
import { controllerOf, controllerOfAddress } from './metrics.ts'
import type { Running } from './operation.ts'
import type { Result, Results } from './result.ts'
import { settle } from './settle.ts'

/** The results of a group; where the world failed, every one of them is tried again. */
export async function workGroup(group: Group, running: Running): Promise<Results> {
  const { metrics, log, onFenced } = running
  try {
    const results = await settleGroup(group, running)
    metrics.storeUp.set(1)
    wakeWaiting(running)
    return results
  } catch (error) {
    if (error instanceof Fenced) onFenced(error)
    if (isStoreDown(error)) metrics.storeUp.set(0)
    if (!(error instanceof WorldError)) {
      log.error(factsOfError(error), 'a batch failed')
      for (const { resource } of group.items) metrics.panics.inc({ controller: controllerOf(resource.kind) })
    } else log.warn({ ...factsOfError(error), owner: group.owner, resources: group.items.length }, 'a batch failed')
    remember(group, error, running)
    return new Map(group.items.map(item => [item.resource.address, failed(item, error)]))
  }
}

/** Settles a group within the time that a run has. Throws `WorldError` when the store fails, or time runs out. */
export async function settleGroup(group: Group, running: Running): Promise<Results> {
  const { metrics, timeout } = running
  const late = new AbortController()
  try {
    return await inTime(timeout, settledGroup(group, running, late.signal), runIsLate)
  } catch (error) {
    if (!isTimeout(error)) throw error
    late.abort()
    for (const { resource } of group.items) metrics.timeouts.inc({ controller: controllerOf(resource.kind) })
    throw error
  }
}

async function settledGroup(group: Group, running: Running, late: AbortSignal): Promise<Results> {
  const { metrics, log, cluster } = running
  const around = running.around()
  const [store, fence] = [await running.store(), await running.fence()]
  const needsApproval = group.approved !== undefined
  const whole = needsApproval ? { ...group, approved: await approvedFor(group, running) } : group
  return settle(group.items, {
    store: counted(patient(store, running.timeout / 2), running, late),
    runOf: items => runOf(whole, items, around),
    catalogue: around.context.catalogue,
    enforce: group.enforce,
    // A limit on many deletes says nothing about half of them, and an approval is for the whole.
    mayHalve: group.counted === undefined && !needsApproval,
    needsApproval,
    fence,
    actor: `operator/${cluster}`,
    now: running.now,
    onBug: (address, error) => {
      metrics.panics.inc({ controller: controllerOfAddress(address) })
      log.error({ ...factsOfError(error), ...factsOfAddress(address) }, 'this is a bug in Tenon; please report it')
    },
  })
}

function isTimeout(error: unknown): boolean {
  return error instanceof WorldError && (error.code === 'timeout' || error.code === 'run-timeout')
}

/** A store of which every answer has a time to come in: so that it is known whether it is the store that is late. */
function patient(store: Store, timeout: number): Store {
  const methods = Object.entries(store as unknown as Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>)
  const timed = methods.map(([name, method]) => [name, (...args: unknown[]) => inTime(timeout, method(...args))])
  // The one that answers at once stays as it is.
  return { ...(Object.fromEntries(timed) as Store), fingerprint: (...args) => store.fingerprint(...args) }
}

function counted(store: Store, { metrics }: Running, late: AbortSignal): Store {
  return {
    ...store,
    write: async batch => {
      // Its resources were tried again since, and perhaps as they are now: they must not be set back.
      if (late.aborted) throw new WorldError('timeout', 'The run was given up before it wrote.')
      const written = await store.write(batch)
      metrics.transactions.inc()
      return written
    },
  }
}

/** The store does not answer, or not as it should; another writer, or a run that is too long, is no such thing. */
function isStoreDown(error: unknown): boolean {
  if (!(error instanceof WorldError)) return false
  return !(
    error instanceof ApiError ||
    error instanceof StaleState ||
    error instanceof Fenced ||
    error.code === 'run-timeout'
  )
}

function remember({ items }: Group, error: unknown, { waiting, unsure }: Running): void {
  for (const { resource } of items) {
    if (isStoreDown(error)) waiting.add(resource.address)
    unsure.add(resource.address)
  }
}

/** The store answers again: whoever waits for it need not wait until its own pause is over. */
function wakeWaiting({ waiting, queue }: Running): void {
  for (const address of waiting) queue.add(address)
  waiting.clear()
}

function failed({ wants }: Item, error: unknown): Result {
  return { kind: 'retry', reason: wants === 'delete' ? 'PruneFailed' : 'ApplyFailed', message: shownOf(error) }
}

/** What tenants read: not where the store is, and as whom it is asked; the log has that. */
function shownOf(error: unknown): string {
  if (!(error instanceof WorldError)) return 'This is a bug in Tenon; see the log.'
  return isStoreDown(error) && error.code !== 'timeout'
    ? `${error.code}: The store cannot be used now; the operator's log says why.`
    : `${error.code}: ${error.message}`
}
