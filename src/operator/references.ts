import { addressOf, type Address, type Kind } from '../model/address.ts'
import { serviceAddress } from '../model/references.ts'
import type { CustomResource } from './custom-resource.ts'

type Spec = Readonly<Record<string, unknown>>

/** What a custom resource says it refers to: resources of ours by address, Secrets and ConfigMaps by `secret/ns/name`. */
export type Reference = Address | `secret/${string}` | `configMap/${string}`

/**
 * The references in a resource as it stands in the cluster, applied or not, valid or not. `model/references.ts` does the
 * same for resources that were resolved; here nothing may be relied on.
 */
export function referencesOf({ kind, object }: CustomResource): readonly Reference[] {
  return [...new Set(FINDERS[kind](object.spec ?? {}, object.metadata.namespace))]
}

const FINDERS: Readonly<Record<Kind, (spec: Spec, namespace: string | undefined) => readonly Reference[]>> = {
  clusterServiceDefinition: document,
  serviceDefinition: document,
  accessGroup: (spec, namespace) => named('accessGroup', spec['groups'], namespace),
  credential: (spec, namespace) => [
    ...definition(spec['service'], namespace),
    ...holder('secret', spec['secretRef'], namespace),
  ],
  integration: (spec, namespace) => [
    ...definition(spec['service'], namespace),
    ...named('credential', spec['credentials'], namespace),
    ...named('accessGroup', field(spec['access'], 'groups'), namespace),
    ...list(spec['permissions']).flatMap(permission => named('accessGroup', field(permission, 'groups'), namespace)),
  ],
  consumer: (spec, namespace) => named('integration', spec['integrations'], namespace),
  guardrail: () => [],
}

function document(spec: Spec, namespace: string | undefined): readonly Reference[] {
  return holder('configMap', field(spec['openapi'], 'configMapRef'), namespace)
}

function definition(value: unknown, namespace: string | undefined): readonly Reference[] {
  const kind = field(value, 'kind')
  const name = field(value, 'name')
  if (typeof name !== 'string' || (kind !== 'ServiceDefinition' && kind !== 'ClusterServiceDefinition')) return []
  return [serviceAddress({ kind, name }, namespace)]
}

function named(kind: Kind, names: unknown, namespace: string | undefined): readonly Reference[] {
  return list(names).flatMap(name => (typeof name === 'string' ? [addressOf(kind, namespace, name)] : []))
}

function holder(kind: 'secret' | 'configMap', value: unknown, namespace: string | undefined): readonly Reference[] {
  const name = field(value, 'name')
  return typeof name === 'string' ? [`${kind}/${namespace ?? ''}/${name}`] : []
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Spec)[name] : undefined
}
