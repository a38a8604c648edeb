import { describe, expect, test } from 'vitest'
import type { Judgement } from '../../../src/model/judgement.ts'
import type { Resource, ResourceSpecs } from '../../../src/model/state.ts'
import { RULE_NAMES, type RuleName } from '../../../src/review/guardrails/rule-table.ts'
import { resource } from '../../support/resources.ts'
import { group, integration, judgement, OPERATIONS, service } from './change.ts'

type Spec = Partial<ResourceSpecs['guardrail']>
type Permissions = ResourceSpecs['integration']['permissions']

interface Case {
  readonly name: string
  readonly rule: RuleName
  readonly spec: Omit<Spec, 'rule'>
  readonly before?: readonly Resource[]
  readonly after: readonly Resource[]
  readonly says: 'holds' | 'broken'
  /** A part of the message of the first violation, and of its witness. */
  readonly message?: string
  readonly witness?: string
}

const STAFF = group('staff', ['ana@acme.example', 'ben@acme.example'])
const FINANCE = group('finance', ['fay@acme.example'])
const OUTSIDE = group('ext-lab', ['zoe@lab.example'])
const IDP = group('cloud', [], { idpGroups: ['okta:cloud'] })
const GROUPS = [STAFF, FINANCE, OUTSIDE, IDP]

const READ = { methods: ['get'], effect: 'allow' } as const
const PAY = { operations: ['pay'], effect: 'allow' } as const
const PAY_ASKED = { operations: ['pay'], effect: 'confirm' } as const
const ALL = { paths: ['/**'], effect: 'allow' } as const

/** An integration for groups. */
function forGroups(groups: readonly string[], permissions: Permissions, more = {}, name = 'billing'): Resource {
  return integration(name, { access: { level: 'group', groups }, permissions, ...more })
}

function forCompany(company: string, permissions: Permissions): Resource {
  return integration('billing', { access: { level: 'company', companies: [company] }, permissions })
}

function credential(spec: Partial<ResourceSpecs['credential']>, name = 'bot'): Resource {
  return resource('credential', name, spec)
}

const WRITES = { writes: true } as const

