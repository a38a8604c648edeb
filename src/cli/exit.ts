/** What each exit code means; the README's table is tested against this one. */
export const EXIT = {
  /** Done, or nothing to do. */
  ok: 0,
  /** The world failed, or a bug. */
  error: 1,
  /** Changes are present (only with --detailed-exitcode). */
  changes: 2,
  /** The input is invalid. */
  invalid: 3,
  /** A guard or gate refused. */
  refused: 4,
  /** Stale plan, lock or ownership conflict. */
  conflict: 5,
  /** Wrong usage. */
  usage: 64,
  /** Interrupted. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The caller's mistake: flags or arguments. Exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
