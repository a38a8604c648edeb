import { Fenced } from '../model/errors.ts'
import { factsOfError } from './log.ts'
import type { Running } from './operation.ts'
import { sweep } from './sweep.ts'
import type { oneByOne } from './turns.ts'

export interface Sweeping {
  /** Sweeps within a moment, in which more may come together. */
  soon(this: void): void
  /** Waits for a sweep that is under way; none begins after that. */
  stop(): Promise<void>
}

const SOON_MS = 1000

/** Looks for rows without resources in turn with the batches: when it is told to, and then once in each interval. */
export function startSweeping(running: () => Running, inTurn: ReturnType<typeof oneByOne>): Sweeping {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let isSoon = false
  const after = (ms: number): void => {
    clearTimeout(timer)
    if (!isStopped) timer = setTimeout(run, ms)
  }
  const run = (): void => {
    isSoon = false
    after(running().interval * (0.9 + Math.random() / 5))
    void inTurn(async () => {
      if (!isStopped) await sweep(running())
    }).catch((error: unknown) => {
      if (error instanceof Fenced) running().onFenced(error)
      running().log.warn(factsOfError(error), 'the store cannot be swept now')
    })
  }
  return {
    // One that is on its way is not put off by the next.
    soon: () => {
      if (!isSoon) after(SOON_MS)
      isSoon = true
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await inTurn(() => Promise.resolve())
    },
  }
}
