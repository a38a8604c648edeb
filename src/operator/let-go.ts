import type { Failure } from './blame.ts'
import type { CustomResource } from './custom-resource.ts'
import { factsOfAddress } from './log.ts'
import type { Running } from './operation.ts'

/** Removes our finalizer: from then on nothing in the cluster remembers the resource. Throws `ApiError`. */
export async function letGo(resource: CustomResource, { writes, cache, queue, cleanups }: Running): Promise<void> {
  const left = await writes.finalizer(resource, false)
  if (left !== undefined) cache.renew(resource.kind, left)
  cleanups.delete(resource.object.metadata.uid ?? '')
  // That it carried our finalizer until now is no sign that somebody else took it away.
  cache.takeRemoved(resource.address)
  queue.succeed(resource.address)
  queue.cancel(resource.address)
}

/** Says what stays behind in the store. */
export function skipped(resource: CustomResource, { recorder, log }: Running, isOfNamespace = false): void {
  const note = `${resource.address} was let go although its row may still be in the store: the operator tells of it, and removes it only with --prune.`
  recorder.record(resource, { type: 'Warning', reason: 'CleanupSkipped', note, isOfNamespace })
  log.warn(factsOfAddress(resource.address), note)
}

/** A deletion that failed so far. */
export interface Cleanup {
  readonly tries: number
  /** When it failed first, by the monotonic clock. */
  readonly since: number
}

const MOST_TRIES = 6
/** How long to go on at least: a store may come back, and who uses a resource may be deleted after it. */
const LEAST_MS = 15_000

/**
 * What becomes of a deletion that failed. A namespace that is going must not wait for ever for a store that is gone, or for
 * a guard that nobody can lift there any more: after some tries the resource is let go, and its row stays. Elsewhere a
 * person can decide.
 */
export async function afterFailedCleanup(
  resource: CustomResource,
  { kind }: Failure,
  running: Running,
): Promise<'retry' | 'wait' | 'gone'> {
  const { namespace, uid = '' } = resource.object.metadata
  const { tries, since } = running.cleanups.get(uid) ?? { tries: 0, since: performance.now() }
  running.cleanups.set(uid, { tries: tries + 1, since })
  // What failed before it was deleted does not make the pauses longer.
  if (tries === 0) running.queue.succeed(resource.address)
  if (namespace === undefined || !(await running.isTerminating(namespace))) return kind === 'retry' ? 'retry' : 'wait'
  if (tries + 1 < MOST_TRIES || performance.now() - since < LEAST_MS) return 'retry'
  skipped(resource, running, true)
  await letGo(running.cache.get(resource.address) ?? resource, running)
  return 'gone'
}
