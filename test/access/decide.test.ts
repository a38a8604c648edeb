import { describe, expect, test } from 'vitest'
import { decide, effectOf } from '../../src/access/decide.ts'
import { describeReason } from '../../src/access/describe.ts'
import { principal, type Effect } from '../../src/model/effect.ts'
import type { Permission, ResourceSpecs } from '../../src/model/state.ts'
import { compiled, groupsOf, integration, JIRA, position } from './facts.ts'
import { referenceEffect } from './reference.ts'

const GROUPS = groupsOf({
  support: { members: ['ana@acme.example', 'sub|42'], groups: ['support-night'], idpGroups: [] },
  'support-night': { members: ['ben@acme.example'], groups: ['support-eu'] },
  'support-eu': { members: ['Eve@Acme.example'] },
  sales: { members: ['sam@acme.example'] },
  okta: { members: ['ola@acme.example'], idpGroups: ['okta:support', 'okta:agents'] },
  'over-okta': { members: ['oda@acme.example'], groups: ['okta'] },
  'ring-a': { members: ['ria@acme.example'], groups: ['ring-b'] },
  'ring-b': { members: ['rob@acme.example'], groups: ['ring-a'] },
  'has-gap': { members: ['gus@acme.example'], groups: ['missing'] },
})

interface Case {
  readonly name: string
  readonly access?: ResourceSpecs['integration']['access']
  readonly permissions?: readonly Permission[]
  readonly enabled?: boolean
  readonly person?: string
  readonly idpGroups?: readonly string[]
  readonly operation?: string
  readonly effect: Effect
}

const ALL: Permission = { paths: ['/**'], effect: 'allow' }
type Access = NonNullable<Case['access']>
const group = (...groups: string[]): Access => ({ level: 'group', groups })
const company = (...companies: string[]): Access => ({ level: 'company', companies })
const individual = (...individuals: string[]): Access => ({ level: 'individual', individuals })

