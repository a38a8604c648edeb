import { digestOf } from '../model/digest.ts'
import type { Unnumbered, ReviewedOperation, Who } from '../model/finding.ts'

// Sets of people and of operations are shared by many steps: each is digested once.
const digests = new WeakMap<readonly unknown[], string>()

/** A digest of the facts of a finding: equal wherever the same facts are found, whatever files and lines say them. */
export function fingerprint(finding: Unnumbered): string {
  if (finding.kind !== 'access') return digestOf({ kind: finding.kind, address: finding.address, facts: finding.facts })
  const { before, after, who, operations, integrations } = finding
  return digestOf({ before, after, who: whoFacts(who), operations: operationFacts(operations), integrations })
}

/** Who it is about, by the whole set. */
export function whoFacts(who: Who): string {
  return who.kind === 'people' ? digestOnce(who.people, who.people) : `${who.kind}:${who.name}`
}

/** Which endpoints, by the whole set: what they are called is not what can be done. */
export function operationFacts(operations: readonly ReviewedOperation[]): string {
  const known = digests.get(operations)
  return known ?? digestOnce(operations, operations.map(({ key }) => key).toSorted())
}

function digestOnce(key: readonly unknown[], value: readonly unknown[]): string {
  let digest = digests.get(key)
  if (digest === undefined) digests.set(key, (digest = digestOf(value)))
  return digest
}
