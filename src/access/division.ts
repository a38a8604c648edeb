import { principal } from '../model/effect.ts'
import type { Who } from '../model/finding.ts'
import type { CompiledAccess } from './compile.ts'
import { directoryOf, membersOf, numbered, type Directory, type Members } from './directory.ts'
import { closureOf, groupsIn, isDeclared, type Closure, type GroupResolver } from './groups.ts'
import { audiencesOf } from './people.ts'

/** The sides of a change that exist: before, after or both. */
export type Sides = readonly CompiledAccess[]

/** All people whom documents name on either side, in classes that no decision tells apart, on neither side. */
export interface Division {
  readonly directory: Directory
  /** Of the sides. */
  readonly resolvers: readonly GroupResolver[]
  readonly classes: readonly Members[]
  /** The numbers of the classes of the people in a group that an audience names. */
  readonly classesIn: ReadonlyMap<Closure, ReadonlySet<number>>
  /** The declared groups that the integration names: after the change first, then in the order of the audiences. */
  readonly groups: readonly NamedGroup[]
  /** The names of the groups of each access, after the change first. */
  readonly accesses: readonly (readonly string[])[]
  /** How sets of classes are called, by their numbers: the same division serves many integrations. */
  readonly called: Map<string, Who>
  /** The groups directly nested in those groups; found when a name is looked for among them. */
  nested: readonly string[] | undefined
}

/** A group that an integration names on some side. */
export interface NamedGroup {
  readonly name: string
  /** The numbers of its classes, side by side; `undefined` where a side does not declare it. */
  readonly classes: readonly (ReadonlySet<number> | undefined)[]
}

/** A directory of the people whom two sides name, and of nobody else. */
export function directoryOfSides(sides: Sides): Directory {
  const names = sides.flatMap(groupsNamed)
  const groups = new Set(
    sides.flatMap(side => names.flatMap(name => groupsIn(side.groups, closureOf(side.groups, name)))),
  )
  return directoryOf(
    groups,
    sides.flatMap(side => audiencesOf(side).flatMap(({ individuals }) => Array.from(individuals))),
  )
}

/** Beyond so many people, divisions are forgotten and made again when needed: memory must not grow with the change. */
const MAX_DIVIDED = 2_000_000

/** Divides people by what they belong to on each side. Integrations that name the same groups share a division. */
export function divisionOf(sides: Sides, directory: Directory): Division {
  const { divisions } = directory
  const named = sides.map(groupsNamed)
  const names = new Set(named.toReversed().flat())
  const resolvers = sides.map(({ groups }) => groups)
  const accesses = sides.toReversed().map(({ access }) => access.groups.map(({ name }) => name))
  if (sides.some(namesPeople)) return divide({ sides, resolvers, names, accesses, directory })
  const key = JSON.stringify([resolvers.map(each => idOf(each)), accesses, named])
  const known = divisions.byNames.get(key)
  if (known !== undefined) return known
  const made = divide({ sides, resolvers, names, accesses, directory })
  const people = made.classes.reduce((sum, { length }) => sum + length, 0)
  if (divisions.people + people > MAX_DIVIDED) {
    divisions.byNames.clear()
    divisions.people = 0
  }
  divisions.byNames.set(key, made)
  divisions.people += people
  return made
}

let lastId = 0
const ids = new WeakMap<GroupResolver, number>()

/** Tells states apart in keys. */
function idOf(resolver: GroupResolver): number {
  let id = ids.get(resolver)
  if (id === undefined) ids.set(resolver, (id = ++lastId))
  return id
}

/** Groups by name, those of the access first. */
function groupsNamed(side: CompiledAccess): readonly string[] {
  return [...new Set(audiencesOf(side).flatMap(({ groups }) => groups.map(({ name }) => name)))]
}

function namesPeople(side: CompiledAccess): boolean {
  return audiencesOf(side).some(({ individuals, companies }) => individuals.size + companies.length > 0)
}

interface Facts extends Pick<Division, 'directory' | 'resolvers' | 'accesses'> {
  readonly sides: Sides
  readonly names: ReadonlySet<string>
}

function divide({ sides, resolvers, names, accesses, directory }: Facts): Division {
  const declared = [...names].map(name => ({ name, sets: setsOf(name, resolvers, directory) }))
  const refined = refine(directory, toldApart(sides, directory))
  // What a side declares and does not name tells nobody apart there, but people may go by its name.
  for (const set of new Set(declared.flatMap(({ sets }) => sets))) if (set !== undefined) split(refined, set)
  directory.next = refined.next
  const { classes, classOf } = collect(refined)
  const found = new Map<Members | undefined, ReadonlySet<number> | undefined>([[undefined, undefined]])
  const classesOf = (set: Members | undefined): ReadonlySet<number> | undefined => {
    if (!found.has(set)) found.set(set, numbersOf(set!, classOf))
    return found.get(set)
  }
  const groups = declared
    .filter(({ sets }) => sets.some(set => set !== undefined))
    .map(({ name, sets }) => ({ name, classes: sets.map(classesOf) }))
  const classesIn = new Map(
    closuresIn(sides).map(([group, side]) => [group, classesOf(membersOf(directory, side, group))!]),
  )
  return { directory, resolvers, classes, classesIn, groups, accesses, called: new Map(), nested: undefined }
}

