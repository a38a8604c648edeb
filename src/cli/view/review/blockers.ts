import type { Finding } from '../../../model/finding.ts'
import type { Judgement, Violation } from '../../../model/judgement.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { denies, openViolations } from '../../../review/objections.ts'

/** What stands against merging. */
export interface Blockers {
  readonly findings: readonly Finding[]
  /** Guardrails that deny, with what nobody waived; those that could not be evaluated break nothing that is known. */
  readonly guardrails: readonly { readonly judgement: Judgement; readonly violations: readonly Violation[] }[]
  /** The reasons that speak of neither. */
  readonly others: readonly string[]
}

/** Everything that blocks, by what it is. */
export function blockersOf({ review, verdict }: ReviewReport): Blockers {
  if (verdict.kind === 'passed') return { findings: [], guardrails: [], others: [] }
  const denying = review.judgements.filter(denies)
  return {
    findings: verdict.findings,
    guardrails: denying.map(judgement => ({ judgement, violations: openViolations(judgement) })),
    others: verdict.others,
  }
}
