import { normalPerson, type Principal } from '../model/effect.ts'
import type { ResourceOf } from '../model/state.ts'
import { bitsOf, hasBit, numbersIn, type Bits } from './bits.ts'

/** Finds an AccessGroup of one namespace by name; `undefined` where none is declared. */
export type GroupLookup = (name: string) => ResourceOf<'accessGroup'> | undefined

/**
 * Whether somebody belongs to a group, as far as this is known here. `unknown` where only the identity provider (or a
 * group that is not declared) could say so. The order is that of evidence, so that the larger of two is what both prove.
 */
export const NO = 0
export const UNKNOWN = 1
export const YES = 2
export type Membership = typeof NO | typeof UNKNOWN | typeof YES

/** A group with everything nested in it, however deep; nesting in a circle makes one set of all groups in it. */
export interface Closure {
  readonly name: string
  /** Numbers of the groups in it, its own included. */
  readonly groups: Bits
  /** Whether membership may be unknown here: an identity provider's group or an undeclared group is in it. */
  readonly open: boolean
}

/** A group as one state has it. */
export interface GroupNode {
  readonly name: string
  readonly number: number
  /** Absent for a group that is named but not declared. */
  readonly group: ResourceOf<'accessGroup'> | undefined
  /** Numbers of the groups directly nested in it; found when first asked for, so that deep nesting needs no recursion. */
  nested: readonly number[] | undefined
}

/** The groups of one namespace in one state, read when first named; shared by all integrations compiled from it. */
export interface GroupResolver {
  readonly lookup: GroupLookup
  readonly nodes: GroupNode[]
  readonly numbers: Map<string, number>
  readonly closures: Map<string, Closure>
  /** Made when somebody first asks for a person. */
  readonly listing: Listing
  readonly members: Map<string, readonly string[]>
}

/** Who is listed where, in the groups known so far. */
interface Listing {
  /** Numbers of the groups that list a person, or an identity provider's group, themselves. */
  readonly people: Map<string, number[]>
  readonly idpGroups: Map<string, number[]>
  /** How many groups have been read for it. */
  read: number
}

/** A resolver over a lookup whose answers stay the same: make a new one for another state. */
export function groupResolver(lookup: GroupLookup): GroupResolver {
  return {
    lookup,
    nodes: [],
    numbers: new Map(),
    closures: new Map(),
    listing: { people: new Map(), idpGroups: new Map(), read: 0 },
    members: new Map(),
  }
}

/** A group with everything nested in it. */
export function closureOf(resolver: GroupResolver, name: string): Closure {
  const known = resolver.closures.get(name)
  if (known !== undefined) return known
  const reached = reach(resolver, nodeOf(resolver, name))
  const open = numbersIn(reached).some(number => isOpen(resolver.nodes[number]!))
  const closure = { name, groups: reached, open }
  resolver.closures.set(name, closure)
  return closure
}

/** Whether a group is declared, and not only named. */
export function isDeclared(resolver: GroupResolver, name: string): boolean {
  return nodeOf(resolver, name).group !== undefined
}

function isOpen({ group }: GroupNode): boolean {
  return group === undefined || group.spec.idpGroups.length > 0
}

/** All groups that can be reached by nesting. A part whose closure is known already is taken over whole. */
function reach(resolver: GroupResolver, start: GroupNode): Bits {
  const seen = new Set([start.number])
  const queue = [start]
  for (const node of queue) {
    for (const number of nestedIn(resolver, node)) {
      if (seen.has(number)) continue
      const nested = resolver.nodes[number]!
      const closure = resolver.closures.get(nested.name)
      if (closure === undefined) queue.push(nested)
      addAll(seen, closure === undefined ? [number] : numbersIn(closure.groups))
    }
  }
  return bitsOf(seen, resolver.nodes.length)
}

function nestedIn(resolver: GroupResolver, node: GroupNode): readonly number[] {
  node.nested ??= (node.group?.spec.groups ?? []).toSorted().map(name => nodeOf(resolver, name).number)
  return node.nested
}

function addAll(set: Set<number>, numbers: readonly number[]): void {
  for (const number of numbers) set.add(number)
}

function nodeOf(resolver: GroupResolver, name: string): GroupNode {
  const known = resolver.numbers.get(name)
  if (known !== undefined) return resolver.nodes[known]!
  const group = resolver.lookup(name)
  const node: GroupNode = { name, number: resolver.nodes.length, group, nested: undefined }
  resolver.nodes.push(node)
  resolver.numbers.set(name, node.number)
  return node
}

