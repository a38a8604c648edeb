import { FINDING_SEVERITIES, type Finding, type FindingSeverity } from '../model/finding.ts'
import type { Review, Verdict } from '../model/review.ts'
import { isCovered } from './approval.ts'
import { denies, objectionsOf } from './objections.ts'

/** The least severity of a finding that blocks; `any` also blocks on what narrows, `none` on no finding at all. */
export const FAIL_ON = ['high', 'medium', 'low', 'any', 'none'] as const
export type FailOn = (typeof FAIL_ON)[number]

/** What a gate goes by. */
export interface GateRules {
  readonly failOn: FailOn
  /**
   * What somebody approved: the digest of the change, or fingerprints of single findings. A guardrail blocks all the same,
   * and so does a finding that the digest does not cover.
   */
  readonly approved: ReadonlySet<string>
}

/** Whether a change may be merged: no guardrail that denies is broken, and no finding is as bad as the gate says. */
export function gate({ findings, judgements, digest }: Review, { failOn, approved }: GateRules): Verdict {
  const isApproved = approved.has(digest)
  const blocking = findings.filter(
    finding => blocks(finding, failOn) && !approved.has(finding.fingerprint) && !(isApproved && isCovered(finding)),
  )
  const stale =
    approved.size > 0 && !isApproved && blocking.length > 0
      ? [`what was approved (${[...approved].join(', ')}) is not this change (${digest})`]
      : []
  const denials = judgements.filter(denies).flatMap(objectionsOf)
  const reasons = [
    ...denials.map(({ message }) => message),
    ...stale,
    ...blocking.map(({ id, summary }) => `${id}: ${summary}`),
  ]
  if (reasons.length > 0) return { kind: 'blocked', reasons, findings: blocking, others: stale }
  const grave = findings.filter(finding => blocks(finding, 'high')).length
  if (grave === 0) return { kind: 'passed' }
  const rest = `${grave} high ${grave === 1 ? 'finding' : 'findings'}`
  return { kind: 'passed', note: failOn === 'none' ? `the gate looks at no findings; ${rest}` : `approved; ${rest}` }
}

function blocks({ direction, severity }: Finding, failOn: FailOn): boolean {
  if (failOn === 'none') return false
  if (failOn === 'any') return true
  return direction !== 'narrows' && worstOf(severity, failOn) === severity
}

function worstOf(a: FindingSeverity, b: FindingSeverity): FindingSeverity {
  return FINDING_SEVERITIES.indexOf(a) >= FINDING_SEVERITIES.indexOf(b) ? a : b
}
