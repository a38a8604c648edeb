import { backoff, type Backoff } from './backoff.ts'
import { shares } from './shares.ts'
import { timers } from './timers.ts'

/** Keys that are due, each at most once, and those that will be. Nothing here knows what a key means. */
export interface KeyQueue<Key extends string> {
  /** Due now. While a key is worked on, it becomes due once more when that is done. */
  add(this: void, key: Key): void
  /** Due after so many milliseconds, or earlier if it already was. */
  addAfter(key: Key, ms: number): void
  /** Due after a pause that grows with every failure in a row, and is `least` ms or longer; gives the pause in ms. */
  retry(key: Key, least?: number): number
  /** How often a key failed in a row. */
  failures(key: Key): number
  /** Forgets the failures of a key. */
  succeed(key: Key): void
  /** Forgets that a key would be due later. */
  cancel(key: Key): void
  /** Waits until keys are due and takes up to `most` of them; none once the queue is closed. */
  take(most: number): Promise<readonly Key[]>
  /** The keys are no longer worked on. */
  done(keys: Iterable<Key>): void
  close(): void
}

/** Who is told what happens, for metrics. */
export interface QueueWatcher<Key extends string> {
  readonly added?: (key: Key) => void
  readonly retried?: (key: Key) => void
  /** Milliseconds for which a key was due before it was taken. */
  readonly taken?: (key: Key, waited: number) => void
}

export interface QueueOptions<Key extends string> extends QueueWatcher<Key> {
  /** Keys of one share take turns with those of another. */
  readonly shareOf: (key: Key) => string
  readonly backoff?: Backoff<Key>
}

export function keyQueue<Key extends string>(options: QueueOptions<Key>): KeyQueue<Key> {
  const due = shares(options.shareOf)
  const working = new Map<Key, 'once' | 'again'>()
  const pauses = options.backoff ?? backoff()
  const state: { closed: boolean; wake?: (() => void) | undefined } = { closed: false }

  const add = (key: Key): void => {
    later.cancel(key)
    if (state.closed) return
    if (working.has(key)) return void working.set(key, 'again')
    if (!due.add(key)) return
    options.added?.(key)
    state.wake?.()
  }
  const later = timers(add)
  const addAfter = (key: Key, ms: number): void => {
    if (!state.closed) later.set(key, ms)
  }
  return {
    add,
    addAfter,
    cancel: key => later.cancel(key),
    retry: (key, least = 0) => {
      const ms = Math.max(least, pauses.next(key))
      options.retried?.(key)
      addAfter(key, ms)
      return ms
    },
    failures: key => pauses.failures(key),
    succeed: key => pauses.forget(key),
    take: async most => {
      while (due.size === 0 && !state.closed) await new Promise<void>(resolve => (state.wake = resolve))
      state.wake = undefined
      const taken = state.closed ? [] : due.take(most)
      for (const [key, since] of taken) {
        working.set(key, 'once')
        options.taken?.(key, performance.now() - since)
      }
      return taken.map(([key]) => key)
    },
    done: keys => {
      for (const key of keys) {
        const isAgain = working.get(key) === 'again'
        working.delete(key)
        if (isAgain) add(key)
      }
    },
    close: () => {
      state.closed = true
      later.cancelAll()
      state.wake?.()
    },
  }
}
