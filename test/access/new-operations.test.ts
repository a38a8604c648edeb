import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, effectOf } from '../../src/access/decide.ts'
import { describeReason } from '../../src/access/describe.ts'
import { principal, type Effect } from '../../src/model/effect.ts'
import type { Operation } from '../../src/model/operation.ts'
import { heldBack, reached, selection, selectorIndex } from '../../src/model/selector.ts'
import type { Permission } from '../../src/model/state.ts'
import { compiled, groupsOf, integration, JIRA, position } from './facts.ts'
import { referenceEffect, type World } from './reference.ts'
import { world } from './worlds.ts'

/** The issue tracker after its API has grown by three operations. */
const GROWN: readonly Operation[] = [
  ...JIRA,
  { id: 'mergeIssues', method: 'post', path: '/issues/merge', tags: ['issues', 'write'], isNew: true },
  { id: 'listAudit', method: 'get', path: '/admin/audit', tags: ['admin'], isNew: true },
  { id: 'DELETE /admin/users', method: 'delete', path: '/admin/users', tags: [], isNew: true },
]

const ALL: Permission = { paths: ['/**'], effect: 'allow' }

function worldOf(permissions: readonly Permission[], operations: readonly Operation[] = GROWN): World {
  return {
    integration: integration({ access: { level: 'group', groups: ['support'] }, permissions }),
    operations,
    groups: groupsOf({ support: { members: ['ana@acme.example'], idpGroups: [] }, okta: { idpGroups: ['okta:a'] } }),
  }
}

const ANA = principal('ana@acme.example')

describe('a new operation', () => {
  test.each<{ name: string; permissions: readonly Permission[]; operation?: string; effect: Effect }>([
    { name: 'is not reached by path', permissions: [ALL], effect: 'deny' },
    { name: 'nor by method', permissions: [{ methods: ['post'], effect: 'allow' }], effect: 'deny' },
    { name: 'nor by tag', permissions: [{ tags: ['write'], effect: 'allow' }], effect: 'deny' },
    { name: 'nor by a permission that asks first', permissions: [{ ...ALL, effect: 'confirm' }], effect: 'deny' },
    { name: 'is reached by its id', permissions: [{ operations: ['mergeIssues'], effect: 'allow' }], effect: 'allow' },
    {
      name: 'is reached by the name of one without an id',
      permissions: [{ operations: ['DELETE /admin/users'], effect: 'confirm' }],
      operation: 'DELETE /admin/users',
      effect: 'confirm',
    },
    {
      name: 'is reached by its id among others, with its method',
      permissions: [{ operations: ['getIssue', 'mergeIssues'], methods: ['post'], effect: 'allow' }],
      effect: 'allow',
    },
    {
      name: 'is not reached by its id where another selector misses it',
      permissions: [{ operations: ['mergeIssues'], methods: ['get'], effect: 'allow' }],
      effect: 'deny',
    },
    {
      name: 'is not reached by the ids of others',
      permissions: [{ operations: ['createIssue'], effect: 'allow' }],
      effect: 'deny',
    },
    {
      name: 'is reached where new ones are included',
      permissions: [{ ...ALL, includeNew: true }],
      effect: 'allow',
    },
    {
      name: 'is asked for where new ones are included so',
      permissions: [{ ...ALL, effect: 'confirm', includeNew: true }],
      effect: 'confirm',
    },
    { name: 'is not reached by an empty promise', permissions: [{ ...ALL, includeNew: false }], effect: 'deny' },
    {
      name: 'is always denied by what denies',
      permissions: [
        { operations: ['mergeIssues'], effect: 'allow' },
        { tags: ['write'], effect: 'deny' },
      ],
      effect: 'deny',
    },
    {
      name: 'is not made to ask by what does not reach it',
      permissions: [
        { operations: ['mergeIssues'], effect: 'allow' },
        { methods: ['post'], effect: 'confirm' },
      ],
      effect: 'allow',
    },
  ])('$name', ({ permissions, operation = 'mergeIssues', effect }) => {
    const asked = worldOf(permissions)
    const at = position(GROWN, operation)
    expect(effectOf(compiled(asked), ANA, at)).toBe(effect)
    expect(referenceEffect(asked, ANA, GROWN[at]!)).toBe(effect)
  })

  test('changes nothing for the others', () => {
    const before = compiled(worldOf([ALL], JIRA))
    const after = compiled(worldOf([ALL]))
    for (const at of JIRA.keys()) expect(effectOf(after, ANA, at)).toBe(effectOf(before, ANA, at))
  })

  test('is not kept from permissions that say the same in tables where it is accepted', () => {
    const accepted = GROWN.map(({ isNew: _isNew, ...operation }) => operation)
    const effects = [GROWN, accepted, GROWN].map(table =>
      effectOf(compiled(worldOf([ALL], table)), ANA, position(table, 'mergeIssues')),
    )
    expect(effects).toEqual(['deny', 'allow', 'deny'])
  })
})

