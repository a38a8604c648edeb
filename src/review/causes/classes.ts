import { inForce } from '../../access/in-force.ts'
import { normalPerson, principal } from '../../model/effect.ts'
import type { Permission } from '../../model/state.ts'
import type { Slot } from './edits.ts'
import type { Group, GroupSlots } from './groups.ts'
import { accessLists } from './integration.ts'
import { isListed, reach, slotsOf, type Namespace } from './namespace.ts'
import type { Relevant } from './relevant.ts'
import type { Scope } from './scope.ts'

type Named = Pick<Permission, 'groups' | 'individuals' | 'companies'>

/** Says something of a person; of two people the same where a set of people treats them alike in every mixture of sides. */
type Tell = (person: string) => string

/**
 * Divides people of a row, sorted, by what can decide about them in some mixture of both sides: whoever is in one class
 * has the same effect as the others in each, once their own joining and leaving is made or put back alike.
 */
export function classesOf(people: readonly string[], scope: Scope, relevant: Relevant): readonly (readonly string[])[] {
  const tells = tellsFor(scope, relevant)
  if (tells.length === 0 || people.length === 1) return [people]
  const classes = new Map<string, string[]>()
  for (const person of people) {
    let key = ''
    for (const tell of tells) key += `${tell(person)};`
    const same = classes.get(key)
    if (same === undefined) classes.set(key, [person])
    else same.push(person)
  }
  return [...classes.values()]
}

function tellsFor(scope: Scope, { edits, groups }: Relevant): readonly Tell[] {
  const { slots, namespace } = scope.subject
  const narrowings = scope.permissions.flatMap(({ before, after, edit }) => (edit ? [before, after] : [after]))
  // Where nothing about access changed, everybody in the row has it.
  const isSettled = groups.length === 0 && !edits.some(({ what: { kind } }) => kind === 'access' || kind === 'level')
  const named: readonly (Named | undefined)[] = [...(isSettled ? [] : accessLists(slots.access)), ...narrowings]
  const sets = new Map(named.flatMap(each => listsIn(each).map(list => [JSON.stringify(list), list] as const)))
  return [...sets.values()].map(list => tellFor(list, namespace))
}

type List = { readonly [K in keyof Named]?: readonly string[] }

function listsIn({ groups, individuals, companies }: Named = {}): readonly List[] {
  return [
    ...(groups === undefined ? [] : [{ groups }]),
    ...(individuals === undefined ? [] : [{ individuals }]),
    ...(companies === undefined ? [] : [{ companies }]),
  ]
}

function tellFor({ groups, individuals, companies }: List, namespace: Namespace): Tell {
  if (groups !== undefined) return tellGroups(groups, namespace)
  if (companies !== undefined) return person => (companies.includes(principal(person).company ?? '') ? 'y' : '')
  const named = new Set(individuals?.map(normalPerson))
  return person => (named.has(person) ? 'y' : '')
}

/**
 * Whoever is listed for good, in a group that stays nested where it is, belongs whatever else is edited. Of the others
 * it counts where they are listed, on each side.
 */
function tellGroups(roots: readonly string[], namespace: Namespace): Tell {
  const { joined, lasting, other } = partsOf(roots, namespace)
  return person => {
    if (lasting.some(({ before, after }) => isListed(before, person) && isListed(after, person))) return 'y'
    let text = ''
    for (const { name, members } of joined) {
      const edit = members.get(person)
      if (edit !== undefined) text += `${name} ${edit.side},`
    }
    for (const { name, whole } of other) {
      if (isListed(whole.before, person)) text += `${name} w,`
      if (isListed(whole.after, person)) text += `${name} i,`
    }
    return text
  }
}

function partsOf(
  roots: readonly string[],
  namespace: Namespace,
): {
  readonly joined: readonly GroupSlots[]
  readonly lasting: readonly Slot<Group>[]
  readonly other: readonly GroupSlots[]
} {
  const all = new Set(roots.flatMap(root => reach(namespace, root).names))
  const lasting = new Set<string>(roots)
  // A set grows while it is iterated, which visits each group once.
  for (const name of lasting) {
    const { whole, edits } = slotsOf(namespace, name)
    if (edits.length > 0 || !counts(whole.after, namespace)) lasting.delete(name)
    else for (const nested of whole.after?.spec.groups ?? []) lasting.add(nested)
  }
  const slots = [...all].map(name => slotsOf(namespace, name))
  return {
    joined: slots.filter(({ members }) => members.size > 0),
    lasting: slots.filter(({ name }) => lasting.has(name)).map(({ whole }) => whole),
    other: slots.filter(
      ({ name, whole, edits }) => !lasting.has(name) && (edits.length > 0 || counts(whole.after, namespace)),
    ),
  }
}

function counts(group: Group | undefined, { asOf }: Namespace): boolean {
  return group === undefined || inForce(group, asOf) === group
}
