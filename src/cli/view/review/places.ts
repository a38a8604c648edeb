import type { Finding, FindingSeverity } from '../../../model/finding.ts'

/** Where a report shows a finding: in its table, among what goes away or guards, or folded. */
export type Place = 'table' | 'gone' | 'folded'

/** What cannot be undone, and what would judge the next change: never folded, whatever its severity. */
const NEVER_FOLDED: ReadonlySet<Finding['kind']> = new Set([
  'integration-deleted',
  'integration-replaced',
  'resource-deleted',
  'credential-values-removed',
  'credential-values-moved',
  'encryption-weakened',
  'lock-changed',
  'acceptance-changed',
  'guardrail-changed',
  'limits-changed',
  'deletion-policy-changed',
])

/** What widens, and what nobody can judge, is open; what narrows is folded unless something goes away for good. */
export function placeOf({ kind, direction, severity }: Finding): Place {
  if (NEVER_FOLDED.has(kind)) return 'gone'
  if (direction === 'widens') return 'table'
  return direction === 'unclear' && severity !== 'low' ? 'table' : 'folded'
}

/** How many findings there are of each severity. */
export type Severities = Record<FindingSeverity, number>

/** Findings by severity, worst first; those of one severity in the order of the place where they are shown. */
export function byImportance(findings: readonly Finding[]): readonly Finding[] {
  const found: Record<FindingSeverity, Record<Place, Finding[]>> = {
    high: { table: [], gone: [], folded: [] },
    medium: { table: [], gone: [], folded: [] },
    low: { table: [], gone: [], folded: [] },
  }
  for (const finding of findings) found[finding.severity][placeOf(finding)].push(finding)
  return [found.high, found.medium, found.low].flatMap(({ table, gone, folded }) => table.concat(gone, folded))
}

/** The finding that a reader has to know first. */
export function worstOf(findings: readonly Finding[]): Finding | undefined {
  return (
    findings.find(({ severity }) => severity === 'high') ??
    findings.find(({ severity }) => severity === 'medium') ??
    findings[0]
  )
}

/** Counts findings by severity. */
export function severitiesOf(findings: readonly Finding[]): Severities {
  const counts = { low: 0, medium: 0, high: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}
