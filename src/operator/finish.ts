import type { Address } from '../model/address.ts'
import type { StoreReader } from '../model/store.ts'
import { ApiError, pauseAfter } from '../source/cluster/api.ts'
import type { Item } from './attempt.ts'
import { intervalOf } from './custom-resource.ts'
import type { Group } from './due.ts'
import { inTime } from './in-time.ts'
import { afterFailedCleanup, letGo } from './let-go.ts'
import { eachLimited } from './limited.ts'
import { factsOfAddress, factsOfError } from './log.ts'
import { controllerOf } from './metrics.ts'
import { wakeNeighbours } from './neighbours.ts'
import type { Running } from './operation.ts'
import { recover } from './recovered.ts'
import { isUnapproved, type Result, type Results } from './result.ts'
import type { StoredFacts } from './status.ts'
import { happeningOf, isDrift, tell } from './told.ts'

type Known = ReadonlyMap<Address, StoredFacts>

/** Tells the cluster what came of a group: statuses, finalizers, events; and says when each is looked at again. */
export async function finish(group: Group, results: Results, running: Running): Promise<void> {
  const stored = await storedFacts(group, results, running)
  await eachLimited(group.items, running.concurrent, async item => {
    const result = results.get(item.resource.address)
    if (result === undefined) return
    wake(item, result, running)
    await finishOne(item, result, stored, running)
  })
}

/** Which revision wrote each row, and who refers to it; one question for the whole group, and nothing if it fails. */
async function storedFacts({ items }: Group, results: Results, running: Running): Promise<Known | undefined> {
  const addresses = items
    .map(({ resource }) => resource.address)
    .filter(address => results.get(address)?.kind === 'done')
  if (addresses.length === 0) return new Map()
  try {
    return await inTime(running.timeout, factsIn(running, addresses))
  } catch (error) {
    running.log.warn(factsOfError(error), 'the store does not say what it wrote')
    return undefined
  }
}

async function factsIn(running: Running, addresses: readonly Address[]): Promise<Known> {
  const store: StoreReader = await running.store()
  const [heads, referrers] = [await store.heads(undefined, addresses), await store.referrers(addresses)]
  return new Map(
    addresses.map(address => [
      address,
      { revision: heads.get(address)?.revision, referencedBy: referrers.get(address) ?? [] },
    ]),
  )
}

/** Before anything else that may fail: nobody would know later that the row changed in this run. */
function wake({ resource: { address } }: Item, result: Result, running: Running): void {
  if (result.kind !== 'done') return
  const isUnsure = running.unsure.delete(address)
  if (result.action !== undefined || isUnsure) wakeNeighbours(address, running)
}

async function finishOne(item: Item, result: Result, stored: Known | undefined, running: Running): Promise<void> {
  const { queue, log } = running
  const { address } = item.resource
  if (stored === undefined && result.kind === 'done') return void queue.retry(address)
  try {
    if (item.wants === 'delete' && result.kind === 'done') {
      // Who deletes alone is told by the resource's absence.
      const happening = result.approved === undefined ? undefined : happeningOf(item.resource, result)
      if (happening !== undefined) running.recorder.record(item.resource, happening)
      await letGo(item.resource, running)
      log.info(factsOfAddress(address), 'deleted')
      return
    }
    await tell(item, result, stored?.get(address), running)
    await again(item, result, running)
  } catch (error) {
    if (!(error instanceof ApiError)) return recover(error, [address], running)
    // Somebody changed it meanwhile, which wakes it in any case.
    if (error.status !== 409)
      log.warn({ ...factsOfError(error), ...factsOfAddress(address) }, 'the status cannot be written')
    queue.retry(address, pauseAfter(error))
  }
}

/** Says when a resource is looked at again, if nothing wakes it before. */
async function again(item: Item, result: Result, running: Running): Promise<void> {
  const { queue, interval, metrics } = running
  const { address, kind } = item.resource
  if (isDrift(item.resource, result)) metrics.drift.inc({ kind: controllerOf(kind) })
  const next =
    item.wants === 'delete' && result.kind !== 'done' && !isUnapproved(result)
      ? await afterFailedCleanup(item.resource, result, running)
      : result.kind
  if (next === 'gone') return
  if (next === 'retry') return void queue.retry(address)
  queue.succeed(address)
  // What waits was looked at with everything beside it: no need to do that again for each of them.
  if (isUnapproved(result)) queue.cancel(address)
  queue.addAfter(address, intervalOf(item.resource, interval) * (0.9 + Math.random() / 5))
}