/** Who is listed where; takes in the groups that became known since it was last asked for. */
function listingOf({ listing, nodes }: GroupResolver): Listing {
  for (; listing.read < nodes.length; listing.read++) {
    const { group } = nodes[listing.read]!
    for (const member of group?.spec.members ?? []) append(listing.people, normalPerson(member), listing.read)
    for (const idpGroup of group?.spec.idpGroups ?? []) append(listing.idpGroups, idpGroup, listing.read)
  }
  return listing
}

function append(lists: Map<string, number[]>, key: string, number: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [number])
  else list.push(number)
}

/**
 * Whether a person belongs to a group. The identity provider's groups given with the person prove membership; that one
 * is not among them disproves nothing, since tokens leave groups out, so such membership stays unknown.
 */
export function membership(resolver: GroupResolver, closure: Closure, person: Principal): Membership {
  const listing = listingOf(resolver)
  if (holdsAny(closure, listing.people.get(person.id))) return YES
  if (!closure.open) return NO
  for (const idpGroup of person.idpGroups) {
    if (holdsAny(closure, listing.idpGroups.get(idpGroup))) return YES
  }
  return UNKNOWN
}

function holdsAny(closure: Closure, numbers: readonly number[] | undefined): boolean {
  if (numbers === undefined) return false
  for (let index = 0; index < numbers.length; index++) {
    if (hasBit(closure.groups, numbers[index]!)) return true
  }
  return false
}

/** The groups in a closure. */
export function groupsIn({ nodes }: GroupResolver, { groups }: Closure): readonly GroupNode[] {
  return numbersIn(groups).map(number => nodes[number]!)
}

/** The people listed in a group or in one nested in it, sorted by code unit. */
export function knownMembers(resolver: GroupResolver, closure: Closure): readonly string[] {
  const known = resolver.members.get(closure.name)
  if (known !== undefined) return known
  const members = new Set(
    numbersIn(closure.groups)
      .flatMap(number => resolver.nodes[number]!.group?.spec.members ?? [])
      .map(normalPerson),
  )
  const sorted = [...members].toSorted()
  resolver.members.set(closure.name, sorted)
  return sorted
}

/** The identity provider's groups in a group or in one nested in it, sorted by code unit. */
export function idpGroupsIn(resolver: GroupResolver, closure: Closure): readonly string[] {
  if (!closure.open) return []
  const names = numbersIn(closure.groups).flatMap(number => resolver.nodes[number]!.group?.spec.idpGroups ?? [])
  return [...new Set(names)].toSorted()
}

/** The groups in a closure that are named but not declared, sorted by code unit. */
export function undeclaredIn(resolver: GroupResolver, closure: Closure): readonly string[] {
  const nodes = numbersIn(closure.groups).map(number => resolver.nodes[number]!)
  return nodes
    .filter(({ group }) => group === undefined)
    .map(({ name }) => name)
    .toSorted()
}

/** How a person belongs to a group: the shortest way down to the group that lists them. */
export interface Derivation {
  /** Names of groups from the one asked about to the one that lists the person. */
  readonly path: readonly string[]
  /** The identity provider's group that the last of them lists; absent where the person is listed by name. */
  readonly idpGroup?: string
}

/** The proof of a membership, or `undefined` where there is none; of equally short ways the first in sorted order. */
export function derivation(resolver: GroupResolver, closure: Closure, person: Principal): Derivation | undefined {
  if (membership(resolver, closure, person) !== YES) return undefined
  const listing = listingOf(resolver).people.get(person.id) ?? []
  const ways = new Map<number, readonly string[]>([[nodeOf(resolver, closure.name).number, [closure.name]]])
  // A map grows while it is iterated, which visits breadth first, each group once.
  for (const [number, path] of ways) {
    if (listing.includes(number)) return { path }
    const node = resolver.nodes[number]!
    const idpGroup = node.group?.spec.idpGroups.toSorted().find(name => person.idpGroups.has(name))
    if (idpGroup !== undefined) return { path, idpGroup }
    for (const nested of nestedIn(resolver, node)) {
      if (!ways.has(nested)) ways.set(nested, [...path, resolver.nodes[nested]!.name])
    }
  }
  return undefined
}