describe('why it is denied', () => {
  const why = (permissions: readonly Permission[], idpGroups: readonly string[] = []): readonly string[] =>
    decide(
      compiled(worldOf(permissions)),
      principal('ana@acme.example', idpGroups),
      position(GROWN, 'mergeIssues'),
    ).reasons.map(reason => `${reason.decides ? '! ' : '  '}${describeReason(reason)}`)
  const ACCESS =
    '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) as a member of group support'

  test('the permission that would reach it is named, and what to do', () => {
    expect(why([ALL, { methods: ['get'], effect: 'allow' }])).toEqual([
      '! no permission of integration acme/jira-support (jira.yaml:1) gives ana@acme.example mergeIssues, and what nothing names is denied',
      '  permission 1 (jira.yaml:11) would allow mergeIssues by path /**, which is new since the lock: name it, or run `tenon lock`',
      ACCESS,
    ])
  })

  test('a narrowing is told, and what nobody here belongs to is not', () => {
    const permissions: readonly Permission[] = [
      { methods: ['post'], effect: 'confirm', groups: ['support'] },
      { ...ALL, groups: ['night'] },
      { ...ALL, groups: ['okta'] },
      { ...ALL, individuals: ['ben@acme.example'] },
    ]
    expect(why(permissions)).toEqual([
      '! no permission of integration acme/jira-support (jira.yaml:1) gives ana@acme.example mergeIssues, and what nothing names is denied',
      '  permission 1 (jira.yaml:11) would confirm mergeIssues by method post for group support, which ana@acme.example belongs to, but mergeIssues is new since the lock: name it, or run `tenon lock`',
      '  permission 2 (jira.yaml:12) would allow mergeIssues by path /** for group night, to which ana@acme.example may belong: group night is not declared, but mergeIssues is new since the lock: name it, or run `tenon lock`',
      '  permission 3 (jira.yaml:13) would allow mergeIssues by path /** for group okta, to which ana@acme.example may belong: only the identity provider knows who is in okta:a, but mergeIssues is new since the lock: name it, or run `tenon lock`',
      ACCESS,
    ])
  })

  test('a permission that reaches it decides, and the others are told', () => {
    expect(why([ALL, { operations: ['mergeIssues'], effect: 'confirm' }])).toEqual([
      '! permission 2 (jira.yaml:12) confirms mergeIssues',
      '  permission 1 (jira.yaml:11) would allow mergeIssues by path /**, which is new since the lock: name it, or run `tenon lock`',
      ACCESS,
    ])
  })
})

describe('what a selector would cover', () => {
  const ids = (positions: readonly number[]): readonly string[] => positions.map(at => GROWN[at]!.id)

  test.each<{ name: string; permission: Permission; reaches: number; back: readonly string[] }>([
    {
      name: 'everything',
      permission: ALL,
      reaches: 7,
      back: ['mergeIssues', 'listAudit', 'DELETE /admin/users'],
    },
    { name: 'one method', permission: { methods: ['post'], effect: 'confirm' }, reaches: 1, back: ['mergeIssues'] },
    { name: 'a denial holds nothing back', permission: { ...ALL, effect: 'deny' }, reaches: 10, back: [] },
    { name: 'nor does one for new ones', permission: { ...ALL, includeNew: true }, reaches: 10, back: [] },
    { name: 'nor one by name', permission: { operations: ['mergeIssues'], effect: 'allow' }, reaches: 1, back: [] },
  ])('$name', ({ permission, reaches, back }) => {
    const index = selectorIndex(GROWN)
    expect(reached(index, permission)).toHaveLength(reaches)
    expect(ids(heldBack(index, permission))).toEqual(back)
  })

  test('what is reached and what is held back are together what is selected', () => {
    fc.assert(
      fc.property(world, ({ integration: { spec }, operations }) => {
        const index = selectorIndex(operations)
        for (const permission of spec.permissions) {
          const both = [...reached(index, permission), ...heldBack(index, permission)].toSorted((a, b) => a - b)
          expect(both).toEqual(selection(index, permission))
          expect(heldBack(index, permission).every(at => operations[at]?.isNew === true)).toBe(true)
        }
      }),
    )
  })

  test('a table without new operations holds nothing back', () => {
    fc.assert(
      fc.property(world, ({ integration: { spec }, operations }) => {
        const index = selectorIndex(operations.map(({ isNew: _isNew, ...operation }) => operation))
        for (const permission of spec.permissions) {
          expect(heldBack(index, permission)).toEqual([])
          expect(reached(index, permission)).toBe(selection(index, permission))
        }
      }),
    )
  })
})
