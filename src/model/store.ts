import type { Address, Kind } from './address.ts'
import type { OperationTable } from './operation.ts'
import type { Resource, SecretState, SecretValues } from './state.ts'

/** What planning needs of a row; small, so that planning 10,000 unchanged resources loads no bodies. */
export interface Head {
  /** `undefined` for a row that was orphaned: nobody owns it. */
  readonly owner: string | undefined
  readonly digest: string
  /** The store revision that last wrote this row. */
  readonly revision: number
  readonly secret?: SecretState
}

/** A row in full. */
export interface Stored {
  readonly resource: Resource
  readonly owner: string | undefined
  readonly revision: number
  /** RFC 3339. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly updatedBy: string
  readonly commit: string | undefined
}

/** Limits that an owner's last apply recorded, so that a pull request cannot loosen and use them at once. */
export interface Limits {
  readonly maxDeletes: number
  readonly maxDeletePercent: number
}

/** The limits of an owner who never set any. */
export const DEFAULT_LIMITS: Limits = { maxDeletes: 10, maxDeletePercent: 30 }

export interface StorePosition {
  /** Counts successful writes of anybody. */
  readonly revision: number
  /** The store revision of this owner's last write; 0 before its first. */
  readonly ownerRevision: number
  readonly limits: Limits | undefined
}

export interface ListFilter {
  readonly kinds?: readonly Kind[]
  readonly namespace?: string
  readonly owner?: string
}

/** The reading half of a store. Every method sees committed writes only. */
export interface StoreReader {
  position(owner: string): Promise<StorePosition>
  /** The heads of all rows of the owner, if one is given, and of any other rows at the given addresses. */
  heads(owner: string | undefined, addresses: Iterable<Address>): Promise<ReadonlyMap<Address, Head>>
  /** The rows at the given addresses; addresses without one are left out. */
  load(addresses: Iterable<Address>): Promise<ReadonlyMap<Address, Stored>>
  /** All rows that match, sorted by address in dependency order. */
  list(filter: ListFilter): Promise<readonly Stored[]>
  /** Which rows refer directly to each of the given addresses, sorted; addresses nobody refers to are left out. */
  referrers(addresses: Iterable<Address>): Promise<ReadonlyMap<Address, readonly Address[]>>
  /** Everybody who owns rows and whose name begins so, sorted. */
  owners(prefix: string): Promise<readonly string[]>
  tables(digests: Iterable<string>): Promise<ReadonlyMap<string, OperationTable>>
  /** A keyed fingerprint of a credential's values, bound to its address: equal for equal values in this store only. */
  fingerprint(address: Address, values: SecretValues): string
  /** The values of credentials, opened with the store's key. Only an export to age recipients asks for them. */
  open(addresses: Iterable<Address>): Promise<ReadonlyMap<Address, SecretValues>>
  audit(filter: AuditFilter): Promise<readonly AuditRecord[]>
  verifyAudit(): Promise<AuditVerdict>
  close(): Promise<void>
}

export interface Put {
  readonly resource: Resource
  /** New values to seal; without them the sealed values of the row stay. */
  readonly values?: SecretValues
  readonly action: 'create' | 'update' | 'replace'
  /** Shown in the audit log: which fields changed, by JSON Pointer; never values. */
  readonly fields: readonly string[]
}

/** Everything that one apply does; written in one transaction together with its audit records, or not at all. */
export interface WriteBatch {
  readonly owner: string
  /** The store revision that the plan was made against; another one refuses the batch with `StaleState`. */
  readonly expectedRevision: number
  readonly puts: readonly Put[]
  readonly deletes: readonly Address[]
  /** Rows that stay, owned by nobody. */
  readonly orphans: readonly Address[]
  readonly tables: ReadonlyMap<string, OperationTable>
  readonly limits: Limits | undefined
  readonly actor: string
  readonly commit: string | undefined
  /** RFC 3339, from the driver's clock. */
  readonly at: string
  readonly planDigest: string
  /** Whose turn it has to be still; `Fenced` otherwise. */
  readonly fence?: Fence
}

/** A turn at something that several processes must not do at once: the newest epoch of the name may write. */
export interface Fence {
  readonly name: string
  readonly epoch: number
}

export interface StoreWriter {
  /** Writes a batch and gives the new store revision. Throws `StaleState`, `Fenced`, or `WorldError` when the store fails. */
  write(batch: WriteBatch): Promise<{ readonly revision: number }>
  /** Takes a turn from whoever had it: no write under an older epoch commits after this. `at`: RFC 3339. */
  fence(name: string, holder: string, at: string): Promise<Fence>
}

export type Store = StoreReader & StoreWriter

export interface AuditFilter {
  readonly address?: Address
  readonly owner?: string
  /** Newest `limit` records, given oldest first. */
  readonly limit?: number
}

/** One line of the append-only log. `hash` covers the record and `previous`, so that no line can be changed unseen. */
export interface AuditRecord {
  readonly sequence: number
  readonly revision: number
  readonly at: string
  readonly actor: string
  readonly owner: string
  readonly commit: string | undefined
  readonly action: 'create' | 'update' | 'replace' | 'delete' | 'orphan' | 'apply'
  /** Absent for `apply`, which closes a revision. */
  readonly address: Address | undefined
  readonly fields: readonly string[]
  readonly before: string | undefined
  readonly after: string | undefined
  readonly previous: string
  readonly hash: string
}

export type AuditVerdict =
  | { readonly kind: 'intact'; readonly records: number; readonly head: string }
  | { readonly kind: 'broken'; readonly sequence: number; readonly reason: string }