/** Unless a case says otherwise: ana, a member of support, which has access; getIssue; everything allowed. */
const CASES: Record<string, readonly Case[]> = {
  access: [
    { name: 'a member of an access group', effect: 'allow' },
    { name: 'somebody else', person: 'sam@acme.example', effect: 'deny' },
    {
      name: 'a member of a second access group',
      access: group('support', 'sales'),
      person: 'sam@acme.example',
      effect: 'allow',
    },
    { name: 'a subject', person: 'sub|42', effect: 'allow' },
    { name: 'subjects compare exactly', person: 'SUB|42', effect: 'deny' },
    { name: 'addresses compare in lower case', person: 'ANA@ACME.example', effect: 'allow' },
    { name: 'so do members', person: 'eve@acme.example', effect: 'allow' },
    { name: 'a company', access: company('acme.example'), effect: 'allow' },
    { name: 'another company', access: company('other.example'), effect: 'deny' },
    { name: 'one of several companies', access: company('other.example', 'acme.example'), effect: 'allow' },
    { name: 'a company compares exactly', access: company('ACME.example'), effect: 'deny' },
    {
      name: 'a subdomain is another company',
      access: company('acme.example'),
      person: 'ana@eu.acme.example',
      effect: 'deny',
    },
    { name: 'a subject without a company', access: company('acme.example'), person: 'sub|42', effect: 'deny' },
    { name: 'an individual', access: individual('ana@acme.example'), effect: 'allow' },
    { name: 'an individual written in capitals', access: individual('Ana@Acme.Example'), effect: 'allow' },
    { name: 'another individual', access: individual('ben@acme.example'), effect: 'deny' },
    { name: 'a disabled integration denies everything', enabled: false, effect: 'deny' },
  ],
  nesting: [
    { name: 'a member of a nested group', person: 'ben@acme.example', effect: 'allow' },
    { name: 'a member two levels down', person: 'eve@acme.example', effect: 'allow' },
    { name: 'membership does not go upwards', access: group('support-night'), effect: 'deny' },
    { name: 'a circle ends', access: group('ring-a'), person: 'rob@acme.example', effect: 'allow' },
    { name: 'a circle entered elsewhere', access: group('ring-b'), person: 'ria@acme.example', effect: 'allow' },
    { name: 'a circle does not take in others', access: group('ring-a'), effect: 'deny' },
  ],
  selectors: [
    { name: 'by method', permissions: [{ methods: ['get'], effect: 'allow' }], effect: 'allow' },
    { name: 'by another method', permissions: [{ methods: ['post'], effect: 'allow' }], effect: 'deny' },
    { name: 'by id', permissions: [{ operations: ['getIssue'], effect: 'allow' }], effect: 'allow' },
    { name: 'by tag', permissions: [{ tags: ['admin', 'issues'], effect: 'allow' }], effect: 'allow' },
    { name: 'by path', permissions: [{ paths: ['/issues/*'], effect: 'allow' }], effect: 'allow' },
    {
      name: 'all given must match',
      permissions: [{ methods: ['get'], tags: ['write'], effect: 'allow' }],
      effect: 'deny',
    },
    {
      name: 'an operation without an id',
      permissions: [{ operations: ['GET /admin'], effect: 'allow' }],
      operation: 'GET /admin',
      effect: 'allow',
    },
    { name: 'nothing named is denied', permissions: [], effect: 'deny' },
    { name: 'a permission without a selector names nothing', permissions: [{ effect: 'allow' }], effect: 'deny' },
  ],
  effects: [
    { name: 'confirm', permissions: [{ ...ALL, effect: 'confirm' }], effect: 'confirm' },
    { name: 'confirm wins over allow', permissions: [{ ...ALL, effect: 'confirm' }, ALL], effect: 'confirm' },
    { name: 'deny wins over allow', permissions: [ALL, { ...ALL, effect: 'deny' }], effect: 'deny' },
    {
      name: 'deny wins over confirm',
      permissions: [
        { ...ALL, effect: 'deny' },
        { ...ALL, effect: 'confirm' },
      ],
      effect: 'deny',
    },
    { name: 'whatever the order', permissions: [ALL, { ...ALL, effect: 'confirm' }, ALL], effect: 'confirm' },
    {
      name: 'a deny of something else',
      permissions: [ALL, { operations: ['createIssue'], effect: 'deny' }],
      effect: 'allow',
    },
  ],
  narrowing: [
    { name: 'omitted means the whole access', permissions: [ALL], person: 'ben@acme.example', effect: 'allow' },
    {
      name: 'to a nested group: its member',
      permissions: [{ ...ALL, groups: ['support-night'] }],
      person: 'ben@acme.example',
      effect: 'allow',
    },
    { name: 'to a nested group: another one', permissions: [{ ...ALL, groups: ['support-night'] }], effect: 'deny' },
    {
      name: 'a deny narrowed to others',
      permissions: [ALL, { ...ALL, effect: 'deny', groups: ['support-night'] }],
      effect: 'allow',
    },
    {
      name: 'a deny narrowed to a group with the person in it',
      permissions: [ALL, { ...ALL, effect: 'deny', groups: ['support-night'] }],
      person: 'eve@acme.example',
      effect: 'deny',
    },
    {
      name: 'to one of several groups',
      permissions: [{ ...ALL, groups: ['support-night', 'support'] }],
      effect: 'allow',
    },
    {
      name: 'to a company',
      access: company('acme.example', 'other.example'),
      permissions: [{ ...ALL, companies: ['other.example'] }],
      effect: 'deny',
    },
    {
      name: 'to the company of the person',
      access: company('acme.example', 'other.example'),
      permissions: [{ ...ALL, companies: ['acme.example'] }],
      effect: 'allow',
    },
    {
      name: 'to individuals',
      access: individual('ana@acme.example', 'ben@acme.example'),
      permissions: [ALL, { ...ALL, effect: 'confirm', individuals: ['ANA@acme.example'] }],
      effect: 'confirm',
    },
    {
      name: 'to other individuals',
      access: individual('ana@acme.example', 'ben@acme.example'),
      permissions: [ALL, { ...ALL, effect: 'confirm', individuals: ['ben@acme.example'] }],
      effect: 'allow',
    },
    {
      name: 'a narrowing does not give access',
      permissions: [{ ...ALL, groups: ['sales'] }],
      person: 'sam@acme.example',
      effect: 'deny',
    },
  ],
  'identity provider groups': [
    { name: 'unknown membership gives no access', access: group('okta'), effect: 'deny' },
    { name: 'a known one does', access: group('okta'), idpGroups: ['okta:agents'], effect: 'allow' },
    { name: 'a known one of another name does not', access: group('okta'), idpGroups: ['okta:other'], effect: 'deny' },
    { name: 'names compare exactly', access: group('okta'), idpGroups: ['OKTA:support'], effect: 'deny' },
    {
      name: 'a member listed by name needs no proof',
      access: group('okta'),
      person: 'ola@acme.example',
      effect: 'allow',
    },
    { name: 'unknown through nesting gives no access', access: group('over-okta'), effect: 'deny' },
    { name: 'known through nesting does', access: group('over-okta'), idpGroups: ['okta:support'], effect: 'allow' },
    { name: 'one known access group suffices', access: group('okta', 'support'), effect: 'allow' },
    {
      name: 'an allow narrowed to unknown does not apply',
      access: group('support', 'okta'),
      permissions: [{ ...ALL, groups: ['okta'] }],
      effect: 'deny',
    },
    {
      name: 'an allow narrowed to known applies',
      access: group('support', 'okta'),
      permissions: [{ ...ALL, groups: ['okta'] }],
      idpGroups: ['okta:support'],
      effect: 'allow',
    },
    {
      name: 'a deny narrowed to unknown applies',
      access: group('support', 'okta'),
      permissions: [ALL, { ...ALL, effect: 'deny', groups: ['okta'] }],
      effect: 'deny',
    },
    {
      name: 'also through nesting',
      access: group('support', 'over-okta'),
      permissions: [ALL, { ...ALL, effect: 'deny', groups: ['over-okta'] }],
      effect: 'deny',
    },
    {
      name: 'a confirm narrowed to unknown applies',
      access: group('support', 'okta'),
      permissions: [ALL, { ...ALL, effect: 'confirm', groups: ['okta'] }],
      effect: 'confirm',
    },
    {
      name: 'a confirm narrowed to unknown applies even where nothing allows',
      access: group('support', 'okta'),
      permissions: [{ ...ALL, effect: 'confirm', groups: ['okta'] }],
      effect: 'confirm',
    },
    {
      name: 'groups that are given rule out no other one',
      access: group('support', 'okta'),
      permissions: [ALL, { ...ALL, effect: 'deny', groups: ['okta'] }],
      idpGroups: ['okta:else'],
      effect: 'deny',
    },
    {
      name: 'a deny narrowed to a group without any does not apply',
      access: group('support', 'sales'),
      permissions: [ALL, { ...ALL, effect: 'deny', groups: ['sales'] }],
      effect: 'allow',
    },
    {
      name: 'an identity provider group is not an AccessGroup',
      access: group('support'),
      idpGroups: ['sales'],
      person: 'sam@acme.example',
      effect: 'deny',
    },
    { name: 'nor the other way round', access: group('okta'), idpGroups: ['okta'], effect: 'deny' },
  ],
  'groups that are not declared': [
    { name: 'give no access', access: group('missing'), effect: 'deny' },
    { name: 'leave the others alone', access: group('missing', 'support'), effect: 'allow' },
    {
      name: 'make membership of what holds them unknown',
      access: group('support', 'has-gap'),
      permissions: [ALL, { ...ALL, effect: 'deny', groups: ['has-gap'] }],
      effect: 'deny',
    },
    { name: 'but not of those listed', access: group('has-gap'), person: 'gus@acme.example', effect: 'allow' },
  ],
}

