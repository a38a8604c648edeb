import type { Audience } from '../../access/audience.ts'
import { noBits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { directoryOf, namesOf, type Directory, type Members } from '../../access/directory.ts'
import { divisionOf } from '../../access/division.ts'
import { closureOf, groupsIn } from '../../access/groups.ts'
import { audiencesOf, idpGroupsOf, stranger } from '../../access/people.ts'
import { principal, type Principal } from '../../model/effect.ts'
import type { Who } from '../../model/finding.ts'

/** People whom nothing tells apart that a rule looks at, on either side. */
export type Subject =
  | {
      readonly kind: 'people'
      /** One of them, with nothing but what is known here. */
      readonly person: Principal
      readonly members: Members
      readonly directory: Directory
    }
  | { readonly kind: 'company' | 'idpGroup'; readonly person: Principal; readonly name: string }

/** Access with the people that a rule names: they too are told apart from others. */
export interface Seen {
  readonly compiled: CompiledAccess
  readonly named: readonly Audience[]
}

/** Everybody whom one integration's access and a rule tell apart: people known by name first, then the open sets. */
export function subjectsOf(sides: readonly Seen[], directory: Directory): readonly Subject[] {
  const { classes } = divisionOf(sides.map(withNamed), directory)
  const companies = sides.flatMap(({ compiled }) => audiencesOf(compiled).flatMap(each => each.companies))
  const idpGroups = sides.flatMap(({ compiled }) => idpGroupsOf(compiled.access, compiled))
  return [
    ...classes.map(members => peopleSubject(members, directory)),
    ...sorted(companies).map(name => ({ kind: 'company' as const, name, person: stranger(name, []) })),
    ...sorted(idpGroups).map(name => ({ kind: 'idpGroup' as const, name, person: stranger(undefined, [name]) })),
  ]
}

function peopleSubject(members: Members, directory: Directory): Subject {
  return { kind: 'people', members, directory, person: principal(directory.people[members[0]!]!) }
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted()
}

/** The named people stand in rules that permit nothing, so that the division by access divides by them as well. */
function withNamed({ compiled, named }: Seen): CompiledAccess {
  if (named.length === 0) return compiled
  const nothing = noBits(compiled.operations.length)
  const more = named.map(narrowing => ({
    effect: 'deny' as const,
    operations: nothing,
    narrowing,
    permission: { effect: 'deny' as const },
  }))
  return { ...compiled, rules: [...compiled.rules, ...more] }
}

/** A directory of everybody whom access on any side names, or a rule; each group is looked at once, on either side. */
export function directoryOver(sides: readonly Seen[]): Directory {
  const audiences = sides.flatMap(({ compiled, named }) => audiencesOf(compiled).concat(named))
  const names = new Set(audiences.flatMap(({ groups }) => groups.map(({ name }) => name)))
  const resolvers = new Set(sides.map(({ compiled }) => compiled.groups))
  const nodes = [...resolvers].flatMap(groups => [...names].flatMap(name => groupsIn(groups, closureOf(groups, name))))
  return directoryOf(
    new Set(nodes),
    audiences.flatMap(({ individuals }) => Array.from(individuals)),
  )
}

/** All groups of the identity provider that matter to an integration. */
export function allIdpGroups(compiled: CompiledAccess): readonly string[] {
  return sorted(audiencesOf(compiled).flatMap(each => idpGroupsOf(each, compiled)))
}

/** A subject as findings name people; people known by name are called by their names only. */
export function whoOf(subject: Subject): Who {
  if (subject.kind !== 'people') return { kind: subject.kind, name: subject.name }
  return { kind: 'people', name: '', people: namesOf(subject.directory, subject.members) }
}

/** What a subject is called in a proof: one person, or an open set. */
export function nameOf(subject: Subject): string {
  if (subject.kind === 'people') return subject.person.id
  return subject.kind === 'company' ? `everyone at ${subject.name}` : `identity provider group ${subject.name}`
}

const SHOWN = 3

/** Subjects in words: up to three names, how many more, and the open sets by name. */
export function subjectsText(subjects: readonly Subject[]): string {
  const people = subjects.flatMap(subject => {
    const who = whoOf(subject)
    return who.kind === 'people' ? who.people : []
  })
  const open = subjects.flatMap(subject => {
    if (subject.kind === 'people') return []
    return subject.kind === 'company' ? [nameOf(subject)] : [`members of identity provider group ${subject.name}`]
  })
  return [peopleText(people), ...open].filter(text => text !== '').join(', ')
}

/** Up to three people by name, and how many more there are. */
export function peopleText(people: readonly string[]): string {
  const more = people.length - SHOWN
  const shown = people.toSorted().slice(0, SHOWN)
  return [...shown, ...(more > 0 ? [`${more} more people`] : [])].join(', ')
}
