import { addressOf, type Address } from '../model/address.ts'
import { references, serviceAddress } from '../model/references.ts'
import type { Resource, ResourceOf } from '../model/state.ts'

/** How one resource uses another: each way once, with the line that says so. */
export interface Use {
  /** What is used. */
  readonly address: Address
  readonly as: 'service' | 'credential' | 'access' | 'permission' | 'nested group' | 'integration'
  readonly line: number
}

/** Every use that a resource makes of the given addresses. A permission counts where it is narrowed to a group. */
export function usesOf(resource: Resource, used: ReadonlySet<Address>): readonly Use[] {
  const { origin, namespace } = resource
  const at = (as: Use['as'], addresses: Iterable<Address>, line = origin.line): Use[] =>
    [...addresses].filter(address => used.has(address)).map(address => ({ address, as, line }))
  switch (resource.kind) {
    case 'clusterServiceDefinition':
    case 'serviceDefinition':
    case 'guardrail':
      return []
    case 'accessGroup':
      return at('nested group', references(resource))
    case 'credential':
      return at('service', references(resource))
    case 'consumer':
      return at('integration', references(resource))
    case 'integration': {
      const { service, credentials, access, permissions } = resource.spec
      const groups = (names: readonly string[] = []): Address[] =>
        names.map(name => addressOf('accessGroup', namespace, name))
      return [
        ...at('service', [serviceAddress(service, namespace)]),
        ...at(
          'credential',
          credentials.map(name => addressOf('credential', namespace, name)),
        ),
        ...at('access', groups(access.groups)),
        ...permissions.flatMap((permission, index) =>
          at('permission', groups(permission.groups), lineOf(resource, index)),
        ),
      ]
    }
    default:
      return resource satisfies never
  }
}

function lineOf({ origin }: ResourceOf<'integration'>, permission: number): number {
  return origin.permissions[permission] ?? origin.line
}
