import type { World } from '../../access/consequences.ts'
import { addressOf, parseAddress, type Address } from '../../model/address.ts'
import type { Changed } from '../../model/review.ts'
import type { Resource, ResourceOf } from '../../model/state.ts'

type Integration = ResourceOf<'integration'>

/** Integrations that leave a namespace while one of the same name and service comes into another, with that one. */
export type Moves = ReadonlyMap<Address, Address>

/** Finds the integrations that a change moves to another namespace. Of several that it may be, the first. */
export function movesIn(changes: readonly Changed[]): Moves {
  const gone = changes.flatMap(({ before, after }) =>
    before?.kind === 'integration' && after === undefined ? [before] : [],
  )
  const came = changes.flatMap(({ before, after }) =>
    after?.kind === 'integration' && before === undefined ? [after] : [],
  )
  const byName = gone.length === 0 ? new Map<string, Integration[]>() : Map.groupBy(came, nameOf)
  return new Map(
    gone.flatMap(integration => {
      const [to] = byName.get(nameOf(integration)) ?? []
      return to === undefined ? [] : [[integration.address, to.address] as const]
    }),
  )
}

function nameOf({ name, spec }: Integration): string {
  return `${name} ${spec.service.name}`
}

/** The world after a change in which what moved answers under its old address too. */
export function worldOfMoved(world: World, moves: Moves): World {
  if (moves.size === 0) return world
  return {
    ...world,
    find: address => world.find(address) ?? asIfStill(address, world.find(moves.get(address) ?? address)),
  }
}

/** What surrounds an integration where it went, seen from where it was. */
export function worldAround(world: World, from: Address, to: Address): World {
  const [was, is] = [parseAddress(from)?.namespace, parseAddress(to)?.namespace]
  return {
    ...world,
    find: address => {
      const parsed = parseAddress(address)
      if (parsed === undefined || parsed.namespace === undefined || parsed.namespace !== was) return world.find(address)
      return asIfStill(address, world.find(addressOf(parsed.kind, is, parsed.name)))
    },
  }
}

function asIfStill(address: Address, resource: Resource | undefined): Resource | undefined {
  return resource && { ...resource, address, namespace: parseAddress(address)?.namespace }
}