const CASES: readonly Case[] = [
  // never
  {
    name: 'holds where others can',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] }, select: WRITES } },
    after: [...GROUPS, forGroups(['staff'], [PAY])],
    says: 'holds',
  },
  {
    name: 'is broken by one of the people',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] }, select: WRITES } },
    after: [...GROUPS, forGroups(['staff', 'ext-lab'], [PAY])],
    says: 'broken',
    message: 'zoe@lab.example can call 1 write: pay on acme/billing',
    witness: 'zoe@lab.example → POST /payments on acme/billing: deny → allow',
  },
  {
    name: 'holds where a permission denies it to them by name',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] }, select: WRITES } },
    after: [...GROUPS, forGroups(['staff', 'ext-lab'], [PAY, { paths: ['/**'], effect: 'deny', groups: ['ext-lab'] }])],
    says: 'holds',
  },
  {
    name: 'counts what they are asked about',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] } } },
    after: [...GROUPS, forGroups(['ext-lab'], [PAY_ASKED])],
    says: 'broken',
  },
  {
    name: 'with effect allow does not',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] }, effect: 'allow' } },
    after: [...GROUPS, forGroups(['ext-lab'], [PAY_ASKED])],
    says: 'holds',
  },
  {
    name: 'is broken where a group of the identity provider may hold them',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] } } },
    after: [...GROUPS, forGroups(['cloud'], [READ])],
    says: 'broken',
    message:
      'zoe@lab.example (perhaps, since who is in identity provider group okta:cloud is unknown here) can call 2 reads',
    witness: 'zoe@lab.example → GET /invoices on acme/billing: deny → allow, in every group of the identity provider',
  },
  {
    name: 'holds there when unknown members are ignored',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] }, ignoreUnknownMembers: true } },
    after: [...GROUPS, forGroups(['cloud'], [READ])],
    says: 'holds',
  },
  {
    name: 'sees the people of a company that has access',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] } } },
    after: [...GROUPS, forCompany('lab.example', [READ])],
    says: 'broken',
    message: 'zoe@lab.example can call 2 reads',
  },
  {
    name: 'holds for people of another company',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] } } },
    after: [...GROUPS, forCompany('acme.example', [READ])],
    says: 'holds',
  },
  {
    name: 'sees a service that lists no operations',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] }, select: WRITES } },
    after: [...GROUPS, service('sha256:none'), forGroups(['ext-lab'], [{ paths: ['/x'], effect: 'allow' }])],
    says: 'broken',
    message: 'whatever is selected by paths: /x',
  },
  {
    name: 'knows that reading methods write nothing, listed or not',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] }, select: WRITES } },
    after: [...GROUPS, service('sha256:none'), forGroups(['ext-lab'], [READ])],
    says: 'holds',
  },
  {
    name: 'judges only the integrations that it matches',
    rule: 'never',
    spec: { parameters: { who: { groups: ['ext-lab'] } }, match: { integrations: ['crm-*'] } },
    after: [...GROUPS, forGroups(['ext-lab'], [READ])],
    says: 'holds',
  },
  // only
  {
    name: 'holds for the people themselves',
    rule: 'only',
    spec: { parameters: { who: { groups: ['finance'] }, select: { tags: ['payments'] } } },
    after: [...GROUPS, forGroups(['finance', 'staff'], [READ, { ...PAY, groups: ['finance'] }])],
    says: 'holds',
  },
  {
    name: 'is broken by anybody else',
    rule: 'only',
    spec: { parameters: { who: { groups: ['finance'] }, select: { tags: ['payments'] } } },
    after: [...GROUPS, forGroups(['finance', 'staff'], [READ, PAY])],
    says: 'broken',
    message: 'ana@acme.example, ben@acme.example can call 1 write: pay',
    witness: 'ana@acme.example → POST /payments',
  },
  {
    name: 'is broken by a whole company',
    rule: 'only',
    spec: { parameters: { who: { groups: ['finance'] } } },
    after: [...GROUPS, forCompany('acme.example', [READ])],
    says: 'broken',
    message: 'everyone at acme.example can call',
  },
  {
    name: 'holds for a group of the identity provider that is in the group',
    rule: 'only',
    spec: { parameters: { who: { groups: ['cloud'] } } },
    after: [...GROUPS, forGroups(['cloud'], [READ])],
    says: 'holds',
  },
  // require-confirmation
  {
    name: 'holds where everybody is asked',
    rule: 'require-confirmation',
    spec: { parameters: { select: WRITES } },
    after: [...GROUPS, forGroups(['staff'], [READ, PAY_ASKED])],
    says: 'holds',
  },
  {
    name: 'is broken where somebody is not',
    rule: 'require-confirmation',
    spec: { parameters: { select: WRITES } },
    before: [...GROUPS, forGroups(['staff'], [READ, PAY_ASKED])],
    after: [...GROUPS, forGroups(['staff'], [READ, PAY])],
    says: 'broken',
    message: 'can call 1 write without confirmation: pay',
    witness: 'ana@acme.example → POST /payments on acme/billing: confirm → allow',
  },
  {
    name: 'asks only for the people of who',
    rule: 'require-confirmation',
    spec: { parameters: { who: { groups: ['finance'] }, select: WRITES } },
    after: [...GROUPS, forGroups(['staff'], [PAY])],
    says: 'holds',
  },
  // no-unconfirmed-company-writes
  {
    name: 'holds for reads and confirmed writes',
    rule: 'no-unconfirmed-company-writes',
    spec: {},
    after: [forCompany('acme.example', [READ, PAY_ASKED])],
    says: 'holds',
  },
  {
    name: 'is broken by a write',
    rule: 'no-unconfirmed-company-writes',
    spec: {},
    after: [forCompany('acme.example', [READ, PAY])],
    says: 'broken',
    message: 'everyone at acme.example can call 1 write without confirmation: pay',
  },
  {
    name: 'leaves groups alone',
    rule: 'no-unconfirmed-company-writes',
    spec: {},
    after: [...GROUPS, forGroups(['staff'], [PAY])],
    says: 'holds',
  },
  // named-writes
  {
    name: 'holds for writes that are named',
    rule: 'named-writes',
    spec: {},
    after: [...GROUPS, forGroups(['staff'], [READ, PAY])],
    says: 'holds',
  },
  {
    name: 'is broken by a broad permission',
    rule: 'named-writes',
    spec: {},
    after: [...GROUPS, forGroups(['staff'], [ALL])],
    says: 'broken',
    message: 'can call 3 writes that no permission names: create, pay, refund',
  },
  {
    name: 'holds where a broad permission gives nothing',
    rule: 'named-writes',
    spec: {},
    after: [...GROUPS, forGroups(['staff'], [ALL, { methods: ['post'], effect: 'deny' }])],
    says: 'holds',
  },
  {
    name: 'with effect allow lets broad permissions ask',
    rule: 'named-writes',
    spec: { parameters: { effect: 'allow' } },
    after: [...GROUPS, forGroups(['staff'], [READ, { methods: ['post'], effect: 'confirm' }])],
    says: 'holds',
  },
  // ceiling
  {
    name: 'holds at the ceiling',
    rule: 'ceiling',
    spec: { parameters: { ceiling: [{ who: { groups: ['staff'] }, effect: 'confirm' }] } },
    after: [...GROUPS, forGroups(['staff'], [PAY_ASKED])],
    says: 'holds',
  },
  {
    name: 'is broken by an effect above it',
    rule: 'ceiling',
    spec: { parameters: { ceiling: [{ who: { groups: ['staff'] }, effect: 'confirm' }] } },
    after: [...GROUPS, forGroups(['staff'], [PAY])],
    says: 'broken',
    message: 'can call 1 write beyond the ceiling: pay',
  },
  {
    name: 'is broken by an operation outside',
    rule: 'ceiling',
    spec: { parameters: { ceiling: [{ select: { writes: false }, effect: 'allow' }] } },
    after: [...GROUPS, forGroups(['staff'], [READ, PAY_ASKED])],
    says: 'broken',
  },
  {
    name: 'takes the highest of its entries',
    rule: 'ceiling',
    spec: {
      parameters: {
        ceiling: [
          { effect: 'confirm' },
          { select: { writes: false }, effect: 'allow' },
          { who: { groups: ['finance'] }, services: ['billing'], effect: 'allow' },
        ],
      },
    },
    after: [
      ...GROUPS,
      forGroups(['finance', 'staff'], [READ, { ...PAY_ASKED, groups: ['staff'] }, { ...PAY, groups: ['finance'] }]),
    ],
    says: 'holds',
  },
  // separation-of-duties
  {
    name: 'holds for two different people',
    rule: 'separation-of-duties',
    spec: { parameters: { one: { select: { operations: ['create'] } }, other: { select: { operations: ['pay'] } } } },
    after: [
      ...GROUPS,
      forGroups(['staff'], [{ operations: ['create'], effect: 'allow' }]),
      forGroups(['finance'], [PAY], {}, 'payments'),
    ],
    says: 'holds',
  },
  {
    name: 'is broken by one person on two integrations',
    rule: 'separation-of-duties',
    spec: { parameters: { one: { integrations: ['billing'] }, other: { integrations: ['payments'] } } },
    before: [...GROUPS, forGroups(['staff'], [READ]), forGroups(['finance'], [PAY], {}, 'payments')],
    after: [
      ...GROUPS.filter(each => each !== FINANCE),
      group('finance', ['fay@acme.example', 'ana@acme.example']),
      forGroups(['staff'], [READ]),
      forGroups(['finance'], [PAY], {}, 'payments'),
    ],
    says: 'broken',
    message: 'ana@acme.example can do both',
    witness: 'ana@acme.example → acme/billing and acme/payments',
  },
  {
    name: 'is broken by a person and the company they are of',
    rule: 'separation-of-duties',
    spec: { parameters: { one: { integrations: ['billing'] }, other: { integrations: ['payments'] } } },
    after: [...GROUPS, forCompany('acme.example', [READ]), forGroups(['finance'], [PAY], {}, 'payments')],
    says: 'broken',
    message: 'fay@acme.example can do both',
  },
  {
    name: 'is broken where somebody may be in a group of the identity provider',
    rule: 'separation-of-duties',
    spec: { parameters: { one: { integrations: ['billing'] }, other: { integrations: ['payments'] } } },
    after: [...GROUPS, forGroups(['cloud'], [READ]), forGroups(['finance'], [PAY], {}, 'payments')],
    says: 'broken',
    message: 'fay@acme.example (as a member of identity provider groups)',
  },
  {
    name: 'holds there when unknown members are ignored',
    rule: 'separation-of-duties',
    spec: {
      parameters: {
        one: { integrations: ['billing'] },
        other: { integrations: ['payments'] },
        ignoreUnknownMembers: true,
      },
    },
    after: [...GROUPS, forGroups(['cloud'], [READ]), forGroups(['finance'], [PAY], {}, 'payments')],
    says: 'holds',
  },
  {
    name: 'holds for somebody to whom one of them is denied by name, whatever groups they are in',
    rule: 'separation-of-duties',
    spec: { parameters: { one: { integrations: ['billing'] }, other: { integrations: ['payments'] } } },
    after: [
      ...GROUPS,
      forGroups(
        ['cloud', 'finance'],
        [
          READ,
          { paths: ['/**'], effect: 'deny', groups: ['finance'] },
          { paths: ['/**'], effect: 'deny', groups: ['cloud'] },
        ],
      ),
      forGroups(['finance'], [PAY], {}, 'payments'),
    ],
    says: 'holds',
  },
  {
    name: 'is broken only by those to whom nothing is denied by name',
    rule: 'separation-of-duties',
    spec: { parameters: { one: { integrations: ['billing'] }, other: { integrations: ['payments'] } } },
    after: [
      ...GROUPS,
      forGroups(['cloud', 'finance'], [READ, { paths: ['/**'], effect: 'deny', groups: ['finance'] }]),
      forGroups(['finance', 'staff'], [PAY], {}, 'payments'),
    ],
    says: 'broken',
    message:
      'ana@acme.example (as a member of identity provider groups), ben@acme.example (as a member of identity provider groups) can do both',
  },
  // at-most
  {
    name: 'holds for just so many',
    rule: 'at-most',
    spec: { parameters: { max: 2, select: WRITES } },
    after: [...GROUPS, forGroups(['staff'], [PAY])],
    says: 'holds',
  },
  {
    name: 'is broken by one more',
    rule: 'at-most',
    spec: { parameters: { max: 2, select: WRITES } },
    before: [...GROUPS, forGroups(['staff'], [PAY])],
    after: [...GROUPS, forGroups(['staff', 'finance'], [PAY])],
    says: 'broken',
    message: 'fay@acme.example can call one of the operations, and at most 2 may',
  },
  {
    name: 'counts a person on two integrations once',
    rule: 'at-most',
    spec: { parameters: { max: 2 } },
    after: [...GROUPS, forGroups(['staff'], [PAY]), forGroups(['staff'], [READ], {}, 'crm')],
    says: 'holds',
  },
  {
    name: 'is broken by people whom nobody can count',
    rule: 'at-most',
    spec: { parameters: { max: 100 } },
    after: [...GROUPS, forGroups(['cloud'], [READ])],
    says: 'broken',
    message: 'is unknown here',
  },
  // at-least
  {
    name: 'holds for just so many',
    rule: 'at-least',
    spec: { parameters: { min: 2, select: WRITES } },
    before: [...GROUPS, forGroups(['staff', 'finance'], [PAY])],
    after: [...GROUPS, forGroups(['staff'], [PAY])],
    says: 'holds',
  },
  {
    name: 'is broken by one less',
    rule: 'at-least',
    spec: { parameters: { min: 2, select: WRITES } },
    before: [...GROUPS, forGroups(['staff'], [PAY])],
    after: [...GROUPS, forGroups(['finance'], [PAY])],
    says: 'broken',
    message: 'fay@acme.example can call one of the operations, and at least 2 have to',
  },
  {
    name: 'is broken when the integration goes',
    rule: 'at-least',
    spec: { parameters: { min: 1 } },
    before: [...GROUPS, forGroups(['staff'], [PAY])],
    after: GROUPS,
    says: 'broken',
    message: 'nobody can call one of the operations',
  },
  // data-classes
  {
    name: 'only: holds for the people of who',
    rule: 'data-classes',
    spec: { parameters: { demand: 'only', classes: ['health'], who: { groups: ['finance'] } } },
    after: [...GROUPS, forGroups(['finance'], [READ], { dataClasses: ['health'] })],
    says: 'holds',
  },
  {
    name: 'only: is broken by others',
    rule: 'data-classes',
    spec: { parameters: { demand: 'only', classes: ['health'], who: { groups: ['finance'] } } },
    before: [...GROUPS, forGroups(['staff'], [READ])],
    after: [...GROUPS, forGroups(['staff'], [READ], { dataClasses: ['health', 'public'] })],
    says: 'broken',
    message: 'ana@acme.example, ben@acme.example can call 2 reads',
  },
  {
    name: 'only: leaves other classes alone',
    rule: 'data-classes',
    spec: { parameters: { demand: 'only', classes: ['health'], who: { groups: ['finance'] } } },
    after: [...GROUPS, forGroups(['staff'], [READ], { dataClasses: ['public'] })],
    says: 'holds',
  },
  {
    name: 'confirm: is broken by what nobody is asked about',
    rule: 'data-classes',
    spec: { parameters: { demand: 'confirm', classes: ['health'], select: WRITES } },
    after: [...GROUPS, forGroups(['staff'], [READ, PAY], { dataClasses: ['health'] })],
    says: 'broken',
    message: 'without confirmation',
  },
  {
    name: 'confirm: holds for what they are asked about',
    rule: 'data-classes',
    spec: { parameters: { demand: 'confirm', classes: ['health'], select: WRITES } },
    after: [...GROUPS, forGroups(['staff'], [READ, PAY_ASKED], { dataClasses: ['health'] })],
    says: 'holds',
  },
  {
    name: 'forbid: is broken by an integration with the class',
    rule: 'data-classes',
    spec: { parameters: { demand: 'forbid', classes: ['health'] } },
    after: [...GROUPS, forGroups(['staff'], [], { dataClasses: ['health'] })],
    says: 'broken',
    message: 'acme/billing has data of class health',
  },
  {
    name: 'forbid: holds where it is disabled',
    rule: 'data-classes',
    spec: { parameters: { demand: 'forbid', classes: ['health'] } },
    after: [...GROUPS, forGroups(['staff'], [], { dataClasses: ['health'], enabled: false })],
    says: 'holds',
  },
  {
    name: 'declare: is broken by an integration that says nothing',
    rule: 'data-classes',
    spec: { parameters: { demand: 'declare' } },
    after: [...GROUPS, forGroups(['staff'], [])],
    says: 'broken',
    message: 'declares no data classes',
  },
  {
    name: 'declare: is broken by a class that nobody listed',
    rule: 'data-classes',
    spec: { parameters: { demand: 'declare', classes: ['public'] } },
    after: [...GROUPS, forGroups(['staff'], [], { dataClasses: ['publik'] })],
    says: 'broken',
    message: 'declares data class publik',
  },
  // external-groups-end
  {
    name: 'holds on the last day that is allowed',
    rule: 'external-groups-end',
    spec: { parameters: { groups: ['ext-*'], days: 90 } },
    after: [group('ext-lab', ['zoe@lab.example'], { expires: '2027-01-05' }), forGroups(['ext-lab'], [READ])],
    says: 'holds',
  },
  {
    name: 'is broken by one day more',
    rule: 'external-groups-end',
    spec: { parameters: { groups: ['ext-*'], days: 90 } },
    after: [group('ext-lab', ['zoe@lab.example'], { expires: '2027-01-06' }), forGroups(['ext-lab'], [READ])],
    says: 'broken',
    message: 'gives access for 91 days more, and at most 90 are allowed',
  },
  {
    name: 'is broken by a group without end, nested in another',
    rule: 'external-groups-end',
    spec: { parameters: { groups: ['ext-*'], days: 90 } },
    after: [OUTSIDE, group('all', [], { groups: ['ext-lab'] }), forGroups(['all'], [READ])],
    says: 'broken',
    message: 'group acme/ext-lab gives access and has no end',
  },
  {
    name: 'leaves alone what gives no access',
    rule: 'external-groups-end',
    spec: { parameters: { groups: ['ext-*'], days: 90 } },
    after: [...GROUPS, forGroups(['staff'], [READ])],
    says: 'holds',
  },
  {
    name: 'finds groups by what they hold',
    rule: 'external-groups-end',
    spec: { parameters: { holdingIdpGroups: true, days: 90 } },
    after: [...GROUPS, forGroups(['cloud'], [READ])],
    says: 'broken',
    message: 'acme/cloud',
  },
  // groups-owned
  {
    name: 'holds for an owned group',
    rule: 'groups-owned',
    spec: {},
    after: [group('staff', ['ana@acme.example'], { owner: 'lead@acme.example' }), forGroups(['staff'], [READ])],
    says: 'holds',
  },
  {
    name: 'is broken by one without',
    rule: 'groups-owned',
    spec: {},
    after: [...GROUPS, forGroups(['staff'], [READ])],
    says: 'broken',
    message: 'group acme/staff gives access and has no owner',
  },
  {
    name: 'looks only at the groups that it names',
    rule: 'groups-owned',
    spec: { parameters: { groups: ['fin*'] } },
    after: [...GROUPS, forGroups(['staff'], [READ])],
    says: 'holds',
  },
  // no-personal-account
  {
    name: 'holds for an account of its own',
    rule: 'no-personal-account',
    spec: {},
    after: [credential({ account: { type: 'dedicated', owner: 'it@acme.example', purpose: 'Bot' } })],
    says: 'holds',
  },
  {
    name: "is broken by somebody's own",
    rule: 'no-personal-account',
    spec: {},
    after: [credential({ account: { type: 'personal', owner: 'ana@acme.example', purpose: 'Bot' } })],
    says: 'broken',
    message: "signs in to ana@acme.example's own account",
  },
  {
    name: "holds for a user's own credential",
    rule: 'no-personal-account',
    spec: {},
    after: [credential({ scope: 'user', account: { type: 'personal', owner: 'ana@acme.example', purpose: 'Mine' } })],
    says: 'holds',
  },
  {
    name: 'can ask for a record',
    rule: 'no-personal-account',
    spec: { parameters: { accountRequired: true } },
    after: [credential({})],
    says: 'broken',
    message: 'acme/bot does not say whose account it is',
  },
  {
    name: 'with match looks at the credentials of what it matches',
    rule: 'no-personal-account',
    spec: { match: { integrations: ['crm'] } },
    after: [credential({ account: { type: 'personal', owner: 'ana@acme.example', purpose: 'Bot' } })],
    says: 'holds',
  },
  {
    name: 'sees an integration that begins to use one',
    rule: 'no-personal-account',
    spec: { match: { integrations: ['billing'] } },
    before: [
      ...GROUPS,
      credential({ account: { type: 'personal', owner: 'ana@acme.example', purpose: 'Bot' } }),
      forGroups(['staff'], []),
    ],
    after: [
      ...GROUPS,
      credential({ account: { type: 'personal', owner: 'ana@acme.example', purpose: 'Bot' } }),
      forGroups(['staff'], [], { credentials: ['bot'] }),
    ],
    says: 'broken',
  },
  // no-admin-account
  {
    name: 'holds for other accounts',
    rule: 'no-admin-account',
    spec: {},
    after: [
      credential({ account: { type: 'dedicated', owner: 'it@acme.example', purpose: 'Bot', adminLevel: false } }),
    ],
    says: 'holds',
  },
  {
    name: 'is broken by an administrator',
    rule: 'no-admin-account',
    spec: {},
    after: [credential({ account: { type: 'dedicated', owner: 'it@acme.example', purpose: 'Bot', adminLevel: true } })],
    says: 'broken',
    message: 'administrator rights',
  },
  // secrets-expire
  {
    name: 'holds for one that expires on the last day',
    rule: 'secrets-expire',
    spec: { parameters: { days: 90 } },
    after: [credential({ rotation: { expires: '2027-01-05' } })],
    says: 'holds',
  },
  {
    name: 'is broken by one that expires later',
    rule: 'secrets-expire',
    spec: { parameters: { days: 90 } },
    after: [credential({ rotation: { expires: '2027-01-06' } })],
    says: 'broken',
    message: 'expires in 91 days',
  },
  {
    name: 'holds for one that is rotated as often',
    rule: 'secrets-expire',
    spec: { parameters: { days: 90 } },
    after: [credential({ rotation: { every: '90d', expires: '2030-01-01' } })],
    says: 'holds',
  },
  {
    name: 'is broken by one that is rotated less often',
    rule: 'secrets-expire',
    spec: { parameters: { days: 90 } },
    after: [credential({ rotation: { every: '2161h' } })],
    says: 'broken',
    message: 'is rotated every 2161h',
  },
  {
    name: 'is broken by one without end',
    rule: 'secrets-expire',
    spec: { parameters: { days: 90 } },
    after: [credential({})],
    says: 'broken',
    message: 'neither expires nor is rotated',
  },
  // acknowledged-terms
  {
    name: 'holds for terms of that age',
    rule: 'acknowledged-terms',
    spec: { parameters: { terms: ['2026-01'], days: 10 } },
    after: [
      ...GROUPS,
      forGroups(['staff'], [], { acknowledgement: { terms: '2026-01', by: 'cto@acme.example', date: '2026-09-27' } }),
    ],
    says: 'holds',
  },
  {
    name: 'is broken by older ones',
    rule: 'acknowledged-terms',
    spec: { parameters: { terms: ['2026-01'], days: 10 } },
    after: [
      ...GROUPS,
      forGroups(['staff'], [], { acknowledgement: { terms: '2026-01', by: 'cto@acme.example', date: '2026-09-26' } }),
    ],
    says: 'broken',
    message: '11 days ago',
  },
  {
    name: 'is broken by other terms',
    rule: 'acknowledged-terms',
    spec: { parameters: { terms: ['2026-01'] } },
    after: [
      ...GROUPS,
      forGroups(['staff'], [], { acknowledgement: { terms: '2025-01', by: 'cto@acme.example', date: '2026-09-26' } }),
    ],
    says: 'broken',
    message: 'acknowledges terms 2025-01, and not 2026-01',
  },
  {
    name: 'is broken by none',
    rule: 'acknowledged-terms',
    spec: {},
    after: [...GROUPS, forGroups(['staff'], [])],
    says: 'broken',
    message: 'acknowledges no terms',
  },
  {
    name: 'is broken by terms acknowledged tomorrow',
    rule: 'acknowledged-terms',
    spec: {},
    after: [
      ...GROUPS,
      forGroups(['staff'], [], { acknowledgement: { terms: '2026-01', by: 'cto@acme.example', date: '2026-10-08' } }),
    ],
    says: 'broken',
    message: 'still to come',
  },
  // same-destination
  {
    name: 'is broken by another host with the same credential',
    rule: 'same-destination',
    spec: {},
    before: [...GROUPS, credential({}), forGroups(['staff'], [READ], { credentials: ['bot'] })],
    after: [
      ...GROUPS,
      credential({}),
      forGroups(['staff'], [READ], { credentials: ['bot'], endpoint: 'https://evil.example/v1' }),
    ],
    says: 'broken',
    message: 'evil.example',
  },
  {
    name: 'holds for another title',
    rule: 'same-destination',
    spec: {},
    before: [...GROUPS, credential({}), forGroups(['staff'], [READ], { credentials: ['bot'] })],
    after: [...GROUPS, credential({}), forGroups(['staff'], [READ], { credentials: ['bot'], title: 'B' })],
    says: 'holds',
  },
  {
    name: 'with hosts holds for one of them',
    rule: 'same-destination',
    spec: { parameters: { hosts: ['*.acme.example', 'billing.example'] } },
    after: [...GROUPS, forGroups(['staff'], [READ])],
    says: 'holds',
  },
  {
    name: 'with hosts is broken by a name that only ends alike',
    rule: 'same-destination',
    spec: { parameters: { hosts: ['*.acme.example'] } },
    after: [...GROUPS, forGroups(['staff'], [READ], { endpoint: 'https://evil-acme.example/' })],
    says: 'broken',
    message: 'sends its credentials to evil-acme.example',
  },
  // no-new-access
  {
    name: 'holds where access only narrows',
    rule: 'no-new-access',
    spec: {},
    before: [...GROUPS, forGroups(['staff'], [READ, PAY])],
    after: [...GROUPS, forGroups(['staff'], [READ])],
    says: 'holds',
  },
  {
    name: 'is broken by one more operation',
    rule: 'no-new-access',
    spec: {},
    before: [...GROUPS, forGroups(['staff'], [READ])],
    after: [...GROUPS, forGroups(['staff'], [READ, PAY_ASKED])],
    says: 'broken',
    message: 'pay, on acme/billing',
  },
  {
    name: 'counts what is no longer asked',
    rule: 'no-new-access',
    spec: { parameters: { effect: 'allow' } },
    before: [...GROUPS, forGroups(['staff'], [PAY_ASKED])],
    after: [...GROUPS, forGroups(['staff'], [PAY])],
    says: 'broken',
  },
  {
    name: 'looks only at the operations that it selects',
    rule: 'no-new-access',
    spec: { parameters: { select: { tags: ['payments'] } } },
    before: [...GROUPS, forGroups(['staff'], [])],
    after: [...GROUPS, forGroups(['staff'], [READ])],
    says: 'holds',
  },
  {
    name: 'looks only at the people whom it names',
    rule: 'no-new-access',
    spec: { parameters: { who: { groups: ['ext-lab'] } } },
    before: [...GROUPS, forGroups(['staff'], [])],
    after: [...GROUPS, forGroups(['staff'], [READ])],
    says: 'holds',
  },
  // max-removed
  {
    name: 'holds for just the share',
    rule: 'max-removed',
    spec: { parameters: { percent: 50, of: 'people' } },
    before: [...GROUPS, forGroups(['staff'], [READ])],
    after: [
      ...GROUPS.filter(each => each !== STAFF),
      group('staff', ['ana@acme.example']),
      forGroups(['staff'], [READ]),
    ],
    says: 'holds',
  },
  {
    name: 'is broken by more',
    rule: 'max-removed',
    spec: { parameters: { percent: 49, of: 'people' } },
    before: [...GROUPS, forGroups(['staff'], [READ])],
    after: [
      ...GROUPS.filter(each => each !== STAFF),
      group('staff', ['ana@acme.example']),
      forGroups(['staff'], [READ]),
    ],
    says: 'broken',
    message: '1 of 2 people lose something: ben@acme.example',
  },
  {
    name: 'counts integrations that go or are disabled',
    rule: 'max-removed',
    spec: { parameters: { percent: 66, of: 'integrations' } },
    before: [...GROUPS, ...['a', 'b', 'c'].map(name => forGroups(['staff'], [READ], {}, name))],
    after: [...GROUPS, forGroups(['staff'], [READ], {}, 'a'), forGroups(['staff'], [READ], { enabled: false }, 'b')],
    says: 'broken',
    message: '2 of 3 integrations are deleted or disabled: b, c',
  },
  {
    name: 'holds for just the share of integrations',
    rule: 'max-removed',
    spec: { parameters: { percent: 67, of: 'integrations' } },
    before: [...GROUPS, ...['a', 'b', 'c'].map(name => forGroups(['staff'], [READ], {}, name))],
    after: [...GROUPS, forGroups(['staff'], [READ], {}, 'a'), forGroups(['staff'], [READ], { enabled: false }, 'b')],
    says: 'holds',
  },
]

