import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/model/state.ts'
import { resource } from '../../support/resources.ts'
import { crm, integration, key, operations, told, type Side, type Spec } from './worlds.ts'

interface Case {
  readonly name: string
  readonly before: readonly Resource[]
  readonly after: readonly Resource[]
  readonly expected: readonly string[]
}

const ACCOUNT = { type: 'dedicated', owner: 'ops@acme.example', purpose: 'Reads contacts.' } as const

function keys(before: Spec<'credential'>, after: Spec<'credential'>): Pick<Case, 'before' | 'after'> {
  return {
    before: [crm(), key('key', before), integration('a')],
    after: [crm(), key('key', after), integration('a')],
  }
}

const CREDENTIALS: readonly Case[] = [
  {
    name: "somebody's own credential becomes everybody's",
    ...keys({ scope: 'user' }, { scope: 'company' }),
    expected: [
      'high widens credential-shared: credential acme/key belonged to one person, and is now shared by the company',
    ],
  },
  {
    name: 'the other way round',
    ...keys({ scope: 'company' }, { scope: 'user' }),
    expected: ['low narrows credential-shared: credential acme/key belongs to one person now'],
  },
  {
    name: 'a personal account behind a company credential',
    ...keys({ account: ACCOUNT }, { account: { ...ACCOUNT, type: 'personal' } }),
    expected: ["high widens account-changed: credential acme/key signs in with somebody's own account"],
  },
  {
    name: 'a personal account behind a credential of one person',
    ...keys({ scope: 'user', account: ACCOUNT }, { scope: 'user', account: { ...ACCOUNT, type: 'personal' } }),
    expected: ["medium widens account-changed: credential acme/key signs in with somebody's own account"],
  },
  {
    name: 'an account is no longer described',
    ...keys({ account: ACCOUNT }, {}),
    expected: ['low unclear account-changed: credential acme/key no longer says whose account it is'],
  },
  {
    name: 'administrator rights come',
    ...keys({ account: ACCOUNT }, { account: { ...ACCOUNT, adminLevel: true } }),
    expected: ['high widens account-changed: credential acme/key signs in with administrator rights'],
  },
  {
    name: 'administrator rights go',
    ...keys({ account: { ...ACCOUNT, adminLevel: true } }, { account: ACCOUNT }),
    expected: ['low narrows account-changed: credential acme/key no longer signs in with administrator rights'],
  },
  {
    name: 'another owner of the account, and another reach of it',
    ...keys({ account: ACCOUNT }, { account: { ...ACCOUNT, owner: 'eva@acme.example', systems: ['billing'] } }),
    expected: [
      'low unclear account-changed: credential acme/key signs in with an account of eva@acme.example',
      'medium widens account-changed: credential acme/key reaches more systems: billing',
    ],
  },
  {
    name: 'what the account is for is only wording',
    ...keys({ account: ACCOUNT }, { account: { ...ACCOUNT, purpose: 'Reads.', notes: 'n' }, label: 'B' }),
    expected: [],
  },
  {
    name: 'the default',
    ...keys({}, { isDefault: true }),
    expected: ['low unclear credential-changed: credential acme/key is now used where nothing else is chosen'],
  },
  {
    name: 'rotation goes away',
    ...keys({ rotation: { every: '90d' } }, {}),
    expected: ['medium widens credential-changed: credential acme/key may go longer without new values'],
  },
  {
    name: 'rotation takes longer',
    ...keys({ rotation: { every: '36h' } }, { rotation: { every: '2d' } }),
    expected: ['medium widens credential-changed: credential acme/key may go longer without new values'],
  },
  {
    name: 'rotation comes',
    ...keys({}, { rotation: { expires: '2027-01-01' } }),
    expected: ['low narrows credential-changed: credential acme/key has to get new values sooner'],
  },
  {
    name: 'the end moves away',
    ...keys({ rotation: { expires: '2027-01-01' } }, { rotation: { expires: '2028-01-01' } }),
    expected: ['medium widens credential-changed: credential acme/key may go longer without new values'],
  },
  {
    name: 'the end moves away because the values were replaced',
    ...keys(
      { rotation: { expires: '2027-01-01', lastRotated: '2026-10-01' } },
      { rotation: { expires: '2027-04-01', lastRotated: '2027-01-01' } },
    ),
    expected: ['low unclear credential-changed: credential acme/key was given new values, its record says'],
  },
  {
    name: 'a review less often',
    ...keys({ review: { every: '30d' } }, { review: { every: '60d' } }),
    expected: ['low widens credential-changed: credential acme/key is looked at again less often'],
  },
  {
    name: 'another way to sign in',
    ...keys({}, { type: 'basic' }),
    expected: [
      'medium unclear credential-changed: credential acme/key signs in with basic at crm (ClusterServiceDefinition)',
    ],
  },
]

