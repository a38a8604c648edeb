/** In dependency order: a resource refers only to kinds listed before its own, or to its own kind. */
export const KINDS = [
  'clusterServiceDefinition',
  'serviceDefinition',
  'accessGroup',
  'credential',
  'integration',
  'consumer',
  'guardrail',
] as const

export type Kind = (typeof KINDS)[number]

/** The `kind` field of a document for each kind. */
export const KIND_NAMES = {
  clusterServiceDefinition: 'ClusterServiceDefinition',
  serviceDefinition: 'ServiceDefinition',
  accessGroup: 'AccessGroup',
  credential: 'Credential',
  integration: 'Integration',
  consumer: 'Consumer',
  guardrail: 'Guardrail',
} as const satisfies Record<Kind, string>

export type KindName = (typeof KIND_NAMES)[Kind]

/** One identity in files, cluster, plan and store: `kind/namespace/name`, or `kind/name` for a cluster-wide kind. */
export type Address = `${Kind}/${string}`

export const API_VERSION = 'tenon.dev/v1alpha1'

const BY_NAME = new Map<string, Kind>(KINDS.map(kind => [KIND_NAMES[kind], kind]))
const RANK = new Map<string, number>(KINDS.map((kind, rank) => [kind, rank]))

/** The kind that a document's `kind` field names, or `undefined` for one that is not ours. */
export function kindNamed(name: string): Kind | undefined {
  return BY_NAME.get(name)
}

/** Whether resources of this kind live in a namespace (a client); the other ones are global. */
export function isNamespaced(kind: Kind): boolean {
  return kind !== 'clusterServiceDefinition'
}

/** The address of a resource; the namespace is left out for global kinds. */
export function addressOf(kind: Kind, namespace: string | undefined, name: string): Address {
  return namespace === undefined || !isNamespaced(kind) ? `${kind}/${name}` : `${kind}/${namespace}/${name}`
}

/** The parts of an address, or `undefined` when the text is not one. */
export function parseAddress(text: string): { kind: Kind; namespace: string | undefined; name: string } | undefined {
  const [kind, ...rest] = text.split('/')
  if (kind === undefined || !RANK.has(kind)) return undefined
  const namespaced = isNamespaced(kind as Kind)
  if (rest.length !== (namespaced ? 2 : 1) || rest.some(part => part === '')) return undefined
  const name = rest.at(-1) as string
  return { kind: kind as Kind, namespace: namespaced ? rest[0] : undefined, name }
}

/** The namespace of the resource at an address; `undefined` for what belongs to none. */
export function namespaceOf(address: string): string | undefined {
  return parseAddress(address)?.namespace
}

/** Sorts by dependency order of the kinds, then by code unit. */
export function compareAddresses(a: Address, b: Address): number {
  const rank = (address: Address): number => RANK.get(address.slice(0, address.indexOf('/'))) ?? KINDS.length
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)
}
