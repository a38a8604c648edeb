/** Whatever a change sets belongs to what is approved: all of it but wording, and nothing that is not the change. */
import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/model/state.ts'
import { review } from '../../../src/review/review.ts'
import { resource } from '../../support/resources.ts'
import { crm, input, integration, key, operations } from './worlds.ts'

function reviewOf(before: readonly Resource[], after: readonly Resource[]): ReturnType<typeof review> {
  return review({ ...input({ resources: before }, { resources: after }), hasValues: true })
}

function digestOf(before: readonly Resource[], after: readonly Resource[]): string {
  return reviewOf(before, after).digest
}

const ACCOUNT = { type: 'dedicated', owner: 'ops@acme.example', purpose: 'Reads contacts.' } as const
const GROUP = { level: 'group', groups: ['support'] } as const
const OTHERS: readonly Resource[] = [
  crm(),
  key(),
  resource('accessGroup', 'support', { members: ['ada@acme.example'] }),
]

interface Pair {
  readonly name: string
  readonly one: Resource
  readonly other: Resource
}

/** Pairs that differ in something that matters. */
const DIFFERENT: readonly Pair[] = [
  { name: 'path of an endpoint', one: at('https://x.example/a'), other: at('https://x.example/b') },
  {
    name: 'settings',
    one: integration('a', { settings: { site: '1' } }),
    other: integration('a', { settings: { site: '2' } }),
  },
  { name: 'deletion policy', one: integration('a'), other: integration('a', { deletionPolicy: 'Orphan' }) },
  {
    name: 'labels',
    one: integration('a'),
    other: { ...integration('a'), labels: { tier: 'prod' }, digest: 'labelled' },
  },
  {
    name: 'a permission without effect',
    one: integration('a'),
    other: integration('a', { permissions: [{ paths: ['/x/**'], effect: 'allow' }] }),
  },
  {
    name: 'switched off, and nobody may anything',
    one: integration('a'),
    other: integration('a', { enabled: false, access: GROUP }),
  },
  {
    name: 'owner of an account',
    one: key('k', { account: ACCOUNT }),
    other: key('k', { account: { ...ACCOUNT, owner: 'x@evil.example' } }),
  },
  { name: 'default', one: key('k'), other: key('k', { isDefault: true }) },
  { name: 'rotation', one: key('k'), other: key('k', { rotation: { every: '90d' } }) },
  { name: 'members of a group that nothing uses', one: people('a@x.example'), other: people('b@x.example') },
  {
    name: 'end of a group that nothing uses',
    one: resource('accessGroup', 'g'),
    other: resource('accessGroup', 'g', { expires: '2030-01-01' }),
  },
  {
    name: 'owner of a consumer',
    one: resource('consumer', 'c', { owner: 'a@x.example' }),
    other: resource('consumer', 'c', { owner: 'b@x.example' }),
  },
  {
    name: 'parameters of a guardrail',
    one: resource('guardrail', 'g', { rule: 'at-most', parameters: { max: 1 } }),
    other: resource('guardrail', 'g', { rule: 'at-most', parameters: { max: 2 } }),
  },
  {
    name: 'endpoint of a service',
    one: service({ endpoint: 'https://x.example/a' }),
    other: service({ endpoint: 'https://x.example/b' }),
  },
  {
    name: 'accepted in advance',
    one: service({ acceptedOperations: ['GET /a'] }),
    other: service({ acceptedOperations: ['GET /b'] }),
  },
  { name: 'whether anything is held back', one: service({ acceptedOperations: [] }), other: service({}) },
  {
    name: 'operations',
    one: service({ operations: operations('get /a') }),
    other: service({ operations: operations('get /a', 'post /a') }),
  },
  {
    name: 'operations that are new',
    one: service({ operations: operations('get /a', 'post /a') }),
    other: service({ operations: operations('get /a', 'post /a (new)') }),
  },
]

function at(endpoint: string): Resource {
  return integration('a', { endpoint })
}

function people(...members: readonly string[]): Resource {
  return resource('accessGroup', 'g', { members })
}

