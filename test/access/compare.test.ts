import { describe, expect, test } from 'vitest'
import { compareAccess } from '../../src/access/compare.ts'
import { compile, type CompiledAccess } from '../../src/access/compile.ts'
import { groupResolver } from '../../src/access/groups.ts'
import type { EffectChange } from '../../src/model/plan.ts'
import type { Permission, ResourceSpecs } from '../../src/model/state.ts'
import { accessGroup, compiled, groupsOf, integration, JIRA } from './facts.ts'
import type { World } from './reference.ts'

type Specs = Parameters<typeof groupsOf>[0]

const people = (count: number, name = 'p'): string[] =>
  Array.from({ length: count }, (_, number) => `${name}${String(number).padStart(2, '0')}@acme.example`)

const READ: Permission = { methods: ['get'], effect: 'allow' }
const CREATE: Permission = { operations: ['createIssue'], effect: 'confirm' }

interface Side {
  readonly access?: ResourceSpecs['integration']['access']
  readonly permissions?: readonly Permission[]
  readonly groups?: Specs
  readonly enabled?: boolean
  readonly operations?: World['operations']
}

const TEAM: Specs = {
  support: { members: people(12) },
  sales: { members: people(3, 's') },
  okta: { members: ['ola@acme.example'], idpGroups: ['okta:support'] },
}

/** Two of support are in sales, too. */
const MIXED: Specs = {
  ...TEAM,
  sales: { members: [...people(2), 's00@acme.example'] },
  late: { members: people(4, 'l') },
}

const NIGHT: Specs = { ...TEAM, night: { members: people(6, 'n') } }
const LATE: Specs = { ...NIGHT, late: { members: people(5, 'l') } }

function side({ access, permissions, groups, enabled, operations }: Side): CompiledAccess {
  return compiled({
    integration: integration({
      access: access ?? { level: 'group', groups: ['support'] },
      permissions: permissions ?? [READ],
      enabled: enabled ?? true,
    }),
    operations: operations ?? JIRA,
    groups: groupsOf(groups ?? TEAM),
  })
}

function lines(changes: readonly EffectChange[]): readonly string[] {
  return changes.map(
    ({ who, people: count, operations, before, after }) =>
      `${who}${count === undefined ? '' : ` = ${count}`}: ${operations.join(' ')} ${before} → ${after}`,
  )
}

const between = (before: Side | undefined, after: Side | undefined): readonly string[] =>
  lines(compareAccess(before && side(before), after && side(after)))

const READS = 'searchIssues getIssue getMine listUsers GET /admin'

