import { expect, test } from 'vitest'
import type { Operation } from '../../src/model/operation.ts'
import type { Permission, ResourceSpecs } from '../../src/model/state.ts'
import { changesBetween, explain, inWords, rowsBetween, stateOf, type Told } from './causes-world.ts'

const LIST: Operation = { id: 'listRefunds', method: 'get', path: '/refunds', tags: ['read'] }
const CREATE: Operation = { id: 'createRefund', method: 'post', path: '/refunds', tags: ['write'] }
const CANCEL: Operation = { id: 'cancelRefund', method: 'delete', path: '/refunds/{id}', tags: ['write'] }
const TABLE = [LIST, CREATE, CANCEL]

const READ: Permission = { methods: ['get'], effect: 'allow' }
const ASKED: Permission = { methods: ['post'], effect: 'confirm' }
const FREE: Permission = { methods: ['post'], effect: 'allow' }

const support = (...members: string[]): Partial<ResourceSpecs['accessGroup']> => ({ members })

/** An integration for groups; everything about it may differ. */
function jira(
  permissions: readonly Permission[],
  { groups = ['support'], ...rest }: { groups?: string[] } & Partial<ResourceSpecs['integration']> = {},
): NonNullable<Told['integrations']> {
  return { jira: { access: { level: 'group', groups }, permissions, ...rest } }
}

interface Story {
  readonly name: string
  readonly before: Told
  readonly after: Told
  /** Of each row: who and what, then its causes. */
  readonly rows: Readonly<Record<string, readonly string[]>>
}

const services = { jira: TABLE }

