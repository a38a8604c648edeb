// What the promises of built-in rules say, cell by cell and without any cleverness. Written apart from the code that
// decides them: it shares the nouns, and asks the reference of decisions what anybody may do.
import type { Effect } from '../../../src/model/effect.ts'
import type { GuardrailPeople, OperationSelection } from '../../../src/model/manifest.gen.ts'
import type { Operation } from '../../../src/model/operation.ts'
import { referenceEffect, type Person, type World } from '../../access/reference.ts'

/** One state: integrations on one service. */
export interface Side {
  readonly worlds: readonly World[]
}

const PEOPLE = [
  'ana@acme.example',
  'ben@acme.example',
  'cyd@other.example',
  'dee@acme.example',
  'zoe@acme.example',
  'sub|42',
]
const COMPANIES = ['acme.example', 'other.example', 'nobody.example']
export const IDP = ['okta:a', 'okta:b', 'okta:c']

function somebody(id: string, idpGroups: readonly string[]): Person {
  return { id, company: id.includes('@') ? id.split('@')[1] : undefined, idpGroups: new Set(idpGroups) }
}

/** Everybody as decisions see them: known people, anybody of a company, anybody in one group. */
export const ATOMS: readonly Person[] = [
  ...PEOPLE.map(id => somebody(id, [])),
  ...COMPANIES.map(company => somebody(`somebody@${company}`, [])),
  ...IDP.map(name => somebody('somebody', [name])),
]

const SUBSETS: readonly (readonly string[])[] = Array.from({ length: 2 ** IDP.length }, (_, bits) =>
  IDP.filter((_name, index) => (bits & (1 << index)) !== 0),
)

/** Everybody there could be: each of them in any groups of the identity provider. */
export const POSSIBLE: readonly Person[] = [
  ...PEOPLE,
  ...COMPANIES.map(company => `somebody@${company}`),
  'somebody',
].flatMap(id => SUBSETS.map(groups => somebody(id, groups)))

/** Whether somebody is for certain among the people that a rule names. */
export function named(who: GuardrailPeople | undefined, { groups }: World, person: Person): boolean {
  if (who === undefined) return true
  const inside = (name: string, seen: readonly string[]): boolean => {
    const group = groups.get(name)
    if (group === undefined || seen.includes(name)) return false
    return (
      group.spec.members.some(member => member.toLowerCase() === person.id.toLowerCase()) ||
      group.spec.idpGroups.some(each => person.idpGroups.has(each)) ||
      group.spec.groups.some(each => inside(each, [...seen, name]))
    )
  }
  return (
    (who.individuals ?? []).some(each => each.toLowerCase() === person.id.toLowerCase()) ||
    (who.companies ?? []).some(each => each === person.company) ||
    (who.idpGroups ?? []).some(each => person.idpGroups.has(each)) ||
    (who.groups ?? []).some(each => inside(each, []))
  )
}

const READS = ['get', 'head', 'options', 'trace', 'query']

export function chosen(select: OperationSelection | undefined, operation: Operation): boolean {
  if (select === undefined) return true
  const { writes, methods, operations, tags } = select
  return (
    (writes === undefined || writes !== READS.includes(operation.method)) &&
    (methods === undefined || methods.includes(operation.method)) &&
    (operations === undefined || operations.includes(operation.id)) &&
    (tags === undefined || operation.tags.some(tag => tags.includes(tag)))
  )
}

const ORDER: readonly Effect[] = ['deny', 'confirm', 'allow']

export function isAtLeast(effect: Effect, least: Effect): boolean {
  return ORDER.indexOf(effect) >= ORDER.indexOf(least)
}

/** Every cell of a side. */
export interface Cell {
  readonly world: World
  readonly person: Person
  readonly operation: Operation
  readonly effect: Effect
}

export function cellsOf({ worlds }: Side, people: readonly Person[]): readonly Cell[] {
  return worlds.flatMap(world =>
    people.flatMap(person =>
      world.operations.map(operation => ({
        world,
        person,
        operation,
        effect: referenceEffect(world, person, operation),
      })),
    ),
  )
}

/** What a cell is known by on both sides: who, where, and the endpoint. */
export function keyOf({ world, person, operation }: Cell): string {
  return [world.integration.name, person.id, ...person.idpGroups, endpointIn(world.operations, operation)].join(' ')
}

/** The endpoint of an operation, counted where its table has it twice. */
export function endpointIn(operations: readonly Operation[], operation: Operation): string {
  const endpoint = ({ method, path }: Operation): string => `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`
  const earlier = operations.slice(0, operations.indexOf(operation))
  return `${endpoint(operation)} ${earlier.filter(each => endpoint(each) === endpoint(operation)).length}`
}
