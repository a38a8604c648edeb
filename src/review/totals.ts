import type { Direction, Finding } from '../model/finding.ts'
import type { Changed, ReviewTotals } from '../model/review.ts'

/** Counts everything that a review found. */
export function totalsOf(findings: readonly Finding[], changes: readonly Changed[], compared: number): ReviewTotals {
  const directions = { widens: 0, narrows: 0, unclear: 0 }
  const bySeverity = { low: 0, medium: 0, high: 0 }
  for (const { direction, severity } of findings) {
    directions[direction]++
    bySeverity[severity]++
  }
  const effective = effectiveAddresses(findings)
  return {
    ...directions,
    bySeverity,
    changed: changes.length,
    withoutEffect: changes.filter(({ address }) => !effective.has(address)).length,
    compared,
    gaining: peopleIn(findings, 'widens'),
    losing: peopleIn(findings, 'narrows'),
  }
}

/** The resources that some finding is about, or caused by. */
function effectiveAddresses(findings: readonly Finding[]): ReadonlySet<string> {
  const addresses = new Set<string>()
  for (const finding of findings) {
    if (finding.kind !== 'access') addresses.add(finding.address)
    for (const integration of finding.integrations) addresses.add(integration)
    for (const { causes } of finding.because) for (const { address } of causes) addresses.add(address)
  }
  return addresses
}

/** How many people known by name are in findings of this direction. */
function peopleIn(findings: readonly Finding[], direction: Direction): number {
  // Rows share their lists of people, so that most are walked once.
  const lists = new Set<readonly string[]>()
  for (const finding of findings) {
    if (finding.kind === 'access' && finding.who.kind === 'people' && finding.direction === direction)
      lists.add(finding.who.people)
  }
  const people = new Set<string>()
  for (const list of lists) for (const person of list) people.add(person)
  return people.size
}
