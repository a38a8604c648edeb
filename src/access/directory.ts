import { normalPerson } from '../model/effect.ts'
import { hashText, mix } from './bits.ts'
import type { Division } from './division.ts'
import { rememberHash } from './hashes.ts'
import { groupsIn, type Closure, type GroupNode, type GroupResolver } from './groups.ts'

/** Numbers of people in a directory, ascending and without repeats. */
export type Members = Uint32Array

/**
 * People whom the documents of two states name, numbered in the order of code units: sets of them are compared and
 * divided as numbers, and become names again when somebody asks who they are.
 */
export interface Directory {
  /** Those who are first met later come after all others. */
  readonly people: string[]
  readonly numbers: Map<string, number>
  /** Of groups by themselves. */
  readonly groups: Map<GroupNode, Members>
  /** Of groups with all that is nested in them. */
  readonly closures: Map<Closure, Members>
  /** Sets of people that groups hold, by a hash: the same object for the same set, on both sides. */
  readonly sets: Map<number, Members[]>
  /** Sets of people by name, by a hash: thousands of steps are about the same people. */
  readonly lists: Map<number, (readonly string[])[]>
  /** Hashes of names, made when they are first asked for. */
  readonly hashes: number[]
  /** How people were divided, by the groups that integrations name. */
  readonly divisions: { readonly byNames: Map<string, Division>; people: number }
  /** The class that each person is in, for whoever divides them; numbers below `next` are of earlier divisions. */
  readonly classOf: Uint32Array
  next: number
  /** Room for whoever is divided. */
  readonly met: Uint32Array
}

/** A directory of the people in some groups, and of others: only they can be divided. */
export function directoryOf(groups: Iterable<GroupNode>, others: Iterable<string>): Directory {
  const met = new Map<string, number>()
  // What both states read from the same document is the same array.
  const read = new Map<readonly string[], Uint32Array>()
  const listed = Array.from(groups, group => [group, numbersOf(group, met, read)] as const)
  for (const person of others) numberOf(person, met)
  const people = [...met.keys()].toSorted()
  const order = new Uint32Array(people.length)
  for (const [at, person] of people.entries()) order[met.get(person)!] = at
  for (const [person, number] of met) met.set(person, order[number]!)
  const sets = new Map<number, Members[]>()
  return {
    people,
    numbers: met,
    groups: new Map(
      listed.map(([group, numbers]) => [group, sameSet(sets, distinct(numbers.map(each => order[each]!)))]),
    ),
    closures: new Map(),
    sets,
    lists: new Map(),
    hashes: [],
    divisions: { byNames: new Map(), people: 0 },
    classOf: new Uint32Array(people.length),
    next: 1,
    met: new Uint32Array(people.length),
  }
}

const NOBODY: readonly string[] = []

function numbersOf(
  { group }: GroupNode,
  numbers: Map<string, number>,
  read: Map<readonly string[], Uint32Array>,
): Uint32Array {
  const members = group?.spec.members ?? NOBODY
  let found = read.get(members)
  if (found === undefined) {
    found = new Uint32Array(members.length)
    for (let at = 0; at < members.length; at++) found[at] = numberOf(normalPerson(members[at]!), numbers)
    read.set(members, found)
  }
  return found
}

function numberOf(person: string, numbers: Map<string, number>): number {
  let number = numbers.get(person)
  if (number === undefined) numbers.set(person, (number = numbers.size))
  return number
}

/** The people in a group and in all that is nested in it, as far as documents name them. */
export function membersOf(directory: Directory, resolver: GroupResolver, closure: Closure): Members {
  const known = directory.closures.get(closure)
  if (known !== undefined) return known
  const nested = groupsIn(resolver, closure).map(group => membersOfGroup(directory, group))
  const members = nested.length === 1 ? nested[0]! : sameSet(directory.sets, unionOfMembers(nested))
  directory.closures.set(closure, members)
  return members
}

function membersOfGroup({ groups, numbers, people, sets }: Directory, node: GroupNode): Members {
  let members = groups.get(node)
  if (members === undefined) {
    const persons = (node.group?.spec.members ?? []).map(normalPerson)
    for (const person of persons) if (!numbers.has(person)) numbers.set(person, people.push(person) - 1)
    members = sameSet(sets, distinct(Uint32Array.from(persons, person => numbers.get(person)!)))
    groups.set(node, members)
  }
  return members
}

/** The numbers of people by name, in any order. */
export function numbered({ numbers }: Directory, people: Iterable<string>): Members {
  return distinct(Uint32Array.from(people, person => numbers.get(person)!))
}

/** Everybody in any of these sets. */
export function unionOfMembers(sets: readonly Members[]): Members {
  if (sets.length === 1) return sets[0]!
  const all = new Uint32Array(sets.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const set of sets) {
    all.set(set, at)
    at += set.length
  }
  return distinct(all)
}

/** Sorts numbers in place, and leaves out repeats. */
function distinct(numbers: Uint32Array): Members {
  numbers.sort()
  let kept = 0
  for (let at = 0; at < numbers.length; at++) {
    if (kept === 0 || numbers[at] !== numbers[kept - 1]) numbers[kept++] = numbers[at]!
  }
  return kept === numbers.length ? numbers : numbers.slice(0, kept)
}

/** The set that holds just these people and is known already, or this one from now on. */
function sameSet(sets: Directory['sets'], members: Members): Members {
  const hash = hashOf(members)
  const known = sets.get(hash) ?? []
  const same = known.find(set => equalMembers(set, members))
  if (same === undefined) sets.set(hash, [...known, members])
  return same ?? members
}

/** The first so many people of a set who are not in another one. */
export function differing(members: Members, others: Members, atMost: number): Members {
  const found: number[] = []
  let other = 0
  for (let at = 0; at < members.length && found.length < atMost; at++) {
    while (other < others.length && others[other]! < members[at]!) other++
    if (others[other] !== members[at]) found.push(members[at]!)
  }
  return Uint32Array.from(found)
}

/** Whether two sets hold the same people. */
function equalMembers(a: Members, b: Members): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}

function hashOf(members: Members): number {
  let hash = members.length
  for (let at = 0; at < members.length; at++) hash = mix(hash, members[at]!)
  return hash
}

/** The names of a set of people, sorted by code unit; the same array for the same people. */
export function namesOf(directory: Directory, members: Members): readonly string[] {
  const { people, lists } = directory
  const hash = hashOfPeople(directory, members)
  const known = lists.get(hash) ?? []
  const same = known.find(list => isOf(list, members, people))
  if (same !== undefined) return same
  const list: string[] = []
  for (let at = 0; at < members.length; at++) list.push(people[members[at]!]!)
  lists.set(hash, [...known, list])
  rememberHash(list, hash)
  return list
}

function isOf(list: readonly string[], members: Members, people: readonly string[]): boolean {
  if (list.length !== members.length) return false
  for (let at = 0; at < members.length; at++) if (list[at] !== people[members[at]!]) return false
  return true
}

function hashOfPeople({ hashes, people }: Directory, members: Members): number {
  let sum = members.length
  for (let at = 0; at < members.length; at++) {
    const number = members[at]!
    sum = (sum + (hashes[number] ??= hashText(people[number]!))) | 0
  }
  return sum
}
