import { EFFECTS, principal, type Effect } from '../model/effect.ts'
import type { CompiledAccess } from './compile.ts'
import { effectOf } from './decide.ts'
import { idpGroupsIn, undeclaredIn } from './groups.ts'
import { audiencesOf, idpGroupsOf, peopleIn, stranger } from './people.ts'

/** A person known by name to have access, and what they may do as far as the identity provider is not asked. */
export interface KnownPerson {
  readonly id: string
  readonly effect: Effect
}

/** People who have access without being known by name. */
export type OpenSet =
  | {
      readonly kind: 'company'
      readonly name: string
      /** For everybody there. */
      readonly effect: Effect
    }
  | {
      readonly kind: 'idpGroup'
      readonly name: string
      /** The access groups that it is in. */
      readonly groups: readonly string[]
      /** What its members may do who are in no other group of the identity provider, and not listed by name. */
      readonly atLeast: Effect
      /** What those may do at best who are in other groups of the identity provider too. */
      readonly atMost: Effect
    }
  | {
      /** Named, but not declared: it gives no access. */
      readonly kind: 'undeclaredGroup'
      readonly name: string
    }

/** Who may call an operation, as far as known here. */
export interface WhoCan {
  readonly operation: string
  /** By effect, allow first, then by code unit. Whoever is not listed, and in none of `open`, is denied. */
  readonly people: readonly KnownPerson[]
  /** Companies, identity provider groups, undeclared groups; each by code unit. */
  readonly open: readonly OpenSet[]
}

/** Everybody who has access to an integration, with their effect on one operation, by its position in the table. */
export function whoCan(compiled: CompiledAccess, operation: number): WhoCan {
  const people = peopleIn(compiled.access, compiled).map(id => ({
    id,
    effect: effectOf(compiled, principal(id), operation),
  }))
  return {
    operation: compiled.operations[operation]?.id ?? `operation ${operation}`,
    people: people.toSorted(
      (a, b) => EFFECTS.indexOf(b.effect) - EFFECTS.indexOf(a.effect) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    ),
    open: openSets(compiled, operation),
  }
}

function openSets(compiled: CompiledAccess, operation: number): readonly OpenSet[] {
  const { access, groups } = compiled
  const everyIdpGroup = audiencesOf(compiled).flatMap(people => idpGroupsOf(people, compiled))
  const atMost = effectOf(compiled, stranger(undefined, everyIdpGroup), operation)
  const companies = access.companies.map(name => ({
    kind: 'company' as const,
    name,
    effect: effectOf(compiled, stranger(name, []), operation),
  }))
  const idpGroups = idpGroupsOf(access, compiled).map(name => ({
    kind: 'idpGroup' as const,
    name,
    groups: access.groups.filter(group => idpGroupsIn(groups, group).includes(name)).map(group => group.name),
    atLeast: effectOf(compiled, stranger(undefined, [name]), operation),
    atMost,
  }))
  const undeclared = new Set(access.groups.flatMap(group => undeclaredIn(groups, group)))
  return [
    ...companies.toSorted(byName),
    ...idpGroups,
    ...[...undeclared].toSorted().map(name => ({ kind: 'undeclaredGroup' as const, name })),
  ]
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

const HERE = 'who is in it is unknown here'

/** An open set in words, such as `identity provider group okta:support (who is in it is unknown here): confirm`. */
export function describeOpenSet(open: OpenSet): string {
  switch (open.kind) {
    case 'company':
      return `everyone at ${open.name} (people unknown here): ${open.effect}`
    case 'idpGroup': {
      const effect = open.atLeast === open.atMost ? open.atLeast : `at least ${open.atLeast}, at most ${open.atMost}`
      return `identity provider group ${open.name} (${HERE}): ${effect}`
    }
    case 'undeclaredGroup':
      return `group ${open.name} (not declared, ${HERE}): deny`
    default:
      return open satisfies never
  }
}
