import type { Address } from '../model/address.ts'
import { normalPerson } from '../model/effect.ts'
import type { OperationTable } from '../model/operation.ts'
import type { EffectChange } from '../model/plan.ts'
import type { Resource, ResourceOf } from '../model/state.ts'
import { accessSteps, effectChange, type AccessStep } from './compare.ts'
import type { CompiledAccess } from './compile.ts'
import { directoryOf, type Directory } from './directory.ts'
import { reader, type Reader, type Tables } from './reader.ts'
import { isSameService, sameGroups, sameRules } from './same.ts'

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
  const tables: Tables = new Map()
  const sides = { was: reader(before, tables), is: reader(after, tables) }
  const touched = integrations.map(address => pairOf(address, sides)).filter(mayDiffer(sides))
  const directories = directoriesOf(touched, sides)
  return touched
    .map(pair => ({ integration: pair.address, steps: stepsOf(pair, sides, directories(pair.namespace)) }))
    .filter(({ steps }) => steps.length > 0)
}

interface Readers {
  readonly was: Reader
  readonly is: Reader
}

/** An integration on both sides. */
interface Pair {
  readonly address: Address
  readonly namespace: string | undefined
  readonly was: ResourceOf<'integration'> | undefined
  readonly is: ResourceOf<'integration'> | undefined
}

function pairOf(address: Address, sides: Readers): Pair {
  const [was, is] = [sides.was.integration(address), sides.is.integration(address)]
  return { address, namespace: (is ?? was)?.namespace, was, is }
}

/**
 * Says whether decisions about an integration may differ at all: most of many do not. Reads all groups that the
 * integrations name, on both sides.
 */
function mayDiffer(sides: Readers): (pair: Pair) => boolean {
  const same = new Map<string | undefined, (name: string) => boolean>()
  return ({ namespace, was, is }) => {
    let isSameGroup = same.get(namespace)
    if (isSameGroup === undefined) {
      isSameGroup = sameGroups(sides.was.groups(namespace), sides.is.groups(namespace))
      same.set(namespace, isSameGroup)
    }
    const changed = namedIn([was, is], 'groups').filter(name => !isSameGroup(name))
    if (was === undefined || is === undefined) return was !== is
    if (changed.length > 0 || !sameRules(was, is) || !isSameService(was, is)) return true
    return sides.was.operations(was) !== sides.is.operations(is)
  }
}

/** The groups, or the people, that an integration names on some side. */
function namedIn(sides: readonly Pair['was'][], list: 'groups' | 'individuals'): readonly string[] {
  const named = sides.flatMap(side => (side === undefined ? [] : [side.spec.access, ...side.spec.permissions]))
  return named.flatMap(each => each[list] ?? [])
}

/** The people of each namespace: all in its groups that were read, and all whom the integrations name themselves. */
function directoriesOf(pairs: readonly Pair[], sides: Readers): (namespace: string | undefined) => Directory {
  const individuals = Map.groupBy(pairs, ({ namespace }) => namespace)
  const directories = new Map<string | undefined, Directory>()
  return namespace => {
    let directory = directories.get(namespace)
    if (directory === undefined) {
      const named = (individuals.get(namespace) ?? []).flatMap(({ was, is }) => namedIn([was, is], 'individuals'))
      const groups = [sides.was.groups(namespace), sides.is.groups(namespace)]
      const nodes = groups.flatMap(each => each.nodes)
      directories.set(namespace, (directory = directoryOf(nodes, named.map(normalPerson))))
    }
    return directory
  }
}

function stepsOf({ was, is }: Pair, sides: Readers, directory: Directory): readonly AccessStep[] {
  const [before, after] = [was && sides.was.compile(was), is && sides.is.compile(is)]
  const either = is ?? was
  if (either === undefined) return []
  return accessSteps(before, after, {
    directory,
    before: before?.operations ?? sides.was.operations(either),
    after: after?.operations ?? sides.is.operations(either),
  })
}

/** The same in the words of a plan. */
export function consequences(integrations: readonly Address[], before: World, after: World): readonly EffectChange[] {
  return differences(integrations, before, after).flatMap(({ integration, steps }) =>
    steps.map(step => effectChange(integration, step)),
  )
}

/** Compiles integrations of one world; those of one namespace share the closures of its groups. */
export function compiler(world: World): (address: Address) => CompiledAccess | undefined {
  const read = reader(world)
  return address => {
    const integration = read.integration(address)
    return integration && read.compile(integration)
  }
}
