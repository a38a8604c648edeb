import type { ReviewReport } from '../../../model/review.ts'
import { fill, type Bodies, type Contents, type Frame, type Stream, type Taken } from './markdown-budget.ts'
import { checkedStream } from './markdown-checked.ts'
import { findingStream, foldedTitle, noteStream, removalStream } from './markdown-findings.ts'
import { guardrailStream, violationStream } from './markdown-guardrails.ts'
import { heading, marker, summaryLine, verdictText } from './markdown-head.ts'
import { mergeStream } from './markdown-merge.ts'
import type { Limits } from './markdown-names.ts'
import { secretStream } from './markdown-secrets.ts'
import { serviceStream } from './markdown-services.ts'
import { bySeverity, bytesOf, counted } from './numbers.ts'
import { markdownWriter, type Writer } from './writer.ts'

/** GitHub takes 65,536 characters, and other programs count bytes. */
export const DEFAULT_MAX_BYTES = 60_000

/** With less there would be no room for the verdict and what was compared. */
export const MIN_MAX_BYTES = 2000

/**
 * A review as Markdown for a comment: the verdict and the worst fact, what widens, what goes away, decisions, secrets,
 * promises, and what to do before merging. Never larger than `maxBytes`: what matters least is left out, and counted.
 */
export function reviewMarkdown(report: ReviewReport, { maxBytes }: { readonly maxBytes: number }): string {
  const write = markdownWriter(limitsFor(maxBytes))
  const start = marker(report) + heading(report, write)
  const taken: Taken = new Map()
  const comment = { report, write, start, maxBytes, taken, contents: contentsOf(report, write, taken) }
  return attempt(comment, 0) ?? attempt(comment, HIDDEN_RESERVE) ?? shortest(report)
}

/** Room for the counts of all that is hidden. */
const HIDDEN_RESERVE = 480

function limitsFor(maxBytes: number): Limits {
  return maxBytes < 10_000 ? { name: 48, sentence: 160, list: 2 } : { name: 120, sentence: 480, list: 3 }
}

interface Comment {
  readonly report: ReviewReport
  readonly write: Writer
  readonly start: string
  readonly maxBytes: number
  readonly taken: Taken
  readonly contents: Contents
}

/** The comment, unless it is too large, or hides something although nothing was reserved for saying so. */
function attempt({ report, write, start, maxBytes, taken, contents }: Comment, reserved: number): string | undefined {
  const complete = `${summaryLine(report, write, 'complete, 0 findings hidden')}\n`
  taken.clear()
  const bodies = fill(contents, maxBytes - bytesOf(start) - bytesOf(complete) - 1 - reserved, taken)
  const hidden = hiddenText(contents.streams, taken)
  if (hidden !== undefined && reserved === 0) return undefined
  const summary = hidden === undefined ? complete : `${summaryLine(report, write, hidden)}\n`
  const text = `${start}\n${summary}${assembled(bodies, contents.frames)}`
  return bytesOf(text) <= maxBytes ? text : undefined
}

function contentsOf(report: ReviewReport, write: Writer, taken: Taken): Contents {
  const { review } = report
  const findings = findingStream(review, write)
  const streams: readonly Stream[] = [
    mergeStream(report, write),
    violationStream(review.judgements, write),
    guardrailStream(review.judgements, write),
    serviceStream(review.services, write),
    secretStream(review.secrets, write),
    removalStream(review, write),
    findings,
    checkedStream(report, write),
    noteStream(findings.order, taken, write),
  ]
  return { streams, frames: framesOf(report) }
}

/** What found no room, with exact counts; nothing where all is shown. */
function hiddenText(streams: readonly Stream[], taken: Taken): string | undefined {
  const findings = streams.filter(({ name }) => name === 'findings')
  const order = [...findings, ...streams.filter(({ name }) => name !== 'findings')]
  const parts = order.flatMap(stream => stream.hidden(taken.get(stream.name) ?? 0) ?? [])
  return parts.length === 0 ? undefined : `**hidden for lack of room: ${parts.join(', ')}**; the JSON output has all`
}

function framesOf({ review }: ReviewReport): Record<string, Frame> {
  return {
    table: { head: tableHead(['', 'Who', 'Can now', 'On', 'Until', 'Why']), foot: '' },
    notes: { head: '', foot: '' },
    gone: { head: '### Deletions, replacements and guards\n\n', foot: '' },
    services: { head: '### New operations\n\n', foot: '' },
    secrets: { head: `### Secrets (nothing was decrypted)\n\n${tableHead(['Entry', 'Change', 'Readers'])}`, foot: '' },
    folded: { head: `<details><summary>${foldedTitle(review)}</summary>\n\n`, foot: '\n</details>\n' },
    guardrails: { head: `### Guardrails\n\n${tableHead(['Promise', 'Before', 'After', 'Waivers'])}`, foot: '' },
    violations: { head: '', foot: '' },
    merge: { head: '### To merge\n\n', foot: '' },
    checked: { head: '<details><summary>How this was checked</summary>\n\n', foot: '\n</details>\n' },
  }
}

function tableHead(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n|${cells.map(() => '---|').join('')}\n`
}

/** The sections in the order of their frames, which is that of the comment. */
function assembled(bodies: Bodies, frames: Readonly<Record<string, Frame>>): string {
  return Object.entries(frames)
    .filter(([section]) => bodies.has(section))
    .map(([section, { head, foot }]) => `\n${head}${bodies.get(section)!.join('')}${foot}`)
    .join('')
}

/** What is left to say where there is room for nothing: never silence, and never green by accident. */
function shortest(report: ReviewReport): string {
  const { review } = report
  const { bySeverity: severities } = review.totals
  const found = `${counted(review.findings.length, 'finding')} hidden for lack of room (${bySeverity(severities)})`
  return `## Access review: ${verdictText(report)}. ${found}\n`
}
