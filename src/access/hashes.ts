/**
 * Hashes of lists by all that is in them, in any order: equal lists have the same, wherever they were made. Whoever makes
 * a list from numbers knows its hash at once; a review compares very many of them.
 */
const known = new WeakMap<readonly unknown[], number>()

/** Keeps the hash of a list, which must not change. */
export function rememberHash(list: readonly unknown[], hash: number): void {
  known.set(list, hash)
}

/** The hash of a list: the number of its items and their hashes in one sum. */
export function hashOfList<T>(list: readonly T[], hashOf: (item: T) => number): number {
  let hash = known.get(list)
  if (hash === undefined) {
    hash = list.length
    for (const item of list) hash = (hash + hashOf(item)) | 0
    known.set(list, hash)
  }
  return hash
}
