/** Keys that are due, in shares that take turns, so that a flood from one tenant does not delay the others. */
export interface Shares<Key> {
  /** False where the key was there already. */
  add(key: Key): boolean
  /** Up to so many keys, each with the time since which it was due, the longest waiting of each share first. */
  take(most: number): readonly (readonly [key: Key, since: number])[]
  readonly size: number
}

interface Share<Key> {
  readonly keys: Map<Key, number>
  /** Stands behind the last key that was taken: to look for the first one anew would pass all that went before. */
  readonly waiting: Iterator<[Key, number]>
}

export function shares<Key>(shareOf: (key: Key) => string): Shares<Key> {
  const due = new Map<string, Share<Key>>()
  let size = 0
  return {
    add: key => {
      const name = shareOf(key)
      const { keys } = due.get(name) ?? opened(due, name)
      if (keys.has(key)) return false
      keys.set(key, performance.now())
      size++
      return true
    },
    take: most => {
      const taken: (readonly [Key, number])[] = []
      while (taken.length < most && size > 0) {
        taken.push(takeNext(due))
        size--
      }
      return taken
    },
    get size() {
      return size
    },
  }
}

function opened<Key>(due: Map<string, Share<Key>>, name: string): Share<Key> {
  const keys = new Map<Key, number>()
  const share = { keys, waiting: keys.entries() }
  due.set(name, share)
  return share
}

/** Takes the key that waited longest in the share whose turn it is, which then stands last, or goes when it is empty. */
function takeNext<Key>(due: Map<string, Share<Key>>): readonly [Key, number] {
  const [name, share] = due.entries().next().value!
  const first = share.waiting.next().value as [Key, number]
  share.keys.delete(first[0])
  due.delete(name)
  if (share.keys.size > 0) due.set(name, share)
  return first
}
