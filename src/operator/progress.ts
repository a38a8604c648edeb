import type { Item } from './attempt.ts'
import { isDeleting } from './custom-resource.ts'
import { eachLimited } from './limited.ts'
import { factsOfError } from './log.ts'
import type { Running } from './operation.ts'
import { statusOf, statusWhileWorking } from './status.ts'

/** A run that ends sooner says so by its end alone: one write the less. */
const PATIENCE_MS = 10_000

/**
 * Tells those who wait for new generations that a run is under way, once it takes long. What this gives ends that, and
 * waits until nothing of it is on its way any more.
 */
export function sayProgress(
  items: readonly Item[],
  running: Pick<Running, 'cache' | 'writes' | 'concurrent' | 'log' | 'now'>,
  patience = PATIENCE_MS,
): () => Promise<void> {
  const { cache, writes, concurrent, log, now } = running
  let isOver = false
  let saying: Promise<void> = Promise.resolve()
  const sayOne = async ({ resource: { address } }: Item): Promise<void> => {
    const resource = cache.get(address)
    if (isOver || resource === undefined || isDeleting(resource)) return
    const { observedGeneration, conditions } = statusOf(resource)
    if (observedGeneration === resource.object.metadata.generation) return
    // It is said already that this is not over, and why.
    if (conditions.some(({ type }) => type === 'Reconciling')) return
    const written = await writes.status(resource, statusWhileWorking(resource, now()))
    if (written !== undefined) cache.renew(resource.kind, written)
  }
  const timer = setTimeout(() => {
    saying = eachLimited(items, concurrent, sayOne).catch((error: unknown) => {
      log.warn(factsOfError(error), 'progress cannot be told')
    })
  }, patience)
  return async () => {
    isOver = true
    clearTimeout(timer)
    await saying
  }
}
