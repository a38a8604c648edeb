import type { Principal } from '../model/effect.ts'
import type { Audience } from './audience.ts'
import type { CompiledAccess } from './compile.ts'
import { idpGroupsIn, knownMembers } from './groups.ts'

/** Everybody that decisions about an integration tell apart: its access, then the narrowings of its rules. */
export function audiencesOf({ access, rules }: CompiledAccess): readonly Audience[] {
  return [access, ...rules.flatMap(({ narrowing }) => narrowing ?? [])]
}

/** The people whom an audience names, themselves or through groups; sorted by code unit. */
export function peopleIn({ individuals, groups }: Audience, { groups: resolver }: CompiledAccess): readonly string[] {
  return unionOf([[...individuals].toSorted(), ...groups.map(group => knownMembers(resolver, group))])
}

/** The union of lists that are sorted by code unit and free of repeats, as such a list. */
export function unionOf(lists: readonly (readonly string[])[]): readonly string[] {
  let all: readonly string[] = []
  for (const list of lists) all = merge(all, list)
  return all
}

function merge(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || a === b) return b
  if (b.length === 0) return a
  const merged: string[] = []
  let [atA, atB] = [0, 0]
  while (atA < a.length && atB < b.length) {
    const [one, other] = [a[atA]!, b[atB]!]
    merged.push(one < other ? one : other)
    if (one <= other) atA++
    if (other <= one) atB++
  }
  return merged.concat(a.slice(atA), b.slice(atB))
}

/** The identity provider's groups in the groups of an audience, sorted by code unit. */
export function idpGroupsOf({ groups }: Audience, { groups: resolver }: CompiledAccess): readonly string[] {
  return [...new Set(groups.flatMap(group => idpGroupsIn(resolver, group)))].toSorted()
}

/** Somebody at a company, or in groups of the identity provider, whom no document names. */
export function stranger(company: string | undefined, idpGroups: Iterable<string>): Principal {
  // No person has an empty id.
  return { id: '', company, idpGroups: new Set(idpGroups) }
}
