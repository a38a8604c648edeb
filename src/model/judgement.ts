import type { Address } from './address.ts'
import type { Line } from './finding.ts'

/** What becomes of a change that breaks a guardrail. */
export const GUARDRAIL_ACTIONS = ['Deny', 'Warn', 'Audit'] as const
export type GuardrailAction = (typeof GUARDRAIL_ACTIONS)[number]

/** One way in which a state breaks a guardrail. */
export interface Violation {
  /** One sentence without a full stop. */
  readonly message: string
  /** Ids of the findings that it speaks of, where it speaks of some. */
  readonly findings: readonly string[]
  readonly integrations: readonly Address[]
  /** The smallest proof: a person and an operation, in words. */
  readonly witness: string | undefined
  /** Says the same of the same facts in every run; a waiver may name it. */
  readonly fingerprint: string
  /** The waiver that lets it pass. */
  readonly waivedBy: string | undefined
  readonly line: Line | undefined
}

/** A waiver as a report shows it. */
export interface WaiverUse {
  readonly id: string
  readonly owner: string
  readonly reason: string
  /** `YYYY-MM-DD`, the last day on which it counts. */
  readonly expires: string
  readonly state: 'used' | 'unused' | 'expired'
}

/** What one guardrail says of a change, by its old text. */
export interface Judgement {
  readonly guardrail: Address
  readonly description: string
  readonly actions: readonly GuardrailAction[]
  /** `failed`: the rule could not be evaluated, which counts as broken where its failure policy is Fail. */
  readonly before: 'holds' | 'broken' | 'failed' | 'not-judged'
  readonly after: 'holds' | 'broken' | 'failed'
  /** What the change breaks: what was broken before in the same way is only counted. */
  readonly violations: readonly Violation[]
  readonly brokenAlready: number
  readonly waivers: readonly WaiverUse[]
  /** Why it failed, in words. */
  readonly failure: string | undefined
  /** What it would say by its text after the change, where that differs; for information only. */
  readonly byNewText: 'holds' | 'broken' | 'failed' | undefined
}
