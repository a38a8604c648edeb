import type { Address } from '../model/address.ts'
import { WorldError } from '../model/errors.ts'
import { factsOfError } from './log.ts'
import { controllerOf } from './metrics.ts'
import type { Running } from './operation.ts'

/** Does some work on keys; where that fails, says so and has all of them tried again, so that no mistake ends the rest. */
export async function recovered<Answer>(
  keys: readonly Address[],
  { queue, metrics, log }: Pick<Running, 'queue' | 'metrics' | 'log'>,
  work: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof WorldError) log.warn({ ...factsOfError(error), resources: keys.length }, 'a run failed')
    else {
      log.error({ ...factsOfError(error), resources: keys.length }, 'this is a bug in Tenon; please report it')
      for (const key of keys) metrics.panics.inc({ controller: controllerOf(key.slice(0, key.indexOf('/'))) })
    }
    for (const key of keys) queue.retry(key)
    return undefined
  }
}
