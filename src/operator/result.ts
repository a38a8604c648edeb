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
    }
  /** Somebody has to act; nothing is tried again before something changes. */
  | { readonly kind: 'stalled'; readonly reason: Reason; readonly message: string }
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

export type Results = ReadonlyMap<Address, Result>
