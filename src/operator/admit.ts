import type { Address } from '../model/address.ts'
import { ApiError } from '../source/cluster/api.ts'
import type { Operation } from './controller.ts'
import { hasFinalizer, isDeleting, isOn, isSuspended, modeOf, type CustomResource } from './custom-resource.ts'
import { eachLimited } from './limited.ts'
import { factsOfAddress, factsOfError } from './log.ts'
import type { Item } from './settle.ts'

/**
 * The keys for which something is to be done. Whatever will have a row in the store gets our finalizer first, so that it
 * cannot vanish from the cluster and stay in the store.
 */
export async function admit(keys: readonly Address[], operation: Operation): Promise<readonly Item[]> {
  const items: Item[] = []
  await eachLimited(keys, operation.concurrent, async key => {
    try {
      const item = await itemOf(key, operation)
      if (item !== undefined) items.push(item)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      // Somebody changed it meanwhile: what came of that is on its way.
      if (error.status !== 409)
        operation.log.warn({ ...factsOfError(error), ...factsOfAddress(key) }, 'the finalizer cannot be written')
      operation.queue.retry(key)
    }
  })
  return items.toSorted((a, b) => (a.resource.address < b.resource.address ? -1 : 1))
}

async function itemOf(key: Address, operation: Operation): Promise<Item | undefined> {
  const { cache, mode } = operation
  const resource = cache.get(key)
  if (resource === undefined) return strippedItem(cache.takeRemoved(key), operation)
  const enforced = modeOf(resource, mode) === 'Enforce'
  if (isDeleting(resource)) return await deletion(resource, enforced, operation)
  if (isSuspended(resource)) return undefined
  if (!enforced || hasFinalizer(resource)) return { resource, wants: 'apply' }
  const placed = await operation.writes.finalizer(resource, true)
  if (placed === undefined) return undefined
  cache.put(resource.kind, placed)
  return {
    resource: { ...resource, object: { ...placed, status: resource.object.status } } as CustomResource,
    wants: 'apply',
  }
}

/** A resource that is being deleted waits for us only if it carries our finalizer. */
async function deletion(resource: CustomResource, enforced: boolean, operation: Operation): Promise<Item | undefined> {
  if (!hasFinalizer(resource)) return undefined
  if (enforced && !isOn(resource, 'skipCleanup')) return { resource, wants: 'delete' }
  if (enforced) skipped(resource, operation)
  await letGo(resource, operation)
  return undefined
}

/** Removes our finalizer: from then on nothing in the cluster remembers the resource. */
export async function letGo(resource: CustomResource, { writes, cache, queue }: Operation): Promise<void> {
  const left = await writes.finalizer(resource, false)
  if (left !== undefined) cache.put(resource.kind, left)
  queue.succeed(resource.address)
  queue.cancel(resource.address)
}

/** Says what stays behind in the store. */
export function skipped(resource: CustomResource, { recorder, log }: Operation): void {
  const note = `${resource.address} was let go without removing its row from the store: remove it with tenon, or declare it again.`
  recorder.record(resource, { type: 'Warning', reason: 'CleanupSkipped', note })
  log.warn(factsOfAddress(resource.address), note)
}

/** Somebody removed our finalizer by hand: the row goes, too, within the limits that hold for files. */
function strippedItem(last: CustomResource | undefined, { mode }: Operation): Item | undefined {
  if (last === undefined || !hasFinalizer(last) || modeOf(last, mode) === 'Observe') return undefined
  return { resource: last, wants: 'delete', isGone: true }
}
