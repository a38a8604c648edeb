import type { Address } from './address.ts'
import type { Effect } from './effect.ts'
import type { Operation } from './operation.ts'

/** From least to worst. */
export const FINDING_SEVERITIES = ['low', 'medium', 'high'] as const
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number]

/** Whether more can be done after the change, less, or whether that cannot be said from the documents. */
export type Direction = 'widens' | 'narrows' | 'unclear'

/** A state of the files: as they were, and as they would be. */
export type SideName = 'before' | 'after'

/** People whom a change treats alike: those known by name, or a set whose members are unknown here. */
export type Who =
  | {
      readonly kind: 'people'
      /** How to call them, such as `group support` or three names and how many others. */
      readonly name: string
      /** All of them, sorted by code unit. */
      readonly people: readonly string[]
    }
  | { readonly kind: 'company' | 'idpGroup'; readonly name: string }

/** An operation on both sides of a change: what is called stays the same while its method and path do. */
export interface ReviewedOperation {
  /** `METHOD /path`, by which the sides are joined; the names of parameters count for nothing. */
  readonly key: string
  readonly before: Operation | undefined
  readonly after: Operation | undefined
}

/** Where in a document an edit stands: a path from its top, and for an entry of a set its text. */
export interface EditPath {
  readonly path: readonly (string | number)[]
  readonly item?: string
}

