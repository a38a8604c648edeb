import { audience, belongs, type Audience } from '../../access/audience.ts'
import { idpGroupsIn, YES, type GroupResolver } from '../../access/groups.ts'
import type { Principal } from '../../model/effect.ts'
import type { GuardrailPeople } from '../../model/manifest.gen.ts'
import { shortList } from '../describe.ts'

/** The people that a rule names, ready to be asked who is among them in one state. */
export interface People {
  readonly named: GuardrailPeople
  readonly audience: Audience
  readonly groups: GroupResolver
  /** Groups of the identity provider whose members are among them. */
  readonly idpGroups: readonly string[]
}

const NOBODY: Audience = { companies: [], individuals: new Set(), groups: [] }

/** Prepares the people of a rule; `undefined` for a rule about everybody. */
export function peopleOf(named: GuardrailPeople | undefined, groups: GroupResolver): People | undefined {
  if (named === undefined) return undefined
  const { idpGroups = [], ...others } = named
  const found = audience(others, groups) ?? NOBODY
  const inside = found.groups.flatMap(group => idpGroupsIn(groups, group))
  return { named, audience: found, groups, idpGroups: [...new Set([...idpGroups, ...inside])].toSorted() }
}

/** Whether somebody is certainly among the people of a rule. */
export function isAmong(people: People | undefined, person: Principal): boolean {
  if (people === undefined) return true
  const { named, audience: all, groups } = people
  return belongs(all, person, groups) === YES || (named.idpGroups ?? []).some(group => person.idpGroups.has(group))
}

/** Whether somebody may be among them: because of a group of the identity provider that nobody here knows about. */
export function mayBeAmong(people: People | undefined, person: Principal): boolean {
  if (people === undefined) return true
  return isAmong(people, withGroups(person, people.idpGroups))
}

/** The same person, in these groups of the identity provider too. */
export function withGroups(person: Principal, idpGroups: readonly string[]): Principal {
  if (idpGroups.length === 0) return person
  return { ...person, idpGroups: new Set([...person.idpGroups, ...idpGroups]) }
}

/** Whether the people of a rule include a whole company. */
export function hasCompanies(people: People | undefined): boolean {
  return (people?.audience.companies.length ?? 0) > 0
}

/** The people of a rule in words, such as `groups finance, payroll`. */
export function peopleText({ groups, individuals, companies, idpGroups }: GuardrailPeople): string {
  return [
    listText('group', groups),
    listText('person', individuals),
    listText('company', companies),
    listText('identity provider group', idpGroups),
  ]
    .filter(text => text !== '')
    .join(', ')
}

function listText(noun: string, names: readonly string[] = []): string {
  return names.length === 0 ? '' : `${noun} ${shortList(names)}`
}
