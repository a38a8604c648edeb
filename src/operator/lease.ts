import { pause, type Api } from '../source/cluster/api.ts'
import { turnAt, type Turn, type TurnOptions } from './lease-turn.ts'

/** Which Lease is held, and how. Times in milliseconds; the defaults are those of Kubernetes' own components. */
export interface LeaseOptions extends Omit<TurnOptions, 'duration'> {
  readonly duration?: number
  /** How long the holder tries to renew before it gives up. */
  readonly deadline?: number
  readonly retry?: number
}

/** A turn at leading. */
export interface Leadership {
  /** Whether the turn is held for certain: judged by the monotonic clock, which also runs while a process is frozen. */
  isHeld(this: void): boolean
  /** Gives the turn up, so that another process need not wait for it to run out. */
  release(): Promise<void>
}

const DURATION_MS = 15_000
const DEADLINE_MS = 10_000
const RETRY_MS = 2000

/**
 * Waits until this process holds the Lease, then goes on renewing it. `onLost` is called once when it could not be renewed
 * in time or somebody else holds it: the process has to end then. Gives `undefined` when the signal comes first.
 */
export async function lead(
  api: Api,
  options: LeaseOptions,
  signal: AbortSignal,
  onLost: (why: string) => void,
): Promise<Leadership | undefined> {
  const { deadline = DEADLINE_MS, retry = RETRY_MS } = options
  const turn = turnAt(api, { duration: DURATION_MS, ...options })
  const since = await acquired(turn, retry, signal)
  if (since === undefined) return undefined
  const stop = new AbortController()
  let renewed = since
  const left = (): number => renewed + deadline - performance.now()
  const isHeld = (): boolean => !stop.signal.aborted && left() > 0
  const renewing = (async () => {
    for await (const attempt of attempts(turn, { retry, left, signal: stop.signal })) {
      // Given up meanwhile, which is not lost.
      if (stop.signal.aborted) return
      // Too late is lost, also where the API server took the renewal: somebody may have been about to take over.
      const isInTime = isHeld() && attempt.answer !== 'taken'
      if (isInTime && attempt.answer === 'held') renewed = attempt.started
      if (isInTime) continue
      stop.abort()
      onLost(attempt.answer === 'taken' ? 'another process holds the lease' : 'the lease could not be renewed in time')
    }
  })()
  return {
    isHeld,
    release: async () => {
      const wasHeld = isHeld()
      stop.abort()
      await renewing
      if (wasHeld) await turn.release().catch(() => {})
    },
  }
}

interface Attempt {
  /** By the monotonic clock. */
  readonly started: number
  readonly answer: 'held' | 'taken' | 'failed'
}

interface Renewing {
  readonly retry: number
  /** Milliseconds in which the turn can still be renewed. */
  readonly left: () => number
  readonly signal: AbortSignal
}

async function* attempts(turn: Turn, { retry, left, signal }: Renewing): AsyncGenerator<Attempt> {
  let last = performance.now()
  for (;;) {
    // One that took long is followed by the next at once.
    await pause(Math.min(last + retry - performance.now(), left()), signal)
    if (signal.aborted) return
    last = performance.now()
    yield await attemptAt(turn, AbortSignal.timeout(Math.max(0, Math.ceil(left()))))
  }
}

async function attemptAt(turn: Turn, signal?: AbortSignal): Promise<Attempt> {
  const started = performance.now()
  return { started, answer: await turn.take(signal).catch(() => 'failed' as const) }
}

/** Tries until it is this process's turn; gives when that began. */
async function acquired(turn: Turn, retry: number, signal: AbortSignal): Promise<number | undefined> {
  while (!signal.aborted) {
    const { started, answer } = await attemptAt(turn)
    if (answer === 'held') return started
    // Whoever waits for a turn to run out is there when it does.
    const spread = retry * (1 + Math.random() / 5)
    await pause(answer === 'taken' ? Math.min(spread, turn.left()) : spread, signal)
  }
  return undefined
}