const STORIES: readonly Story[] = [
  {
    name: 'one line unguards',
    before: { services, groups: { support: support('ana', 'ben') }, integrations: jira([READ, ASKED]) },
    after: { services, groups: { support: support('ana', 'ben') }, integrations: jira([READ, FREE]) },
    rows: { 'ana ben: confirm → allow POST /refunds': ['each: permission 2 (confirm → allow)'] },
  },
  {
    name: 'an insertion at the top is one edit',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]) },
    after: { services, groups: { support: support('ana') }, integrations: jira([FREE, READ]) },
    rows: { 'ana: deny → allow POST /refunds': ['each: permission 1 added (allow)'] },
  },
  {
    name: 'the order of permissions, and of what they say, means nothing',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ, ASKED]) },
    after: {
      services,
      groups: { support: support('ana') },
      integrations: jira([
        { effect: 'allow', methods: ['post'] },
        { effect: 'allow', methods: ['get'] },
      ]),
    },
    rows: { 'ana: confirm → allow POST /refunds': ['each: permission 1 (confirm → allow)'] },
  },
  {
    name: 'a permission grows, and another one goes',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ, ASKED]) },
    after: {
      services,
      groups: { support: support('ana') },
      integrations: jira([{ methods: ['delete', 'get'], effect: 'allow' }]),
    },
    rows: {
      'ana: deny → allow DELETE /refunds/{}': ['each: permission 1 changed'],
      'ana: confirm → deny POST /refunds': ['each: permission 2 removed (confirm)'],
    },
  },
  {
    name: 'those who join now need both edits',
    before: { services, groups: { support: support('ana', 'ben', 'cyd') }, integrations: jira([ASKED]) },
    after: { services, groups: { support: support('ana', 'ben', 'cyd', 'dana') }, integrations: jira([FREE]) },
    rows: {
      'dana: deny → allow POST /refunds': ['each: permission 1 (confirm → allow) + member dana added'],
      'ana ben cyd: confirm → allow POST /refunds': ['each: permission 1 (confirm → allow)'],
    },
  },
  {
    name: 'people of one row have causes of their own',
    before: {
      services,
      groups: { support: support('ana', 'ben', 'cyd', 'dana'), day: support('ana', 'cyd'), night: support('ben') },
      integrations: jira([
        FREE,
        { methods: ['post'], effect: 'deny', groups: ['day'] },
        { methods: ['delete', 'post'], effect: 'deny', groups: ['night'] },
      ]),
    },
    after: {
      services,
      groups: { support: support('ana', 'ben', 'cyd', 'dana'), day: support('ana', 'cyd'), night: support() },
      integrations: jira([FREE]),
    },
    rows: {
      'ana ben cyd: deny → allow POST /refunds': [
        'each for 2: permission 2 removed (deny)',
        'either for 1: permission 3 removed (deny) + member ben removed',
      ],
    },
  },
  {
    name: 'a permission is narrowed to other people',
    before: {
      services,
      groups: { support: support('ana', 'dana'), sales: support('dana', 'eve') },
      integrations: jira([FREE, { methods: ['post'], effect: 'deny', groups: ['sales'] }], {
        groups: ['sales', 'support'],
      }),
    },
    after: {
      services,
      groups: { support: support('ana', 'dana'), sales: support('dana', 'eve') },
      integrations: jira([FREE, { methods: ['post'], effect: 'deny', groups: ['support'] }], {
        groups: ['sales', 'support'],
      }),
    },
    rows: {
      'eve: deny → allow POST /refunds': ['each: permission 2 changed'],
      'ana: allow → deny POST /refunds': ['each: permission 2 changed'],
    },
  },
  {
    name: 'either edit is enough',
    before: {
      services,
      groups: { support: support('ana') },
      integrations: jira([ASKED]),
    },
    after: {
      services,
      groups: { support: support('ana') },
      integrations: jira([{ paths: ['/refunds'], effect: 'deny' }]),
    },
    rows: {
      'ana: confirm → deny POST /refunds': ['either: permission 1 added (deny) + permission 1 removed (confirm)'],
    },
  },
  {
    name: 'one operation needs both edits, and for the other one of them is enough',
    before: {
      services,
      groups: { support: support('ana', 'ben') },
      integrations: jira([
        { methods: ['post'], effect: 'deny' },
        { methods: ['post', 'delete'], effect: 'deny' },
        { paths: ['/**'], effect: 'allow' },
      ]),
    },
    after: {
      services,
      groups: { support: support('ana', 'ben') },
      integrations: jira([{ paths: ['/**'], effect: 'allow' }]),
    },
    rows: {
      'ana ben: deny → allow POST /refunds DELETE /refunds/{}': [
        'each of createRefund: permission 1 removed (deny) + permission 2 removed (deny)',
        'each of cancelRefund: permission 2 removed (deny)',
      ],
    },
  },
  {
    name: 'one edit is needed, and of two others either',
    before: {
      services,
      groups: { support: support('ana'), sales: support('ana') },
      integrations: jira([ASKED], { groups: ['sales', 'support'] }),
    },
    after: {
      services,
      groups: { support: support('ana', 'dana'), sales: support('ana', 'dana') },
      integrations: jira([FREE], { groups: ['sales', 'support'] }),
    },
    rows: {
      'dana: deny → allow POST /refunds': [
        'each: permission 1 (confirm → allow)',
        'either: member dana added + member dana added',
      ],
      'ana: confirm → allow POST /refunds': ['each: permission 1 (confirm → allow)'],
    },
  },
  {
    name: 'two pairs of edits, each of which is enough',
    before: {
      services,
      groups: { support: support('ana'), sales: support('ben'), inner: support() },
      integrations: jira([FREE], { groups: ['support', 'sales'] }),
    },
    after: {
      services,
      groups: {
        support: { members: ['ana'], groups: ['inner'] },
        sales: { members: ['ben'], groups: ['other'] },
        inner: support('dana'),
        other: support('dana'),
      },
      integrations: jira([FREE], { groups: ['support', 'sales'] }),
    },
    rows: {
      'dana: deny → allow POST /refunds': [
        'each: group inner nested + group other nested + group other created + member dana added',
      ],
    },
  },
  {
    name: 'whoever joins a group that is denied loses',
    before: {
      services,
      groups: { support: support('ana', 'dana'), interns: support('eve') },
      integrations: jira([FREE, { methods: ['post'], effect: 'deny', groups: ['interns'] }], {
        groups: ['interns', 'support'],
      }),
    },
    after: {
      services,
      groups: { support: support('ana', 'dana'), interns: support('dana', 'eve') },
      integrations: jira([FREE, { methods: ['post'], effect: 'deny', groups: ['interns'] }], {
        groups: ['interns', 'support'],
      }),
    },
    rows: { 'dana: allow → deny POST /refunds': ['each: member dana added'] },
  },
  {
    name: 'many who join are told in one line',
    before: { services, groups: { support: support('zoe') }, integrations: jira([FREE]) },
    after: { services, groups: { support: support('ana', 'ben', 'cyd', 'dana', 'zoe') }, integrations: jira([FREE]) },
    rows: { 'ana ben cyd dana: deny → allow POST /refunds': ['each: members ana, ben, cyd and 1 other added'] },
  },
  {
    name: 'a group is nested, deep down',
    before: {
      services,
      groups: { support: { groups: ['day'] }, day: support('ana'), night: support('dana') },
      integrations: jira([READ]),
    },
    after: {
      services,
      groups: { support: { groups: ['day'] }, day: { members: ['ana'], groups: ['night'] }, night: support('dana') },
      integrations: jira([READ]),
    },
    rows: { 'dana: deny → allow GET /refunds': ['each: group night nested'] },
  },
  {
    name: 'a group of the identity provider is added, and gives doubt elsewhere',
    before: {
      services,
      groups: { support: support('ana'), guarded: support() },
      integrations: jira([READ, { methods: ['get'], effect: 'confirm', groups: ['guarded'] }]),
    },
    after: {
      services,
      groups: { support: { members: ['ana'], idpGroups: ['okta:s'] }, guarded: { idpGroups: ['okta:g'] } },
      integrations: jira([READ, { methods: ['get'], effect: 'confirm', groups: ['guarded'] }]),
    },
    rows: {
      'ana: allow → confirm GET /refunds': ['each: identity provider group okta:g added'],
      'okta:s: deny → confirm GET /refunds': [
        'each: identity provider group okta:s added + identity provider group okta:g added',
      ],
    },
  },
  {
    name: 'disabled',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]) },
    after: { services, groups: { support: support('ana') }, integrations: jira([READ], { enabled: false }) },
    rows: { 'ana: allow → deny GET /refunds': ['each: disabled'] },
  },
  {
    name: 'a group gets access',
    before: { services, groups: { support: support('ana'), sales: support('ben') }, integrations: jira([READ]) },
    after: {
      services,
      groups: { support: support('ana'), sales: support('ben') },
      integrations: jira([READ], { groups: ['sales', 'support'] }),
    },
    rows: { 'ben: deny → allow GET /refunds': ['each: group sales added to the access'] },
  },
  {
    name: 'access moves to another level',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]) },
    after: {
      services,
      groups: { support: support('ana') },
      integrations: { jira: { access: { level: 'individual', individuals: ['ben'] }, permissions: [READ] } },
    },
    rows: {
      'ben: deny → allow GET /refunds': ['each: access changed from group to individual'],
      'ana: allow → deny GET /refunds': ['each: access changed from group to individual'],
    },
  },
  {
    name: 'the document grows under a broad selector',
    before: { services: { jira: [LIST] }, groups: { support: support('ana') }, integrations: jira([FREE]) },
    after: { services, groups: { support: support('ana') }, integrations: jira([FREE]) },
    rows: { 'ana: deny → allow POST /refunds': ['each: operation POST /refunds added'] },
  },
  {
    name: 'an operation is moved, and another one gets a tag',
    before: {
      services,
      groups: { support: support('ana') },
      integrations: jira([{ tags: ['write'], effect: 'allow' }]),
    },
    after: {
      services: { jira: [{ ...LIST, tags: ['read', 'write'] }, { ...CREATE, path: '/v2/refunds' }, CANCEL] },
      groups: { support: support('ana') },
      integrations: jira([{ tags: ['write'], effect: 'allow' }]),
    },
    rows: {
      'ana: deny → allow GET /refunds POST /v2/refunds': [
        'each of createRefund: operation POST /v2/refunds added (moved from POST /refunds)',
        'each of listRefunds: tags of GET /refunds changed',
      ],
      'ana: allow → deny POST /refunds': ['each: operation POST /refunds removed (moved to POST /v2/refunds)'],
    },
  },
  {
    name: 'a selector names an id that is gone',
    before: {
      services,
      groups: { support: support('ana') },
      integrations: jira([{ operations: ['createRefund'], effect: 'allow' }]),
    },
    after: {
      services: { jira: [LIST, { ...CREATE, id: 'refund' }, CANCEL] },
      groups: { support: support('ana') },
      integrations: jira([{ operations: ['createRefund'], effect: 'allow' }]),
    },
    rows: {
      'ana: allow → deny POST /refunds': ['each: operation POST /refunds renamed (createRefund → refund)'],
    },
  },
  {
    name: 'an operation is accepted',
    before: {
      services: { jira: [LIST, { ...CREATE, isNew: true }] },
      groups: { support: support('ana') },
      integrations: jira([FREE]),
    },
    after: { services: { jira: [LIST, CREATE] }, groups: { support: support('ana') }, integrations: jira([FREE]) },
    rows: { 'ana: deny → allow POST /refunds': ['each: operation POST /refunds accepted by the lock'] },
  },
  {
    name: 'an operation is added, and accepted at once',
    before: {
      services: { jira: [LIST] },
      groups: { support: support('ana') },
      integrations: jira([FREE]),
      lock: { jira: ['GET /refunds'] },
    },
    after: {
      services: { jira: TABLE },
      groups: { support: support('ana') },
      integrations: jira([FREE]),
      lock: { jira: ['GET /refunds', 'POST /refunds', 'DELETE /refunds/{it}'] },
    },
    rows: {
      'ana: deny → allow POST /refunds': [
        'each: operation POST /refunds added + operation POST /refunds accepted by the lock',
      ],
    },
  },
  {
    name: 'operations that are named need no lock',
    before: {
      services: { jira: [LIST] },
      groups: { support: support('ana') },
      integrations: jira([{ operations: ['createRefund'], effect: 'allow' }]),
      lock: { jira: ['GET /refunds'] },
    },
    after: {
      services: { jira: TABLE },
      groups: { support: support('ana') },
      integrations: jira([{ operations: ['createRefund'], effect: 'allow' }]),
      lock: { jira: ['GET /refunds', 'POST /refunds', 'DELETE /refunds/{it}'] },
    },
    rows: { 'ana: deny → allow POST /refunds': ['each: operation POST /refunds added'] },
  },
  {
    name: 'a company, and people of it',
    before: {
      services,
      integrations: { jira: { access: { level: 'company', companies: ['acme.example'] }, permissions: [ASKED] } },
    },
    after: {
      services,
      integrations: {
        jira: {
          access: { level: 'company', companies: ['acme.example', 'other.example'] },
          permissions: [{ ...FREE, companies: ['other.example'] }, ASKED],
        },
      },
    },
    rows: { 'other.example: deny → confirm POST /refunds': ['each: company other.example added to the access'] },
  },
  {
    name: 'another service',
    before: {
      services: { jira: TABLE, other: [CREATE] },
      groups: { support: support('ana') },
      integrations: jira([READ, FREE]),
    },
    after: {
      services: { jira: TABLE, other: [CREATE] },
      groups: { support: support('ana') },
      integrations: jira([READ, FREE], { service: { kind: 'ServiceDefinition', name: 'other' } }),
    },
    rows: {
      'ana: allow → deny GET /refunds POST /refunds': ['each: service changed from jira to other'],
      'ana: deny → allow POST /refunds': ['each: service changed from jira to other'],
    },
  },
  {
    name: 'everything is new',
    before: {},
    after: { services, groups: { support: support('ana', 'ben') }, integrations: jira([READ]) },
    rows: {
      'ana ben: deny → allow GET /refunds': ['each: integration created'],
    },
  },
  {
    name: 'an integration is deleted',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]) },
    after: { services, groups: { support: support('ana') } },
    rows: { 'ana: allow → deny GET /refunds': ['each: integration deleted'] },
  },
  {
    name: 'everything goes',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]) },
    after: {},
    rows: { 'ana: allow → deny GET /refunds': ['each: integration deleted'] },
  },
  {
    name: 'an integration is created for a group that somebody joins',
    before: { services, groups: { support: support('ana') } },
    after: { services, groups: { support: support('ana', 'dana') }, integrations: jira([READ]) },
    rows: {
      'ana dana: deny → allow GET /refunds': [
        'each for 1: integration created',
        'each for 1: integration created + member dana added',
      ],
    },
  },
  {
    name: 'a group is created, and gets access to an integration that was there',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]) },
    after: {
      services,
      groups: { support: support('ana'), sales: support('ben') },
      integrations: jira([READ], { groups: ['sales', 'support'] }),
    },
    rows: {
      'ben: deny → allow GET /refunds': ['each: group sales added to the access + group sales created'],
    },
  },
  {
    name: 'a group ends, and has ended',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]), asOf: '2026-11-27' },
    after: {
      services,
      groups: { support: { ...support('ana'), expires: '2026-11-26' } },
      integrations: jira([READ]),
      asOf: '2026-11-27',
    },
    rows: { 'ana: allow → deny GET /refunds': ['each: group ends 2026-11-26'] },
  },
]

