import type { Address } from './address.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Finding, FindingSeverity, SecretChange, ServiceRevision } from './finding.ts'
import type { Judgement } from './judgement.ts'
import type { Resource } from './state.ts'

/** How much there is of everything, hidden or not. */
export interface ReviewTotals {
  readonly widens: number
  readonly narrows: number
  readonly unclear: number
  readonly bySeverity: Readonly<Record<FindingSeverity, number>>
  /** Resources that were created, changed or deleted. */
  readonly changed: number
  /** Of these, how many change nothing that anybody can do. */
  readonly withoutEffect: number
  /** Integrations that were compared cell by cell. */
  readonly compared: number
  /** People known by name for whom anything widens, and for whom anything narrows. */
  readonly gaining: number
  readonly losing: number
}

/** Everything that a comparison of two states says; what the outputs show is a part of this. */
export interface Review {
  /** Worst first: A widens, B narrows, C is unclear or concerns something beside access. */
  readonly findings: readonly Finding[]
  readonly totals: ReviewTotals
  readonly services: readonly ServiceRevision[]
  readonly secrets: readonly SecretChange[]
  readonly judgements: readonly Judgement[]
  /** What nobody could see from here, in sentences: groups whose members are unknown, services without operations. */
  readonly unseen: readonly string[]
  /** What goes away, each with what still uses it. */
  readonly removals: readonly { readonly address: Address; readonly usedBy: readonly Address[] }[]
  /** `sha256:` and hex: names the effective change, and survives merge and rebase. */
  readonly digest: string
  /** The same for each namespace that the change touches, sorted: what an approval in a cluster names. */
  readonly approvals: readonly { readonly namespace: string; readonly digest: string }[]
}

/** A resource that differs between the sides, in its normal form or in its encrypted values. */
export interface Changed {
  readonly address: Address
  readonly before: Resource | undefined
  readonly after: Resource | undefined
}

/** One side of a comparison, as a report names it. */
export interface Compared {
  /** What the caller asked for: a revision, a folder, or a file. */
  readonly label: string
  readonly commit: string | undefined
  readonly documents: number
}

/** What was compared, and how. */
export interface Comparison {
  readonly base: Compared
  readonly head: Compared
  /** The head is the result of merging it into the base, not the branch as it stands. */
  readonly isMergeResult: boolean
  /** The day for which everything holds, `YYYY-MM-DD`. */
  readonly asOf: string
  /** A name for what is reviewed, where one repository holds several. */
  readonly environment: string | undefined
  readonly version: string
}

/** What a gate makes of a review. */
export type Verdict =
  /** `note`: why, where findings would block by default: they were approved, or the gate does not look at them. */
  | { readonly kind: 'passed'; readonly note?: string }
  | {
      readonly kind: 'blocked'
      /** All of them, in sentences without a full stop, the worst first. */
      readonly reasons: readonly string[]
      /** Those that block by themselves. */
      readonly findings: readonly Finding[]
      /** The reasons that are about neither a guardrail nor a finding. */
      readonly others: readonly string[]
    }

/** A review with all that its outputs need; every output is made from this alone. */
export interface ReviewReport {
  readonly review: Review
  readonly comparison: Comparison
  readonly verdict: Verdict
  /** Warnings about the files of the head, and sentences about the comparison itself. */
  readonly diagnostics: readonly Diagnostic[]
}
