import { addressOf, type Address } from './address.ts'
import type { ServiceReference } from './manifest.gen.ts'
import type { Resource } from './state.ts'

/** The address that a service reference means, seen from a namespace. */
export function serviceAddress(service: ServiceReference, namespace: string | undefined): Address {
  return service.kind === 'ServiceDefinition'
    ? addressOf('serviceDefinition', namespace, service.name)
    : addressOf('clusterServiceDefinition', undefined, service.name)
}

/** Every address that a resource refers to, once each; a shipped service is among them although no store holds it. */
export function references(resource: Resource): readonly Address[] {
  const { namespace } = resource
  const named = (kind: 'accessGroup' | 'credential' | 'integration', names: Iterable<string>): Address[] =>
    [...names].map(name => addressOf(kind, namespace, name))
  switch (resource.kind) {
    case 'clusterServiceDefinition':
    case 'serviceDefinition':
    case 'guardrail':
      return []
    case 'accessGroup':
      return named('accessGroup', resource.spec.groups)
    case 'credential':
      return [serviceAddress(resource.spec.service, namespace)]
    case 'integration': {
      const { spec } = resource
      const groups = [...(spec.access.groups ?? []), ...spec.permissions.flatMap(permission => permission.groups ?? [])]
      return [
        serviceAddress(spec.service, namespace),
        ...named('accessGroup', new Set(groups)),
        ...named('credential', spec.credentials),
      ]
    }
    case 'consumer':
      return named('integration', resource.spec.integrations)
    default:
      return resource satisfies never
  }
}