function integrations(
  before: Spec<'integration'>,
  after: Spec<'integration'>,
  more: readonly Resource[] = [],
): Pick<Case, 'before' | 'after'> {
  return {
    before: [crm(), key(), ...more, integration('a', before)],
    after: [crm(), key(), ...more, integration('a', after)],
  }
}

const ADMIN = key('admin', { account: { ...ACCOUNT, adminLevel: true } })
const USES_ADMIN = integration('z', { credentials: ['admin'] })
const ASSISTANT = resource('consumer', 'helper', { integrations: ['a'] })

const INTEGRATIONS: readonly Case[] = [
  {
    name: 'a permission for operations that are not there yet',
    ...integrations(
      { permissions: [{ methods: ['get'], effect: 'allow' }] },
      { permissions: [{ methods: ['get'], effect: 'allow', includeNew: true }] },
    ),
    expected: [
      'medium widens future-operations-covered: 1 permission of acme/a reaches operations that its service adds, accepted or not',
    ],
  },
  {
    name: 'a permission for operations that are not there yet, for fewer people and with fewer methods',
    ...integrations(
      { permissions: [{ methods: ['get', 'post'], effect: 'allow', includeNew: true }] },
      { permissions: [{ methods: ['get'], groups: ['day'], effect: 'confirm', includeNew: true }] },
    ),
    expected: [],
  },
  {
    name: 'a permission for operations that are not there yet, for more people',
    ...integrations(
      { permissions: [{ methods: ['get'], groups: ['day'], effect: 'allow', includeNew: true }] },
      { permissions: [{ methods: ['get'], effect: 'allow', includeNew: true }] },
    ),
    expected: [
      'medium widens future-operations-covered: 1 permission of acme/a reaches operations that its service adds, accepted or not',
    ],
  },
  {
    name: 'a denial reaches new operations anyhow',
    ...integrations({}, { permissions: [{ methods: ['get'], effect: 'deny', includeNew: true }] }),
    expected: [],
  },
  {
    name: 'one more credential',
    ...integrations({ credentials: ['other'] }, { credentials: ['key', 'other'] }, [key('other'), integration('z')]),
    expected: [
      'medium widens credentials-of-integration-changed: integration acme/a signs in with key, which it did not use before',
    ],
  },
  {
    name: 'one with administrator rights, in place of another',
    ...integrations({}, { credentials: ['admin'] }, [ADMIN, USES_ADMIN]),
    expected: [
      'high widens credentials-of-integration-changed: integration acme/a signs in with admin, which it did not use before; admin with administrator rights',
      'low narrows credentials-of-integration-changed: integration acme/a no longer signs in with key',
    ],
  },
  {
    name: 'another service',
    ...integrations({}, { service: { kind: 'ServiceDefinition', name: 'crm' } }, [
      resource('serviceDefinition', 'crm', {
        endpoint: 'https://api.crm.example',
        operations: operations('get /contacts'),
      }),
    ]),
    expected: ['medium unclear service-changed: integration acme/a connects to another service, ServiceDefinition crm'],
  },
  {
    name: 'it stays when its document goes',
    ...integrations({}, { deletionPolicy: 'Orphan' }),
    expected: [
      'medium unclear deletion-policy-changed: integration acme/a would stay in the store, and go on answering, once its document is gone',
    ],
  },
  {
    name: 'it goes with its document',
    ...integrations({ deletionPolicy: 'Orphan' }, {}),
    expected: ['low unclear deletion-policy-changed: integration acme/a goes away together with its document'],
  },
  {
    name: 'other data flows through it',
    ...integrations({ dataClasses: ['orders'] }, { dataClasses: ['health'] }),
    expected: [
      'low unclear data-classes-changed: integration acme/a now says that it carries health, and no longer says that it carries orders',
    ],
  },
  {
    name: 'settings and labels',
    before: [crm(), key(), integration('a', { settings: { site: 'one', kept: 1 } })],
    after: [crm(), key(), { ...integration('a', { settings: { kept: 1 } }), labels: { team: 'x' } }],
    expected: [
      'low unclear settings-changed: integration acme/a has other labels: team',
      'low unclear settings-changed: integration acme/a has other settings: site',
    ],
  },
  {
    name: 'terms are no longer acknowledged',
    ...integrations({ acknowledgement: { terms: '1', by: 'ada@acme.example', date: '2026-01-01' } }, {}),
    expected: ['medium widens acknowledgement-changed: integration acme/a no longer says who accepted its terms'],
  },
  {
    name: 'other terms',
    ...integrations(
      { acknowledgement: { terms: '1', by: 'ada@acme.example', date: '2026-01-01' } },
      { acknowledgement: { terms: '2', by: 'ada@acme.example', date: '2026-02-01' } },
    ),
    expected: [
      'low unclear acknowledgement-changed: integration acme/a has other accepted terms: terms 2 by ada@acme.example on 2026-02-01',
    ],
  },
  {
    name: 'title, description and what the cells show are said elsewhere',
    ...integrations(
      {},
      { title: 'B', description: 'C', enabled: false, permissions: [{ methods: ['get'], effect: 'allow' }] },
    ),
    expected: [],
  },
  {
    name: 'another access is a replacement, with what uses it',
    ...integrations({}, { access: { level: 'group', groups: ['sales'] } }, [ASSISTANT]),
    expected: [
      'medium unclear integration-replaced: integration acme/a is replaced, for access cannot change, used by consumer acme/helper',
    ],
  },
]

