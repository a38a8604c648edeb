import type { CompiledAccess } from '../access/compile.ts'
import { compiler, type World } from '../access/consequences.ts'
import { groupResolver, closureOf, idpGroupsIn, knownMembers } from '../access/groups.ts'
import { summarise } from '../access/summary.ts'
import { addressOf } from '../model/address.ts'
import { serviceAddress } from '../model/references.ts'
import type { Resource, ResourceOf, State } from '../model/state.ts'
import type { Resolved } from '../reconcile.ts'
import type { Facts } from './result.ts'

/** Says of the resources of one run what their status shows, from the state that the run resolved. */
export function factsOf(desired: Resolved, catalogue: State): (resource: Resource) => Facts {
  const world: World = {
    find: address => desired.state.get(address) ?? catalogue.get(address) ?? desired.foreign.get(address),
    table: digest => desired.tables.get(digest),
  }
  const compiled = compiler(world)
  return resource => {
    switch (resource.kind) {
      case 'integration':
        return integrationFacts(resource, compiled(resource.address), world)
      case 'serviceDefinition':
      case 'clusterServiceDefinition':
        return { operations: { total: world.table(resource.spec.operations)?.operations.length ?? 0 } }
      case 'accessGroup':
        return groupFacts(resource, world)
      case 'credential':
        return { fields: resource.secret?.fields ?? [] }
      case 'consumer':
      case 'guardrail':
        return {}
      default:
        return resource satisfies never
    }
  }
}

function integrationFacts(
  resource: ResourceOf<'integration'>,
  access: CompiledAccess | undefined,
  world: World,
): Facts {
  if (access === undefined) return {}
  const { operations, people, open, effects } = summarise(access)
  const counted = { operations: { total: operations, ...effects }, people, unknownPeople: open }
  return { ...counted, ...testable(resource, world) }
}

function testable({ spec, namespace }: ResourceOf<'integration'>, world: World): Facts {
  const service = world.find(serviceAddress(spec.service, namespace))
  return { isTestable: service !== undefined && 'test' in service.spec && service.spec.test !== undefined }
}

function groupFacts({ name, namespace }: ResourceOf<'accessGroup'>, world: World): Facts {
  const groups = groupResolver(other => {
    const found = world.find(addressOf('accessGroup', namespace, other))
    return found?.kind === 'accessGroup' ? found : undefined
  })
  const closure = closureOf(groups, name)
  return { people: knownMembers(groups, closure).length, unknownPeople: idpGroupsIn(groups, closure).length > 0 }
}
