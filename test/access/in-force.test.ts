import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/access/compile.ts'
import { consequences, type World } from '../../src/access/consequences.ts'
import { decide, effectOf } from '../../src/access/decide.ts'
import { describeReason } from '../../src/access/describe.ts'
import { inForce } from '../../src/access/in-force.ts'
import { principal, type Effect } from '../../src/model/effect.ts'
import type { Permission, Resource } from '../../src/model/state.ts'
import { resource } from '../support/resources.ts'
import { accessGroup, groupsOf, integration, JIRA, position } from './facts.ts'
import { referenceEffect } from './reference.ts'
import { everybody, world } from './worlds.ts'

const EXPIRES = '2026-10-31'

describe('a group', () => {
  const group = accessGroup('night', { members: ['ana@acme.example'], groups: ['day'], idpGroups: ['okta:n'] })
  const expiring = { ...group, spec: { ...group.spec, expires: EXPIRES } }
  const emptied = { ...expiring, spec: { ...expiring.spec, members: [], groups: [], idpGroups: [] } }

  test.each([
    { name: 'without a last day counts for ever', given: group, asOf: '9999-12-31', expected: group },
    { name: 'counts before its last day', given: expiring, asOf: '2026-10-30', expected: expiring },
    { name: 'counts on its last day', given: expiring, asOf: EXPIRES, expected: expiring },
    { name: 'has nobody in it from the next day on', given: expiring, asOf: '2026-11-01', expected: emptied },
    { name: 'counts where nobody asks for a day', given: expiring, asOf: undefined, expected: expiring },
  ])('$name', ({ given, asOf, expected }) => {
    expect(inForce(given, asOf)).toEqual(expected)
  })
})

const GROUPS = groupsOf({
  support: { members: ['ana@acme.example'], groups: ['night', 'okta'] },
  night: { members: ['ben@acme.example'], groups: ['deep'], expires: EXPIRES },
  deep: { members: ['cyd@acme.example'] },
  okta: { idpGroups: ['okta:a'], expires: EXPIRES },
})
const ALL: Permission = { paths: ['/**'], effect: 'allow' }
const DENY_NIGHT: Permission = { paths: ['/**'], effect: 'deny', groups: ['night'] }

function compiledOn(asOf: string | undefined, permissions: readonly Permission[] = [ALL]): ReturnType<typeof compile> {
  return compile({
    integration: integration({ access: { level: 'group', groups: ['support'] }, permissions }),
    operations: JIRA,
    group: name => {
      const found = GROUPS.get(name)
      return found && inForce(found, asOf)
    },
  })
}

describe('a decision', () => {
  test.each<{ name: string; person: string; idpGroups?: string[]; permissions?: Permission[]; effects: Effect[] }>([
    { name: 'gives nothing to a member of an expired group', person: 'ben@acme.example', effects: ['allow', 'deny'] },
    { name: 'nor to one of what is nested in it', person: 'cyd@acme.example', effects: ['allow', 'deny'] },
    { name: 'leaves the others', person: 'ana@acme.example', effects: ['allow', 'allow'] },
    {
      name: 'gives nothing to people whom the identity provider puts in it',
      person: 'ida@acme.example',
      idpGroups: ['okta:a'],
      effects: ['allow', 'deny'],
    },
    {
      name: 'lets an expired denial go',
      person: 'ana@acme.example',
      permissions: [ALL, { ...DENY_NIGHT, groups: ['okta'] }],
      effects: ['deny', 'allow'],
    },
  ])('$name', ({ person, idpGroups, permissions, effects }) => {
    const asked = principal(person, idpGroups)
    const found = [EXPIRES, '2026-11-01'].map(day => effectOf(compiledOn(day, permissions), asked, 0))
    expect(found).toEqual(effects)
  })

  test('says until when a group counts to whom it gives nothing', () => {
    const { reasons } = decide(compiledOn('2026-11-01'), principal('ben@acme.example'), position(JIRA, 'getIssue'))
    expect(reasons.map(describeReason)).toEqual([
      'ben@acme.example has no access to integration acme/jira-support (jira.yaml:1), which is for group support; group night counts until 2026-10-31 and group okta counts until 2026-10-31',
    ])
  })

  test('does not speak of groups that still have members', () => {
    const { reasons } = decide(compiledOn(EXPIRES), principal('zoe@acme.example'), 0)
    expect(reasons.map(({ kind }) => kind)).toEqual(['access-unknown'])
  })
})

test('a plan shows what ends between two days', () => {
  const made = integration({ access: { level: 'group', groups: ['support'] }, permissions: [ALL] })
  const jira = resource('clusterServiceDefinition', 'jira')
  const rows: readonly Resource[] = [made, jira, ...GROUPS.values()]
  const on = (asOf?: string): World => ({
    find: address => rows.find(row => row.address === address),
    table: () => ({ digest: '', operations: JIRA }),
    ...(asOf !== undefined && { asOf }),
  })
  expect(consequences([made.address], on(EXPIRES), on())).toEqual([])
  const ended = consequences([made.address], on(EXPIRES), on('2026-11-01'))
  expect(new Map(ended.map(({ who, before, after }) => [who, [before, after]]))).toEqual(
    new Map([
      ['ben@acme.example and cyd@acme.example', ['allow', 'deny']],
      ['identity provider group okta:a (people unknown)', ['allow', 'deny']],
    ]),
  )
})

test('a group that has expired decides like one with nobody in it', () => {
  fc.assert(
    fc.property(world, fc.func(fc.boolean()), (given, isOver) => {
      const groups = new Map(
        [...given.groups].map(([name, group]) => [
          name,
          isOver(name) ? { ...group, spec: { ...group.spec, expires: EXPIRES } } : group,
        ]),
      )
      const emptied = new Map(
        [...given.groups].map(([name, { spec }]) => [
          name,
          accessGroup(name, isOver(name) ? { displayName: name } : spec),
        ]),
      )
      const compiled = compile({
        integration: given.integration,
        operations: given.operations,
        group: name => {
          const found = groups.get(name)
          return found && inForce(found, '2026-11-01')
        },
      })
      for (const person of everybody()) {
        for (const [at, operation] of given.operations.entries()) {
          expect(effectOf(compiled, person, at)).toBe(referenceEffect({ ...given, groups: emptied }, person, operation))
        }
      }
    }),
    { numRuns: 60 },
  )
})
