import { closureOf, knownMembers } from './groups.ts'
import { audiencesOf, unionOf } from './people.ts'
import type { CompiledAccess } from './compile.ts'

const SHOWN = 3
/** Nested groups are tried only so far; people in a set that no group tried equals are named themselves. */
const MAX_NESTED = 100

/**
 * What to call a set of people, sorted: the group that it is exactly, or all groups of an access together, else its first
 * people and how many others there are. A group whose members differ between the sides names nobody: people who join it
 * and people who leave it would go by the same name.
 */
export function nameOf(people: readonly string[], sides: readonly CompiledAccess[]): string {
  const named = new Set(sides.toReversed().flatMap(groupsNamed))
  const group = [...named].find(name => isExactly([name], people, sides))
  if (group !== undefined) return `group ${group}`
  const accesses = sides.toReversed().map(({ access }) => access.groups.map(({ name }) => name))
  const together = accesses.find(names => names.length > 1 && isExactly(names, people, sides))
  if (together !== undefined) return `groups ${shortList(together)}`
  if (people.length <= SHOWN) return shortList(people)
  const nested = nestedIn(named, sides).find(name => isExactly([name], people, sides))
  return nested === undefined ? shortList(people) : `group ${nested}`
}

/** Up to three names, then how many more there are. */
export function shortList(names: readonly string[]): string {
  const more = names.length - SHOWN
  if (more > 0) return `${names.slice(0, SHOWN).join(', ')} and ${more} other${more === 1 ? '' : 's'}`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function groupsNamed(side: CompiledAccess): readonly string[] {
  return audiencesOf(side).flatMap(({ groups }) => groups.map(({ name }) => name))
}

/** Whether these groups hold just these people, on each side that declares any of them. */
function isExactly(names: readonly string[], people: readonly string[], sides: readonly CompiledAccess[]): boolean {
  const declaring = sides.filter(({ groups }) => names.some(name => groups.lookup(name) !== undefined))
  const members = declaring.map(({ groups }) =>
    unionOf(names.map(name => knownMembers(groups, closureOf(groups, name)))),
  )
  return members.length > 0 && members.every(those => equal(people, those))
}

/** The groups directly nested in these, which the integration does not name itself. */
function nestedIn(names: ReadonlySet<string>, sides: readonly CompiledAccess[]): readonly string[] {
  const nested = sides.flatMap(({ groups }) => [...names].flatMap(name => groups.lookup(name)?.spec.groups ?? []))
  return [...new Set(nested)].toSorted().slice(0, MAX_NESTED)
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((person, index) => person === b[index]))
}