describe.each(Object.entries(CASES))('%s', (_title, cases) => {
  test.each(cases)('$name: $effect', each => {
    const facts = {
      integration: integration({
        access: each.access ?? { level: 'group', groups: ['support'] },
        permissions: each.permissions ?? [ALL],
        enabled: each.enabled ?? true,
      }),
      operations: JIRA,
      groups: GROUPS,
    }
    const at = position(JIRA, each.operation ?? 'getIssue')
    const raw = {
      ...principal(each.person ?? 'ana@acme.example', each.idpGroups),
      id: each.person ?? 'ana@acme.example',
    }
    expect(effectOf(compiled(facts), raw, at)).toBe(each.effect)
    expect(decide(compiled(facts), raw, at).effect).toBe(each.effect)
    expect(referenceEffect(facts, raw, JIRA[at]!)).toBe(each.effect)
  })
})

test('an operation that the table does not hold is denied', () => {
  const access = compiled({
    integration: integration({ access: { level: 'group', groups: ['support'] }, permissions: [ALL] }),
    operations: JIRA,
    groups: GROUPS,
  })
  for (const at of [-1, JIRA.length, 31, 4096, Number.NaN, 0.5]) {
    expect(decide(access, principal('ana@acme.example'), at)).toMatchObject({
      effect: 'deny',
      reasons: [{ kind: 'nothing-matches' }, { kind: 'access' }],
    })
  }
})

function why(each: Omit<Case, 'name' | 'effect'>): readonly string[] {
  const access = compiled({
    integration: integration({
      access: each.access ?? { level: 'group', groups: ['support'] },
      permissions: each.permissions ?? [ALL],
      enabled: each.enabled ?? true,
    }),
    operations: JIRA,
    groups: GROUPS,
  })
  const person = principal(each.person ?? 'ana@acme.example', each.idpGroups)
  const { reasons } = decide(access, person, position(JIRA, each.operation ?? 'getIssue'))
  return reasons.map(reason => `${reason.decides ? '! ' : '  '}${describeReason(reason)}`)
}

