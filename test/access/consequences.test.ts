import { expect, test } from 'vitest'
import { compiler, consequences, type World } from '../../src/access/consequences.ts'
import { addressOf, type Address } from '../../src/model/address.ts'
import type { Resource } from '../../src/model/state.ts'
import { accessGroup, integration, JIRA } from './facts.ts'

/** `support` in two namespaces, each with an integration `jira-support` for it. */
function world(members: Readonly<Record<string, readonly string[]>>, operations = JIRA): World {
  const found = new Map<Address, Resource>()
  for (const [namespace, people] of Object.entries(members)) {
    const group = addressOf('accessGroup', namespace, 'support')
    found.set(group, { ...accessGroup('support', { members: people }), namespace, address: group })
    const address = addressOf('integration', namespace, 'jira-support')
    const made = integration({
      access: { level: 'group', groups: ['support'] },
      permissions: [{ operations: ['createIssue'], effect: 'confirm' }],
    })
    found.set(address, { ...made, namespace, address })
  }
  return {
    find: address => (address === 'clusterServiceDefinition/jira' ? JIRA_SERVICE : found.get(address)),
    table: digest => (digest === 'sha256:jira' ? { digest, operations } : undefined),
  }
}

const JIRA_SERVICE: Resource = {
  ...accessGroup('jira', {}),
  kind: 'clusterServiceDefinition',
  address: 'clusterServiceDefinition/jira',
  namespace: undefined,
  spec: { displayName: 'Jira', description: 'Issues.', type: 'openapi', auth: [], operations: 'sha256:jira' },
}

const ACME = addressOf('integration', 'acme', 'jira-support')
const OTHER = addressOf('integration', 'other', 'jira-support')
const step = { operations: ['createIssue'], before: 'deny', after: 'confirm' }

test('groups of one name belong each to their own namespace', () => {
  const before = world({ acme: ['ana@acme.example'], other: ['oda@other.example'] })
  const after = world({ acme: ['ana@acme.example'], other: ['oda@other.example', 'new@other.example'] })
  expect(consequences([ACME, OTHER], before, after)).toEqual([
    { integration: OTHER, who: 'new@other.example', people: 1, ...step },
  ])
})

test('integrations appear and disappear', () => {
  const [none, some] = [world({}), world({ acme: ['ana@acme.example'] })]
  expect(consequences([ACME, OTHER], none, some)).toEqual([
    { integration: ACME, who: 'group support', people: 1, ...step },
  ])
  expect(consequences([ACME], some, none)).toMatchObject([{ who: 'group support', before: 'confirm', after: 'deny' }])
  expect(compiler(none)(ACME)).toBeUndefined()
  expect(compiler(some)(addressOf('accessGroup', 'acme', 'support'))).toBeUndefined()
})

test('a service that loses an operation takes it from people', () => {
  const [before, after] = [world({ acme: ['ana@acme.example'] }), world({ acme: ['ana@acme.example'] }, JIRA.slice(2))]
  expect(consequences([ACME], before, after)).toMatchObject([
    { operations: ['createIssue'], before: 'confirm', after: 'deny' },
  ])
})

test('integrations that name the same groups, each on another side, are told apart', () => {
  const groups = { day: ['ana@acme.example', 'ben@acme.example'], night: ['ben@acme.example', 'cyd@acme.example'] }
  const named = (name: string, narrowings: readonly string[]): Resource => {
    const permissions = narrowings.map(group => ({
      operations: ['createIssue'],
      effect: 'allow' as const,
      groups: [group],
    }))
    const made = integration({ access: { level: 'group', groups: ['all'] }, permissions })
    return { ...made, name, address: addressOf('integration', 'acme', name) }
  }
  const state = (one: readonly string[], two: readonly string[]): World => {
    const found = new Map<Address, Resource>(
      Object.entries(groups).map(([name, members]) => [
        addressOf('accessGroup', 'acme', name),
        accessGroup(name, { members }),
      ]),
    )
    found.set(addressOf('accessGroup', 'acme', 'all'), accessGroup('all', { groups: ['day', 'night'] }))
    for (const made of [named('one', one), named('two', two)]) found.set(made.address, made)
    return { ...world({}), find: address => (address === JIRA_SERVICE.address ? JIRA_SERVICE : found.get(address)) }
  }
  const both = ['one', 'two'].map(name => addressOf('integration', 'acme', name))
  const changes = consequences(both, state(['day'], ['night']), state(['night'], ['day']))
  expect(changes.map(({ integration: of, who, after }) => `${of.slice(-3)}: ${who} ${after}`)).toEqual([
    'one: cyd@acme.example allow',
    'one: ana@acme.example deny',
    'two: ana@acme.example allow',
    'two: cyd@acme.example deny',
  ])
  const asymmetric = consequences(both, state(['day', 'night'], ['day']), state(['day'], ['day', 'night']))
  expect(asymmetric.map(({ integration: of, who, after }) => `${of.slice(-3)}: ${who} ${after}`)).toEqual([
    'one: cyd@acme.example deny',
    'two: cyd@acme.example allow',
  ])
})
