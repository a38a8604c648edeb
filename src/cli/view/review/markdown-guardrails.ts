import type { Judgement, Violation, WaiverUse } from '../../../model/judgement.ts'
import { nameIn } from '../../../review/describe.ts'
import { openViolations } from '../../../review/objections.ts'
import { leftOut, type Stream } from './markdown-budget.ts'
import { row } from './markdown-findings.ts'
import { counted, grouped } from './numbers.ts'
import { lineText } from './phrases.ts'
import type { Writer } from './writer.ts'

/** Guardrails in the order in which a reader needs them: what could not be judged, what is broken, what differs. */
export function byNeed(judgements: readonly Judgement[]): readonly Judgement[] {
  return judgements.toSorted((a, b) => rank(a) - rank(b))
}

function rank({ after, before, actions }: Judgement): number {
  if (after === 'holds') return before === 'holds' ? 9 : 8
  const weakness = actions.includes('Deny') ? 0 : actions.includes('Warn') ? 2 : 4
  return weakness + (after === 'failed' ? 0 : 1)
}

/** A row for each promise, with how it stood before and how it stands after the change. */
export function guardrailStream(judgements: readonly Judgement[], write: Writer): Stream {
  const order = byNeed(judgements)
  return {
    name: 'guardrails',
    hidden: leftOut(order.length, 'promise'),
    share: 0.08,
    at: index => order[index] && { section: 'guardrails', text: guardrailRow(order[index], write) },
  }
}

function guardrailRow(judgement: Judgement, write: Writer): string {
  const { description, guardrail, before } = judgement
  return row([
    `${write.sentence(description)} (${write.name(nameIn(guardrail))})`,
    BEFORE[before],
    afterText(judgement, write),
    waiversText(judgement.waivers, write),
  ])
}

/** How a promise stood before the change, in words. */
export const BEFORE = {
  holds: 'holds',
  broken: 'broken',
  failed: 'could not be evaluated',
  'not-judged': 'not judged',
} as const satisfies Record<Judgement['before'], string>

/** How a promise stands after the change, and what comes of it. */
export function afterText(judgement: Judgement, write: Writer): string {
  const { after, actions, brokenAlready, byNewText, failure } = judgement
  const parts = [
    after === 'broken'
      ? brokenText(judgement, write)
      : after === 'failed'
        ? write.strong(BEFORE.failed)
        : BEFORE[after],
    ...(failure === undefined ? [] : [write.sentence(failure)]),
    ...(after === 'holds' || actions.includes('Deny') ? [] : [`${actions.join(', ')} only`]),
    ...(brokenAlready === 0 ? [] : [`${counted(brokenAlready, 'way', 'ways')} broken before already`]),
    ...(byNewText === undefined ? [] : [`by its new text: ${BEFORE[byNewText]}`]),
  ]
  return parts.join('; ')
}

const MAX_FINDINGS = 5

function brokenText(judgement: Judgement, write: Writer): string {
  const open = openViolations(judgement)
  if (open.length === 0) return judgement.violations.length === 0 ? 'broken as before' : 'broken, waived'
  const findings = findingsOf(open)
  return write.strong(findings.length === 0 ? 'broken' : `broken by ${idList(findings)}`)
}

/** The findings that violations speak of, each once. */
export function findingsOf(violations: readonly Violation[]): readonly string[] {
  return [...new Set(violations.flatMap(({ findings }) => findings))].filter(id => /^[ABC]\d+$/.test(id))
}

/** Some ids of findings, and how many more there are. */
export function idList(ids: readonly string[]): string {
  const more = ids.length - MAX_FINDINGS
  const first = ids.slice(0, MAX_FINDINGS).join(', ')
  return more > 0 ? `${first} and ${grouped(more)} more` : first
}

const MAX_WAIVERS = 3

/** Which waivers there are, and which of them did anything. */
export function waiversText(waivers: readonly WaiverUse[], write: Writer): string {
  const more = waivers.length - MAX_WAIVERS
  const first = waivers
    .slice(0, MAX_WAIVERS)
    .map(({ id, expires, state }) => `${write.name(id)} ${STATES[state]} ${expires}`)
  return more > 0 ? `${first.join(', ')} and ${grouped(more)} more` : first.join(', ')
}

const STATES = {
  used: 'waived until',
  unused: 'unused, until',
  expired: 'expired on',
} as const satisfies Record<WaiverUse['state'], string>

/** A line for each way in which the change breaks a guardrail; those that nobody waived come first. */
export function violationStream(judgements: readonly Judgement[], write: Writer): Stream {
  const all = byNeed(judgements).flatMap(judgement => judgement.violations.map(violation => ({ judgement, violation })))
  const order = [
    ...all.filter(({ violation }) => violation.waivedBy === undefined),
    ...all.filter(({ violation }) => violation.waivedBy !== undefined),
  ]
  return {
    name: 'violations',
    hidden: leftOut(order.length, 'broken promise'),
    share: 0.1,
    at: index => {
      const found = order[index]
      if (found === undefined) return undefined
      return { section: 'violations', text: `- ${violationText(found.violation, found.judgement, write)}\n` }
    },
  }
}

/** What is broken, by which findings, with the smallest proof. */
export function violationText(violation: Violation, { guardrail }: Judgement, write: Writer): string {
  const { message, witness, waivedBy, line } = violation
  const ids = idList(findingsOf([violation]))
  return [
    `${write.name(nameIn(guardrail))}${ids === '' ? '' : ` by ${ids}`}: ${write.sentence(message)}`,
    line === undefined ? '' : `, ${lineText(line, write)}`,
    waivedBy === undefined ? '' : `, waived by ${write.name(waivedBy)}`,
    witness === undefined ? '' : `. Witness: ${write.sentence(witness)}`,
  ].join('')
}
