import * as fc from 'fast-check'
import type { Effect } from '../../src/model/effect.ts'
import type { Operation } from '../../src/model/operation.ts'
import type { Permission, ResourceSpecs } from '../../src/model/state.ts'
import { groupsOf, integration } from './facts.ts'
import type { Person, World } from './reference.ts'

/** Worlds for properties: small enough to be judged cell by cell, odd enough to meet every rule and every word boundary. */

const PEOPLE = ['ana@acme.example', 'ben@acme.example', 'cyd@other.example', 'dee@acme.example', 'sub|42']
const IDP_GROUPS = ['okta:a', 'okta:b', 'okta:c']
const COMPANIES = ['acme.example', 'other.example', 'nobody.example']
const METHODS = ['get', 'post', 'delete']
const TAGS = ['read', 'write', 'admin']
const PATHS = ['/', '/a', '/a/', '/a/b', '/a/{id}', '/a/{name}', '/a/{id}/b', '/b/{id}', '/*', '/a/**']
const GLOBS = ['/**', '/*', '/a', '/a/*', '/a/**', '/**/b', '/**/{id}/**', '/*/*', '/a/', '/', '/none', '/a*']

const some = <T>(values: readonly T[], maxLength = 3): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength })
const any = <T>(values: readonly T[], maxLength = 3): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { maxLength })

/** Table sizes at and around the ends of 32-bit words, and any other up to 70. */
const size = fc.oneof(fc.constantFrom(0, 1, 31, 32, 33, 63, 64, 65, 70), fc.integer({ min: 0, max: 70 }))

/** Operations keep their id across tables, so that two tables share some and each has some of its own. */
export const table: fc.Arbitrary<readonly Operation[]> = size.chain(length =>
  fc
    .tuple(fc.shuffledSubarray([...Array(80).keys()], { minLength: length, maxLength: length }), rows(length))
    .map(([numbers, shapes]) => shapes.map((shape, index) => ({ id: `o${numbers[index]}`, ...shape }))),
)

function rows(length: number): fc.Arbitrary<Omit<Operation, 'id'>[]> {
  const row = fc.record({ method: fc.constantFrom(...METHODS), path: fc.constantFrom(...PATHS), tags: any(TAGS) })
  const known = fc.array(row, { minLength: length, maxLength: length })
  // Most services are not locked; in one that is, any operation may be new.
  const isNew = fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.boolean(), { minLength: length, maxLength: length }) },
  )
  return fc
    .tuple(known, isNew)
    .map(([shapes, fresh]) => shapes.map((shape, at) => (fresh[at] === true ? { ...shape, isNew: true } : shape)))
}

type Groups = World['groups']

/** Few groups nested at will, in circles too; one is never declared. Or very many of them, to cross word boundaries. */
export const groups: fc.Arbitrary<Groups> = fc.oneof(
  { weight: 3, arbitrary: groupsCounted(fc.integer({ min: 1, max: 5 }), 4) },
  { weight: 1, arbitrary: groupsCounted(fc.constantFrom(21, 22, 31, 32, 33, 64, 65, 70), 2) },
)

function groupsCounted(counts: fc.Arbitrary<number>, density: number): fc.Arbitrary<Groups> {
  return counts.chain(count => {
    const declared = Array.from({ length: count }, (_, number) => `g${number}`)
    const spec: fc.Arbitrary<Partial<ResourceSpecs['accessGroup']>> = fc.record({
      members: any(PEOPLE, density),
      groups: any([...declared, 'undeclared'], 2),
      idpGroups: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: any(IDP_GROUPS, 2) }),
    })
    return fc
      .array(spec, { minLength: count, maxLength: count })
      .map(specs => groupsOf(Object.fromEntries(specs.map((each, number) => [`g${number}`, each]))))
  })
}

const IDS = Array.from({ length: 80 }, (_, number) => `o${number}`)

/** Often broad, so that rules meet; often all four at once, so that they miss. */
const selectors = fc.oneof(
  fc.constant({ paths: ['/**'] }),
  some(METHODS).map(methods => ({ methods })),
  some(TAGS).map(tags => ({ tags })),
  some(IDS, 40).map(operations => ({ operations })),
  fc
    .record(
      { methods: some(METHODS), operations: some(IDS, 40), tags: some(TAGS), paths: some(GLOBS) },
      { requiredKeys: [] },
    )
    .map(given => (Object.keys(given).length === 0 ? { paths: ['/**'] } : given)),
)

