/** What guardrails and approvals mean for a change before the API server takes it. */
import { describe, expect, test } from 'vitest'
import type { OperatorFlags } from '../../src/operator/options.ts'
import type { KubeObject } from '../../src/source/cluster/api.ts'
import { group, guardrail, integration } from '../cluster/support/samples.ts'
import { reviewerWith, type Reviewer } from './reviewer.ts'

const support = group('acme', 'support')
const jira = integration('acme', 'jira')
const wider = (spec: object = {}): KubeObject =>
  integration('acme', 'jira', { permissions: [{ methods: ['get', 'post'], effect: 'allow' }], ...spec })
const open = (spec: object = {}): KubeObject =>
  integration('acme', 'open', {
    access: { level: 'company', companies: ['acme.example'] },
    permissions: [{ methods: ['post'], effect: 'allow' }],
    ...spec,
  })

function marked(object: KubeObject, metadata: object): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...metadata } }
}

const annotated = (object: KubeObject, name: string, value: string): KubeObject =>
  marked(object, { annotations: { [`tenon.dev/${name}`]: value } })

describe('what a guardrail of the store denies', () => {
  const DENIAL = /^guardrail: guardrail acme\/no: .* can call .* on acme\/open.*\. Change what breaks it/

  test('is forbidden, in its words', async () => {
    const { review } = await reviewerWith([support, jira, guardrail('acme', 'no')])
    expect(await review('CREATE', open())).toEqual({
      uid: 'u-1',
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: expect.stringMatching(DENIAL) as string },
    })
    expect(await review('CREATE', integration('acme', 'other'))).toMatchObject({ allowed: true })
  })

  test('is forbidden by no guardrail that only the cluster has', async () => {
    const { review, see } = await reviewerWith([support, jira])
    see(guardrail('acme', 'no'))
    expect(await review('CREATE', open())).toMatchObject({ allowed: true })
  })

  test('is warned of by one that warns, and passed over by one that audits', async () => {
    const warning = await reviewerWith([support, guardrail('acme', 'no', { actions: ['Warn'] })])
    const { allowed, warnings } = await warning.review('CREATE', open())
    expect({ allowed, warnings }).toMatchObject({
      allowed: true,
      warnings: expect.arrayContaining([expect.stringMatching(/^guardrail acme\/no: /)]) as string[],
    })
    const auditing = await reviewerWith([support, guardrail('acme', 'no', { actions: ['Audit'] })])
    expect((await auditing.review('CREATE', open())).warnings?.join()).not.toContain('guardrail')
  })

  test.each<[string, KubeObject]>([
    ['mode Observe', open({ mode: 'Observe' })],
    ['suspended', open({ suspend: true })],
  ])('is warned of where nothing is written: %s', async (_, object) => {
    const { review } = await reviewerWith([support, guardrail('acme', 'no')])
    const { allowed, warnings } = await review('CREATE', object)
    expect({ allowed, first: warnings?.[0] }).toEqual({
      allowed: true,
      first: expect.stringMatching(/^the operator will refuse this: guardrail: guardrail acme\/no/) as string,
    })
  })

  test('is not held against an older one by a change that leaves it as it was', async () => {
    const { review } = await reviewerWith([support, open(), guardrail('acme', 'no')])
    expect(await review('UPDATE', open({ title: 'Else' }), open())).toMatchObject({ allowed: true })
  })
})

describe('a deletion that a guardrail denies', () => {
  const rule = guardrail('acme', 'somebody', { rule: 'at-least', parameters: { min: 1 } })
  const inNamespace = (phase: string): Readonly<Record<string, unknown>> => ({
    '/api/v1/namespaces/acme': { metadata: { name: 'acme' }, status: { phase } },
  })

  test.each<[string, KubeObject, string, boolean]>([
    ['is forbidden', jira, 'Active', false],
    ['is let through with its namespace', jira, 'Terminating', true],
    ['is let through where the row stays', annotated(jira, 'skip-cleanup', 'true'), 'Active', true],
  ])('%s', async (_, object, phase, expected) => {
    const { review } = await reviewerWith([support, jira, rule], {}, inNamespace(phase))
    const { allowed, status, warnings } = await review('DELETE', null, object)
    expect(allowed).toBe(expected)
    expect(status?.message ?? warnings?.[0]).toMatch(/guardrail acme\/somebody/)
  })
})

describe('in mode Approve', () => {
  const APPROVE: Partial<OperatorFlags> = { mode: 'Approve' }
  const AWAITED = /^mode Approve: the condition Ready will name the digest/

  async function firstWarning(review: Reviewer['review'], object: KubeObject, old: KubeObject): Promise<string> {
    const { allowed, warnings = [] } = await review('UPDATE', object, old)
    expect(allowed).toBe(true)
    return warnings[0] ?? ''
  }

  function digestIn(warning: string): string {
    return /^mode Approve: this needs an approval of (sha256:[0-9a-f]{64}), as things stand in its namespace$/.exec(
      warning,
    )![1]!
  }

  test('the digest to approve is named, and not once it is', async () => {
    const { review, see } = await reviewerWith([support, jira], APPROVE)
    const digest = digestIn(await firstWarning(review, wider(), jira))
    expect(await firstWarning(review, annotated(wider(), 'approved', digest), jira)).toMatch(/^widens access/)
    see(annotated(support, 'approved', digest))
    expect(await firstWarning(review, wider(), jira)).toMatch(/^widens access/)
  })

  test('what waits beside it is a part of it', async () => {
    const { review, see } = await reviewerWith([support, jira], APPROVE)
    const alone = digestIn(await firstWarning(review, wider(), jira))
    const grown = group('acme', 'support', { members: ['zoe@acme.example'] })
    see(marked({ ...grown, status: { observedGeneration: 1 } }, { generation: 2 }))
    const together = digestIn(await firstWarning(review, wider(), jira))
    expect(together).not.toBe(alone)
  })

  test('the mode of the resource counts', async () => {
    const { review } = await reviewerWith([support, jira])
    expect(digestIn(await firstWarning(review, wider({ mode: 'Approve' }), jira))).toMatch(/^sha256/)
    const { review: other } = await reviewerWith([support, jira], APPROVE)
    expect(await firstWarning(other, wider({ mode: 'Enforce' }), jira)).toMatch(/^widens access/)
  })

  test('what has no effect needs no word', async () => {
    const { review } = await reviewerWith([support, jira], APPROVE)
    expect(await firstWarning(review, integration('acme', 'jira', { title: 'Else' }), jira)).toBe('')
  })

  test('what goes is a change like any other', async () => {
    const { review } = await reviewerWith([support, jira], APPROVE)
    const { warnings = [] } = await review('DELETE', null, jira)
    expect(digestIn(warnings[0]!)).toMatch(/^sha256/)
    expect((await review('DELETE', null, annotated(jira, 'skip-cleanup', 'true'))).warnings ?? []).toEqual([])
  })

  test('where it cannot be planned yet, it is said that a digest will come', async () => {
    const { review } = await reviewerWith([support, jira], APPROVE)
    const early = integration('acme', 'early', { access: { level: 'group', groups: ['later'] } })
    const { allowed, warnings = [] } = await review('CREATE', early)
    expect(allowed).toBe(true)
    expect(warnings).toEqual([expect.stringMatching(/^unknown-reference/), expect.stringMatching(AWAITED)])
  })

  test('a guardrail goes before an approval', async () => {
    const { review } = await reviewerWith([support, jira, guardrail('acme', 'no')], APPROVE)
    expect(await review('CREATE', open())).toMatchObject({ allowed: false, status: { code: 403 } })
  })
})