test.each(STORIES)('$name', ({ before, after, rows: expected }) => {
  const [was, is] = [stateOf(before), stateOf(after)]
  const rows = rowsBetween(was, is)
  const explained = explain(rows, was, is)
  const told = rows.map(({ who, operations, before: from, after: to }, index) => {
    const people = who.kind === 'people' ? who.people.join(' ') : who.name
    return [
      `${people}: ${from} → ${to} ${operations.map(({ key }) => key).join(' ')}`,
      inWords(explained[index]!),
    ] as const
  })
  expect(Object.fromEntries(told)).toEqual(expected)
  expect(changesBetween(was, is).length).toBeGreaterThan(0)
})

const day = '2026-11-27'

const ENDS: readonly { readonly name: string; readonly groups: Told['groups']; readonly until: string | undefined }[] =
  [
    {
      name: 'a group that ends',
      groups: { support: { ...support('ana'), expires: '2026-12-24' } },
      until: '2026-12-24',
    },
    { name: 'a group that ends today', groups: { support: { ...support('ana'), expires: day } }, until: day },
    {
      name: 'a nested group that ends',
      groups: { support: { groups: ['day'] }, day: { ...support('ana'), expires: '2026-12-24' } },
      until: '2026-12-24',
    },
    {
      name: 'two groups that end, of which the later one counts',
      groups: {
        support: { groups: ['day', 'night'] },
        day: { ...support('ana'), expires: '2026-12-24' },
        night: { ...support('ana'), expires: '2027-01-06' },
      },
      until: '2027-01-06',
    },
    {
      name: 'a group that ends, and one that does not',
      groups: { support: { members: ['ana'], groups: ['day'] }, day: { ...support('ana'), expires: '2026-12-24' } },
      until: undefined,
    },
    {
      name: 'somebody whose access does not end',
      groups: { support: { members: ['ben'], groups: ['day'] }, day: { ...support('ana'), expires: '2026-12-24' } },
      until: undefined,
    },
    { name: 'no group that ends', groups: { support: support('ana') }, until: undefined },
  ]

