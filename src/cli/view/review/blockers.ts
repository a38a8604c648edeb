import type { Finding } from '../../../model/finding.ts'
import type { Judgement, Violation } from '../../../model/judgement.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { nameIn } from '../../../review/describe.ts'

/** What stands against merging, taken apart: a gate gives its reasons as sentences. */
export interface Blockers {
  readonly findings: readonly Finding[]
  /** Guardrails that deny, with what nobody waived; those that could not be evaluated break nothing that is known. */
  readonly guardrails: readonly { readonly judgement: Judgement; readonly violations: readonly Violation[] }[]
  /** The reasons that speak of neither. */
  readonly others: readonly string[]
}

const found = new WeakMap<ReviewReport, Blockers>()

/** Finds what the reasons of a verdict speak of. */
export function blockersOf(report: ReviewReport): Blockers {
  let blockers = found.get(report)
  if (blockers === undefined) found.set(report, (blockers = findBlockers(report)))
  return blockers
}

function findBlockers({ review, verdict }: ReviewReport): Blockers {
  if (verdict.kind === 'passed') return { findings: [], guardrails: [], others: [] }
  const byReason = new Map(review.findings.map(finding => [`${finding.id}: ${finding.summary}`, finding]))
  const guardrails = review.judgements.filter(denies).map(judgement => ({
    judgement,
    violations: judgement.violations.filter(({ waivedBy }) => waivedBy === undefined),
  }))
  const names = guardrails.map(({ judgement }) => `guardrail ${nameIn(judgement.guardrail)}`)
  const isOfGuardrail = (reason: string): boolean =>
    names.some(name => reason.startsWith(`${name}:`) || reason.startsWith(`${name} `))
  return {
    findings: verdict.reasons.flatMap(reason => byReason.get(reason) ?? []),
    guardrails,
    others: verdict.reasons.filter(reason => !byReason.has(reason) && !isOfGuardrail(reason)),
  }
}

function denies({ actions, after, violations }: Judgement): boolean {
  if (!actions.includes('Deny')) return false
  return after === 'failed' || violations.some(({ waivedBy }) => waivedBy === undefined)
}