function service(spec: Parameters<typeof crm>[0]): Resource {
  return resource('serviceDefinition', 'own', { operations: operations('get /a'), ...spec })
}

/** Pairs that say the same to everybody but readers. */
const ALIKE: readonly Pair[] = [
  { name: 'title and description', one: integration('a'), other: integration('a', { title: 'B', description: 'C' }) },
  {
    name: 'annotations',
    one: integration('a'),
    other: { ...integration('a'), annotations: { note: 'x' }, digest: 'noted' },
  },
  {
    name: 'label, purpose and notes',
    one: key('k', { account: ACCOUNT }),
    other: key('k', { label: 'B', account: { ...ACCOUNT, purpose: 'P', notes: 'N' } }),
  },
  {
    name: 'wording of a group',
    one: people(),
    other: resource('accessGroup', 'g', { displayName: 'B', description: 'B' }),
  },
  {
    name: 'meaning of a scope',
    one: service({ auth: [{ type: 'oauth2', scopes: { a: 'A' } }] }),
    other: service({ auth: [{ type: 'oauth2', scopes: { a: 'B' }, description: 'x' }] }),
  },
]

describe.each(DIFFERENT)('$name', ({ one, other }) => {
  test('is approved where it is created', () => {
    expect(digestOf(OTHERS, [...OTHERS, one])).not.toBe(digestOf(OTHERS, [...OTHERS, other]))
  })

  test('is approved where it is edited, and somebody is told', () => {
    const { digest, findings } = reviewOf([...OTHERS, one], [...OTHERS, other])
    expect(digest).not.toBe(digestOf([], []))
    expect(digest).not.toBe(digestOf([...OTHERS, other], [...OTHERS, one]))
    expect(findings).not.toEqual([])
  })
})

describe.each(ALIKE)('$name', ({ one, other }) => {
  test('is no part of what is approved', () => {
    expect(digestOf(OTHERS, [...OTHERS, one])).toBe(digestOf(OTHERS, [...OTHERS, other]))
    expect(digestOf([...OTHERS, one], [...OTHERS, other])).toBe(digestOf([], []))
    expect(reviewOf([...OTHERS, one], [...OTHERS, other]).findings).toEqual([])
  })
})

test('an edit is the same beside what others have edited meanwhile', () => {
  const [was, is] = [integration('a'), integration('a', { enabled: false })]
  const meanwhile = (one: Resource): Resource =>
    ({ ...one, spec: { ...one.spec, settings: { site: '1' } } }) as Resource
  const other = [
    { ...meanwhile(was), digest: '1' },
    { ...meanwhile(is), digest: '2' },
  ] as const
  expect(digestOf([...OTHERS, other[0]], [...OTHERS, other[1]])).toBe(digestOf([...OTHERS, was], [...OTHERS, is]))
})

test('what no other finding is about has one of its own', () => {
  const { findings } = reviewOf([people('a@x.example')], [people('b@x.example'), resource('accessGroup', 'h')])
  expect(findings.map(({ severity, direction, summary }) => `${severity} ${direction} ${summary}`)).toEqual([
    'low unclear group acme/g has other members, which changes nothing for anybody now',
    'low unclear group acme/h is new, which changes nothing for anybody now',
  ])
})

test('operations of another service are other ones, however they are called', () => {
  const permissions = [{ methods: ['post'], effect: 'allow' }] as const
  const posts = operations('post /pay')
  const services = ['sandbox', 'live'].map(name => resource('serviceDefinition', name, { operations: posts }))
  const on = (name: string): Resource =>
    integration('a', { service: { kind: 'ServiceDefinition', name }, permissions, access: GROUP, credentials: [] })
  const { findings } = reviewOf([...OTHERS, ...services, on('sandbox')], [...OTHERS, ...services, on('live')])
  const access = findings.filter(({ kind }) => kind === 'access')
  expect(access.map(({ severity, direction }) => `${severity} ${direction}`)).toEqual(['high widens', 'low narrows'])
  expect(access.flatMap(({ because }) => because.flatMap(({ causes }) => causes.map(({ edit }) => edit)))).toEqual([
    'service changed from sandbox to live',
    'service changed from sandbox to live',
  ])
})
