import { FINDING_SEVERITIES, type Finding, type FindingSeverity } from '../model/finding.ts'
import type { Judgement } from '../model/judgement.ts'
import type { Review, Verdict } from '../model/review.ts'
import { nameIn } from './describe.ts'

/** The least severity of a finding that blocks; `any` also blocks on what narrows, `none` on no finding at all. */
export const FAIL_ON = ['high', 'medium', 'low', 'any', 'none'] as const
export type FailOn = (typeof FAIL_ON)[number]

/** What a gate goes by. */
export interface GateRules {
  readonly failOn: FailOn
  /** The digest that somebody approved: its findings block no longer, and a guardrail still does. */
  readonly approved: string | undefined
}

/** Whether a change may be merged: no guardrail that denies is broken, and no finding is as bad as the gate says. */
export function gate({ findings, judgements, digest }: Review, { failOn, approved }: GateRules): Verdict {
  const isApproved = approved === digest
  const blocking = isApproved ? [] : findings.filter(finding => blocks(finding, failOn))
  const stale =
    approved !== undefined && !isApproved && blocking.length > 0
      ? [`what was approved (${approved}) is not this change (${digest})`]
      : []
  const reasons = [...judgements.flatMap(denial), ...stale, ...blocking.map(({ id, summary }) => `${id}: ${summary}`)]
  return reasons.length === 0 ? { kind: 'passed' } : { kind: 'blocked', reasons }
}

function blocks({ direction, severity }: Finding, failOn: FailOn): boolean {
  if (failOn === 'none') return false
  if (failOn === 'any') return true
  return direction !== 'narrows' && worstOf(severity, failOn) === severity
}

function worstOf(a: FindingSeverity, b: FindingSeverity): FindingSeverity {
  return FINDING_SEVERITIES.indexOf(a) >= FINDING_SEVERITIES.indexOf(b) ? a : b
}

/** Why a guardrail blocks, if it does: one that could not be evaluated is broken. */
export function denial(judgement: Judgement): readonly string[] {
  const { actions, guardrail, violations, after, failure } = judgement
  if (!actions.includes('Deny')) return []
  const name = nameIn(guardrail)
  if (after === 'failed') return [`guardrail ${name} could not be evaluated: ${failure ?? 'it failed'}`]
  const broken = violations.filter(({ waivedBy }) => waivedBy === undefined)
  return broken.map(({ message }) => `guardrail ${name}: ${message}`)
}
