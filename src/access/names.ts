import { closureOf, knownMembers } from './groups.ts'
import { audiencesOf, peopleIn } from './people.ts'
import type { CompiledAccess } from './compile.ts'

const SHOWN = 3
/** Nested groups are tried only so far; people in a set that no group tried equals are named themselves. */
const MAX_NESTED = 100

/**
 * What to call a set of people, sorted: the group that it is exactly, or all groups of an access together, as the later
 * side knows them and then as the earlier one does; else its first people and how many others there are.
 */
export function nameOf(people: readonly string[], sides: readonly CompiledAccess[]): string {
  for (const side of sides.toReversed()) {
    const name = groupName(people, side)
    if (name !== undefined) return name
  }
  return shortList(people)
}

/** Up to three names, then how many more there are. */
export function shortList(names: readonly string[]): string {
  const more = names.length - SHOWN
  if (more > 0) return `${names.slice(0, SHOWN).join(', ')} and ${more} other${more === 1 ? '' : 's'}`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function groupName(people: readonly string[], side: CompiledAccess): string | undefined {
  const named = new Set(audiencesOf(side).flatMap(({ groups }) => groups.map(({ name }) => name)))
  const group = [...named].find(name => isGroup(people, name, side))
  if (group !== undefined) return `group ${group}`
  const access = side.access.groups.map(({ name }) => name)
  if (access.length > 1 && equal(people, peopleIn(side.access, side))) return `groups ${shortList(access)}`
  if (people.length <= SHOWN) return undefined
  const nested = nestedIn(named, side).find(name => isGroup(people, name, side))
  return nested === undefined ? undefined : `group ${nested}`
}

function isGroup(people: readonly string[], name: string, { groups }: CompiledAccess): boolean {
  return equal(people, knownMembers(groups, closureOf(groups, name)))
}

/** The groups directly nested in these, which the integration does not name itself. */
function nestedIn(names: ReadonlySet<string>, { groups }: CompiledAccess): readonly string[] {
  const nested = new Set([...names].flatMap(name => groups.lookup(name)?.spec.groups ?? []))
  return [...nested].toSorted().slice(0, MAX_NESTED)
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((person, index) => person === b[index]))
}
