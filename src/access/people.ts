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
  const [only] = groups
  if (only !== undefined && groups.length === 1 && individuals.size === 0) return knownMembers(resolver, only)
  return [...new Set([...individuals, ...groups.flatMap(group => knownMembers(resolver, group))])].toSorted()
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
