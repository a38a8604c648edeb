import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/model/state.ts'
import { resourceFindings } from '../../../src/review/outside/outside.ts'
import { serviceRevisions } from '../../../src/review/services.ts'
import { resource } from '../../support/resources.ts'
import { crm, input, integration, key, operations, told, type Side, type Spec } from './worlds.ts'

interface Case {
  readonly name: string
  readonly before: Spec<'clusterServiceDefinition'>
  readonly after: Spec<'clusterServiceDefinition'>
  readonly users?: readonly Resource[]
  readonly expected: readonly string[]
}

const OAUTH = key('key', { type: 'oauth2' })
const SCOPES = { 'contacts.read': 'Read', 'contacts.write': 'Write' }

const ENTRIES: readonly Case[] = [
  {
    name: 'a key moves into the query',
    before: { auth: [{ type: 'apiKey', in: 'header', name: 'X-Key' }] },
    after: { auth: [{ type: 'apiKey', in: 'query', name: 'key' }] },
    expected: [
      'high widens auth-placement-changed: service crm takes its API key in the query key, not in the header X-Key',
    ],
  },
  {
    name: 'a key moves into a cookie',
    before: { auth: [{ type: 'apiKey', name: 'X-Key' }] },
    after: { auth: [{ type: 'apiKey', in: 'cookie', name: 'key' }] },
    expected: [
      'medium widens auth-placement-changed: service crm takes its API key in the cookie key, not in the header X-Key',
    ],
  },
  {
    name: 'a key moves out of the query',
    before: { auth: [{ type: 'apiKey', in: 'query', name: 'key' }] },
    after: { auth: [{ type: 'apiKey', in: 'header', name: 'X-Key' }] },
    expected: [
      'low narrows auth-placement-changed: service crm takes its API key in the header X-Key, not in the query key',
    ],
  },
  {
    name: 'another header',
    before: { auth: [{ type: 'apiKey', name: 'X-Key' }] },
    after: { auth: [{ type: 'apiKey', name: 'X-Token', prefix: 'Token ' }] },
    expected: [
      'low unclear auth-placement-changed: service crm takes its API key in the header X-Token, after "Token ", not in the header X-Key',
    ],
  },
  {
    name: 'a key moves into the query, and nobody has one',
    before: { auth: [{ type: 'apiKey', name: 'X-Key' }, { type: 'basic' }] },
    after: { auth: [{ type: 'apiKey', in: 'query', name: 'key' }, { type: 'basic' }] },
    users: [key('key', { type: 'basic' }), integration('a')],
    expected: [
      'low widens auth-placement-changed: service crm takes its API key in the query key, not in the header X-Key',
    ],
  },
  {
    name: 'a second placement comes, and the first stays',
    before: { auth: [{ type: 'apiKey', name: 'X-Key' }] },
    after: {
      auth: [
        { type: 'apiKey', in: 'query', name: 'key' },
        { type: 'apiKey', name: 'X-Key' },
      ],
    },
    expected: ['low unclear service-changed: service crm takes other ways to sign in: apiKey, apiKey, not apiKey'],
  },
  {
    name: 'more scopes, and one less',
    before: { auth: [{ type: 'oauth2', scopes: { 'contacts.read': 'Read', old: 'Old' } }] },
    after: { auth: [{ type: 'oauth2', scopes: SCOPES }] },
    users: [OAUTH, integration('a')],
    expected: [
      'low narrows oauth-scopes-narrowed: service crm may be asked for less, without old',
      'medium widens oauth-scopes-widened: service crm may be asked for more: contacts.write',
    ],
  },
  {
    name: 'what a scope means is only wording',
    before: { auth: [{ type: 'oauth2', scopes: { a: 'Read' } }] },
    after: { auth: [{ type: 'oauth2', scopes: { a: 'Read all' } }] },
    users: [OAUTH, integration('a')],
    expected: [],
  },
  {
    name: 'the service account signs in, and no person',
    before: { auth: [{ type: 'oauth2', flow: 'authorizationCode' }] },
    after: { auth: [{ type: 'oauth2', flow: 'clientCredentials' }] },
    expected: [
      'low unclear service-changed: service crm takes other ways to sign in: oauth2 clientCredentials, not oauth2 authorizationCode',
    ],
  },
  {
    name: 'test, settings and wording',
    before: { test: { method: 'get', path: '/me' } },
    after: { test: { method: 'post', path: '/me' }, settingsSchema: { type: 'object' }, description: 'B' },
    expected: ['low unclear service-changed: service crm has another test, settingsSchema, description'],
  },
  {
    name: 'the type',
    before: { type: 'http' },
    after: { type: 'webhook' },
    expected: ['medium unclear service-changed: service crm has another type'],
  },
]