function numbersOf(set: Members, classOf: (person: number) => number): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (let at = 0; at < set.length; at++) numbers.add(classOf(set[at]!))
  return numbers
}

function closuresIn(sides: Sides): readonly (readonly [Closure, GroupResolver])[] {
  return sides.flatMap(side =>
    audiencesOf(side).flatMap(({ groups }) => groups.map(group => [group, side.groups] as const)),
  )
}

/** The sets of people that decisions tell apart, on each side. */
function toldApart(sides: Sides, directory: Directory): ToldApart {
  const sets = new Set<Members>()
  const companies = new Set<string>()
  for (const [group, resolver] of closuresIn(sides)) sets.add(membersOf(directory, resolver, group))
  for (const side of sides) {
    for (const audience of audiencesOf(side)) {
      if (audience.individuals.size > 0) sets.add(numbered(directory, audience.individuals))
      for (const company of audience.companies) companies.add(company)
    }
  }
  return { sets, companies }
}

interface ToldApart {
  readonly sets: ReadonlySet<Members>
  readonly companies: ReadonlySet<string>
}

/** The people of a group, side by side; `undefined` where a side does not declare it. */
export function setsOf(
  name: string,
  resolvers: readonly GroupResolver[],
  directory: Directory,
): readonly (Members | undefined)[] {
  return resolvers.map(resolver =>
    isDeclared(resolver, name) ? membersOf(directory, resolver, closureOf(resolver, name)) : undefined,
  )
}

/** A division in the making. */
interface Refined {
  /** The class of each person; below `first` for people met in no set. */
  readonly classOf: Uint32Array
  readonly first: number
  /** What the members of a class become who are in the set at hand; older than that set for all others. */
  readonly partOf: number[]
  /** Everybody met so far, and how many they are. */
  readonly met: Uint32Array
  count: number
  next: number
}

/** Numbers of classes that are not yet used up; older ones mean "in no class", so they need not be wiped out. */
const LAST = 0xf000_0000

function refine(directory: Directory, { sets, companies }: ToldApart): Refined {
  const { classOf, met } = directory
  if (directory.next > LAST) {
    classOf.fill(0)
    directory.next = 1
  }
  const refined: Refined = { classOf, first: directory.next, partOf: [], met, count: 0, next: directory.next }
  for (const members of sets) meet(refined, members)
  if (companies.size === 0) return refined
  const atCompany = Map.groupBy(
    met.subarray(0, refined.count),
    person => principal(directory.people[person]!).company ?? '',
  )
  for (const [company, people] of atCompany) if (companies.has(company)) split(refined, people)
  return refined
}

/** Puts the members of a set into classes of their own, those met in no other set into one. */
function meet(refined: Refined, members: Members): void {
  const { classOf, first, met } = refined
  split(refined, members)
  const unmet = refined.next++
  for (const person of members) {
    if (classOf[person]! >= first) continue
    classOf[person] = unmet
    met[refined.count++] = person
  }
}

/** Puts those members of a set who are in some class already into classes of their own. */
function split(refined: Refined, members: Iterable<number>): void {
  const { classOf, first, partOf } = refined
  const firstHere = refined.next
  for (const person of members) {
    const whole = classOf[person]!
    if (whole < first) continue
    let part = partOf[whole - first] ?? 0
    if (part < firstHere) part = partOf[whole - first] = refined.next++
    classOf[person] = part
  }
}

/** The classes that are left with somebody in them, and the number of the class that a person is in; -1 for none. */
function collect({ classOf, met, count, first, next }: Refined): {
  readonly classes: readonly Members[]
  readonly classOf: (person: number) => number
} {
  const numbers = new Int32Array(next - first).fill(-1)
  const sizes: number[] = []
  for (let at = 0; at < count; at++) {
    const mark = classOf[met[at]!]! - first
    if (numbers[mark]! < 0) numbers[mark] = sizes.push(0) - 1
    sizes[numbers[mark]!]!++
  }
  const numberOf = (person: number): number => numbers[classOf[person]! - first] ?? -1
  const classes = sizes.map(size => new Uint32Array(size))
  // Everybody in a class was first met in the same set, and sets are in order: so is every class.
  for (let at = count - 1; at >= 0; at--) {
    const number = numberOf(met[at]!)
    classes[number]![--sizes[number]!] = met[at]!
  }
  return { classes, classOf: numberOf }
}
