import type { Address, Kind } from './address.ts'
import type {
  AccessGroupSpec,
  ConsumerSpec,
  CredentialSpec,
  GuardrailSpec,
  IntegrationSpec,
  PermissionSpec,
  ServiceSpec,
} from './manifest.gen.ts'
import type { OperationTable } from './operation.ts'
import type { Secret } from './secret.ts'

/** What only the operator reads: how a resource is kept up to date says nothing about the resource. */
export type OperatorField = 'suspend' | 'interval' | 'mode'

type Declared<T, K extends string = never> = Omit<T, OperatorField | K>
type Filled<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]-?: NonNullable<T[P]> }

/**
 * The spec of each kind in its normal form: defaults filled, sets sorted and without repeats, e-mail addresses lower-cased,
 * nothing left that only says where a value came from, or what only the operator reads. Two documents that mean the same
 * have equal normal forms.
 */
export interface ResourceSpecs {
  readonly clusterServiceDefinition: ServiceState
  readonly serviceDefinition: ServiceState
  readonly accessGroup: Filled<Declared<AccessGroupSpec>, 'members' | 'groups' | 'idpGroups'>
  readonly credential: Filled<Declared<CredentialSpec, 'data' | 'file' | 'sops' | 'secretRef'>, 'isDefault'>
  readonly integration: Filled<
    Declared<IntegrationSpec>,
    'enabled' | 'settings' | 'permissions' | 'credentials' | 'dataClasses' | 'deletionPolicy'
  >
  readonly consumer: Filled<Declared<ConsumerSpec>, 'integrations'>
  readonly guardrail: Filled<Declared<GuardrailSpec>, 'actions' | 'failurePolicy' | 'waivers'>
}

/** A service without its document: the operations, and which of them are new, are a table of their own, named by its digest. */
export type ServiceState = Filled<
  Declared<ServiceSpec, 'openapi' | 'operations' | 'acceptedOperations' | 'template'>,
  'auth'
> & {
  readonly operations: OperationTable['digest']
  /**
   * Entries of its list of accepted operations that name none of its operations, sorted. Absent where it has no list, and
   * where the table says all of it: some operations are new, and no entry is left.
   */
  readonly acceptedOperations?: readonly string[]
}

export type Permission = PermissionSpec

/** Where a resource was declared: shown by explanations, never compared. */
export interface Origin {
  readonly file: string
  readonly line: number
  /** The line of each permission of an integration, in their order. */
  readonly permissions: readonly number[]
}

/** What is known of a credential's values without knowing them. */
export interface SecretState {
  /** `sha256:` and hex over all bytes of the SOPS file or string, clear text included: what was verified. */
  readonly source: string
  /** The keyed fingerprint of the values; `undefined` when they were not decrypted. Made by the store, never shown. */
  readonly fingerprint: string | undefined
  /** The names of the fields, sorted; `for` is not one of them. */
  readonly fields: readonly string[]
  /** `sops.lastmodified` as written. */
  readonly lastModified: string | undefined
  /** What the encrypted values say they are for; kept so that a change elsewhere is judged without decrypting again. */
  readonly binding: Binding | undefined
}

/** The `for` entry inside the encrypted values: the only places where the credential may be used. */
export interface Binding {
  readonly name?: string
  readonly service?: string
  readonly namespace?: string
  readonly integrations?: readonly string[]
  readonly hosts?: readonly string[]
  /** Never decreases; a smaller one is an older file put back. */
  readonly revision?: number
}

export interface ResourceOf<K extends Kind> {
  readonly kind: K
  readonly address: Address
  readonly namespace: string | undefined
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: ResourceSpecs[K]
  /** `sha256:` and hex over the canonical JSON of labels, annotations and spec. */
  readonly digest: string
  readonly origin: Origin
  /** Credentials only. */
  readonly secret?: SecretState
}

/** One thing we manage, declared or observed. */
export type Resource = { [K in Kind]: ResourceOf<K> }[Kind]

/** All resources by address: the same type for what documents ask for and for what the store holds. */
export type State = ReadonlyMap<Address, Resource>

/** The desired state, with what its resources name by digest or keep apart. */
export interface Desired {
  readonly state: State
  readonly tables: ReadonlyMap<OperationTable['digest'], OperationTable>
  /** Values in clear of the credentials that were decrypted, by field. */
  readonly values: ReadonlyMap<Address, SecretValues>
}

export type SecretValues = ReadonlyMap<string, Secret>
