/** How long to wait after each failure in a row. */
export interface Backoff<Key> {
  /** Counts a failure and gives the pause after it, in milliseconds. */
  next(key: Key): number
  forget(key: Key): void
  /** Failures in a row. */
  failures(key: Key): number
}

export interface BackoffOptions {
  /** The longest pause after the first failure, in milliseconds. */
  readonly base?: number
  /** The longest pause of all, in milliseconds. */
  readonly cap?: number
  readonly random?: () => number
}

/**
 * Exponential backoff with jitter: after the n-th failure between half and all of `base` × 2ⁿ⁻¹, at most `cap`. Spread out,
 * so that what failed together is not tried again together.
 */
export function backoff<Key>(options: BackoffOptions = {}): Backoff<Key> {
  const { base = 1000, cap = 300_000, random = Math.random } = options
  const failures = new Map<Key, number>()
  return {
    next: key => {
      const count = (failures.get(key) ?? 0) + 1
      failures.set(key, count)
      const ceiling = Math.min(cap, base * 2 ** Math.min(count - 1, 30))
      return ceiling / 2 + (random() * ceiling) / 2
    },
    forget: key => void failures.delete(key),
    failures: key => failures.get(key) ?? 0,
  }
}
