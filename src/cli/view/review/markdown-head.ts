import { digestOf } from '../../../model/digest.ts'
import type { Finding } from '../../../model/finding.ts'
import type { Compared, Comparison, Review, ReviewReport, ReviewTotals } from '../../../model/review.ts'
import { blockersOf } from './blockers.ts'
import { counted, grouped } from './numbers.ts'
import { sentenceOf } from './phrases.ts'
import { worstOf } from './places.ts'
import type { Writer } from './writer.ts'

/** The hidden line by which a comment is found again, and what it said. */
export function marker({ comparison, review }: ReviewReport): string {
  return `<!-- tenon-review v1 env=${keyOf(comparison.environment ?? '')} digest=${review.digest} -->\n`
}

const MAX_KEY = 60

/** A name in which no comment ends. */
function keyOf(environment: string): string {
  const key = encodeURIComponent(environment.toWellFormed()).replaceAll(/[^\w.%-]|--+|-$/g, found =>
    Array.from(found, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`).join(''),
  )
  return key.length <= MAX_KEY ? key : `${key.slice(0, MAX_KEY / 2)}.${digestOf(environment).slice(7, 19)}`
}

/** The verdict, and the worst fact as a sentence. */
export function heading(report: ReviewReport, write: Writer): string {
  const { environment } = report.comparison
  const of =
    environment === undefined ? '' : `, ${/^[A-Za-z]{1,20}$/.test(environment) ? environment : write.name(environment)}`
  return `## Access review${of}: ${verdictText(report)}. ${worstFact(report, write)}\n`
}

/** The verdict in a word, and why a change passed that would not by default. */
export function verdictText({ verdict }: ReviewReport): string {
  if (verdict.kind === 'blocked') return 'BLOCKED'
  return verdict.note === undefined ? 'passed' : `passed (${verdict.note})`
}

/** What a reader has to know if they read nothing else. */
export function worstFact(report: ReviewReport, write: Writer): string {
  const { verdict, review } = report
  const worst = worstOf(review.findings)
  if (verdict.kind === 'blocked' && blockersOf(report).findings.length === 0) {
    return capital(write.sentence(verdict.reasons[0] ?? 'the gate gave no reason'))
  }
  if (worst === undefined) return 'No change of access'
  return `${nobodyText(review, worst)}${capital(sentenceOf(worst, write))}${brokenText(report)}`
}

/** No approval of a finding lifts a guardrail: a reader has to know of both. */
function brokenText(report: ReviewReport): string {
  const { guardrails } = blockersOf(report)
  return guardrails.length === 0 ? '' : `. ${counted(guardrails.length, 'guardrail is', 'guardrails are')} broken`
}

/** Who has nothing to fear, where everything is known. */
function nobodyText({ totals, findings }: Review, worst: Finding): string {
  // What is grave without a cell must not begin with reassurance.
  if (worst.severity === 'high' || totals.widens > 0 || findings.some(({ kind }) => kind === 'unlisted-permissions'))
    return ''
  if (totals.narrows === 0) return 'Nobody gains or loses access. '
  return worst.direction === 'narrows' ? 'Nobody gains access. ' : ''
}

function capital(sentence: string): string {
  // A name keeps its letters: only a plain word begins with a capital one.
  return sentence.replace(/^[a-z](?=[a-z]* )/, letter => letter.toUpperCase())
}

/** What was compared with what, and how much came of it. */
export function summaryLine(report: ReviewReport, write: Writer, hidden: string): string {
  const { review, comparison } = report
  const worst = worstOf(review.findings)
  return [
    ...(worst === undefined ? [] : [`Worst: **${worst.severity}**`]),
    totalsText(review.totals),
    comparisonText(comparison, write),
    `as of ${comparison.asOf}`,
    hidden,
  ].join(' · ')
}

/** How much widens, narrows and cannot be told, for how many people, and how much of the change does nothing. */
export function totalsText({
  widens,
  narrows,
  unclear,
  changed,
  withoutEffect,
  gaining,
  losing,
}: ReviewTotals): string {
  return [
    `${grouped(widens)} ${widens === 1 ? 'widens' : 'widen'}, ${grouped(narrows)} ${narrows === 1 ? 'narrows' : 'narrow'}, ${grouped(unclear)} unclear`,
    ...(gaining + losing === 0 ? [] : [`${counted(gaining, 'person gains', 'people gain')}, ${grouped(losing)} lose`]),
    `${counted(changed, 'resource')} changed${withoutEffect === 0 ? '' : `, ${grouped(withoutEffect)} without effect`}`,
  ].join(' · ')
}

/** The sides, and where the guards were read. */
export function comparisonText({ base, head, isMergeResult }: Comparison, write: Writer): string {
  const merged = isMergeResult ? 'merge of ' : ''
  return `${sideText(base, write)} → ${merged}${sideText(head, write)} · guards from ${write.name(base.label)}`
}

const SHORT = 9

function sideText({ label, commit }: Compared, write: Writer): string {
  if (commit === undefined) return write.name(label)
  const short = commit.slice(0, SHORT)
  return write.name(commit.startsWith(label) ? short : `${label}@${short}`)
}
