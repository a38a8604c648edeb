import type { Address } from '../model/address.ts'
import type { Judgement, Violation } from '../model/judgement.ts'
import { nameIn } from './describe.ts'

/** What a guardrail has against a change, as one sentence without a full stop. */
export interface Objection {
  readonly message: string
  readonly integrations: readonly Address[]
}

/** The ways in which a change breaks a guardrail that nobody waived. */
export function openViolations({ violations }: Pick<Judgement, 'violations'>): readonly Violation[] {
  return violations.filter(({ waivedBy }) => waivedBy === undefined)
}

/** Everything that a guardrail has against a change, whatever becomes of it; one that could not be evaluated is broken. */
export function objectionsOf(judgement: Judgement): readonly Objection[] {
  const { guardrail, after, failure } = judgement
  const name = `guardrail ${nameIn(guardrail)}`
  if (after === 'failed')
    return [{ message: `${name} could not be evaluated: ${failure ?? 'it failed'}`, integrations: [] }]
  return openViolations(judgement).map(({ message, integrations }) => ({
    message: `${name}: ${message}`,
    integrations,
  }))
}

/** Whether a guardrail blocks the change. */
export function denies(judgement: Judgement): boolean {
  return judgement.actions.includes('Deny') && objectionsOf(judgement).length > 0
}

/** What guardrails say that does not block. */
export function warningsOf(judgements: readonly Judgement[]): readonly Objection[] {
  return judgements.filter(({ actions }) => actions.includes('Warn') && !actions.includes('Deny')).flatMap(objectionsOf)
}
