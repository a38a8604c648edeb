import { principal } from '../model/effect.ts'
import type { Audience } from './audience.ts'
import type { CompiledAccess } from './compile.ts'
import { knownMembers, type GroupResolver } from './groups.ts'
import { audiencesOf } from './people.ts'

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

/** The partitions of one pair of states, and how many people they list together. */
interface Remembered {
  readonly partitions: Map<string, Partition>
  people: number
}

/** Beyond this, partitions are forgotten and made again when needed: memory must not grow with the change. */
const MAX_PEOPLE = 500_000
const remembered = new WeakMap<GroupResolver, WeakMap<GroupResolver, Remembered>>()

/**
 * Divides people into classes by what they belong to on each side. Integrations for the same groups share a partition,
 * which is then made once per pair of states.
 */
export function partition(sides: Sides): Partition {
  const [first, last] = [sides[0], sides.at(-1)]
  const audiences = sides.map(audiencesOf)
  const onlyGroups = audiences.flat().every(({ individuals, companies }) => individuals.size + companies.length === 0)
  if (first === undefined || last === undefined || !onlyGroups) return divide(sides)
  const key = JSON.stringify(audiences.map(side => side.map(({ groups }) => groups.map(({ name }) => name))))
  const memory = memoryOf(first.groups, last.groups)
  return memory.partitions.get(key) ?? remember(memory, key, divide(sides))
}

function memoryOf(before: GroupResolver, after: GroupResolver): Remembered {
  const ofBefore = remembered.get(before) ?? new WeakMap<GroupResolver, Remembered>()
  const memory = ofBefore.get(after) ?? { partitions: new Map(), people: 0 }
  remembered.set(before, ofBefore)
  ofBefore.set(after, memory)
  return memory
}

function remember(memory: Remembered, key: string, made: Partition): Partition {
  const people = made.classes.reduce((sum, { length }) => sum + length, 0)
  if (memory.people + people > MAX_PEOPLE) {
    memory.partitions.clear()
    memory.people = 0
  }
  memory.partitions.set(key, made)
  memory.people += people
  return made
}

/** People, sorted, each with the number of the class that they are in so far; 0 is that of people met in no set yet. */
interface Division {
  readonly people: readonly string[]
  readonly classOf: readonly number[]
  readonly classes: number
}

function divide(sides: Sides): Partition {
  let division: Division = { people: [], classOf: [], classes: 1 }
  for (const members of sides.flatMap(setsOf)) division = split(division, members)
  for (const audience of sides.flatMap(audiencesOf)) {
    if (audience.companies.length > 0) division = split(division, employees(audience, division.people))
  }
  return { classes: collect(division), names: new Map() }
}

/** The sets of people that one side tells apart by name, each sorted. */
function setsOf(side: CompiledAccess): readonly (readonly string[])[] {
  const audiences = audiencesOf(side)
  const groups = new Map(audiences.flatMap(people => people.groups.map(group => [group.name, group] as const)))
  return [
    ...[...groups.values()].map(group => knownMembers(side.groups, group)),
    ...audiences.map(({ individuals }) => [...individuals].toSorted()),
  ]
}

function employees({ companies }: Audience, people: readonly string[]): readonly string[] {
  return people.filter(person => companies.includes(principal(person).company ?? ''))
}

/** Puts the members of a set, sorted, into classes of their own. Walks both lists side by side, without a look-up. */
function split({ people, classOf, classes }: Division, members: readonly string[]): Division {
  const parts = new Map<number, number>()
  const after = { people: [] as string[], classOf: [] as number[] }
  let at = 0
  for (const member of members) {
    for (; at < people.length && people[at] !== member && people[at]! < member; at++) {
      after.people.push(people[at]!)
      after.classOf.push(classOf[at]!)
    }
    const whole = people[at] === member ? classOf[at++]! : 0
    const part = parts.get(whole) ?? classes + parts.size
    parts.set(whole, part)
    after.people.push(member)
    after.classOf.push(part)
  }
  return {
    people: after.people.concat(people.slice(at)),
    classOf: after.classOf.concat(classOf.slice(at)),
    classes: classes + parts.size,
  }
}

/** The classes that are left with somebody in them, in the order of their first person. */
function collect({ people, classOf }: Division): readonly PeopleClass[] {
  const collected = new Map<number, string[]>()
  for (const [index, person] of people.entries()) {
    const same = collected.get(classOf[index]!)
    if (same === undefined) collected.set(classOf[index]!, [person])
    else same.push(person)
  }
  return [...collected.values()]
}
