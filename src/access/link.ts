import type { Principal } from '../model/effect.ts'
import { belongs, type Audience } from './audience.ts'
import {
  derivation,
  idpGroupsIn,
  membership,
  undeclaredIn,
  UNKNOWN,
  type Derivation,
  type GroupResolver,
} from './groups.ts'

/** How somebody is among the people that an access or a narrowing names, or why that is not known. */
export type Link =
  | { readonly kind: 'individual' | 'company'; readonly name: string }
  | ({ readonly kind: 'group'; readonly name: string } & Derivation)
  | {
      readonly kind: 'unknown'
      /** The groups named whose membership is in doubt. */
      readonly groups: readonly string[]
      /** The identity provider's groups in them, any of which might hold the person. */
      readonly idpGroups: readonly string[]
      /** Groups in them that are not declared. */
      readonly undeclared: readonly string[]
    }

/** The link between a person and these people; `undefined` where they certainly do not belong. */
export function linkTo(people: Audience, person: Principal, groups: GroupResolver): Link | undefined {
  if (people.individuals.has(person.id)) return { kind: 'individual', name: person.id }
  if (person.company !== undefined && people.companies.includes(person.company)) {
    return { kind: 'company', name: person.company }
  }
  for (const closure of people.groups) {
    const proof = derivation(groups, closure, person)
    if (proof !== undefined) return { kind: 'group', name: closure.name, ...proof }
  }
  return belongs(people, person, groups) === UNKNOWN ? doubt(people, person, groups) : undefined
}

function doubt(people: Audience, person: Principal, groups: GroupResolver): Link {
  const inDoubt = people.groups.filter(closure => membership(groups, closure, person) === UNKNOWN)
  const names = (of: typeof idpGroupsIn): string[] => [
    ...new Set(inDoubt.flatMap(closure => of(groups, closure)).toSorted()),
  ]
  return {
    kind: 'unknown',
    groups: inDoubt.map(({ name }) => name),
    idpGroups: names(idpGroupsIn),
    undeclared: names(undeclaredIn),
  }
}
