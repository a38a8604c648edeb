/** Keys that become due at a time. */
export interface Timers<Key> {
  /** Due after so many milliseconds, 24 days at most, or earlier if it already was. */
  set(key: Key, ms: number): void
  cancel(key: Key): void
  cancelAll(): void
}

/** The longest that a timer of Node.js waits: a longer one would be due at once. */
const LONGEST_MS = 2 ** 31 - 1

export function timers<Key>(onDue: (key: Key) => void): Timers<Key> {
  const waiting = new Map<Key, { readonly at: number; readonly timer: NodeJS.Timeout }>()
  const cancel = (key: Key): void => {
    clearTimeout(waiting.get(key)?.timer)
    waiting.delete(key)
  }
  return {
    cancel,
    set: (key, wanted) => {
      const ms = Math.min(wanted, LONGEST_MS)
      const at = performance.now() + ms
      const known = waiting.get(key)
      if (known !== undefined && known.at <= at) return
      cancel(key)
      const timer = setTimeout(() => {
        waiting.delete(key)
        onDue(key)
      }, ms)
      waiting.set(key, { at, timer })
    },
    cancelAll: () => {
      for (const key of waiting.keys()) cancel(key)
    },
  }
}
