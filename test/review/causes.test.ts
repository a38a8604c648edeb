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
        'each: operation POST /v2/refunds added (moved from POST /refunds)',
        'each: tags of GET /refunds changed',
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
    rows: { 'ana: allow → deny GET /refunds': ['each: service changed from jira to other'] },
  },
  {
    name: 'everything is new',
    before: {},
    after: { services, groups: { support: support('ana', 'ben') }, integrations: jira([READ]) },
    rows: {
      'ana ben: deny → allow GET /refunds': [
        'each: integration created + service jira created + group support created',
      ],
    },
  },
  {
    name: 'an integration is deleted',
    before: { services, groups: { support: support('ana') }, integrations: jira([READ]) },
    after: { services, groups: { support: support('ana') } },
    rows: { 'ana: allow → deny GET /refunds': ['each: integration deleted'] },
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