test.each(ENDS)('until: $name', ({ groups, until }) => {
  const before = stateOf({ services, groups: groups!, integrations: jira([]), asOf: day })
  const after = stateOf({ services, groups: groups!, integrations: jira([READ]), asOf: day })
  const rows = rowsBetween(before, after)
  expect(rows.length).toBe(1)
  expect(explain(rows, before, after)[0]?.until).toBe(until)
})

test('what a group that ends denies comes back', () => {
  const groups = { support: support('ana'), interns: { ...support('ana'), expires: '2026-12-24' } }
  const before = stateOf({ services, groups, integrations: jira([READ]), asOf: day })
  const deny: Permission = { methods: ['get'], effect: 'deny', groups: ['interns'] }
  const after = stateOf({ services, groups, integrations: jira([READ, deny]), asOf: day })
  expect(explain(rowsBetween(before, after), before, after)).toMatchObject([{ until: '2026-12-24' }])
  const { asOf: _asOf, ...timeless } = after
  expect(explain(rowsBetween(before, after), before, timeless)[0]?.until).toBe('2026-12-24')
})

test('the witness is the first person and the first write, on the first integration', () => {
  const groups = { support: support('ben', 'ana') }
  const before = stateOf({ services, groups, integrations: jira([]) })
  const after = stateOf({ services, groups, integrations: jira([{ paths: ['/**'], effect: 'allow' }]) })
  expect(explain(rowsBetween(before, after), before, after)[0]?.witness).toEqual({
    who: 'ana',
    operation: { key: 'POST /refunds', before: CREATE, after: CREATE },
    integration: 'integration/acme/jira',
    before: 'deny',
    after: 'allow',
  })
})

