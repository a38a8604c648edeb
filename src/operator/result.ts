import type { Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'

/** Why a resource is not ready, or that it is: constants for machines, as Kubernetes has them. */
export type Reason =
  | 'Succeeded'
  | 'Progressing'
  | 'ProgressingWithRetry'
  | 'ValidationFailed'
  | 'DecryptFailed'
  | 'GuardRefused'
  | 'ApprovalRequired'
  | 'Conflict'
  | 'AccessDenied'
  | 'ApplyFailed'
  | 'PruneFailed'
  | 'DependencyNotReady'
  | 'Drifted'

/** What came of one resource in a run. */
export type Result =
  | {
      readonly kind: 'done'
      /** What the run changed in the store; nothing where it was as it should be. */
      readonly action: 'create' | 'update' | 'replace' | 'delete' | undefined
      readonly fields: readonly string[]
      readonly warnings: readonly Diagnostic[]
      readonly facts: Facts
      /** The digest under which somebody approved what was written. */
      readonly approved?: string
      /** What guardrails said of it that do not refuse. */
      readonly warned?: readonly string[]
    }
  /** Somebody has to act; nothing is tried again before something changes. */
  | {
      readonly kind: 'stalled'
      readonly reason: Reason
      readonly message: string
      /** What somebody has to approve. */
      readonly digest?: string
    }
  /** Likely to pass: it is tried again. */
  | { readonly kind: 'retry'; readonly reason: Reason; readonly message: string }

/** What people want to see of an applied resource; nothing in it comes from a secret. */
export interface Facts {
  readonly operations?: {
    readonly total: number
    readonly allow?: number
    readonly confirm?: number
    readonly deny?: number
  }
  /** People known by name. */
  readonly people?: number
  /** Whether others belong to it too whose number is unknown here. */
  readonly unknownPeople?: boolean
  /** The fields of a credential that are set. */
  readonly fields?: readonly string[]
  /** Whether the service says how its credentials are tested. */
  readonly isTestable?: boolean
}

/** Whether a resource waits for a person to approve what it would do. */
export function isUnapproved(result: Result | undefined): boolean {
  return result !== undefined && result.kind !== 'done' && result.reason === 'ApprovalRequired'
}

export type Results = ReadonlyMap<Address, Result>