const PERSONAL = { ...ACCOUNT, type: 'personal', owner: 'eva@acme.example' } as const

const LIFECYCLE: readonly Case[] = [
  {
    name: 'a new credential that nothing uses',
    before: [crm()],
    after: [crm(), key()],
    expected: ['low unclear credential-created: credential acme/key is new: for the company, apiKey at crm'],
  },
  {
    name: "a new credential of the company, with somebody's own account and administrator rights",
    before: [crm()],
    after: [crm(), key('key', { account: { ...PERSONAL, adminLevel: true }, isDefault: true })],
    expected: [
      "high unclear credential-created: credential acme/key is new: for the company, apiKey at crm, with somebody's own account, with administrator rights, used where nothing else is chosen",
    ],
  },
  {
    name: 'a new credential of one person, with an account of their own',
    before: [crm()],
    after: [crm(), key('key', { scope: 'user', account: PERSONAL })],
    expected: [
      "medium unclear credential-created: credential acme/key is new: of one person, apiKey at crm, with somebody's own account",
    ],
  },
  {
    name: 'a new credential that is chosen unasked',
    before: [crm()],
    after: [crm(), key('key', { isDefault: true })],
    expected: [
      'medium unclear credential-created: credential acme/key is new: for the company, apiKey at crm, used where nothing else is chosen',
    ],
  },
  {
    name: 'a new service',
    before: [],
    after: [crm()],
    expected: ['low unclear service-created: service crm is new: 1 operation, at api.crm.example, login.crm.example'],
  },
  {
    name: 'a new integration with a permission for operations that are not there yet',
    before: [crm(), key(), integration('a')],
    after: [
      crm(),
      key(),
      integration('a'),
      integration('b', { permissions: [{ methods: ['post'], effect: 'confirm', includeNew: true }] }),
    ],
    expected: [
      'low unclear integration-created: integration acme/b is new: it signs in with key, to api.crm.example',
      'medium widens future-operations-covered: 1 permission of acme/b reaches operations that its service adds, accepted or not',
    ],
  },
  {
    name: 'a new integration',
    before: [crm(), key(), integration('a')],
    after: [crm(), key(), integration('a'), integration('b')],
    expected: ['low unclear integration-created: integration acme/b is new: it signs in with key, to api.crm.example'],
  },
  {
    name: 'a new integration with an administrator behind it',
    before: [crm(), ADMIN, USES_ADMIN],
    after: [crm(), ADMIN, USES_ADMIN, integration('b', { credentials: ['admin'] })],
    expected: [
      'high unclear integration-created: integration acme/b is new: it signs in with admin, with administrator rights, to api.crm.example',
    ],
  },
  {
    name: 'an integration goes, and with it its consumer',
    before: [crm(), key(), integration('a'), ASSISTANT],
    after: [crm(), key()],
    expected: [
      'low narrows consumer-changed: assistant acme/helper is deleted, which used a',
      'low unclear integration-deleted: integration acme/a is deleted, used by consumer acme/helper',
    ],
  },
  {
    name: 'an integration goes, and its consumer stays',
    before: [crm(), key(), integration('a'), ASSISTANT],
    after: [crm(), key(), resource('consumer', 'helper')],
    expected: [
      'low narrows consumer-changed: assistant acme/helper no longer uses a',
      'medium unclear integration-deleted: integration acme/a is deleted, used by consumer acme/helper',
    ],
  },
  {
    name: 'an orphan stays',
    before: [crm(), key(), integration('a', { deletionPolicy: 'Orphan' })],
    after: [crm(), key()],
    expected: [
      'medium unclear integration-deleted: integration acme/a is no longer declared, and stays in the store, where it goes on answering (deletionPolicy Orphan)',
    ],
  },
  {
    name: 'a group and a credential go',
    before: [crm(), key(), key('other'), resource('accessGroup', 'support'), integration('a')],
    after: [crm(), key('other'), integration('a', { credentials: ['other'] })],
    expected: [
      'low narrows credentials-of-integration-changed: integration acme/a no longer signs in with key',
      'low unclear resource-deleted: credential acme/key is deleted, used by integration acme/a',
      'low unclear resource-deleted: group acme/support is deleted, used by integration acme/a',
      'medium widens credentials-of-integration-changed: integration acme/a signs in with other, which it did not use before',
      'medium widens destination-changed: the same key (acme/other), which nothing used before, is sent to api.crm.example, on acme/a',
    ],
  },
]