test('lines are asked for where the edit stands', () => {
  const before = stateOf({ services, groups: { support: support('ana') }, integrations: jira([ASKED, READ]) })
  const after = stateOf({
    services,
    groups: { support: { members: ['ana', 'dana'], idpGroups: ['okta:s'] } },
    integrations: jira([FREE]),
  })
  const causes = explain(rowsBetween(before, after), before, after).flatMap(({ because }) =>
    because.flatMap(each => each.causes.map(({ address, side, file }) => `${side} ${file.slice(address.length + 1)}`)),
  )
  expect([...new Set(causes)].toSorted()).toEqual([
    'after spec idpGroups okta:s',
    'after spec members dana',
    'after spec permissions 0',
    'before spec permissions 1',
  ])
})

test('integrations of one row that were edited each for itself have each its own reason', () => {
  const names = ['one', 'two', 'three']
  const state = (permissions: readonly Permission[]): ReturnType<typeof stateOf> =>
    stateOf({
      services,
      groups: { support: support('ana', 'ben') },
      integrations: Object.fromEntries(names.map(name => [name, jira(permissions)['jira']!])),
    })
  const [before, after] = [state([READ]), state([READ, FREE])]
  const rows = rowsBetween(before, after)
  const joined = { ...rows[0]!, integrations: rows.flatMap(({ integrations }) => integrations) }
  const [explained] = explain([joined], before, after)
  expect(explained && inWords(explained)).toEqual([
    'each on integration/acme/one: permission 2 added (allow)',
    'each on integration/acme/three: permission 2 added (allow)',
    'each on integration/acme/two: permission 2 added (allow)',
  ])
})