const OPERATIONS: readonly Case[] = [
  {
    name: 'an operation under another name, and a selector that names the old one',
    before: { operations: operations('merge: post /contacts/{id}/merge', 'list: get /contacts') },
    after: { operations: operations('mergeV2: post /contacts/{contact}/merge', 'list: get /contacts') },
    users: [
      key(),
      integration('a', { permissions: [{ operations: ['merge', 'list'], effect: 'allow' }] }),
      integration('b', { permissions: [{ operations: ['merge'], effect: 'allow' }] }),
    ],
    expected: [
      'low unclear operation-renamed: service crm: 1 operation under another name: merge is now mergeV2',
      'low unclear selector-dead: operation merge names nothing of service crm any more, on acme/a, acme/b',
    ],
  },
  {
    name: 'a selector that guarded names nothing any more',
    before: { operations: operations('merge: post /contacts/{id}/merge') },
    after: { operations: operations('merge: post /people/{id}/merge') },
    users: [
      key(),
      integration('a', {
        permissions: [
          { methods: ['post'], effect: 'allow' },
          { paths: ['/contacts/**'], effect: 'deny' },
        ],
      }),
    ],
    expected: [
      'low unclear operation-moved: service crm: 1 operation at another method or path: merge is now POST /people/{id}/merge',
      'medium unclear selector-dead: path /contacts/** names nothing of service crm any more, and so what it denied or let people confirm, on acme/a',
    ],
  },
  {
    name: 'a read becomes a write under the same name',
    before: { operations: operations('merge: get /contacts/merge') },
    after: { operations: operations('merge: post /contacts/merge') },
    expected: [
      'medium unclear operation-moved: service crm: 1 operation at another method or path: merge is now POST /contacts/merge',
    ],
  },
  {
    name: 'a selector that named nothing before either',
    before: { operations: operations('get /contacts') },
    after: { operations: operations('get /contacts', 'get /orders') },
    users: [key(), integration('a', { permissions: [{ methods: ['post', 'get'], effect: 'allow' }] })],
    expected: [],
  },
  {
    name: 'new operations wait, and those that waited already are not told again',
    before: { operations: operations('get /contacts', 'get /old (new)') },
    after: { operations: operations('get /contacts', 'get /old (new)', 'get /orders (new)', 'post /orders (new)') },
    expected: [
      'low unclear operations-new: service crm: 2 operations are new and stay denied until named or accepted: POST /orders, GET /orders',
    ],
  },
  {
    name: 'operations are accepted, and others no longer',
    before: { operations: operations('get /contacts', 'get /orders (new)') },
    after: { operations: operations('get /contacts (new)', 'get /orders') },
    expected: [
      'low narrows lock-changed: 1 operation of service crm count as new now: GET /contacts',
      'low unclear operations-new: service crm: 1 operation is new and stays denied until named or accepted: GET /contacts',
      'low widens lock-changed: 1 operation of service crm is accepted: GET /orders',
    ],
  },
]

const USERS = [key(), integration('a')]

describe.each([
  { family: 'entries', cases: ENTRIES },
  { family: 'operations', cases: OPERATIONS },
])('$family of services', ({ cases }) => {
  test.each(cases)('$name', ({ before, after, users = USERS, expected }) => {
    expect(told({ resources: [crm(before), ...users] }, { resources: [crm(after), ...users] })).toEqual(expected)
  })

  test.each(cases)('$name: nothing without the change', ({ after, users = USERS }) => {
    const side: Side = { resources: [crm(after), ...users] }
    expect(told(side, side)).toEqual([])
  })
})

