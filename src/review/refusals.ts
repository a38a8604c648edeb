import type { Judgement } from '../model/judgement.ts'
import type { PlanReview, Refusal } from '../model/plan.ts'
import { denies, objectionsOf } from './objections.ts'

/** The "no" of guardrails to a plan, and of an approval that is for something else. */
export function refusalsOf(
  review: PlanReview | undefined,
  approved: ReadonlySet<string> | undefined,
): readonly Refusal[] {
  if (review === undefined) return []
  return [...review.judgements.flatMap(brokenGuardrail), ...notApproved(review, approved)]
}

function brokenGuardrail(judgement: Judgement): readonly Refusal[] {
  if (!denies(judgement)) return []
  const integrations = judgement.violations.flatMap(violation => violation.integrations)
  return objectionsOf(judgement).map(({ message }) => ({
    rule: 'guardrail' as const,
    message,
    cure: 'Change what breaks it, or have the guardrail changed or waived first, in a change of its own.',
    addresses: [...new Set([judgement.guardrail, ...integrations])],
  }))
}

function notApproved({ digest, hasEffect }: PlanReview, approved: ReadonlySet<string> | undefined): readonly Refusal[] {
  if (approved === undefined || !hasEffect || approved.has(digest)) return []
  const given = [...approved].join(', ')
  const message =
    given === ''
      ? `what would happen is not approved: ${digest}`
      : `what would happen is ${digest}, and approved is ${given}`
  return [
    {
      rule: 'not-approved',
      message,
      cure: 'Review the change again with `tenon review`, and approve the digest that it prints.',
      addresses: [],
    },
  ]
}