describe('what a change says', () => {
  test.each<{ name: string; before: Side | undefined; after: Side | undefined; says: readonly string[] }>([
    { name: 'nothing', before: {}, after: {}, says: [] },
    { name: 'neither side', before: undefined, after: undefined, says: [] },
    { name: 'created', before: undefined, after: {}, says: [`group support = 12: ${READS} deny → allow`] },
    { name: 'deleted', before: {}, after: undefined, says: [`group support = 12: ${READS} allow → deny`] },
    { name: 'created disabled', before: undefined, after: { enabled: false }, says: [] },
    { name: 'disabled', before: {}, after: { enabled: false }, says: [`group support = 12: ${READS} allow → deny`] },
    {
      name: 'a permission added',
      before: {},
      after: { permissions: [READ, CREATE] },
      says: ['group support = 12: createIssue deny → confirm'],
    },
    {
      name: 'permissions put in another order',
      before: { permissions: [READ, CREATE] },
      after: { permissions: [CREATE, READ] },
      says: [],
    },
    {
      name: 'confirmation dropped, another one asked for, something denied',
      before: { permissions: [READ, CREATE] },
      after: {
        permissions: [
          READ,
          { ...CREATE, effect: 'allow' },
          { operations: ['getIssue'], effect: 'confirm' },
          { tags: ['admin'], effect: 'deny' },
          { operations: ['deleteIssue'], effect: 'confirm' },
        ],
      },
      says: [
        'group support = 12: createIssue confirm → allow',
        'group support = 12: deleteIssue deny → confirm',
        'group support = 12: getIssue allow → confirm',
        'group support = 12: listUsers allow → deny',
      ],
    },
    {
      name: 'one member more',
      before: {},
      after: { groups: { ...TEAM, support: { members: [...people(12), 'new@acme.example'] } } },
      says: [`new@acme.example = 1: ${READS} deny → allow`],
    },
    {
      name: 'some members less',
      before: {},
      after: { groups: { ...TEAM, support: { members: people(12).slice(5) } } },
      says: [`p00@acme.example, p01@acme.example, p02@acme.example and 2 others = 5: ${READS} allow → deny`],
    },
    {
      name: 'a group that is emptied no longer names who was in it',
      before: { groups: { support: { members: people(4) } } },
      after: { groups: { support: { members: [] } } },
      says: [`p00@acme.example, p01@acme.example, p02@acme.example and 1 other = 4: ${READS} allow → deny`],
    },
    {
      name: 'a group nested into the access is called by its name',
      before: {},
      after: {
        groups: { ...TEAM, support: { members: people(12), groups: ['night'] }, night: { members: people(5, 'n') } },
      },
      says: [`group night = 5: ${READS} deny → allow`],
    },
    {
      name: 'a group that is not declared names nobody',
      before: { access: { level: 'group', groups: ['missing', 'support'] }, permissions: [] },
      after: { access: { level: 'group', groups: ['missing', 'support'] } },
      says: [`group support = 12: ${READS} deny → allow`],
    },
    {
      name: 'up to three people are called by their own',
      before: {},
      after: { groups: { ...TEAM, support: { members: people(12), groups: ['sales'] } } },
      says: [`s00@acme.example, s01@acme.example and s02@acme.example = 3: ${READS} deny → allow`],
    },
    {
      name: 'several groups together',
      before: undefined,
      after: { access: { level: 'group', groups: ['sales', 'support'] } },
      says: [`groups sales and support = 15: ${READS} deny → allow`],
    },
    {
      name: 'a group but for a few',
      before: { permissions: [READ, { ...READ, effect: 'deny', groups: ['sales'] }], groups: MIXED },
      after: { permissions: [READ, CREATE, { tags: ['write'], effect: 'deny', groups: ['sales'] }], groups: MIXED },
      says: [
        `p00@acme.example and p01@acme.example = 2: ${READS} deny → allow`,
        'group support without p00@acme.example and p01@acme.example = 10: createIssue deny → confirm',
      ],
    },
    {
      name: 'a group and a few others',
      before: { access: { level: 'group', groups: ['support', 'sales', 'late'] }, permissions: [], groups: MIXED },
      after: {
        access: { level: 'group', groups: ['support', 'sales', 'late'] },
        permissions: [{ ...READ, groups: ['sales', 'support'] }],
        groups: MIXED,
      },
      says: [`groups sales and support = 13: ${READS} deny → allow`],
    },
    {
      name: 'a group and those who are about to join it',
      before: {},
      after: { permissions: [READ, CREATE], groups: { ...TEAM, support: { members: people(13) } } },
      says: [
        `p12@acme.example = 1: ${READS} deny → allow`,
        'group support and 1 other: p12@acme.example = 13: createIssue deny → confirm',
      ],
    },
    {
      name: 'a group but for those who are about to leave it',
      before: { permissions: [] },
      after: { groups: { ...TEAM, support: { members: people(11) } } },
      says: [`group support without p11@acme.example = 11: ${READS} deny → allow`],
    },
    {
      name: 'a nested group but for a few',
      before: { groups: { ...NIGHT, sales: { members: ['n00@acme.example'] } } },
      after: {
        groups: {
          ...NIGHT,
          support: { members: people(12), groups: ['night', 'sales'] },
          sales: { members: ['n00@acme.example'] },
        },
        permissions: [READ, { ...READ, effect: 'deny', groups: ['sales'] }],
      },
      says: [`group night without n00@acme.example = 5: ${READS} deny → allow`],
    },
    {
      name: 'four are not a few',
      before: { permissions: [] },
      after: { groups: { ...TEAM, support: { members: people(8) } } },
      says: [`p00@acme.example, p01@acme.example, p02@acme.example and 5 others = 8: ${READS} deny → allow`],
    },
    {
      name: 'several groups of more',
      before: { access: { level: 'group', groups: ['late', 'night', 'support'] }, permissions: [], groups: LATE },
      after: {
        access: { level: 'group', groups: ['late', 'night', 'support'] },
        permissions: [{ ...READ, groups: ['night', 'support'] }],
        groups: LATE,
      },
      says: [`groups night and support = 18: ${READS} deny → allow`],
    },
    {
      name: 'a narrowing tells groups apart',
      before: undefined,
      after: {
        access: { level: 'group', groups: ['sales', 'support'] },
        permissions: [{ ...READ, groups: ['sales'] }, CREATE],
      },
      says: [`group sales = 3: ${READS} deny → allow`, 'groups sales and support = 15: createIssue deny → confirm'],
    },
    {
      name: 'joining a group that is denied loses',
      before: {
        access: { level: 'group', groups: ['sales', 'support'] },
        permissions: [READ, { ...READ, effect: 'deny', groups: ['sales'] }],
      },
      after: {
        access: { level: 'group', groups: ['sales', 'support'] },
        permissions: [READ, { ...READ, effect: 'deny', groups: ['sales'] }],
        groups: { ...TEAM, sales: { members: [...people(3, 's'), 'p07@acme.example'] } },
      },
      says: [`p07@acme.example = 1: ${READS} allow → deny`],
    },
    {
      name: 'a company',
      before: undefined,
      after: { access: { level: 'company', companies: ['b.example', 'a.example'] } },
      says: [
        `everyone at a.example (people unknown): ${READS} deny → allow`,
        `everyone at b.example (people unknown): ${READS} deny → allow`,
      ],
    },
    {
      name: 'a group of the identity provider is told of beside the people known',
      before: undefined,
      after: { access: { level: 'group', groups: ['okta'] } },
      says: [
        `identity provider group okta:support (people unknown): ${READS} deny → allow`,
        `group okta = 1: ${READS} deny → allow`,
      ],
    },
    {
      name: 'a group of the identity provider that leaves',
      before: { access: { level: 'group', groups: ['okta'] } },
      after: {
        access: { level: 'group', groups: ['okta'] },
        groups: { ...TEAM, okta: { members: ['ola@acme.example'] } },
      },
      says: [`identity provider group okta:support (people unknown): ${READS} allow → deny`],
    },
    {
      name: 'a deny that begins to apply because membership became unknown',
      before: {
        access: { level: 'group', groups: ['okta', 'sales'] },
        permissions: [READ, { ...READ, effect: 'deny', groups: ['okta'] }],
        groups: { ...TEAM, okta: { members: ['ola@acme.example'] } },
      },
      after: {
        access: { level: 'group', groups: ['okta', 'sales'] },
        permissions: [READ, { ...READ, effect: 'deny', groups: ['okta'] }],
      },
      says: [`group sales = 3: ${READS} allow → deny`],
    },
    {
      name: 'from a company to some of its people',
      before: { access: { level: 'company', companies: ['acme.example'] } },
      after: { access: { level: 'group', groups: ['sales'] } },
      says: [`everyone at acme.example (people unknown): ${READS} allow → deny`],
    },
    {
      name: 'individuals',
      before: { access: { level: 'individual', individuals: people(2) } },
      after: { access: { level: 'individual', individuals: people(3) } },
      says: [`p02@acme.example = 1: ${READS} deny → allow`],
    },
    {
      name: 'a service that gains, loses and moves operations',
      before: { permissions: [{ paths: ['/issues/**'], effect: 'allow' }], operations: JIRA.slice(0, 4) },
      after: {
        permissions: [{ paths: ['/issues/**'], effect: 'allow' }],
        operations: [
          { id: 'addComment', method: 'post', path: '/issues/{id}/comments', tags: [] },
          { id: 'createIssue', method: 'post', path: '/issue', tags: [] },
          ...JIRA.slice(0, 1),
          ...JIRA.slice(2, 3),
        ],
      },
      says: ['group support = 12: addComment deny → allow', 'group support = 12: createIssue deleteIssue allow → deny'],
    },
  ])('$name', ({ before, after, says }) => {
    expect(between(before, after)).toEqual(says)
  })

  test('the integration that it is about, and what is unknown is not counted', () => {
    expect(
      compareAccess(undefined, side({ access: { level: 'group', groups: ['okta'] }, permissions: [CREATE] })),
    ).toEqual([
      {
        integration: 'integration/acme/jira-support',
        who: 'identity provider group okta:support (people unknown)',
        people: undefined,
        operations: ['createIssue'],
        before: 'deny',
        after: 'confirm',
      },
      {
        integration: 'integration/acme/jira-support',
        who: 'group okta',
        people: 1,
        operations: ['createIssue'],
        before: 'deny',
        after: 'confirm',
      },
    ])
  })
})

