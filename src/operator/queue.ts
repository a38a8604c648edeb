import { backoff, type Backoff } from './backoff.ts'

/** Keys that are due, each at most once, and those that will be. Nothing here knows what a key means. */
export interface KeyQueue<Key extends string> {
  /** Due now. While a key is worked on, it becomes due once more when that is done. */
  add(key: Key): void
  /** Due after so many milliseconds, or earlier if it already was. */
  addAfter(key: Key, ms: number): void
  /** Due after a pause that grows with every failure in a row; gives the pause in milliseconds. */
  retry(key: Key): number
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
  readonly due: number
}

/** Who is told what happens, for metrics. */
export interface QueueWatcher<Key extends string> {
  readonly added?: (key: Key) => void
  readonly retried?: (key: Key) => void
  /** Milliseconds for which a key was due before it was taken. */
  readonly taken?: (key: Key, waited: number) => void
}

export interface QueueOptions<Key extends string> extends QueueWatcher<Key> {
  /** Keys of one share take turns with those of another, so that a flood from one tenant does not delay the others. */
  readonly shareOf: (key: Key) => string
  readonly backoff?: Backoff<Key>
}

export function keyQueue<Key extends string>(options: QueueOptions<Key>): KeyQueue<Key> {
  const due = new Map<string, Map<Key, number>>()
  const working = new Set<Key>()
  const again = new Set<Key>()
  const later = new Map<Key, { readonly at: number; readonly timer: NodeJS.Timeout }>()
  const pauses = options.backoff ?? backoff()
  let waiting: (() => void) | undefined
  let size = 0
  let closed = false

  const cancel = (key: Key): void => {
    clearTimeout(later.get(key)?.timer)
    later.delete(key)
  }
  const add = (key: Key): void => {
    if (closed) return
    cancel(key)
    if (working.has(key)) return void again.add(key)
    const share = options.shareOf(key)
    let keys = due.get(share)
    if (keys === undefined) due.set(share, (keys = new Map()))
    if (keys.has(key)) return
    keys.set(key, performance.now())
    size++
    options.added?.(key)
    waiting?.()
  }
  const addAfter = (key: Key, ms: number): void => {
    const at = performance.now() + ms
    const known = later.get(key)
    if (closed || (known !== undefined && known.at <= at)) return
    clearTimeout(known?.timer)
    later.set(key, { at, timer: setTimeout(add, ms, key) })
  }
  const take = async (most: number): Promise<readonly Key[]> => {
    while (size === 0 && !closed) await new Promise<void>(resolve => (waiting = resolve))
    waiting = undefined
    const taken = closed ? [] : inTurns(due, most)
    size -= taken.length
    for (const [key, since] of taken) {
      working.add(key)
      options.taken?.(key, performance.now() - since)
    }
    return taken.map(([key]) => key)
  }
  return {
    add,
    addAfter,
    cancel,
    take,
    retry: key => {
      const ms = pauses.next(key)
      options.retried?.(key)
      addAfter(key, ms)
      return ms
    },
    failures: key => pauses.failures(key),
    succeed: key => pauses.forget(key),
    done: keys => {
      for (const key of keys) {
        working.delete(key)
        if (again.delete(key)) add(key)
      }
    },
    close: () => {
      closed = true
      for (const key of later.keys()) cancel(key)
      waiting?.()
    },
    get due() {
      return size
    },
  }
}

/** Takes keys from the shares in turns, the longest waiting of each first, and drops shares that are empty. */
function inTurns<Key>(due: Map<string, Map<Key, number>>, most: number): readonly (readonly [Key, number])[] {
  const taken: (readonly [Key, number])[] = []
  while (taken.length < most && due.size > 0) {
    for (const [share, keys] of due) {
      const [first] = keys
      if (first !== undefined) {
        keys.delete(first[0])
        taken.push(first)
      }
      if (keys.size === 0) due.delete(share)
      if (taken.length === most) break
    }
  }
  return taken
}
