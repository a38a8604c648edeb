import type { Who } from '../model/finding.ts'
import { differing, namesOf, unionOfMembers, type Members } from './directory.ts'
import { setsOf, type Division } from './division.ts'

const SHOWN = 3
/** Nested groups are tried only so far; people in a set that no group tried comes near are named themselves. */
const MAX_NESTED = 100

/** The people of some classes, and what to call them; the same object for the same classes. */
export function whoIn(classes: readonly number[], division: Division): Who {
  const sorted = classes.toSorted((a, b) => a - b)
  const key = sorted.join(',')
  let who = division.called.get(key)
  if (who === undefined) division.called.set(key, (who = named(sorted, division)))
  return who
}

function named(classes: readonly number[], division: Division): Who {
  const members = unionOfMembers(classes.map(number => division.classes[number]!))
  const people = namesOf(division.directory, members)
  return { kind: 'people', name: nameOf({ classes: new Set(classes), members, people }, division), people }
}

/** People who are to be called something. */
interface Named {
  readonly classes: ReadonlySet<number>
  readonly members: Members
  readonly people: readonly string[]
}

/**
 * What to call a set of people: the group that it is exactly, or several groups together, or a group but for up to three
 * people, else its first people and how many others there are. A name holds on every side that declares its groups: a
 * group whose members differ between the sides names neither who joins it nor who leaves it.
 */
function nameOf(set: Named, division: Division): string {
  const group = division.groups.find(({ classes }) => classes.every(each => each === undefined || isSame(each, set)))
  if (group !== undefined) return `group ${group.name}`
  const together = division.accesses.find(names => areTogether(names, set, division))
  if (together !== undefined) return `groups ${shortList(together)}`
  if (set.people.length <= SHOWN) return shortList(set.people)
  const parts = wholeGroups(set, division)
  if (parts !== undefined) return `groups ${shortList(parts)}`
  const [nearest] = nearGroups(set, division).toSorted((a, b) => a.exceptions.length - b.exceptions.length)
  return nearest === undefined ? shortList(set.people) : butFor(nearest, division)
}

/** Up to three names, then how many more there are. */
export function shortList(names: readonly string[]): string {
  const more = names.length - SHOWN
  if (more > 0) return `${names.slice(0, SHOWN).join(', ')} and ${more} other${more === 1 ? '' : 's'}`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function isSame(classes: ReadonlySet<number>, set: Named): boolean {
  return classes.size === set.classes.size && isWithin(classes, set.classes)
}

function isWithin(classes: ReadonlySet<number>, whole: ReadonlySet<number>): boolean {
  for (const number of classes) if (!whole.has(number)) return false
  return true
}

/** Whether all groups of an access together are these people, on each side that declares any of them. */
function areTogether(names: readonly string[], set: Named, { groups, resolvers }: Division): boolean {
  const declared = groups.filter(({ name }) => names.includes(name))
  if (declared.length < 2) return false
  return resolvers.every((_, side) => {
    const classes = declared.flatMap(group => group.classes[side] ?? [])
    return classes.length === 0 || isSame(union(classes), set)
  })
}

function union(sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  return new Set(sets.flatMap(set => [...set]))
}

/** Groups that are wholly among these people, and leave nobody out; those with most people are taken first. */
function wholeGroups(set: Named, { groups }: Division): readonly string[] | undefined {
  const inside = groups.flatMap(({ name, classes }) => {
    const [first, ...others] = classes.filter(each => each !== undefined)
    const agree = others.every(other => other.size === first!.size && isWithin(other, first!))
    return agree && isWithin(first!, set.classes) ? [{ name, classes: first! }] : []
  })
  const left = new Set(set.classes)
  const taken: string[] = []
  for (const { name, classes } of inside.toSorted((a, b) => b.classes.size - a.classes.size)) {
    const size = left.size
    for (const number of classes) left.delete(number)
    if (left.size < size) taken.push(name)
  }
  return left.size === 0 ? taken.toSorted() : undefined
}

/** A group that is a set of people but for a few of its own, or a few others. */
interface Near {
  readonly name: string
  readonly kind: 'exactly' | 'without' | 'and'
  readonly exceptions: Members
}

/** The groups that an integration names, and those nested in them, which come near a set of people. */
function nearGroups(set: Named, division: Division): readonly Near[] {
  const { groups, directory, resolvers } = division
  const candidates = [...groups.map(({ name }) => name), ...nestedIn(division)]
  return candidates.flatMap(name => near(name, setsOf(name, resolvers, directory), set.members) ?? [])
}

function near(name: string, sets: readonly (Members | undefined)[], members: Members): Near | undefined {
  const declared = [...new Set(sets)].filter(each => each !== undefined)
  const isFar = declared.some(({ length }) => Math.abs(length - members.length) > SHOWN || length <= SHOWN)
  if (isFar || declared.length === 0) return undefined
  const without = unionOfMembers(declared.map(each => differing(each, members, SHOWN + 1)))
  const others = unionOfMembers(declared.map(each => differing(members, each, SHOWN + 1)))
  const exceptions = without.length > 0 ? without : others
  if (exceptions.length > SHOWN || (without.length > 0 && others.length > 0)) return undefined
  return { name, kind: without.length > 0 ? 'without' : others.length > 0 ? 'and' : 'exactly', exceptions }
}

function butFor({ name, kind, exceptions }: Near, { directory }: Division): string {
  const people = Array.from(exceptions, number => directory.people[number]!).toSorted()
  if (kind === 'exactly') return `group ${name}`
  if (kind === 'without') return `group ${name} without ${shortList(people)}`
  return `group ${name} and ${people.length} other${people.length === 1 ? '' : 's'}: ${people.join(', ')}`
}

/** The groups directly nested in those that an integration names. */
function nestedIn(division: Division): readonly string[] {
  if (division.nested === undefined) {
    const { groups, resolvers } = division
    const nested = groups.flatMap(({ name }) => resolvers.flatMap(({ lookup }) => lookup(name)?.spec.groups ?? []))
    division.nested = [...new Set(nested)].toSorted().slice(0, MAX_NESTED)
  }
  return division.nested
}
