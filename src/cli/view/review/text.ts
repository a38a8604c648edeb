import type { Finding, FindingSeverity } from '../../../model/finding.ts'
import type { Judgement } from '../../../model/judgement.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { nameIn } from '../../../review/describe.ts'
import type { Paint } from '../../style.ts'
import { foldedTitle } from './markdown-findings.ts'
import { comparisonText, totalsText, worstFact, verdictText } from './markdown-head.ts'
import { afterText, BEFORE, byNeed, violationText, waiversText } from './markdown-guardrails.ts'
import { checkedLines } from './markdown-checked.ts'
import { liftsOf } from './markdown-merge.ts'
import { countsText, decisionText, heldText } from './markdown-services.ts'
import { CHANGES, readersText, REKEYED } from './markdown-secrets.ts'
import { bySeverity, counted } from './numbers.ts'
import { becauseText, canText, placesText, sentenceOf, whoText, witnessText } from './phrases.ts'
import { byImportance, placeOf, severitiesOf } from './places.ts'
import { terminalWriter, type Writer } from './writer.ts'

/** More findings, or lines of one sort, are counted instead of shown; JSON has them all. */
const MAX_FINDINGS = 100
const MAX_LINES = 50

/** A review for a terminal: the verdict, what widens, what goes away, decisions, secrets, promises, what blocks. */
export function reviewText(report: ReviewReport, paint: Paint): string {
  const write = terminalWriter(paint)
  const { review, comparison } = report
  const blocks = [
    headText(report, write, paint),
    findingsText(review.findings, write, paint),
    section('New operations', servicesLines(report, write)),
    section('Secrets (nothing was decrypted)', secretsLines(report, write)),
    section('Guardrails', guardrailLines(report, write)),
    section(
      'To merge',
      liftsOf(report, write).map(lift => lift()),
    ),
    section('How this was checked', [
      comparisonText(comparison, write),
      ...checkedLines({ ...report, diagnostics: [] }, write).map(line => line()),
    ]),
  ]
  return blocks.filter(block => block !== '').join('\n')
}

function headText(report: ReviewReport, write: Writer, paint: Paint): string {
  const blocked = report.verdict.kind === 'blocked'
  const verdict = paint(blocked ? 'red' : 'green', verdictText(report))
  return `${verdict}: ${worstFact(report, write)}\n${totalsText(report.review.totals)}\n`
}

const COLOURS = { high: 'red', medium: 'yellow', low: 'cyan' } as const satisfies Record<FindingSeverity, string>

function findingsText(findings: readonly Finding[], write: Writer, paint: Paint): string {
  const order = byImportance(findings)
  const hidden = order.slice(MAX_FINDINGS)
  const shown = order.slice(0, MAX_FINDINGS)
  const more =
    hidden.length === 0
      ? ''
      : `and ${counted(hidden.length, 'more finding')} (${bySeverity(severitiesOf(hidden))}; -o json lists them all)\n`
  const places = (['table', 'gone', 'folded'] as const).map(place => {
    const lines = shown.filter(finding => placeOf(finding) === place).map(finding => findingText(finding, write, paint))
    const head = place === 'folded' ? `${foldedTitle({ findings })}\n` : HEADS[place]
    return lines.length === 0 ? '' : `${head}${lines.join('')}`
  })
  return [...places, more].filter(part => part !== '').join('\n')
}

const HEADS = {
  table: '',
  gone: 'Deletions, replacements and guards\n',
} as const

/** A finding on a few short lines: who, what, where, why. */
function findingText(finding: Finding, write: Writer, paint: Paint): string {
  const label = paint(COLOURS[finding.severity], `${finding.id} ${finding.severity}`)
  const lines = [...factLines(finding, write), ...whyLines(finding, write)]
  return `${label}  ${lines.join('\n    ')}\n`
}

function factLines(finding: Finding, write: Writer): readonly string[] {
  if (finding.kind !== 'access') return [sentenceOf(finding, write)]
  const until = finding.until === undefined ? '' : `, until ${finding.until}`
  return [whoText(finding.who, write), canText(finding, write), `on ${placesText(finding, write)}${until}`]
}

function whyLines(finding: Finding, write: Writer): readonly string[] {
  const because = becauseText(finding, write)
  const isProven = finding.kind === 'access' && finding.direction === 'widens'
  return [
    ...(because === '' ? [] : [`why: ${because}`]),
    ...(isProven ? [`witness: ${witnessText(finding, write)}`] : []),
  ]
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  const more = lines.length - MAX_LINES
  const shown = lines.slice(0, MAX_LINES).map(line => `  ${line}\n`)
  return `${title}\n${shown.join('')}${more > 0 ? `  and ${counted(more, 'more', 'more')} (-o json lists them all)\n` : ''}`
}

function servicesLines({ review }: ReviewReport, write: Writer): readonly string[] {
  return review.services.flatMap(service => [
    `${write.name(nameIn(service.service))}: ${countsText(service)}. ${heldText(service, write)}`,
    ...service.decisions.map(decision => `  decide ${decisionText(decision, write)}`),
    ...service.renamed.map(
      ({ before, after }) => `  ${write.name(before?.id ?? '')} is now called ${write.name(after?.id ?? '')}`,
    ),
    ...service.moved.map(({ id, from, to }) => `  ${write.name(id)} moved: ${write.name(from)} → ${write.name(to)}`),
  ])
}

function secretsLines({ review }: ReviewReport, write: Writer): readonly string[] {
  return review.secrets.flatMap(secret => {
    const name = write.name(nameIn(secret.credential))
    const differing = secret.entries.filter(({ change }) => change !== 'unchanged')
    return [
      `${name} (${write.name(secret.file)}): ${secret.isRekeyed ? `${REKEYED}, ` : ''}readers ${readersText(secret, write)}`,
      ...differing.map(entry => `  ${write.name(entry.name)}: ${CHANGES[entry.change].replaceAll('**', '')}`),
    ]
  })
}

function guardrailLines({ review }: ReviewReport, write: Writer): readonly string[] {
  return byNeed(review.judgements).flatMap(judgement => guardrailText(judgement, write))
}

function guardrailText(judgement: Judgement, write: Writer): readonly string[] {
  const { description, guardrail, before } = judgement
  const waivers = waiversText(judgement.waivers, write)
  const steps = `${BEFORE[before]} → ${afterText(judgement, write)}${waivers === '' ? '' : `; ${waivers}`}`
  const violations = judgement.violations.map(violation => `  ${violationText(violation, judgement, write)}`)
  return [`${write.sentence(description)} (${write.name(nameIn(guardrail))}): ${steps}`, ...violations]
}
