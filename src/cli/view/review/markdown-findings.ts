import type { Finding } from '../../../model/finding.ts'
import type { Review } from '../../../model/review.ts'
import { leftOut, type Item, type Stream, type Taken } from './markdown-budget.ts'
import { bySeverity, counted, grouped } from './numbers.ts'
import { becauseText, canText, causesOf, lineText, placesText, sentenceOf, whoText, witnessText } from './phrases.ts'
import { byImportance, placeOf, severitiesOf } from './places.ts'
import type { Writer } from './writer.ts'

/** The cells as a row of a table, in which nothing but our own bars separates cells. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}

/** All findings, worst first: rows of the table, lines of what goes away, lines of what narrows. */
export function findingStream({ findings }: Review, write: Writer): Stream & { readonly order: readonly Finding[] } {
  const order = byImportance(findings)
  const itemOf = (finding: Finding): Item => {
    const section = placeOf(finding)
    if (section === 'table') return { section, text: tableRow(finding, write) }
    return { section, text: `- ${line(finding, write)}\n` }
  }
  return {
    name: 'findings',
    share: 0.4,
    order,
    at: index => order[index] && itemOf(order[index]),
    hidden: shown => (shown < order.length ? hiddenFindings(order.slice(shown)) : undefined),
  }
}

function hiddenFindings(findings: readonly Finding[]): string {
  return `${counted(findings.length, 'finding')} (${bySeverity(severitiesOf(findings))})`
}

function tableRow(finding: Finding, write: Writer): string {
  const label = `**${finding.id} ${finding.severity}**`
  const why = whyText(finding, write)
  if (finding.kind !== 'access') {
    return row([label, AFFECTED[finding.kind] ?? '', sentenceOf(finding, write), placesText(finding, write), '', why])
  }
  const who = whoText(finding.who, write)
  return row([label, who, canText(finding, write), placesText(finding, write), finding.until ?? 'no end', why])
}

/** Whom a fact about a resource reaches, in words: nobody counts them. */
const AFFECTED: Partial<Record<Finding['kind'], string>> = {
  'unlisted-permissions': 'whoever has access',
  'destination-changed': 'whoever has access',
  'auth-placement-changed': 'whoever sees requests',
  'credential-shared': 'whoever has access',
  'oauth-scopes-widened': 'whoever has access',
  'credentials-of-integration-changed': 'whoever has access',
  'account-changed': 'whoever has access',
  'credential-readers-added': 'whoever holds the new key',
}

const MAX_LINES = 2

function whyText(finding: Finding, write: Writer): string {
  const causes = causesOf(finding)
  const more = causes.length - MAX_LINES
  const lines = causes.slice(0, MAX_LINES).map(cause => lineText(cause, write))
  return more > 0 ? `${lines.join(', ')} and ${grouped(more)} more` : lines.join(', ')
}

/** A finding outside of the table. */
function line(finding: Finding, write: Writer): string {
  const because = becauseText(finding, write)
  return `**${finding.id} ${finding.severity}** ${sentenceOf(finding, write)}${because === '' ? '' : `. Why: ${because}`}`
}

/** What goes away without a finding of its own. */
export function removalStream({ findings, removals }: Review, write: Writer): Stream {
  const told = new Set(findings.map(finding => (finding.kind === 'access' ? undefined : finding.address)))
  const rest = removals.filter(({ address }) => !told.has(address))
  return {
    name: 'removals',
    share: 0.05,
    hidden: leftOut(rest.length, 'deletion'),
    at: index => {
      const removal = rest[index]
      if (removal === undefined) return undefined
      const { address, usedBy } = removal
      const users = usedBy.length === 0 ? '' : `, used by ${write.names(usedBy)}`
      return { section: 'gone', text: `- ${write.name(address)} is deleted${users}\n` }
    },
  }
}

/** For the rows that are shown: what they need, and one call that proves them. */
export function noteStream(order: readonly Finding[], taken: Taken, write: Writer): Stream {
  const rows = (): number => taken.get('findings') ?? 0
  return {
    name: 'notes',
    share: 0.06,
    hidden: shown => {
      const hidden = order.slice(shown, rows()).filter(finding => placeOf(finding) === 'table').length
      return hidden === 0 ? undefined : `the notes on ${counted(hidden, 'row')}`
    },
    at: index => {
      const finding = order[index]
      if (finding === undefined || index >= rows()) return undefined
      return { section: 'notes', text: placeOf(finding) === 'table' ? noteText(finding, write) : '' }
    },
  }
}

function noteText(finding: Finding, write: Writer): string {
  const because = becauseText(finding, write)
  if (finding.kind !== 'access') return because === '' ? '' : `- **${finding.id}** ${because}.\n`
  return `- **${finding.id}** ${because === '' ? '' : `${because}. `}Witness: ${witnessText(finding, write)}\n`
}

/** The summary of what is folded, in our own words only. */
export function foldedTitle({ findings }: Pick<Review, 'findings'>): string {
  const folded = findings.filter(finding => placeOf(finding) === 'folded')
  const narrows = folded.filter(({ direction }) => direction === 'narrows').length
  const others = folded.length - narrows
  const parts = [
    ...(narrows > 0 ? [`Narrows (${grouped(narrows)})`] : []),
    ...(others > 0 ? [`${narrows > 0 ? 'other' : 'Other'} changes (${grouped(others)})`] : []),
  ]
  return parts.join(', ')
}
