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

/** The world after a change in which what moved is found where it was, too. */
export function worldOfMoved(world: World, moves: Moves): World {
  if (moves.size === 0) return world
  const targets = new Map<string | undefined, Set<string | undefined>>()
  for (const [from, to] of moves) {
    const namespace = parseAddress(from)?.namespace
    targets.set(namespace, (targets.get(namespace) ?? new Set()).add(parseAddress(to)?.namespace))
  }
  const moved = (address: Address): Resource | undefined => {
    const to = moves.get(address)
    if (to !== undefined) return asIfStill(address, world.find(to))
    const namespaces = [...(targets.get(parseAddress(address)?.namespace) ?? [])]
    const found = namespaces.map(namespace => world.find(within(address, namespace)))
    return asIfStill(
      address,
      found.find(each => each !== undefined),
    )
  }
  return { ...world, find: address => world.find(address) ?? moved(address) }
}

/**
 * What surrounds a moved integration where it went, under the addresses of where it was. What is not there is what it
 * was: a guardrail names groups of its own namespace.
 */
export function worldAround(
  [from, to]: readonly [Address, Address],
  { before, after }: { readonly before: World; readonly after: World },
): World {
  const [was, is] = [from, to].map(address => parseAddress(address)?.namespace)
  return {
    ...after,
    find: address => {
      const isInside = was !== undefined && parseAddress(address)?.namespace === was
      const found = isInside ? asIfStill(address, after.find(within(address, is))) : undefined
      return found ?? after.find(address) ?? before.find(address)
    },
  }
}

/** The same name in another namespace. */
function within(address: Address, namespace: string | undefined): Address {
  const parsed = parseAddress(address)
  return parsed?.namespace === undefined ? address : addressOf(parsed.kind, namespace, parsed.name)
}

function asIfStill(address: Address, resource: Resource | undefined): Resource | undefined {
  return resource && { ...resource, address, namespace: parseAddress(address)?.namespace }
}
