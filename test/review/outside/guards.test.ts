import { describe, expect, test } from 'vitest'
import type { GuardSettings } from '../../../src/review/outside/input.ts'
import { resource } from '../../support/resources.ts'
import { crm, operations, told, type Spec } from './worlds.ts'

const LOCK: GuardSettings['lock'] = new Map([['clusterServiceDefinition/crm', ['GET /contacts']]])

interface Case {
  readonly name: string
  readonly before: Partial<GuardSettings>
  readonly after: Partial<GuardSettings>
  readonly expected: readonly string[]
}

const SETTINGS: readonly Case[] = [
  { name: 'nothing', before: { lock: LOCK }, after: { lock: LOCK }, expected: [] },
  {
    name: 'more deletes',
    before: { limits: { maxDeletes: 5 } },
    after: {},
    expected: ['medium widens limits-changed: tenon.yaml: guards.maxDeletes is 10 instead of 5'],
  },
  {
    name: 'fewer deletes',
    before: {},
    after: { limits: { maxDeletes: 5, maxDeletePercent: 30 } },
    expected: ['low narrows limits-changed: tenon.yaml: guards.maxDeletes is 5 instead of 10'],
  },
  {
    name: 'a larger share',
    before: { limits: { maxDeletePercent: 20 } },
    after: { limits: { maxDeletePercent: 100 } },
    expected: ['medium widens limits-changed: tenon.yaml: guards.maxDeletePercent is 100 instead of 20'],
  },
  {
    name: 'bindings are not required any more',
    before: { requireBinding: true },
    after: { requireBinding: false },
    expected: ['medium widens limits-changed: tenon.yaml: credentials.requireBinding is false instead of true'],
  },
  {
    name: 'another owner',
    before: { owner: undefined },
    after: { owner: 'git:evil' },
    expected: ['medium unclear limits-changed: tenon.yaml: owner is git:evil instead of local'],
  },
  {
    name: 'the lock goes',
    before: { lock: LOCK },
    after: { lock: undefined },
    expected: [
      'high widens lock-changed: tenon.lock.yaml is gone: operations that a service adds are covered by broad permissions at once',
    ],
  },
  {
    name: 'a lock comes',
    before: { lock: undefined },
    after: { lock: LOCK },
    expected: [
      'low narrows lock-changed: tenon.lock.yaml is new: operations that a service adds stay denied until somebody accepts them',
    ],
  },
]

test.each(SETTINGS)('tenon.yaml and the lock: $name', ({ before, after, expected }) => {
  expect(told({ resources: [], guards: before }, { resources: [], guards: after })).toEqual(expected)
})

test('where the lock goes, that nothing is new any more is no acceptance', () => {
  const [waiting, free] = [operations('get /contacts', 'get /orders (new)'), operations('get /contacts', 'get /orders')]
  const found = told(
    { resources: [crm({ operations: waiting })], guards: { lock: LOCK } },
    { resources: [crm({ operations: free })], guards: { lock: undefined } },
  )
  expect(found).toHaveLength(1)
  expect(found[0]).toContain('tenon.lock.yaml is gone')
})

describe('what a service itself accepts', () => {
  const [ALL, NEW] = [operations('get /contacts'), operations('get /contacts', 'post /contacts (new)')]
  const BOTH = operations('get /contacts', 'post /contacts')

  test.each<{
    readonly name: string
    readonly before: Spec<'clusterServiceDefinition'>
    readonly after: Spec<'clusterServiceDefinition'>
    readonly guards?: readonly [Partial<GuardSettings>, Partial<GuardSettings>]
    readonly expected: readonly string[]
  }>([
    {
      name: 'nothing',
      before: { operations: ALL, acceptedOperations: ['POST /later'] },
      after: { operations: ALL, acceptedOperations: ['POST /later'] },
      expected: [],
    },
    {
      name: 'the list goes while nothing is new',
      before: { operations: ALL, acceptedOperations: [] },
      after: { operations: ALL },
      expected: [
        'high widens acceptance-changed: service crm no longer lists what is accepted: operations that it adds are covered by broad permissions at once',
      ],
    },
    {
      name: 'the list goes and the lock file takes over',
      before: { operations: ALL, acceptedOperations: [] },
      after: { operations: ALL },
      guards: [{ lock: new Map() }, { lock: LOCK }],
      expected: ['low unclear acceptance-changed: service crm leaves it to tenon.lock.yaml what is accepted'],
    },
    {
      name: 'the list goes while something is new',
      before: { operations: NEW },
      after: { operations: BOTH },
      expected: [
        'high widens lock-changed: service crm no longer lists what is accepted: operations that it adds are covered by broad permissions at once',
        'low widens lock-changed: 1 operation of service crm is accepted: POST /contacts',
      ],
    },
    {
      name: 'a list comes',
      before: { operations: ALL },
      after: { operations: ALL, acceptedOperations: [] },
      expected: [
        'low narrows acceptance-changed: service crm lists what is accepted: operations that it adds stay denied until somebody accepts them',
      ],
    },
    {
      name: 'the last new operation is accepted',
      before: { operations: NEW },
      after: { operations: BOTH, acceptedOperations: [] },
      expected: ['low widens lock-changed: 1 operation of service crm is accepted: POST /contacts'],
    },
    {
      name: 'an operation is accepted before it is there, and another no longer',
      before: { operations: ALL, acceptedOperations: ['GET /old'] },
      after: { operations: ALL, acceptedOperations: ['DELETE /contacts'] },
      expected: [
        'low narrows acceptance-changed: service crm no longer accepts in advance: GET /old',
        'medium widens acceptance-changed: 1 operation of service crm is accepted before it is there: DELETE /contacts',
      ],
    },
    {
      name: 'an operation goes and stays in the list, and one in the list comes',
      before: { operations: ALL, acceptedOperations: ['POST /contacts/{id}'] },
      after: { operations: operations('post /contacts/{contact}'), acceptedOperations: ['GET /contacts'] },
      expected: [],
    },
    {
      name: 'a lock file accepts an operation before it is there',
      before: { operations: ALL },
      after: { operations: ALL },
      guards: [
        { lock: LOCK },
        { lock: new Map([['clusterServiceDefinition/crm', ['GET /contacts', 'DELETE /contacts']]]) },
      ],
      expected: [
        'medium widens lock-changed: tenon.lock.yaml: 1 operation of service crm is accepted before it is there: DELETE /contacts',
      ],
    },
    {
      name: 'a lock file accepts what comes at the same time',
      before: { operations: ALL },
      after: { operations: BOTH },
      guards: [
        { lock: LOCK },
        { lock: new Map([['clusterServiceDefinition/crm', ['GET /contacts', 'POST /contacts']]]) },
      ],
      expected: [],
    },
  ])('$name', ({ before, after, guards: [was, is] = [{}, {}], expected }) => {
    expect(told({ resources: [crm(before)], guards: was }, { resources: [crm(after)], guards: is })).toEqual(expected)
  })
})

