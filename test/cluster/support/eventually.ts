import { setTimeout as sleep } from 'node:timers/promises'

export interface Patience {
  /** Milliseconds until the last failure counts. */
  readonly within?: number
  readonly every?: number
}

/** Repeats a check until it no longer throws, and gives what it returns; after the time is over, it throws what it threw. */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { within = 10_000, every = 50 }: Patience = {},
): Promise<Result> {
  const deadline = performance.now() + within
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await sleep(every)
  }
}
