import { UsageError } from './exit.ts'

/** Digests that were approved. Throws `UsageError` for what is none. */
export function approvedDigests(given: readonly string[]): ReadonlySet<string> {
  const wrong = given.find(digest => !/^sha256:[0-9a-f]{64}$/.test(digest))
  if (wrong === undefined) return new Set(given)
  throw new UsageError(`--approved takes the digest that \`tenon review\` prints (sha256:…), not "${wrong}"`)
}