test('more classes of people than are looked at: what is said stays true', () => {
  const people = Array.from({ length: 60 }, (_, index) => `p${index + 10}`)
  const groups = {
    support: support(...people),
    ...Object.fromEntries(people.map(person => [`g-${person}`, support(person)])),
  }
  const denies = people.map(person => ({ methods: ['post'], effect: 'deny', groups: [`g-${person}`] }) as const)
  const before = stateOf({ services, groups, integrations: jira([FREE, ...denies]) })
  const after = stateOf({ services, groups, integrations: jira([FREE]) })
  const rows = rowsBetween(before, after)
  const [explained] = explain(rows, before, after)
  expect(rows.map(({ who }) => who.kind === 'people' && who.people.length)).toEqual([60])
  expect(explained?.because).toHaveLength(24)
  expect(explained?.because.every(({ people: count, causes }) => count === 1 && causes.length === 1)).toBe(true)
})

test('very many edits about one person are told together, resource by resource', () => {
  const extra = Array.from(
    { length: 60 },
    (_, index) => ({ operations: [`x${index}`, 'createRefund'], effect: 'allow' }) as const,
  )
  const before = stateOf({ services, groups: { support: support('ana') }, integrations: jira([]) })
  const after = stateOf({ services, groups: { support: support('ana', 'ben') }, integrations: jira(extra) })
  const explained = explain(rowsBetween(before, after), before, after)
  expect(explained.map(inWords)).toEqual([['each for 1: 60 edits', 'each for 1: 60 edits + member ben added']])
})
