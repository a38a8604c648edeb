import type { Address } from '../model/address.ts'
import type { PlanReview, Refusal } from '../model/plan.ts'
import { visible } from '../model/visible.ts'
import { warningsOf } from '../review/objections.ts'
import { cut, type Failure } from './blame.ts'
import { ANNOTATIONS } from './custom-resource.ts'

/** Whether nothing stands against a plan but that nobody approved what it does. */
export function isOnlyUnapproved(refusals: readonly Refusal[]): boolean {
  return refusals.length > 0 && refusals.every(({ rule }) => rule === 'not-approved')
}

const LONGEST_FINDING = 500
const LONGEST = 4096

/** Says what would happen, in short, and which digest to approve. */
export function approvalRequired(review: PlanReview): Failure & { readonly kind: 'stalled' } {
  // Nobody can look into new values: that is all that can be said of them.
  const { digest, findings, worst = 'a credential gets other values' } = review
  const more = findings > 1 ? ` (and ${findings - 1} more ${findings === 2 ? 'finding' : 'findings'})` : ''
  const sentences = [
    `Waits for the approval of ${digest}: ${cut(visible(worst), LONGEST_FINDING)}${more}.`,
    `Name the digest in the annotation ${ANNOTATIONS.approved} of this resource, of another one that waits for it, or of the namespace.`,
    ...guardrailWarnings(review).map(({ message }) => `Warning: ${message}.`),
  ]
  return { kind: 'stalled', reason: 'ApprovalRequired', message: cut(sentences.join(' '), LONGEST), digest }
}

/** What a guardrail says that does not refuse: a sentence without a full stop, and the integrations that it is about. */
interface GuardrailWarning {
  readonly message: string
  readonly integrations: readonly Address[]
}

/** What guardrails warn of. */
export function guardrailWarnings(review: PlanReview | undefined): readonly GuardrailWarning[] {
  return warningsOf(review?.judgements ?? []).map(({ message, integrations }) => ({
    message: cut(visible(message), LONGEST_FINDING),
    integrations,
  }))
}
