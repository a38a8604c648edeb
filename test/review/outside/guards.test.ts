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
