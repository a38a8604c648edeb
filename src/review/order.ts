import { byCodeUnit } from '../access/order.ts'
import { FINDING_SEVERITIES, type Finding, type Unnumbered } from '../model/finding.ts'
import { fingerprint } from './fingerprint.ts'
import { countWrites } from './severity.ts'

const LETTERS = { widens: 'A', narrows: 'B', unclear: 'C' } as const satisfies Record<Unnumbered['direction'], string>

/**
 * The findings in the order in which a reader should meet them, with their names: what widens, then what is unclear, then
 * what narrows; the worst first, then by people and writes; never by file.
 */
export function numbered(findings: readonly Unnumbered[]): readonly Finding[] {
  const printed = findings.map(finding => ({ finding, fingerprint: fingerprint(finding), weight: weightOf(finding) }))
  printed.sort(
    (a, b) =>
      DIRECTIONS.indexOf(a.finding.direction) - DIRECTIONS.indexOf(b.finding.direction) ||
      rank(b.finding) - rank(a.finding) ||
      b.weight - a.weight ||
      byCodeUnit(a.finding.summary, b.finding.summary) ||
      byCodeUnit(a.fingerprint, b.fingerprint),
  )
  const counts = { widens: 0, narrows: 0, unclear: 0 }
  return printed.map(({ finding, fingerprint: print }) => {
    const number = ++counts[finding.direction]
    return Object.assign({}, finding, { fingerprint: print, id: `${LETTERS[finding.direction]}${number}` })
  })
}

const DIRECTIONS = ['widens', 'unclear', 'narrows'] as const

function rank({ severity }: Unnumbered): number {
  return FINDING_SEVERITIES.indexOf(severity)
}

/** People times writes; a set that is open here counts as many. */
const OPEN_SET = 1_000_000

function weightOf(finding: Unnumbered): number {
  if (finding.kind !== 'access') return finding.integrations.length
  const people = finding.who.kind === 'people' ? finding.who.people.length : OPEN_SET
  return people * (1 + countWrites(finding.operations)) * finding.integrations.length
}
