import type { World } from '../../access/consequences.ts'
import type { Bits } from '../../access/bits.ts'
import { groupResolver, type GroupResolver } from '../../access/groups.ts'
import { inForce } from '../../access/in-force.ts'
import { addressOf } from '../../model/address.ts'
import type { Changed } from '../../model/review.ts'
import { groupSlots, membersOf, type Group, type GroupSlots } from './groups.ts'

/** The groups of one namespace on both sides, each looked at once. */
export interface Namespace {
  readonly find: (name: string) => Group | undefined
  /** Groups after the change. */
  readonly groups: GroupResolver
  /** Groups that differ, by name. */
  readonly changed: ReadonlyMap<string, GroupSlots>
  /** Groups that do not, as they were asked for. */
  readonly same: Map<string, GroupSlots>
  /** By name of the group that was asked for. */
  readonly reached: Map<string, Reached>
  /** Numbers of people, as they are met. */
  readonly numbers: Map<string, number>
  /** What tells people apart, by the text of the set of people that does. */
  readonly tells: Map<string, Tell>
  /** What was found out about the people of some rows. */
  readonly asked: Map<readonly string[], Asked>
  /** The day for which everything holds; absent: nothing has expired. */
  readonly asOf: string | undefined
}

/** Says something of a person; of two people the same where a set of people treats them alike in every mixture of sides. */
export interface Tell {
  /** Who belongs whatever is edited, by number. */
  readonly lasting: Bits
  /** Absent where it is nothing of anybody else. */
  readonly other: ((person: string) => string) | undefined
}

/** People of a row, and what each set of people says of them. */
export interface Asked {
  readonly numbers: Uint32Array
  readonly answers: Map<string, Answers>
  /** People as several sets together divide them, by the texts of those. */
  readonly divided: Map<string, readonly (readonly string[])[]>
}

/** What one set of people says of each person in a list, as a number below `kinds`. */
export interface Answers {
  readonly of: Uint32Array
  readonly kinds: number
}

/** A group with all that is nested in it on either side, in whatever mixture of both. */
export interface Reached {
  readonly names: readonly string[]
  /** Groups that differ. */
  readonly changed: readonly GroupSlots[]
  /** Whether anybody might belong to it, unknown here. */
  readonly isOpen: boolean
  /** The last days of groups in it after the change, sorted. */
  readonly ends: readonly string[]
}

/** Namespaces as they are first asked for. */
export function namespaces({
  before,
  after,
  changes,
}: {
  readonly before: World
  readonly after: World
  readonly changes: readonly Changed[]
}): (namespace: string | undefined) => Namespace {
  const changed = Map.groupBy(
    changes.filter(({ address }) => address.startsWith('accessGroup/')),
    change => (change.after ?? change.before)?.namespace,
  )
  const known = new Map<string | undefined, Namespace>()
  return namespace => {
    let made = known.get(namespace)
    if (made === undefined) {
      const find = (name: string): Group | undefined => asGroup(after.find(addressOf('accessGroup', namespace, name)))
      const asOf = after.asOf ?? before.asOf
      made = {
        find,
        groups: groupResolver(name => {
          const group = find(name)
          return group && inForce(group, asOf)
        }),
        changed: new Map((changed.get(namespace) ?? []).map(slotsOfChange)),
        same: new Map(),
        reached: new Map(),
        tells: new Map(),
        numbers: new Map(),
        asked: new Map(),
        asOf,
      }
      known.set(namespace, made)
    }
    return made
  }
}

function slotsOfChange({ before, after }: Changed): readonly [string, GroupSlots] {
  const { name } = (after ?? before)!
  return [name, groupSlots(name, asGroup(before), asGroup(after))]
}

function asGroup(resource: ReturnType<World['find']>): Group | undefined {
  return resource?.kind === 'accessGroup' ? resource : undefined
}

/** Both sides of a group: one and the same group where it did not change. */
export function slotsOf({ changed, same, find }: Namespace, name: string): GroupSlots {
  const known = changed.get(name) ?? same.get(name)
  if (known !== undefined) return known
  const group = find(name)
  const made = groupSlots(name, group, group)
  same.set(name, made)
  return made
}

/** A group with all that is nested in it. */
export function reach(namespace: Namespace, root: string): Reached {
  const known = namespace.reached.get(root)
  if (known !== undefined) return known
  const names = new Set([root])
  let isOpen = false
  const ends = new Set<string>()
  // A set grows while it is iterated, which visits each group once.
  for (const name of names) {
    const { before, after } = slotsOf(namespace, name).whole
    for (const group of before === after ? [after] : [before, after]) {
      isOpen ||= group === undefined || group.spec.idpGroups.length > 0
      for (const nested of group?.spec.groups ?? []) names.add(nested)
    }
    if (after?.spec.expires !== undefined) ends.add(after.spec.expires)
  }
  const changed = [...names].map(name => namespace.changed.get(name)).filter(slots => slots !== undefined)
  const made = { names: [...names], changed, isOpen, ends: [...ends].toSorted() }
  namespace.reached.set(root, made)
  return made
}

/** Whether a group, or one in it, lists a person on either side. */
export function mayList(namespace: Namespace, root: string, person: string): boolean {
  return reach(namespace, root).names.some(name => {
    const { before, after } = slotsOf(namespace, name).whole
    return isListed(before, person) || (after !== before && isListed(after, person))
  })
}

/** Whether a group itself lists a person. */
export function isListed(group: Group | undefined, person: string): boolean {
  return group !== undefined && membersOf(group).has(person)
}

/** Whether a person may belong to a group in some mixture of both sides, for sure or unknown here. */
export function mayBelong(namespace: Namespace, root: string, person: string): boolean {
  return reach(namespace, root).isOpen || mayList(namespace, root, person)
}
