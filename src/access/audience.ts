import { normalPerson, type Principal } from '../model/effect.ts'
import type { Permission } from '../model/state.ts'
import { closureOf, membership, NO, UNKNOWN, YES, type Closure, type GroupResolver, type Membership } from './groups.ts'

/**
 * A set of people: whoever belongs to any of these. Access fills one of the three lists; so does a narrowing, which is
 * on the level of the access.
 */
export interface Audience {
  readonly companies: readonly string[]
  readonly individuals: ReadonlySet<string>
  readonly groups: readonly Closure[]
}

type Named = Pick<Permission, 'companies' | 'individuals' | 'groups'>

/** The people that an access or a narrowing names; `undefined` where it names nobody, which in a narrowing means all. */
export function audience(named: Named, groups: GroupResolver): Audience | undefined {
  if (named.companies === undefined && named.individuals === undefined && named.groups === undefined) return undefined
  return {
    companies: named.companies ?? [],
    individuals: new Set(named.individuals?.map(normalPerson)),
    groups: (named.groups ?? []).map(name => closureOf(groups, name)),
  }
}

/**
 * Whether a person is among these people, as far as this is known here. Whoever knows already which groups the person
 * belongs to says so with `inGroup`.
 */
export function belongs(
  { companies, individuals, groups }: Audience,
  person: Principal,
  all: GroupResolver,
  inGroup = membership,
): Membership {
  if (individuals.size > 0 && individuals.has(person.id)) return YES
  if (person.company !== undefined && companies.includes(person.company)) return YES
  let found: Membership = NO
  for (let index = 0; index < groups.length; index++) {
    const state = inGroup(all, groups[index]!, person)
    if (state === YES) return YES
    if (state === UNKNOWN) found = UNKNOWN
  }
  return found
}
