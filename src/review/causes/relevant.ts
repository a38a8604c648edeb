import { normalPerson, type Principal } from '../../model/effect.ts'
import type { Permission } from '../../model/state.ts'
import type { Edit } from './edits.ts'
import type { GroupSlots } from './groups.ts'
import { mayBelong, type Namespace } from './namespace.ts'
import type { Scope } from './scope.ts'
import { changedGroups, isPartOf, namedGroups } from './subject.ts'

/** The edits that may bear on the operations of a scope, whoever asks. */
export interface Relevant {
  /** All but those of members. */
  readonly edits: readonly Edit[]
  /** The groups that changed, with their members. */
  readonly groups: readonly GroupSlots[]
}

const known = new WeakMap<Scope['slots'], Relevant>()

/** The edits that may bear on the operations of a scope. */
export function editsIn(scope: Scope): Relevant {
  let made = known.get(scope.slots)
  if (made === undefined) known.set(scope.slots, (made = relevantIn(scope)))
  return made
}

function relevantIn(scope: Scope): Relevant {
  const { subject, permissions, edits } = scope
  const groups = changedGroups(subject.namespace, namedGroups(subject.slots, permissions))
  return {
    edits: [
      ...subject.slots.edits,
      ...permissions.map(({ edit }) => edit).filter(edit => edit !== undefined),
      ...edits,
      ...groups.flatMap(group => group.edits),
    ].filter(edit => !isPartOf(subject.slots, edit)),
    groups,
  }
}

/** Of these, the edits that may bear on one person, with those of their own membership. */
export function editsFor(scope: Scope, { edits, groups }: Relevant, person: Principal): readonly Edit[] {
  const { namespace, slots } = scope.subject
  const idle = new Set<Edit>()
  for (const { before, after, edit } of scope.permissions) {
    const versions = [before, after].filter(version => version !== undefined)
    if (edit !== undefined && !versions.some(version => mayReach(version, person, namespace))) idle.add(edit)
  }
  for (const edit of [...slots.edits, ...groups.flatMap(group => group.edits)]) {
    if (!mayMatter(edit, person, namespace)) idle.add(edit)
  }
  const own = groups.map(({ members }) => members.get(person.id)).filter(edit => edit !== undefined)
  return [...edits.filter(edit => !idle.has(edit)), ...own]
}

/** Whether a permission may be meant for a person in some mixture of both sides. */
function mayReach({ groups, individuals, companies }: Permission, person: Principal, namespace: Namespace): boolean {
  if (groups === undefined && individuals === undefined && companies === undefined) return true
  return (
    (groups ?? []).some(name => mayBelong(namespace, name, person.id)) ||
    (individuals ?? []).some(name => normalPerson(name) === person.id) ||
    (companies ?? []).some(name => name === person.company)
  )
}

function mayMatter({ what }: Edit, person: Principal, namespace: Namespace): boolean {
  switch (what.kind) {
    case 'access':
      return mayReach({ effect: 'deny', [what.list]: [what.name] }, person, namespace)
    case 'nested':
    case 'group':
      return mayBelong(namespace, what.name, person.id)
    default:
      return true
  }
}