describe('revisions', () => {
  const SUPPORT = resource('accessGroup', 'support', {
    members: ['ada@x.example', 'bob@x.example', 'eva@x.example'],
    groups: ['night', 'day'],
  })
  const NIGHT = resource('accessGroup', 'night', { members: ['bob@x.example'], idpGroups: ['okta:night'] })
  const DAY = resource('accessGroup', 'day', { members: ['eva@x.example'] })
  const BEFORE = operations('get /contacts', 'merge: post /merge', 'gone: get /gone', 'here: get /here')
  const AFTER = operations(
    'get /contacts',
    'mergeV2: post /merge',
    'here: get /there',
    'get /bulk (new)',
    'delete /bulk (new)',
  )

  function revisions(permissions: Spec<'integration'>['permissions'], more: Spec<'integration'> = {}) {
    const users = [SUPPORT, NIGHT, DAY, key(), integration('a', { ...(permissions && { permissions }), ...more })]
    const world = input(
      { resources: [crm({ operations: BEFORE }), ...users] },
      { resources: [crm({ operations: AFTER }), ...users] },
    )
    return serviceRevisions(world)
  }

  test('tell added, removed, renamed and moved operations apart', () => {
    const [revision, ...others] = revisions([])
    expect(others).toEqual([])
    expect(revision).toMatchObject({
      service: 'clusterServiceDefinition/crm',
      renamed: [{ before: { id: 'merge' }, after: { id: 'mergeV2' } }],
      moved: [{ id: 'here', from: 'GET /here', to: 'GET /there' }],
      isLocked: true,
    })
    expect(revision?.added.map(({ key: name }) => name)).toEqual(['GET /bulk', 'DELETE /bulk'])
    expect(revision?.removed.map(({ key: name }) => name)).toEqual(['GET /gone'])
  })

  interface Covered {
    readonly name: string
    readonly permissions: NonNullable<Spec<'integration'>['permissions']>
    readonly more?: Spec<'integration'>
    /** `operation: effect people+` for each permission that would cover it; `+` where others would be reached too. */
    readonly expected: readonly string[]
  }

  const COVERED: readonly Covered[] = [
    { name: 'nothing covers them', permissions: [], expected: [] },
    {
      name: 'a broad permission',
      permissions: [{ methods: ['get', 'delete'], effect: 'allow' }],
      expected: ['DELETE /bulk: allow 3+', 'GET /bulk: allow 3+'],
    },
    {
      name: 'a narrowed one, and one that confirms for everybody',
      permissions: [
        { methods: ['delete'], effect: 'allow', groups: ['night'] },
        { paths: ['/bulk'], effect: 'confirm' },
      ],
      expected: ['DELETE /bulk: confirm 3+', 'GET /bulk: confirm 3+'],
    },
    {
      name: 'people for whom another permission denies do not count',
      permissions: [
        { methods: ['delete'], effect: 'allow' },
        { methods: ['delete'], effect: 'deny', groups: ['day'] },
      ],
      expected: ['DELETE /bulk: allow 2+'],
    },
    {
      name: 'nobody is left where a denial may be meant for everybody',
      permissions: [
        { methods: ['delete'], effect: 'allow' },
        { methods: ['delete'], effect: 'deny', groups: ['night'] },
      ],
      expected: [],
    },
    {
      name: 'one that includes new operations, or names them, covers them already',
      permissions: [
        { methods: ['delete'], effect: 'allow', includeNew: true },
        { operations: ['GET /bulk'], effect: 'confirm' },
      ],
      expected: [],
    },
    {
      name: 'a disabled integration gives nothing',
      permissions: [{ methods: ['delete'], effect: 'allow' }],
      more: { enabled: false },
      expected: [],
    },
    {
      name: 'a company is open',
      permissions: [{ methods: ['delete'], effect: 'allow' }],
      more: { access: { level: 'company', companies: ['x.example'] } },
      expected: ['DELETE /bulk: allow 0+'],
    },
    {
      name: 'people by name',
      permissions: [{ methods: ['delete'], effect: 'confirm' }],
      more: { access: { level: 'individual', individuals: ['ada@x.example', 'eva@x.example'] } },
      expected: ['DELETE /bulk: confirm 2'],
    },
  ]

  test.each(COVERED)('decisions, writes first: $name', ({ permissions, more, expected }) => {
    const decided = revisions(permissions, more)[0]?.decisions ?? []
    expect(decided.map(({ operation }) => operation.key)).toEqual(['DELETE /bulk', 'GET /bulk'])
    const covering = decided.flatMap(({ operation, covering: each }) =>
      each.map(({ effect, people, open }) => `${operation.key}: ${effect} ${people}${open ? '+' : ''}`),
    )
    expect(covering).toEqual(expected)
  })

  test('without a lock file, and with nothing new, a service is not locked', () => {
    const [revision] = serviceRevisions(
      input(
        { resources: [crm({ operations: operations('get /a') })] },
        { resources: [crm({ operations: operations('get /b') })] },
      ),
    )
    expect(revision).toMatchObject({ isLocked: false, decisions: [] })
  })

  test('with a lock file it is', () => {
    const lock = { lock: new Map() }
    const [revision] = serviceRevisions(
      input(
        { resources: [crm({ operations: operations('get /a') })], guards: lock },
        { resources: [crm({ operations: operations('get /b') })], guards: lock },
      ),
    )
    expect(revision?.isLocked).toBe(true)
  })

  test('a selector that died is found on the line of its permission', () => {
    const users = [
      key(),
      integration('a', {
        permissions: [
          { tags: ['x'], methods: ['get'], effect: 'allow' },
          { operations: ['gone'], effect: 'deny' },
        ],
      }),
    ]
    const found = resourceFindings(
      input(
        { resources: [crm({ operations: BEFORE }), ...users] },
        { resources: [crm({ operations: AFTER }), ...users] },
      ),
    ).find(({ kind }) => kind === 'selector-dead')
    expect(found?.because.flatMap(({ causes }) => causes.map(({ edit, address }) => `${address} ${edit}`))).toEqual([
      'integration/acme/a permission 2 names gone',
    ])
  })
})
