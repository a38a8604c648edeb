import type { Address } from '../model/address.ts'
import { WorldError } from '../model/errors.ts'
import { factsOfError } from './log.ts'
import { controllerOfAddress } from './metrics.ts'
import type { Running } from './operation.ts'

type Recovering = Pick<Running, 'queue' | 'metrics' | 'log'>

/** Does some work on keys; where that fails, recovers, and gives nothing. */
export async function recovered<Answer>(
  keys: readonly Address[],
  running: Recovering,
  work: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await work()
  } catch (error) {
    recover(error, keys, running)
    return undefined
  }
}

/** Says what failed, and has the keys tried again, so that no mistake of ours ends the rest. */
export function recover(error: unknown, keys: readonly Address[], { queue, metrics, log }: Recovering): void {
  const facts = { ...factsOfError(error), address: keys[0], resources: keys.length }
  if (error instanceof WorldError) log.warn(facts, 'a run failed')
  else {
    log.error(facts, 'this is a bug in Tenon; please report it')
    for (const key of keys) metrics.panics.inc({ controller: controllerOfAddress(key) })
  }
  for (const key of keys) queue.retry(key)
}
