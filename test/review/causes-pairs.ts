import * as fc from 'fast-check'
import type { Effect } from '../../src/model/effect.ts'
import type { Operation } from '../../src/model/operation.ts'
import type { Permission, ResourceSpecs } from '../../src/model/state.ts'
import { stateOf, type State, type Told } from './causes-world.ts'

/** Small worlds that change a little or a lot. */

const PEOPLE = ['ana@acme.example', 'ben@acme.example', 'sub|42']
const GROUPS = ['g0', 'g1', 'g2']
const IDP = ['okta:a']

const some = <T>(values: readonly T[], maxLength = 2): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength })
const any = <T>(values: readonly T[], maxLength = 2): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { maxLength })
const rarely = <T>(value: fc.Arbitrary<T>, freq = 4): fc.Arbitrary<T | undefined> =>
  fc
    .option(value, { nil: undefined, freq: 1 })
    .chain(made => fc.integer({ min: 0, max: freq }).map(n => (n === 0 ? made : undefined)))

const group: fc.Arbitrary<Partial<ResourceSpecs['accessGroup']>> = fc
  .record({
    members: any(PEOPLE, 3),
    groups: any(GROUPS),
    idpGroups: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: any(IDP) }),
    expires: rarely(fc.constantFrom('2026-11-20', '2026-12-24'), 3),
  })
  .map(({ expires, ...rest }) => ({ ...rest, ...(expires !== undefined && { expires }) }))

const operationAt = (path: string): fc.Arbitrary<Operation> =>
  fc
    .record({
      id: fc.constantFrom('one', 'two', 'three'),
      method: fc.constantFrom('get', 'post'),
      path: path.includes('{') ? fc.constantFrom(path, path.replace('id', 'key')) : fc.constant(path),
      tags: any(['r', 'w']),
      isNew: rarely(fc.constant(true as const), 2),
    })
    .map(({ isNew, ...rest }) => ({ ...rest, ...(isNew && { isNew }) }))

const tables: fc.Arbitrary<readonly Operation[]> = fc
  .tuple(operationAt('/a'), operationAt('/a/{id}'), fc.integer({ min: 0, max: 4 }))
  .map(([a, b, kept]) =>
    [
      { ...a, id: `a${a.id}` },
      { ...b, id: `b${b.id}` },
    ].slice(kept === 0 ? 1 : 0),
  )

const selectors: fc.Arbitrary<Omit<Permission, 'effect'>> = fc.oneof(
  fc.constant({ paths: ['/**'] }),
  fc.constant({ paths: ['/a/{id}'] }),
  some(['get', 'post']).map(methods => ({ methods })),
  some(['r', 'w']).map(tags => ({ tags })),
  some(['aone', 'atwo', 'bone', 'btwo']).map(operations => ({ operations })),
)

const LISTS = { company: 'companies', group: 'groups', individual: 'individuals' } as const
const NAMES = { company: ['acme.example', 'other.example'], group: GROUPS, individual: PEOPLE } as const
type Level = keyof typeof LISTS

const integration = fc.constantFrom<Level>('group', 'group', 'group', 'group', 'individual', 'company').chain(level =>
  fc.record({
    access: some(NAMES[level]).map(names => ({ level, [LISTS[level]]: names })),
    enabled: fc.integer({ min: 0, max: 7 }).map(n => n > 0),
    service: fc
      .constantFrom('jira', 'jira', 'jira', 'other')
      .map(name => ({ kind: 'ServiceDefinition' as const, name })),
    permissions: fc.array(
      fc
        .tuple(selectors, fc.constantFrom<Effect>('allow', 'allow', 'confirm', 'deny'), rarely(some(NAMES[level]), 1))
        .map(([given, effect, narrowed]) =>
          Object.assign({ effect }, given, narrowed === undefined ? {} : { [LISTS[level]]: narrowed }),
        ),
      { maxLength: 4 },
    ),
  }),
)

const parts = {
  groups: fc.record({ g0: group, g1: group, g2: group }, { requiredKeys: ['g0', 'g1'] }),
  integrations: fc.record({ jira: integration }, { requiredKeys: [] }),
  services: fc.record({ jira: tables, other: tables }, { requiredKeys: ['jira'] }),
}

/** Two states that differ in a few of their parts, or in many. */
export const pair: fc.Arbitrary<readonly [State, State]> = fc
  .tuple(fc.record(parts), fc.record(parts), fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 12, maxLength: 12 }))
  .map(([before, other, choices]) => {
    const chosen = choices.values()
    const isOther = (): boolean => chosen.next().value === 0
    const mix = <T>(old: Readonly<Record<string, T>>, made: Readonly<Record<string, T>>): Record<string, T> =>
      Object.fromEntries(
        [...new Set([...Object.keys(old), ...Object.keys(made)])].flatMap(name => {
          const value = isOther() ? made[name] : old[name]
          return value === undefined ? [] : [[name, value]]
        }),
      )
    const after: Told = {
      groups: mix(before.groups, other.groups),
      services: mix(before.services, other.services),
      integrations: jiraOf(before.integrations.jira, other.integrations.jira, isOther),
    }
    return [stateOf({ ...before, asOf: '2026-11-27' }), stateOf({ ...after, asOf: '2026-11-27' })] as const
  })

type Jira = NonNullable<Told['integrations']>[string]

/** Field by field, so that permissions change one at a time. */
function jiraOf(
  before: Jira | undefined,
  other: Jira | undefined,
  isOther: () => boolean,
): NonNullable<Told['integrations']> {
  if (before === undefined || other === undefined) {
    const made = isOther() ? other : before
    return made === undefined ? {} : { jira: made }
  }
  const permissions = (before.permissions ?? []).map((old, index) =>
    isOther() ? (other.permissions?.[index] ?? old) : old,
  )
  const access = other.access.level === before.access.level && isOther() ? other.access : before.access
  return {
    jira: {
      access,
      permissions,
      enabled: isOther() ? other.enabled! : before.enabled!,
      service: isOther() ? other.service! : before.service!,
    },
  }
}
