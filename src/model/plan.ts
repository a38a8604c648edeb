import type { Address } from './address.ts'
import type { Effect } from './effect.ts'
import type { Judgement } from './judgement.ts'
import type { Resource } from './state.ts'

/** One field that differs: a JSON Pointer from the top of the document, and both values (absent: `undefined`). */
export interface FieldChange {
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

/** One step of a plan. `reasons` are sentences that say why a step is more than its fields. */
export type Change =
  | {
      readonly action: 'create'
      readonly address: Address
      readonly after: Resource
      readonly reasons: readonly string[]
    }
  | UpdateOrReplace
  | {
      readonly action: 'delete'
      readonly address: Address
      readonly before: Resource
      readonly orphan: boolean
      readonly reasons: readonly string[]
    }

export interface UpdateOrReplace {
  readonly action: 'update' | 'replace'
  readonly address: Address
  readonly before: Resource
  readonly after: Resource
  readonly fields: readonly FieldChange[]
  /** Taken over from another owner with `--adopt`. */
  readonly adopted: string | undefined
  readonly reasons: readonly string[]
}

/** How effective access changes for a set of people on one integration. */
export interface EffectChange {
  readonly integration: Address
  readonly who: string
  /** How many people that is, or `undefined` where membership is unknown here (identity provider groups, companies). */
  readonly people: number | undefined
  readonly operations: readonly string[]
  readonly before: Effect
  readonly after: Effect
}

/** A "no" to a plan: which rule, its limit against what the plan does, and what would lift it. */
export interface Refusal {
  readonly rule:
    | 'empty-desired'
    | 'max-deletes'
    | 'max-delete-percent'
    | 'in-use'
    | 'last-member'
    | 'replace-not-named'
    | 'replay'
    | 'credential-not-bound'
    | 'owned-by-another'
    | 'not-verified'
    | 'default-taken'
    | 'not-selected'
    | 'guardrail'
    | 'not-approved'
  readonly message: string
  readonly cure: string
  readonly addresses: readonly Address[]
  readonly limit?: number
  readonly actual?: number
}

/** Ordered changes: everything a person has to know before it happens. */
export interface Plan {
  readonly owner: string
  readonly changes: readonly Change[]
  /** Deletes that are not made because `--prune` was not given. */
  readonly withheld: readonly Change[]
  readonly unchanged: number
  readonly access: readonly EffectChange[]
  /** The store's revision that the plan was made against. */
  readonly storeRevision: number
  /** `sha256:` and hex: equal for plans that do the same to the same. */
  readonly digest: string
  /** False when some SOPS file was compared by digest only. */
  readonly verified: boolean
  /** Where there are guardrails to judge the plan, or an approval that it needs. */
  readonly review?: PlanReview
}

/** What a review says of a plan. */
export interface PlanReview {
  /** The digest that an approval of what the plan does names. */
  readonly digest: string
  /** Whether there is anything to approve. */
  readonly hasEffect: boolean
  /** How many findings it has, and what the first says in a sentence without a full stop. */
  readonly findings: number
  readonly worst: string | undefined
  readonly judgements: readonly Judgement[]
}
