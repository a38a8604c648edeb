import type { Address } from '../model/address.ts'
import type { ClusterReader } from '../model/cluster.ts'
import type { Report } from '../model/diagnostic.ts'
import type { ReadBeside } from '../model/document.ts'
import type { Lock } from '../model/lock.ts'
import type { OperationTable } from '../model/operation.ts'
import type { Decrypt } from '../model/sops.ts'
import type { Resource, SecretState, SecretValues, State } from '../model/state.ts'
import type { OpenApiReader } from './openapi/operations.ts'

/** What resolving needs from outside: files beside the documents, what others declared, and keys. */
export interface ResolveContext {
  readonly catalogue: State
  /** Tables of the shipped services. */
  readonly tables: ReadonlyMap<string, OperationTable>
  readonly templates: ReadonlySet<string>
  /** What documents with problems declare: a reference to it is no mistake. */
  readonly invalid: ReadonlySet<Address>
  readonly readBeside: ReadBeside
  readonly openApi: OpenApiReader
  /** Hosts that an administrator allows although they are internal. */
  readonly allowedEndpoints: ReadonlySet<string>
  readonly requireBinding: boolean
  /** The day of the run, `YYYY-MM-DD`, to say what is overdue; absent: nothing is. */
  readonly today: string | undefined
  /** What the lock files of the sources accept; absent: only what a service says itself keeps operations back. */
  readonly lock?: Lock
  /** Absent for `validate`, which asks no store and decrypts nothing. */
  readonly store: StoreContext | undefined
  /** Without a store: remembers which bytes hold the values of each credential, and reads nothing of them. */
  readonly blind?: boolean
  /** The files that hold the values of credentials were left out, as an export without recipients does. */
  readonly isRedacted?: boolean
  /** Set by the operator: what documents name in the cluster beside themselves. */
  readonly cluster?: ClusterReader
}

export interface StoreContext {
  /** Rows that other owners declared at these addresses; also the owner's own, where the documents are a part of its. */
  foreign(addresses: readonly Address[]): Promise<ReadonlyMap<Address, Resource>>
  tables(digests: readonly string[]): Promise<ReadonlyMap<string, OperationTable>>
  /** What was verified and applied for a credential. */
  secret(address: Address): SecretState | undefined
  fingerprint(address: Address, values: SecretValues): string
  /** Absent with `--no-decrypt`. */
  readonly decrypt: Decrypt | undefined
}

/** Everything that checks look things up in. */
export interface Scope {
  readonly context: ResolveContext
  readonly report: Report
  /** Declared, shipped and foreign resources. */
  find(address: Address): Resource | undefined
  /** The operations of a service, or `undefined` when it lists none and has no document. */
  operations(service: Resource): OperationTable | undefined
  /** The known name of a kind in a namespace that is nearest to one that is not known. */
  suggest(name: string, kind: Resource['kind'], namespace: string | undefined): string | undefined
}