describe('why', () => {
  test('all permissions that match are told, those that decide first, then how there is access', () => {
    const permissions: readonly Permission[] = [
      { methods: ['get', 'post'], effect: 'allow' },
      { operations: ['createIssue', 'getIssue'], effect: 'confirm', groups: ['support'] },
      { tags: ['admin'], effect: 'deny' },
    ]
    expect(why({ permissions, operation: 'createIssue', person: 'eve@acme.example' })).toEqual([
      '! permission 2 (jira.yaml:12) confirms createIssue for group support, which eve@acme.example belongs to through support-night → support-eu',
      '  permission 1 (jira.yaml:11) allows createIssue by method post, but a permission that confirms wins',
      '  eve@acme.example has access to integration acme/jira-support (jira.yaml:1) as a member of group support through support-night → support-eu',
    ])
  })

  test('which selectors matched', () => {
    expect(
      why({
        permissions: [{ methods: ['post', 'get'], tags: ['issues'], paths: ['/x', '/issues/**'], effect: 'allow' }],
      }),
    ).toEqual([
      '! permission 1 (jira.yaml:11) allows getIssue by method get, tag issues and path /issues/**',
      '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) as a member of group support',
    ])
  })

  test('no access', () => {
    expect(why({ person: 'sam@acme.example' })).toEqual([
      '! sam@acme.example has no access to integration acme/jira-support (jira.yaml:1), which is for group support',
    ])
    expect(why({ access: company('a.example', 'b.example', 'c.example', 'd.example', 'e.example') })).toEqual([
      '! ana@acme.example has no access to integration acme/jira-support (jira.yaml:1), which is for a.example, b.example, c.example and 2 others',
    ])
  })

  test('access in doubt names the groups of the identity provider', () => {
    expect(why({ access: group('over-okta', 'sales') })).toEqual([
      '! whether ana@acme.example has access to integration acme/jira-support (jira.yaml:1) is unknown here: only the identity provider knows who is in okta:agents and okta:support',
    ])
  })

  test('a permission in doubt says whether it applies', () => {
    const permissions: readonly Permission[] = [
      { ...ALL, groups: ['okta'] },
      { ...ALL, groups: ['has-gap'], effect: 'confirm' },
    ]
    expect(why({ access: group('support', 'okta', 'has-gap'), permissions })).toEqual([
      '! permission 2 (jira.yaml:12) confirms getIssue by path /** for group has-gap, to which ana@acme.example may belong: group missing is not declared',
      '  permission 1 (jira.yaml:11) allows getIssue by path /** only for group okta, to which ana@acme.example may belong, so it gives nothing: only the identity provider knows who is in okta:agents and okta:support',
      '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) as a member of group support',
    ])
  })

  test('membership known from the identity provider', () => {
    expect(why({ access: group('over-okta'), idpGroups: ['okta:agents'] })).toEqual([
      '! permission 1 (jira.yaml:11) allows getIssue by path /**',
      '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) as a member of group over-okta through okta → identity provider group okta:agents',
    ])
  })

  test('nothing matches', () => {
    expect(why({ permissions: [{ methods: ['post'], effect: 'allow' }] })).toEqual([
      '! no permission of integration acme/jira-support (jira.yaml:1) gives ana@acme.example getIssue, and what nothing names is denied',
      '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) as a member of group support',
    ])
  })

  test('disabled, and what would hold otherwise', () => {
    expect(why({ enabled: false })).toEqual([
      '! integration acme/jira-support (jira.yaml:1) is disabled, which denies everything',
      '  permission 1 (jira.yaml:11) allows getIssue by path /**, which counts for nothing while the integration is disabled',
      '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) as a member of group support',
    ])
  })

  test('companies and individuals', () => {
    expect(why({ access: company('acme.example'), permissions: [{ ...ALL, companies: ['acme.example'] }] })).toEqual([
      '! permission 1 (jira.yaml:11) allows getIssue by path /** for acme.example, the company of ana@acme.example',
      '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) as one of acme.example',
    ])
    expect(
      why({ access: individual('ana@acme.example'), permissions: [{ ...ALL, individuals: ['ana@acme.example'] }] }),
    ).toEqual([
      '! permission 1 (jira.yaml:11) allows getIssue by path /** for ana@acme.example',
      '  ana@acme.example has access to integration acme/jira-support (jira.yaml:1) by name',
    ])
  })

  test('a permission whose line is not known points at the document', () => {
    const bare = integration({ access: { level: 'group', groups: ['support'] }, permissions: [ALL] })
    const access = compiled({
      integration: { ...bare, origin: { ...bare.origin, permissions: [] } },
      operations: JIRA,
      groups: GROUPS,
    })
    expect(decide(access, principal('ana@acme.example'), 0).reasons[0]).toMatchObject({
      kind: 'rule',
      permission: 0,
      file: 'jira.yaml',
      line: 1,
      selectors: { paths: '/**' },
    })
  })
})
