import { principal } from '../model/effect.ts'
import type { Audience } from './audience.ts'
import type { CompiledAccess } from './compile.ts'
import { knownMembers } from './groups.ts'
import { audiencesOf, peopleIn } from './people.ts'

/** People whom no decision about an integration tells apart, on neither side of a change; sorted by code unit. */
export type PeopleClass = readonly string[]

/** All people whom documents name on either side, in classes. */
export interface Partition {
  readonly classes: readonly PeopleClass[]
  /** How sets of classes are called, by their numbers: the same partition serves many integrations. */
  readonly names: Map<string, string>
}

/** The sides of a change that exist: before, after or both. */
export type Sides = readonly CompiledAccess[]

const MAX_PARTITIONS = 2000
const partitions = new WeakMap<object, WeakMap<object, Map<string, Partition>>>()

/**
 * Divides people into classes by what they belong to on each side. Integrations for the same groups share a partition,
 * which is then made once per pair of states.
 */
export function partition(sides: Sides): Partition {
  const [first, last] = [sides[0], sides.at(-1)]
  const audiences = sides.map(audiencesOf)
  const onlyGroups = audiences.flat().every(({ individuals, companies }) => individuals.size + companies.length === 0)
  if (first === undefined || last === undefined || !onlyGroups) return divide(sides)
  const known = knownPartitions(first.groups, last.groups)
  const key = JSON.stringify(audiences.map(side => side.map(({ groups }) => groups.map(({ name }) => name))))
  let made = known.get(key)
  if (made === undefined) {
    if (known.size >= MAX_PARTITIONS) known.clear()
    known.set(key, (made = divide(sides)))
  }
  return made
}

function knownPartitions(before: object, after: object): Map<string, Partition> {
  let ofBefore = partitions.get(before)
  if (ofBefore === undefined) partitions.set(before, (ofBefore = new WeakMap()))
  let known = ofBefore.get(after)
  if (known === undefined) ofBefore.set(after, (known = new Map()))
  return known
}

function divide(sides: Sides): Partition {
  const [only] = sides
  const audiences = only === undefined ? [] : audiencesOf(only)
  const simple = only !== undefined && sides.length === 1 && audiences.length === 1
  const everybody = simple ? peopleIn(only.access, only) : sortedUnion(sides)
  const classOf = new Map(everybody.map(person => [person, 0]))
  let classes = 1
  for (const members of sides.flatMap(side => setsOf(side, everybody))) classes = split(classOf, members, classes)
  return { classes: collect(everybody, classOf, classes), names: new Map() }
}

function sortedUnion(sides: Sides): readonly string[] {
  const named = sides.flatMap(side => audiencesOf(side).flatMap(people => peopleIn(people, side)))
  return [...new Set(named)].toSorted()
}

/** The sets of people that one side tells apart. */
function setsOf(side: CompiledAccess, everybody: readonly string[]): readonly Iterable<string>[] {
  const audiences = audiencesOf(side)
  const groups = new Map(audiences.flatMap(people => people.groups.map(group => [group.name, group] as const)))
  return [
    ...[...groups.values()].map(group => knownMembers(side.groups, group)),
    ...audiences.flatMap(({ individuals }) => (individuals.size > 0 ? [individuals] : [])),
    ...audiences.flatMap(audience => (audience.companies.length > 0 ? [employees(audience, everybody)] : [])),
  ]
}

function employees({ companies }: Audience, everybody: readonly string[]): readonly string[] {
  return everybody.filter(person => companies.includes(principal(person).company ?? ''))
}

/** Puts the members of a set into classes of their own, and gives the number of classes made so far. */
function split(classOf: Map<string, number>, members: Iterable<string>, classes: number): number {
  const parts = new Map<number, number>()
  let next = classes
  for (const member of members) {
    const whole = classOf.get(member) ?? 0
    const part = parts.get(whole) ?? next++
    parts.set(whole, part)
    classOf.set(member, part)
  }
  return next
}

/** The classes that are left with somebody in them, in the order of their first person. */
function collect(
  everybody: readonly string[],
  classOf: ReadonlyMap<string, number>,
  classes: number,
): readonly PeopleClass[] {
  const collected: (string[] | undefined)[] = Array.from({ length: classes })
  for (const person of everybody) {
    const number = classOf.get(person) ?? 0
    const people = collected[number]
    if (people === undefined) collected[number] = [person]
    else people.push(person)
  }
  return collected.filter(people => people !== undefined).toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1))
}
