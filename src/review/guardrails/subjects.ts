import type { Audience } from '../../access/audience.ts'
import { noBits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { directoryOf, type Directory, type Members } from '../../access/directory.ts'
import { divisionOf } from '../../access/division.ts'
import { closureOf, groupsIn } from '../../access/groups.ts'
import { audiencesOf, idpGroupsOf, stranger } from '../../access/people.ts'
import { principal, type Principal } from '../../model/effect.ts'
import { digestOf } from '../../model/digest.ts'

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

/** The people of some subjects, whole, whatever classes they were found in; for a fingerprint. */
export function subjectFacts(subjects: readonly Subject[]): string {
  const people = namesIn(subjects).toSorted()
  const open = subjects.flatMap(subject => (subject.kind === 'people' ? [] : [`${subject.kind}:${subject.name}`]))
  return digestOf([people, open.toSorted()])
}

/** The names of the people whom subjects know by name, in any order. */
export function namesIn(subjects: readonly Subject[]): readonly string[] {
  return subjects.flatMap(subject =>
    subject.kind === 'people' ? Array.from(subject.members, number => subject.directory.people[number]!) : [],
  )
}

/** What a subject is called in a proof: one person, or an open set. */
export function nameOf(subject: Subject): string {
  if (subject.kind === 'people') return subject.person.id
  return subject.kind === 'company' ? `everyone at ${subject.name}` : `identity provider group ${subject.name}`
}

/** Subjects in words: up to three names, how many more, and the open sets by name. */
export function subjectsText(subjects: readonly Subject[]): string {
  const open = subjects.flatMap(subject => {
    if (subject.kind === 'people') return []
    return subject.kind === 'company' ? [nameOf(subject)] : [`members of identity provider group ${subject.name}`]
  })
  return [listText(namesIn(subjects), 'person', 'people'), ...open].filter(text => text !== '').join(', ')
}

const SHOWN = 3

/** Up to three names in order, and how many more there are. */
export function listText(names: readonly string[], noun: string, plural = `${noun}s`): string {
  const more = names.length - SHOWN
  const shown = names.toSorted().slice(0, SHOWN)
  return [...shown, ...(more > 0 ? [`${more} more ${more === 1 ? noun : plural}`] : [])].join(', ')
}
