import { expect, test } from 'vitest'
import type { Resource } from '../../../src/model/state.ts'
import { unlistedFindings } from '../../../src/review/outside/unlisted.ts'
import { resource } from '../../support/resources.ts'
import { crm, input, integration, line, operations, type Spec } from './worlds.ts'

const OPEN = crm({ operations: operations() })
const SUPPORT = resource('accessGroup', 'support', { members: ['ada@x.example'] })
const SUMMARY =
  'unlisted-permissions: what people may do with acme/a changes, and its service lists no operations to count it by'
const READS = [{ methods: ['get'], effect: 'allow' }] as const

interface Case {
  readonly name: string
  readonly before?: Spec<'integration'>
  readonly after?: Spec<'integration'>
  readonly group?: Spec<'accessGroup'>
  /** Severity, direction, and the words before and after; absent where nothing is said. */
  readonly expected?: readonly [found: string, before: string | undefined, after: string | undefined]
}

const FOR = 'for group support (1 known by name)'

const CASES: readonly Case[] = [
  { name: 'a title is no permission', before: { permissions: READS }, after: { permissions: READS, title: 'B' } },
  {
    name: 'one more permission to read',
    before: { permissions: [] },
    after: { permissions: READS },
    expected: ['medium widens', `nothing permitted; ${FOR}`, `allow get; ${FOR}`],
  },
  {
    name: 'a write',
    before: { permissions: READS },
    after: { permissions: [...READS, { methods: ['post', 'get'], paths: ['/v1/**'], effect: 'allow' }] },
    expected: ['high unclear', `allow get; ${FOR}`, `allow get, allow post, get on /v1/**; ${FOR}`],
  },
  {
    name: 'paths without methods are writes too',
    before: { permissions: READS },
    after: { permissions: [...READS, { paths: ['/**'], effect: 'allow' }] },
    expected: ['high unclear', `allow get; ${FOR}`, `allow get, allow everything on /**; ${FOR}`],
  },
  {
    name: 'a write that is confirmed, for some',
    before: { permissions: READS },
    after: { permissions: [...READS, { methods: ['post'], effect: 'confirm', groups: ['support'] }] },
    expected: ['medium unclear', `allow get; ${FOR}`, `allow get, confirm post for support; ${FOR}`],
  },
  {
    name: 'a denial goes',
    before: { permissions: [...READS, { paths: ['/admin/**'], effect: 'deny' }] },
    after: { permissions: READS },
    expected: ['medium unclear', `allow get, deny everything on /admin/**; ${FOR}`, `allow get; ${FOR}`],
  },
  {
    name: 'disabled',
    before: { permissions: READS },
    after: { permissions: READS, enabled: false },
    expected: ['low narrows', `allow get; ${FOR}`, `disabled; allow get; ${FOR}`],
  },
  {
    name: 'enabled, with writes',
    before: { permissions: [{ methods: ['post'], effect: 'allow' }], enabled: false },
    after: { permissions: [{ methods: ['post'], effect: 'allow' }] },
    expected: ['high widens', `disabled; allow post; ${FOR}`, `allow post; ${FOR}`],
  },
  {
    name: 'somebody joins the group',
    before: { permissions: READS },
    after: { permissions: READS },
    group: { members: ['ada@x.example', 'bob@x.example'] },
    expected: ['medium unclear', `allow get; ${FOR}`, 'allow get; for group support (2 known by name)'],
  },
  {
    name: 'an identity provider group joins',
    before: { permissions: READS },
    after: { permissions: READS },
    group: { members: ['ada@x.example'], idpGroups: ['okta:x'] },
    expected: ['medium unclear', `allow get; ${FOR}`, `allow get; ${FOR}`],
  },
  {
    name: 'a group that is called otherwise',
    before: { permissions: READS },
    after: { permissions: READS },
    group: { members: ['ada@x.example'], displayName: 'B' },
  },
  {
    name: 'a new integration',
    after: { permissions: READS },
    expected: ['medium widens', undefined, `allow get; ${FOR}`],
  },
  { name: 'it goes', before: { permissions: READS }, expected: ['low narrows', `allow get; ${FOR}`, undefined] },
]

test.each(CASES)('$name', ({ before, after, group, expected }) => {
  const one = (spec: Spec<'integration'> | undefined): readonly Resource[] =>
    spec === undefined ? [] : [integration('a', { credentials: [], ...spec })]
  const found = unlistedFindings(
    input(
      { resources: [OPEN, SUPPORT, ...one(before)] },
      { resources: [OPEN, group === undefined ? SUPPORT : resource('accessGroup', 'support', group), ...one(after)] },
    ),
  )
  const [level, was, is] = expected ?? []
  expect(found.map(line)).toEqual(level === undefined ? [] : [`${level} ${SUMMARY}`])
  expect(found.map(each => [each.before, each.after])).toEqual(level === undefined ? [] : [[was, is]])
})

test('a service that lists operations is left to the cells', () => {
  const one = (permissions: Spec<'integration'>['permissions']): Resource =>
    integration('a', { credentials: [], ...(permissions && { permissions }) })
  expect(
    unlistedFindings(input({ resources: [crm(), SUPPORT, one([])] }, { resources: [crm(), SUPPORT, one(READS)] })),
  ).toEqual([])
})

test('a service that begins to list operations shows what its permissions cover, and not what they covered', () => {
  const one = integration('a', { credentials: [], permissions: READS })
  const found = unlistedFindings(input({ resources: [OPEN, SUPPORT, one] }, { resources: [crm(), SUPPORT, one] }))
  expect(found.map(line)).toEqual([`medium unclear ${SUMMARY}`])
})
