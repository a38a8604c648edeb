import { addressOf, type Address } from '../model/address.ts'
import type { Operation } from '../model/operation.ts'
import { serviceAddress } from '../model/references.ts'
import type { ResourceOf } from '../model/state.ts'
import { compile, type CompiledAccess } from './compile.ts'
import type { World } from './consequences.ts'
import { groupResolver, type GroupLookup, type GroupResolver } from './groups.ts'
import { inForce } from './in-force.ts'
import { sameValue } from './same.ts'

/** Operations by the digest that names them. */
export type Tables = Map<string, readonly Operation[]>

/** Reads one world; what integrations share is read once. */
export interface Reader {
  integration(address: Address): ResourceOf<'integration'> | undefined
  /** The groups of a namespace. */
  groups(namespace: string | undefined): GroupResolver
  /** The operations of the service that an integration names, also if the integration is of another world. */
  operations(integration: ResourceOf<'integration'>): readonly Operation[]
  compile(integration: ResourceOf<'integration'>): CompiledAccess
}

/** A reader of a world. Readers to which the same `tables` are given share what they read of equal services. */
export function reader(world: World, tables: Tables = new Map()): Reader {
  const namespaces = new Map<string | undefined, GroupResolver>()
  const own: Tables = new Map()
  const read: Reader = {
    integration(address) {
      const found = world.find(address)
      return found?.kind === 'integration' ? found : undefined
    },
    groups(namespace) {
      let groups = namespaces.get(namespace)
      if (groups === undefined) namespaces.set(namespace, (groups = groupResolver(groupsOf(namespace, world))))
      return groups
    },
    operations({ spec, namespace }) {
      const service = world.find(serviceAddress(spec.service, namespace))
      const digest = service !== undefined && 'operations' in service.spec ? service.spec.operations : undefined
      if (digest === undefined) return NO_OPERATIONS
      let operations = own.get(digest)
      if (operations === undefined) own.set(digest, (operations = shared(digest, world, tables)))
      return operations
    },
    compile(integration) {
      const groups = read.groups(integration.namespace)
      return compile({ integration, operations: read.operations(integration), group: groups.lookup }, groups)
    },
  }
  return read
}

function groupsOf(namespace: string | undefined, world: World): GroupLookup {
  return name => {
    const group = world.find(addressOf('accessGroup', namespace, name))
    return group?.kind === 'accessGroup' ? inForce(group, world.asOf) : undefined
  }
}

const NO_OPERATIONS: readonly Operation[] = []

/** One array for what is the same on both sides: all that is found out about a table is found out once. */
function shared(digest: string, world: World, tables: Tables): readonly Operation[] {
  const operations = world.table(digest)?.operations ?? NO_OPERATIONS
  const known = tables.get(digest)
  if (known !== undefined && sameOperations(known, operations)) return known
  tables.set(digest, operations)
  return operations
}

function sameOperations(a: readonly Operation[], b: readonly Operation[]): boolean {
  return a === b || (a.length === b.length && a.every((operation, at) => sameOperation(operation, b[at]!)))
}

type IsSame = (a: Operation, b: Operation) => boolean

/** Every field: most tables are the same on both sides, and long, so each is compared as fast as it can be. */
const SAME = {
  id: (a, b) => a.id === b.id,
  path: (a, b) => a.path === b.path,
  method: (a, b) => a.method === b.method,
  isNew: (a, b) => a.isNew === b.isNew,
  summary: (a, b) => a.summary === b.summary,
  deprecated: (a, b) => a.deprecated === b.deprecated,
  tags: (a, b) => sameValue(a.tags, b.tags),
  security: (a, b) => sameValue(a.security, b.security),
} satisfies Record<keyof Operation, IsSame>

const CHECKS: readonly IsSame[] = Object.values(SAME)

function sameOperation(a: Operation, b: Operation): boolean {
  for (const isSame of CHECKS) if (!isSame(a, b)) return false
  return true
}