/** A line that a reader can open. `side` says in which state of the files it is to be found. */
export interface Line {
  readonly side: SideName
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** Finds the line of an edit; that of the document where the edit has none of its own. */
export type LineOf = (side: SideName, address: Address, at: EditPath) => Line

/** One edit of the change, without which a finding would not be what it is. */
export interface Cause extends Line {
  /** The resource that was edited. */
  readonly address: Address
  /** In words, such as `permission 2 (confirm → allow)` or `member dana@acme.example added`. */
  readonly edit: string
}

/**
 * Why a finding holds for some of its cells: each of these edits is needed there, or any one of them is enough. An
 * `either` right after an `each` about the same cells belongs to it: each of those is needed, and any one of these.
 * What it is about are all cells of these people, operations and integrations.
 */
export interface Because {
  readonly need: 'each' | 'either'
  readonly causes: readonly Cause[]
  /** How many of the finding's people this is about; absent where it is about all of them. */
  readonly people?: number
  /** The ids of the operations this is about, in the order of the finding; absent where it is about all of them. */
  readonly operations?: readonly string[]
  /** Sorted; absent where it is about all integrations of the finding. */
  readonly integrations?: readonly Address[]
}

/** One cell that proves a finding: ask `can` on both sides. */
export interface Witness {
  /** A person; for a set that is open here, the name of the set. */
  readonly who: string
  readonly operation: ReviewedOperation
  readonly integration: Address
  readonly before: Effect
  readonly after: Effect
}

interface AboutFinding {
  readonly severity: FindingSeverity
  readonly direction: Direction
  /** One sentence without a full stop, made of names and numbers only. */
  readonly summary: string
  /** Sorted. */
  readonly integrations: readonly Address[]
  readonly because: readonly Because[]
}

/** People who can do something that they could not do before, or no longer: one exact rectangle of the difference. */
export interface AccessFinding extends AboutFinding {
  readonly kind: 'access'
  readonly before: Effect
  readonly after: Effect
  readonly who: Who
  /** In the order of the table; never empty. */
  readonly operations: readonly ReviewedOperation[]
  readonly witness: Witness
  /** The last day on which it holds, `YYYY-MM-DD`, where a group ends. */
  readonly until: string | undefined
}

/** Everything that a change widens, or hides, without any cell saying so. */
export const RESOURCE_FINDINGS = [
  /** Permissions on a service that lists no operations: nobody can count what they cover. */
  'unlisted-permissions',
  /** The same credential is sent to another host, or another place. */
  'destination-changed',
  /** A key moves to where it is seen by more, such as into the query. */
  'auth-placement-changed',
  /** A user's own credential becomes everybody's. */
  'credential-shared',
  'oauth-scopes-widened',
  'oauth-scopes-narrowed',
  /** An integration signs in with other credentials. */
  'credentials-of-integration-changed',
  /** Whose account a credential signs in as: personal, administrator, another owner. */
  'account-changed',
  /** How a credential signs in, when it is chosen, and when its values have to be replaced. */
  'credential-changed',
  'credential-values-changed',
  /** Everything was encrypted anew: which values changed cannot be told. */
  'credential-re-encrypted',
  'credential-values-added',
  'credential-values-removed',
  /** Ciphertext stands where it was not encrypted for: applying it will fail. */
  'credential-values-moved',
  'credential-readers-added',
  'credential-readers-removed',
  /** Less is encrypted, or fewer keys are needed to read it. */
  'encryption-weakened',
  'credential-created',
  'service-created',
  'integration-created',
  'integration-deleted',
  'integration-replaced',
  'resource-deleted',
  'service-changed',
  'operation-renamed',
  'operation-moved',
  /** A selector that named something names nothing any more. */
  'selector-dead',
  /** Operations that nobody has accepted yet: they stay denied until somebody decides. */
  'operations-new',
  'lock-changed',
  /** What a service itself accepts: its list goes, comes, or names operations that are not there yet. */
  'acceptance-changed',
  /** A permission reaches operations that nobody has accepted, also those that do not exist yet. */
  'future-operations-covered',
  /** A group ends on another day, or no longer. */
  'group-end-changed',
  'guardrail-changed',
  'limits-changed',
  'deletion-policy-changed',
  'data-classes-changed',
  'settings-changed',
  'acknowledgement-changed',
  'consumer-changed',
  /** A resource that differs in more than wording, and that no other finding is about. */
  'resource-changed',
] as const
export type ResourceFindingKind = (typeof RESOURCE_FINDINGS)[number]

/** A fact about one resource that the cells do not show. */
export interface ResourceFinding extends AboutFinding {
  readonly kind: ResourceFindingKind
  readonly address: Address
  /** In words; never a secret, nor its length. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** What makes this finding this one, for its fingerprint: names and facts, never text for people or lines. */
  readonly facts: Readonly<Record<string, unknown>>
}

export type Unnumbered = AccessFinding | ResourceFinding

/** A finding with its names: `id` within one review (`A1`), `fingerprint` wherever the same facts are found again. */
export type Finding = Unnumbered & { readonly id: string; readonly fingerprint: string }

/** A service whose operations differ between the sides. */
export interface ServiceRevision {
  readonly service: Address
  readonly added: readonly ReviewedOperation[]
  readonly removed: readonly ReviewedOperation[]
  /** The same method and path under another id. */
  readonly renamed: readonly ReviewedOperation[]
  /** The same id under another method or path. */
  readonly moved: readonly { readonly id: string; readonly from: string; readonly to: string }[]
  /** Operations that somebody has to decide about, writes first: denied until they are named or locked. */
  readonly decisions: readonly Decision[]
  /** Whether operations are held back until accepted: a lock names those that were. */
  readonly isLocked: boolean
}

/** A new operation, and the permissions that would cover it once it is accepted. */
export interface Decision {
  readonly operation: ReviewedOperation
  readonly covering: readonly {
    readonly integration: Address
    readonly effect: Effect
    readonly line: Line
    /** How many people known by name it would reach. */
    readonly people: number
    /** Whether others would be reached whose number is unknown here. */
    readonly open: boolean
  }[]
}

/** How the encrypted values of one credential differ, told from ciphertext alone. */
export interface SecretChange {
  readonly credential: Address
  readonly file: string
  /** By the name of the field; names stand in clear. */
  readonly entries: readonly {
    readonly name: string
    readonly change: 'added' | 'removed' | 'changed' | 'unchanged' | 'moved' | 'unknown'
  }[]
  /** The data key is another one: unchanged values cannot be told from changed ones. */
  readonly isRekeyed: boolean
  /** Who can decrypt: age recipients and other keys, as SOPS names them. */
  readonly readers: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly kept: readonly string[]
  }
}
