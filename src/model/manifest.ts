import type { Address, Kind } from './address.ts'
import type { Place } from './document.ts'
import type {
  AccessGroupSpec,
  ConsumerSpec,
  CredentialSpec,
  GuardrailSpec,
  IntegrationSpec,
  ServiceSpec,
} from './manifest.gen.ts'

/** The spec of each kind as its schema admits it. */
export interface ManifestSpecs {
  readonly clusterServiceDefinition: ServiceSpec
  readonly serviceDefinition: ServiceSpec
  readonly accessGroup: AccessGroupSpec
  readonly credential: CredentialSpec
  readonly integration: IntegrationSpec
  readonly consumer: ConsumerSpec
  readonly guardrail: GuardrailSpec
}

export interface ManifestOf<K extends Kind> {
  readonly kind: K
  readonly address: Address
  /** Filled with the default namespace where the document names none; `undefined` for global kinds. */
  readonly namespace: string | undefined
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: ManifestSpecs[K]
  /** Whether the document carries a top-level `sops` key: sops encrypted its file. */
  readonly encrypted: boolean
  /** The top of the document; paths below it find positions. */
  readonly place: Place
  /** Line of the document, and of each entry of `spec.permissions`, counted from 1. */
  readonly lines: { readonly document: number; readonly permissions: readonly number[] }
}

/** A document that satisfies its schema; names unresolved, secrets encrypted. */
export type Manifest = { [K in Kind]: ManifestOf<K> }[Kind]