test('classes beyond 32 groups are kept apart', () => {
  const groups = Object.fromEntries(
    Array.from({ length: 70 }, (_, number) => [`g${number}`, { members: people(1, `m${number}-`) }]),
  )
  const operations = Array.from({ length: 70 }, (_, number) => ({
    id: `o${number}`,
    method: 'get',
    path: `/o${number}`,
    tags: [],
  }))
  const permissions = operations.map(({ id }, number) => ({
    operations: [id],
    effect: 'allow' as const,
    groups: [`g${number}`],
  }))
  const all = compareAccess(
    undefined,
    side({ access: { level: 'group', groups: Object.keys(groups) }, permissions, groups, operations }),
  )
  expect(lines(all).toSorted()).toEqual(
    operations.map((_, number) => `group g${number} = 1: o${number} deny → allow`).toSorted(),
  )
})

const salesOf = (member: string) => (name: string) => groupsOf({ sales: { members: [member] } }).get(name)

test('integrations that share groups share their division into classes, state by state', () => {
  const [was, is] = [groupResolver(salesOf('old@acme.example')), groupResolver(salesOf('new@acme.example'))]
  const access = { level: 'group', groups: ['sales'] } as const
  const make = (groups: typeof was): CompiledAccess =>
    compile(
      { integration: integration({ access, permissions: [CREATE] }), operations: JIRA, group: groups.lookup },
      groups,
    )
  for (let time = 0; time < 2; time++) {
    expect(lines(compareAccess(make(was), make(is)))).toEqual([
      'new@acme.example = 1: createIssue deny → confirm',
      'old@acme.example = 1: createIssue confirm → deny',
    ])
    expect(lines(compareAccess(make(was), undefined))).toEqual(['group sales = 1: createIssue confirm → deny'])
    expect(lines(compareAccess(undefined, make(is)))).toEqual(['group sales = 1: createIssue deny → confirm'])
    expect(lines(compareAccess(make(is), make(is)))).toEqual([])
  }
})

test('a group in a group in a group, deep, and in circles', () => {
  const depth = 3000
  const group = (name: string) =>
    accessGroup(name, { members: [`${name}@acme.example`], groups: [`${(Number(name) + 1) % depth}`] })
  const access = compile({
    integration: integration({ access: { level: 'group', groups: ['0'] }, permissions: [READ] }),
    operations: JIRA,
    group,
  })
  expect(compareAccess(undefined, access)).toMatchObject([{ who: 'group 0', people: depth }])
})