const CONSUMERS: readonly Case[] = [
  {
    name: 'an assistant gains one integration and loses another',
    before: [crm(), key(), integration('a'), integration('b'), ASSISTANT],
    after: [crm(), key(), integration('a'), integration('b'), resource('consumer', 'helper', { integrations: ['b'] })],
    expected: [
      'low narrows consumer-changed: assistant acme/helper no longer uses a',
      'medium widens consumer-changed: assistant acme/helper now uses b',
    ],
  },
  {
    name: 'a new one',
    before: [crm(), key(), integration('a')],
    after: [crm(), key(), integration('a'), ASSISTANT],
    expected: ['medium widens consumer-changed: assistant acme/helper is new, and uses a'],
  },
  {
    name: 'an assistant becomes an agent',
    before: [ASSISTANT],
    after: [resource('consumer', 'helper', { type: 'agent', integrations: ['a'] })],
    expected: ['low unclear consumer-changed: consumer acme/helper is the agent of nobody now'],
  },
]

describe.each([
  { family: 'credentials', cases: CREDENTIALS },
  { family: 'integrations', cases: INTEGRATIONS },
  { family: 'what comes and goes', cases: LIFECYCLE },
  { family: 'consumers', cases: CONSUMERS },
])('$family', ({ cases }) => {
  test.each(cases)('$name', ({ before, after, expected }) => {
    const sides: readonly [Side, Side] = [{ resources: before }, { resources: after }]
    expect(told(...sides)).toEqual(expected)
  })

  test.each(cases)('$name: nothing without the change', ({ before, after }) => {
    for (const resources of [before, after]) expect(told({ resources }, { resources })).toEqual([])
  })
})
