import type { Address } from '../model/address.ts'
import { ApiError, pauseAfter } from '../source/cluster/api.ts'
import type { Item } from './attempt.ts'
import { hasFinalizer, isDeleting, isOn, isSuspended, modeOf, type CustomResource } from './custom-resource.ts'
import { letGo, skipped } from './let-go.ts'
import { eachLimited } from './limited.ts'
import { factsOfAddress, factsOfError } from './log.ts'
import type { Running } from './operation.ts'
import { recover } from './recovered.ts'
import { statusAtRest } from './status.ts'

/**
 * The keys for which something is to be done. Whatever will have a row in the store gets our finalizer first, so that it
 * cannot vanish from the cluster and stay in the store.
 */
export async function admit(keys: readonly Address[], running: Running): Promise<readonly Item[]> {
  const items: Item[] = []
  await eachLimited(keys, running.concurrent, async key => {
    try {
      const item = await itemOf(key, running)
      if (item !== undefined) items.push(item)
    } catch (error) {
      if (!(error instanceof ApiError)) return recover(error, [key], running)
      // Somebody changed it meanwhile: what came of that is on its way.
      if (error.status !== 409)
        running.log.warn({ ...factsOfError(error), ...factsOfAddress(key) }, 'the finalizer cannot be written')
      running.queue.retry(key, pauseAfter(error))
    }
  })
  return items.toSorted((a, b) => (a.resource.address < b.resource.address ? -1 : 1))
}

async function itemOf(key: Address, running: Running): Promise<Item | undefined> {
  const { cache, mode } = running
  const resource = cache.get(key)
  if (resource === undefined) {
    stripped(cache.takeRemoved(key), running)
    forget(key, running)
    return undefined
  }
  const isWritten = modeOf(resource, mode) !== 'Observe'
  if (isDeleting(resource)) return await deletion(resource, isWritten, running)
  if (isSuspended(resource)) {
    await rest(resource, running)
    return undefined
  }
  if (!isWritten || hasFinalizer(resource)) return { resource, wants: 'apply' }
  const placed = await running.writes.finalizer(resource, true)
  if (placed === undefined) return undefined
  cache.renew(resource.kind, placed)
  return {
    resource: { ...resource, object: { ...placed, status: resource.object.status } } as CustomResource,
    wants: 'apply',
  }
}

/** A resource that is being deleted waits for us only if it carries our finalizer. */
async function deletion(resource: CustomResource, isWritten: boolean, running: Running): Promise<Item | undefined> {
  if (!hasFinalizer(resource)) return undefined
  if (isWritten && !isOn(resource, 'skipCleanup')) return { resource, wants: 'delete' }
  if (isWritten) skipped(resource, running)
  await letGo(resource, running)
  return undefined
}

/** Nothing about a resource that is gone is kept: one that takes its name begins anew. */
function forget(key: Address, { cache, queue }: Running): void {
  cache.takeFormer(key)
  queue.succeed(key)
  queue.cancel(key)
}

/** Somebody removed our finalizer by hand: nothing but the store remembers the row now. */
function stripped(last: CustomResource | undefined, { mode, sweepSoon }: Running): void {
  if (last !== undefined && hasFinalizer(last) && modeOf(last, mode) !== 'Observe') sweepSoon()
}

/** A suspended resource is not on its way anywhere; the rest of its status stays as it was. */
async function rest(resource: CustomResource, { queue, cache, writes }: Running): Promise<void> {
  queue.succeed(resource.address)
  queue.cancel(resource.address)
  const status = statusAtRest(resource)
  const written = status === undefined ? undefined : await writes.status(resource, status)
  if (written !== undefined) cache.renew(resource.kind, written)
}
