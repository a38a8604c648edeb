import type { ResourceOf } from '../../model/state.ts'
import { editsOf, entries, pick, pickAll, sideOf, type Edit, type Made, type Slot } from './edits.ts'

export type Group = ResourceOf<'accessGroup'>

/** All of a group that decisions depend on, on both sides. */
export interface GroupSlots {
  readonly name: string
  readonly whole: Slot<Group>
  readonly nested: readonly Slot<string>[]
  readonly idpGroups: readonly Slot<string>[]
  readonly expires: Slot<string>
  /** The edit of each person who joins or leaves. */
  readonly members: ReadonlyMap<string, Edit>
  /** The edits of everything but the members. */
  readonly edits: readonly Edit[]
}

const NOBODY: ReadonlyMap<string, Edit> = new Map()
const NEVER: Slot<string> = { before: undefined, after: undefined, edit: undefined }

/** The two sides of a group, edit by edit. */
export function groupSlots(name: string, before: Group | undefined, after: Group | undefined): GroupSlots {
  const only = after ?? before
  if (before === after || before === undefined || after === undefined) {
    const whole = { before, after, edit: only && before !== after ? existence(only, after !== undefined) : undefined }
    return {
      name,
      whole,
      nested: [],
      idpGroups: [],
      expires: NEVER,
      members: NOBODY,
      edits: editsOf([whole]),
    }
  }
  const { address } = after
  const entry = (kind: 'nested' | 'idpGroup', field: 'groups' | 'idpGroups'): readonly Slot<string>[] =>
    entries(before.spec[field], after.spec[field], (item, change) => ({
      address,
      side: sideOf(change),
      at: { path: ['spec', field], item },
      what: { kind, change, name: item },
    }))
  const [nested, idpGroups] = [entry('nested', 'groups'), entry('idpGroup', 'idpGroups')]
  const expires = ends(before, after)
  const edits = editsOf([...nested, ...idpGroups, expires])
  return {
    name,
    whole: { before, after, edit: undefined },
    nested,
    idpGroups,
    expires,
    members: memberEdits(before, after),
    edits,
  }
}

function existence({ address, name }: Group, exists: boolean): Edit {
  const what = { kind: 'group', change: exists ? 'created' : 'deleted', name } as const
  return { address, side: exists ? 'after' : 'before', at: { path: [] }, what }
}

function ends({ spec: was }: Group, { spec: is, address }: Group): Slot<string> {
  const [before, after] = [was.expires, is.expires]
  const side = after === undefined ? 'before' : 'after'
  const edit: Edit = { address, side, at: { path: ['spec', 'expires'] }, what: { kind: 'ends', before, after } }
  return { before, after, edit: before === after ? undefined : edit }
}

function memberEdits(before: Group, after: Group): ReadonlyMap<string, Edit> {
  const [was, is] = [membersOf(before), membersOf(after)]
  const edits = new Map<string, Edit>()
  const add = (name: string, change: 'added' | 'removed'): void => {
    const at = { path: ['spec', 'members'], item: name }
    edits.set(name, { address: after.address, side: sideOf(change), at, what: { kind: 'member', change, name } })
  }
  for (const member of was) if (!is.has(member)) add(member, 'removed')
  for (const member of is) if (!was.has(member)) add(member, 'added')
  return edits
}

const members = new WeakMap<Group, ReadonlySet<string>>()

/** The people that a group itself lists. */
export function membersOf(group: Group): ReadonlySet<string> {
  let known = members.get(group)
  if (known === undefined) members.set(group, (known = new Set(group.spec.members)))
  return known
}

/** A group in a mixture of both sides, with no other member than the one person whom a decision is about. */
export function pickGroup(slots: GroupSlots, person: string, made: Made): Group | undefined {
  const { whole, nested, idpGroups, expires, members: edits } = slots
  const group = pick(whole, made)
  if (group === undefined) return undefined
  const { spec } = group
  const isMember = membersOf(group).has(person)
  const edit = edits.get(person)
  const listed = edit === undefined || made(edit) ? isMember : !isMember
  if (slots.edits.length === 0) return { ...group, spec: { ...spec, members: listed ? [person] : [] } }
  if (whole.edit !== undefined) return { ...group, spec: { ...spec, members: isMember ? [person] : [] } }
  const { expires: _expires, ...rest } = spec
  const end = pick(expires, made)
  return {
    ...group,
    spec: {
      ...rest,
      members: listed ? [person] : [],
      groups: pickAll(nested, made),
      idpGroups: pickAll(idpGroups, made),
      ...(end !== undefined && { expires: end }),
    },
  }
}
