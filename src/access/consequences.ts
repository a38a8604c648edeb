import { addressOf, type Address } from '../model/address.ts'
import type { OperationTable } from '../model/operation.ts'
import type { EffectChange } from '../model/plan.ts'
import { serviceAddress } from '../model/references.ts'
import type { Resource, ResourceOf } from '../model/state.ts'
import { accessSteps, effectChange, type AccessStep } from './compare.ts'
import { compile, type CompiledAccess } from './compile.ts'
import { groupResolver, type GroupLookup, type GroupResolver } from './groups.ts'
import { inForce } from './in-force.ts'

/** One side of a comparison: resources by address, and the operations of services by digest. */
export interface World {
  find(address: Address): Resource | undefined
  table(digest: string): OperationTable | undefined
  /** The day for which everything holds, `YYYY-MM-DD`; absent: nothing has expired. */
  readonly asOf?: string
}

/** How decisions about one integration differ: exactly, and never empty. */
export interface Difference {
  readonly integration: Address
  readonly steps: readonly AccessStep[]
}

/** How the given integrations' decisions differ between two worlds, in their order; those that do not are left out. */
export function differences(integrations: readonly Address[], before: World, after: World): readonly Difference[] {
  const was = compiler(before)
  const is = compiler(after)
  return integrations
    .map(integration => ({ integration, steps: accessSteps(was(integration), is(integration)) }))
    .filter(({ steps }) => steps.length > 0)
}

/** The same in the words of a plan. */
export function consequences(integrations: readonly Address[], before: World, after: World): readonly EffectChange[] {
  return differences(integrations, before, after).flatMap(({ integration, steps }) =>
    steps.map(step => effectChange(integration, step)),
  )
}

/** Compiles integrations of one world; those of one namespace share the closures of its groups. */
export function compiler(world: World): (address: Address) => CompiledAccess | undefined {
  const shared = new Map<string | undefined, GroupResolver>()
  return address => {
    const integration = world.find(address)
    if (integration?.kind !== 'integration') return undefined
    const { namespace } = integration
    let groups = shared.get(namespace)
    if (groups === undefined) shared.set(namespace, (groups = groupResolver(groupsOf(namespace, world))))
    return compile({ integration, operations: operationsOf(integration, world), group: groups.lookup }, groups)
  }
}

function groupsOf(namespace: string | undefined, world: World): GroupLookup {
  return name => {
    const group = world.find(addressOf('accessGroup', namespace, name))
    return group?.kind === 'accessGroup' ? inForce(group, world.asOf) : undefined
  }
}

const NO_OPERATIONS: OperationTable['operations'] = []

function operationsOf({ spec, namespace }: ResourceOf<'integration'>, world: World): OperationTable['operations'] {
  const service = world.find(serviceAddress(spec.service, namespace))
  const digest = service !== undefined && 'operations' in service.spec ? service.spec.operations : undefined
  return (digest === undefined ? undefined : world.table(digest)?.operations) ?? NO_OPERATIONS
}
