import { bitsOf, hasBit, type Bits } from '../../access/bits.ts'
import { inForce } from '../../access/in-force.ts'
import { normalPerson, principal } from '../../model/effect.ts'
import type { Permission } from '../../model/state.ts'
import type { Slot } from './edits.ts'
import { membersOf, type Group, type GroupSlots } from './groups.ts'
import { accessLists } from './integration.ts'
import { isListed, reach, slotsOf, type Answers, type Asked, type Namespace, type Tell } from './namespace.ts'
import type { Relevant } from './relevant.ts'
import type { Scope } from './scope.ts'

type Named = Pick<Permission, 'groups' | 'individuals' | 'companies'>

/**
 * Divides people of a row, sorted, by what can decide about them in some mixture of both sides: whoever is in one class
 * has the same effect as the others in each, once their own joining and leaving is made or put back alike.
 */
export function classesOf(people: readonly string[], scope: Scope, relevant: Relevant): readonly (readonly string[])[] {
  const sets = setsFor(scope, relevant)
  if (sets.size === 0 || people.length === 1) return [people]
  const { namespace } = scope.subject
  const { answers, divided, numbers } = askedOf(people, namespace)
  const key = [...sets.keys()].toSorted().join(' ')
  const known = divided.get(key)
  if (known !== undefined) return known
  let all: Answers | undefined
  for (const [text, list] of sets) {
    let answer = answers.get(text)
    if (answer === undefined) answers.set(text, (answer = ask(people, numbers, knownTell(text, list, namespace))))
    if (answer.kinds > 1) all = all === undefined ? answer : both(all, answer)
  }
  const made = all === undefined ? [people] : divide(people, all)
  divided.set(key, made)
  return made
}

/** More than this are forgotten and made again: rows of one integration are asked about one after the other. */
const MAX_TELLS = 1000
const MAX_ASKED = 32

function askedOf(people: readonly string[], { asked, numbers }: Namespace): Asked {
  let made = asked.get(people)
  if (made === undefined) {
    if (asked.size >= MAX_ASKED) asked.clear()
    asked.set(people, (made = { numbers: numbersOf(people, numbers), answers: new Map(), divided: new Map() }))
  }
  return made
}

const numbered = new WeakMap<readonly string[], Uint32Array>()

/** Many rows are about the same people. */
function numbersOf(people: readonly string[], numbers: Namespace['numbers']): Uint32Array {
  let made = numbered.get(people)
  if (made === undefined) {
    made = new Uint32Array(people.length)
    for (let at = 0; at < people.length; at++) made[at] = numberOf(numbers, people[at]!)
    numbered.set(people, made)
  }
  return made
}

function knownTell(text: string, list: List, namespace: Namespace): Tell {
  const { tells } = namespace
  let tell = tells.get(text)
  if (tell === undefined) {
    if (tells.size >= MAX_TELLS) tells.clear()
    tells.set(text, (tell = tellFor(list, namespace)))
  }
  return tell
}

function ask(people: readonly string[], numbers: Uint32Array, { lasting, other }: Tell): Answers {
  const kinds = new Map<string, number>()
  const of = new Uint32Array(people.length)
  for (const [index, person] of people.entries()) {
    const text = hasBit(lasting, numbers[index]!) ? 'y' : other === undefined ? '' : other(person)
    of[index] = numberOf(kinds, text)
  }
  return { of, kinds: kinds.size }
}

function both(a: Answers, b: Answers): Answers {
  const numbers = new Map<number, number>()
  const of = a.of.map((kind, index) => numberOf(numbers, kind * b.kinds + b.of[index]!))
  return { of, kinds: numbers.size }
}

function numberOf<T>(numbers: Map<T, number>, key: T): number {
  let number = numbers.get(key)
  if (number === undefined) numbers.set(key, (number = numbers.size))
  return number
}

function divide(people: readonly string[], { of, kinds }: Answers): readonly (readonly string[])[] {
  const classes = Array.from({ length: kinds }, (): string[] => [])
  for (const [index, person] of people.entries()) classes[of[index]!]!.push(person)
  return classes
}

/** The sets of people that may decide, by their text. */
function setsFor(scope: Scope, { edits, groups }: Relevant): ReadonlyMap<string, List> {
  const { slots } = scope.subject
  const narrowings = scope.permissions.flatMap(({ before, after, edit }) => (edit ? [before, after] : [after]))
  // Where nothing about access changed, everybody in the row has it.
  const isSettled = groups.length === 0 && !edits.some(({ what: { kind } }) => kind === 'access' || kind === 'level')
  const named: readonly (Named | undefined)[] = [...(isSettled ? [] : accessLists(slots.access)), ...narrowings]
  return new Map(named.flatMap(each => listsIn(each).map(list => [JSON.stringify(list), list] as const)))
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
  const lasting = bitsFor(individuals?.map(normalPerson) ?? [], namespace)
  const other = (person: string): string => (companies?.includes(principal(person).company ?? '') ? 'y' : '')
  return { lasting, other: companies && other }
}

function bitsFor(people: Iterable<string>, { numbers }: Namespace): Bits {
  const found = Array.from(people, person => numberOf(numbers, person))
  return bitsOf(found, numbers.size)
}

/**
 * Whoever is listed for good, in a group that stays nested where it is, belongs whatever else is edited. Of the others
 * it counts where they are listed, on each side.
 */
function tellGroups(roots: readonly string[], namespace: Namespace): Tell {
  const { joined, lasting, other } = partsOf(roots, namespace)
  const listed = bitsFor(listedFor(lasting), namespace)
  if (joined.length + other.length === 0) return { lasting: listed, other: undefined }
  return {
    lasting: listed,
    other: person => {
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
    },
  }
}

/** Everybody whom one of these lists on both sides. */
function listedFor(lasting: readonly Slot<Group>[]): ReadonlySet<string> {
  const [first] = lasting
  if (lasting.length === 1 && first?.after !== undefined && first.before === first.after) return membersOf(first.after)
  return new Set(
    lasting.flatMap(({ before, after }) => after?.spec.members.filter(person => isListed(before, person)) ?? []),
  )
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