const effects = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Effect>('allow') },
  { weight: 2, arbitrary: fc.constant<Effect>('confirm') },
  { weight: 1, arbitrary: fc.constant<Effect>('deny') },
)

type Level = 'company' | 'group' | 'individual'
const LISTS = { company: 'companies', group: 'groups', individual: 'individuals' } as const

function names(level: Level, declared: Groups, many: boolean): fc.Arbitrary<string[]> {
  if (level === 'company') return some(COMPANIES)
  if (level === 'individual') return some(['ANA@acme.example', ...PEOPLE])
  return some([...declared.keys()], many ? declared.size : 3)
}

function permission(level: Level, declared: Groups): fc.Arbitrary<Permission> {
  const narrowing = fc.option(names(level, declared, false), { nil: undefined, freq: 1 })
  const newness = fc.constantFrom({}, {}, { includeNew: true }, { includeNew: false })
  return fc
    .tuple(selectors, effects, narrowing, newness)
    .map(([given, effect, narrowed, includes]) =>
      Object.assign({ effect }, given, includes, narrowed === undefined ? {} : { [LISTS[level]]: narrowed }),
    )
}

/** Integrations over given groups. A narrowing may lie outside the access: groups can change after it was checked. */
export function integrations(declared: Groups): fc.Arbitrary<World['integration']> {
  return fc
    .constantFrom<Level>('company', 'group', 'group', 'group', 'individual')
    .chain(level =>
      fc.tuple(
        fc.constant(level),
        fc.oneof(names(level, declared, false), names(level, declared, true)),
        fc.array(permission(level, declared), { maxLength: level === 'group' && declared.size > 20 ? 40 : 6 }),
        fc.integer({ min: 0, max: 9 }),
      ),
    )
    .map(([level, list, permissions, chance]) =>
      integration({ access: { level, [LISTS[level]]: list }, permissions, enabled: chance > 0 }),
    )
}

export const world: fc.Arbitrary<World> = fc
  .tuple(groups, table)
  .chain(([declared, operations]) =>
    integrations(declared).map(made => ({ integration: made, operations, groups: declared })),
  )

/** Two states of one integration: everything may differ between them, or only one thing, or nothing. */
export const worldPair: fc.Arbitrary<readonly [World, World]> = fc
  .tuple(
    world,
    world,
    fc.integer({ min: 0, max: 7 }),
    fc.constantFrom<'all' | 'permissions' | 'none'>('all', 'permissions', 'permissions', 'none'),
  )
  .map(([before, other, kept, changed]) => {
    const made = { ...before.integration.spec, permissions: other.integration.spec.permissions }
    const choices = { all: other.integration, permissions: integration(made), none: before.integration }
    const after = {
      integration: choices[changed],
      operations: (kept & 3) === 0 ? other.operations : before.operations,
      groups: (kept & 4) === 0 ? other.groups : before.groups,
    }
    return [before, after] as const
  })

/** Integrations side by side in two states of the same groups, on a service at two versions. */
export const neighbours = fc.tuple(groups, groups, table, table).chain(([before, after, earlier, later]) =>
  fc.record({
    before: fc.constant(before),
    after: fc.constant(after),
    integrations: fc.array(integrations(before), { minLength: 2, maxLength: 5 }),
    tables: fc.constant([earlier, later] as const),
  }),
)

/** Everybody that any of these worlds could know, with every choice of known identity provider groups or without. */
export function everybody(idpChoices: readonly (readonly string[])[] = [[]]): readonly Person[] {
  return [...PEOPLE, 'zoe@acme.example', 'stranger'].flatMap(id =>
    idpChoices.map(idpGroups => ({
      id,
      company: id.includes('@') ? id.slice(id.indexOf('@') + 1) : undefined,
      idpGroups: new Set(idpGroups),
    })),
  )
}

export const IDP_CHOICES: readonly (readonly string[])[] = [
  [],
  ['okta:a'],
  ['okta:b'],
  ['okta:b', 'okta:c'],
  ['okta:a', 'okta:b', 'okta:c', 'okta:elsewhere'],
]