const WAIVER = { id: 'SEC-1', owner: 'ada@x.example', reason: 'Until the move.', expires: '2026-12-01' }

const GUARDRAILS: readonly {
  readonly name: string
  readonly before?: Spec<'guardrail'>
  readonly after?: Spec<'guardrail'>
  readonly expected: readonly string[]
}[] = [
  { name: 'nothing', before: { waivers: [WAIVER] }, after: { waivers: [WAIVER] }, expected: [] },
  {
    name: 'a new one',
    after: {},
    expected: ['low narrows guardrail-changed: guardrail acme/g is new, and judges changes after this one'],
  },
  {
    name: 'it goes',
    before: {},
    expected: ['high widens guardrail-changed: guardrail acme/g is deleted, and judges no change after this one'],
  },
  {
    name: 'it no longer refuses',
    before: { actions: ['Deny', 'Audit'] },
    after: { actions: ['Audit', 'Warn'] },
    expected: ['high widens guardrail-changed: guardrail acme/g no longer refuses what breaks it'],
  },
  {
    name: 'it refuses from now on',
    before: { actions: ['Warn'] },
    after: { actions: ['Deny'] },
    expected: ['low narrows guardrail-changed: guardrail acme/g now does Deny'],
  },
  {
    name: 'it warns less',
    before: { actions: ['Warn'] },
    after: { actions: ['Audit'] },
    expected: ['medium unclear guardrail-changed: guardrail acme/g now does Audit'],
  },
  {
    name: 'a waiver comes',
    before: {},
    after: { waivers: [WAIVER] },
    expected: ['medium widens guardrail-changed: guardrail acme/g is waived for more: SEC-1'],
  },
  {
    name: 'a waiver lasts longer',
    before: { waivers: [WAIVER] },
    after: { waivers: [{ ...WAIVER, expires: '2027-12-01' }] },
    expected: ['medium widens guardrail-changed: guardrail acme/g is waived for more: SEC-1'],
  },
  {
    name: 'a waiver is no longer for one integration only',
    before: { waivers: [{ ...WAIVER, integrations: ['a'] }] },
    after: { waivers: [WAIVER] },
    expected: ['medium widens guardrail-changed: guardrail acme/g is waived for more: SEC-1'],
  },
  {
    name: 'a waiver is for one integration only',
    before: { waivers: [WAIVER] },
    after: { waivers: [{ ...WAIVER, integrations: ['a'] }] },
    expected: [],
  },
  {
    name: 'a waiver goes',
    before: { waivers: [WAIVER] },
    after: {},
    expected: ['low narrows guardrail-changed: guardrail acme/g is waived for less, without SEC-1'],
  },
  {
    name: 'another rule',
    before: { rule: 'never' },
    after: { rule: 'at-most', parameters: { max: 5 } },
    expected: [
      'medium unclear guardrail-changed: guardrail acme/g has another rule, parameters; this change is judged by the old text',
    ],
  },
  {
    name: 'another description',
    before: {},
    after: { description: 'B' },
    expected: [
      'low unclear guardrail-changed: guardrail acme/g has another description; this change is judged by the old text',
    ],
  },
]

describe('guardrails', () => {
  test.each(GUARDRAILS)('$name', ({ before, after, expected }) => {
    const [was, is] = [before, after].map(spec => (spec === undefined ? [] : [resource('guardrail', 'g', spec)]))
    expect(told({ resources: was! }, { resources: is! })).toEqual(expected)
  })
})
