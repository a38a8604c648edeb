/** Keys that are due, in shares that take turns, so that a flood from one tenant does not delay the others. */
export interface Shares<Key> {
  /** False where the key was there already. */
  add(key: Key): boolean
  /** Up to so many keys, each with the time since which it was due, the longest waiting of each share first. */
  take(most: number): readonly (readonly [key: Key, since: number])[]
  readonly size: number
}

export function shares<Key>(shareOf: (key: Key) => string): Shares<Key> {
  const due = new Map<string, Map<Key, number>>()
  let size = 0
  return {
    add: key => {
      const share = shareOf(key)
      let keys = due.get(share)
      if (keys === undefined) due.set(share, (keys = new Map()))
      if (keys.has(key)) return false
      keys.set(key, performance.now())
      size++
      return true
    },
    take: most => {
      const taken: (readonly [Key, number])[] = []
      while (taken.length < most && due.size > 0) takeRound(due, most, taken)
      size -= taken.length
      return taken
    },
    get size() {
      return size
    },
  }
}

/** Takes one key from each share, and drops shares that are empty. */
function takeRound<Key>(due: Map<string, Map<Key, number>>, most: number, taken: (readonly [Key, number])[]): void {
  for (const [share, keys] of due) {
    if (taken.length === most) return
    const [first] = keys
    if (first !== undefined) {
      keys.delete(first[0])
      taken.push(first)
    }
    if (keys.size === 0) due.delete(share)
  }
}