describe.each(RULE_NAMES)('%s', rule => {
  const cases = CASES.filter(each => each.rule === rule)

  test.each(cases)('$name', async ({ spec, says, message, witness, ...change }) => {
    const said = await judgement(change, { ...spec, rule })
    expect(verdictOf(said)).toBe(says)
    if (message !== undefined) expect(said.violations.map(each => each.message).join('\n')).toContain(message)
    if (witness !== undefined) expect(said.violations[0]!.witness).toContain(witness)
  })

  test('has a case in which it holds and one in which it is broken', () => {
    expect(new Set(cases.map(({ says }) => says))).toEqual(new Set(['holds', 'broken']))
  })

  test('says nothing of a change of nothing', async () => {
    const broken = cases.find(({ says }) => says === 'broken')!
    const said = await judgement({ before: broken.after, after: broken.after }, { ...broken.spec, rule })
    expect(said).toMatchObject({ after: 'holds', violations: [], brokenAlready: 0 })
  })
})

function verdictOf({ after, violations }: Judgement): string {
  expect(after).toBe(violations.length > 0 ? 'broken' : 'holds')
  return after
}

test('the service of these examples has what they speak of', () => {
  expect(OPERATIONS.filter(({ method }) => method === 'post').map(({ id }) => id)).toEqual(['create', 'pay', 'refund'])
})
