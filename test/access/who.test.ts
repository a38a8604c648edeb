import { describe, expect, test } from 'vitest'
import { summarise } from '../../src/access/summary.ts'
import { describeOpenSet, whoCan } from '../../src/access/who.ts'
import type { Permission, ResourceSpecs } from '../../src/model/state.ts'
import { compiled, groupsOf, integration, JIRA, position } from './facts.ts'
import type { CompiledAccess } from '../../src/access/compile.ts'

const GROUPS = groupsOf({
  support: { members: ['ana@acme.example', 'zoe@acme.example'], groups: ['night'] },
  night: { members: ['ben@acme.example', 'ana@acme.example'] },
  okta: { members: ['ola@acme.example'], groups: ['duo'], idpGroups: ['okta:support'] },
  duo: { idpGroups: ['duo:b', 'duo:a'] },
  'has-gap': { groups: ['missing'] },
})

function access(
  spec: ResourceSpecs['integration']['access'],
  permissions: readonly Permission[],
  enabled = true,
): CompiledAccess {
  return compiled({
    integration: integration({ access: spec, permissions, enabled }),
    operations: JIRA,
    groups: GROUPS,
  })
}

const ALL: Permission = { paths: ['/**'], effect: 'allow' }
const at = position(JIRA, 'createIssue')

describe('who can', () => {
  test('people through nesting, once each, by effect and name', () => {
    const support = access({ level: 'group', groups: ['support'] }, [
      ALL,
      { ...ALL, effect: 'confirm', groups: ['night'] },
    ])
    expect(whoCan(support, at)).toEqual({
      operation: 'createIssue',
      people: [
        { id: 'zoe@acme.example', effect: 'allow' },
        { id: 'ana@acme.example', effect: 'confirm' },
        { id: 'ben@acme.example', effect: 'confirm' },
      ],
      open: [],
    })
  })

  test('individuals', () => {
    const people = access({ level: 'individual', individuals: ['sub|1', 'Ana@acme.example'] }, [
      { ...ALL, individuals: ['ana@acme.example'] },
    ])
    expect(whoCan(people, at).people).toEqual([
      { id: 'ana@acme.example', effect: 'allow' },
      { id: 'sub|1', effect: 'deny' },
    ])
  })

  test('companies, where people are not known', () => {
    const companies = access({ level: 'company', companies: ['b.example', 'a.example'] }, [
      ALL,
      { ...ALL, effect: 'confirm', companies: ['a.example'] },
    ])
    const { people, open } = whoCan(companies, at)
    expect(people).toEqual([])
    expect(open.map(describeOpenSet)).toEqual([
      'everyone at a.example (people unknown here): confirm',
      'everyone at b.example (people unknown here): allow',
    ])
  })

  test('groups of the identity provider, with what their members may do at least and at most', () => {
    const okta = access({ level: 'group', groups: ['okta'] }, [
      { operations: ['createIssue'], effect: 'allow', groups: ['duo'] },
    ])
    const { people, open } = whoCan(okta, at)
    expect(people).toEqual([{ id: 'ola@acme.example', effect: 'deny' }])
    expect(open).toEqual([
      { kind: 'idpGroup', name: 'duo:a', groups: ['okta'], atLeast: 'allow', atMost: 'allow' },
      { kind: 'idpGroup', name: 'duo:b', groups: ['okta'], atLeast: 'allow', atMost: 'allow' },
      { kind: 'idpGroup', name: 'okta:support', groups: ['okta'], atLeast: 'deny', atMost: 'allow' },
    ])
    expect(describeOpenSet(open[2]!)).toBe(
      'identity provider group okta:support (who is in it is unknown here): at least deny, at most allow',
    )
  })

  test('a group that is not declared', () => {
    const { open } = whoCan(access({ level: 'group', groups: ['has-gap'] }, [ALL]), at)
    expect(open.map(describeOpenSet)).toEqual(['group missing (not declared, who is in it is unknown here): deny'])
  })

  test('nobody while it is disabled', () => {
    const { people } = whoCan(access({ level: 'group', groups: ['support'] }, [ALL], false), at)
    expect(new Set(people.map(({ effect }) => effect))).toEqual(new Set(['deny']))
  })
})

describe('the summary', () => {
  test('counts operations by the best effect that anybody has', () => {
    const permissions: readonly Permission[] = [
      { methods: ['get'], effect: 'allow', groups: ['night'] },
      { methods: ['get', 'post'], effect: 'confirm', groups: ['okta'] },
    ]
    expect(summarise(access({ level: 'group', groups: ['support'] }, permissions.slice(0, 1)))).toEqual({
      operations: 7,
      people: 3,
      open: false,
      effects: { allow: 5, confirm: 0, deny: 2 },
    })
    expect(summarise(access({ level: 'group', groups: ['support', 'okta'] }, permissions))).toEqual({
      operations: 7,
      people: 4,
      open: true,
      effects: { allow: 0, confirm: 6, deny: 1 },
    })
  })

  test('counts an operation once that some may call and others must confirm', () => {
    const permissions: readonly Permission[] = [ALL, { methods: ['post'], effect: 'confirm', groups: ['night'] }]
    expect(summarise(access({ level: 'group', groups: ['support'] }, permissions)).effects).toEqual({
      allow: 7,
      confirm: 0,
      deny: 0,
    })
  })

  test('knows nobody in a company', () => {
    expect(summarise(access({ level: 'company', companies: ['a.example'] }, [ALL]))).toMatchObject({
      people: 0,
      open: true,
      effects: { allow: 7 },
    })
  })

  test('a disabled integration denies everything, and its people are still those with access', () => {
    expect(summarise(access({ level: 'group', groups: ['support'] }, [ALL], false))).toMatchObject({
      people: 3,
      effects: { deny: 7 },
    })
  })
})
