import { describe, expect, test } from 'vitest'
import type { WaiverSpec } from '../../../src/model/manifest.gen.ts'
import type { Resource, ResourceSpecs } from '../../../src/model/state.ts'
import { judge } from '../../../src/review/guardrails/judge.ts'
import { resource } from '../../support/resources.ts'
import { group, guardrail, inputOf, integration, judged, judgement } from './change.ts'

type Spec = Partial<ResourceSpecs['guardrail']>

const STAFF = group('staff', ['ana@acme.example', 'ben@acme.example'])
const EVERYBODY = group('staff', ['ana@acme.example', 'ben@acme.example', 'cyd@acme.example'])

function billing(effect: 'allow' | 'confirm' | 'deny', name = 'billing'): Resource {
  const access = { level: 'group', groups: ['staff'] } as const
  return integration(name, { access, permissions: [{ operations: ['pay'], effect }] })
}

/** Nobody pays without being asked. */
const ASKED: Spec = { rule: 'require-confirmation', parameters: { select: { writes: true } } }
const BREAKS = { before: [STAFF, billing('confirm')], after: [STAFF, billing('allow')] }

describe('what was broken before', () => {
  const BROKEN = [STAFF, billing('allow')]

  test('is counted, and no violation, where it stays as it was', async () => {
    const after = [STAFF, integration('billing', { ...specOf(billing('allow')), title: 'Another' })]
    expect(await judgement({ before: BROKEN, after }, ASKED)).toMatchObject({
      before: 'broken',
      after: 'broken',
      violations: [],
      brokenAlready: 1,
    })
  })

  test('is a violation for whoever comes to it', async () => {
    const said = await judgement({ before: BROKEN, after: [EVERYBODY, billing('allow')] }, ASKED)
    expect(said).toMatchObject({ before: 'broken', after: 'broken', brokenAlready: 1 })
    expect(said.violations).toMatchObject([
      { message: 'cyd@acme.example can call 1 write without confirmation: pay on acme/billing', findings: ['A1'] },
    ])
  })

  test('is a violation where it goes further', async () => {
    const never: Spec = { rule: 'never', parameters: { who: { groups: ['staff'] } } }
    const said = await judgement(BREAKS, never)
    expect(said).toMatchObject({ before: 'broken', after: 'broken', brokenAlready: 0 })
    expect(said.violations[0]!.witness).toBe('ana@acme.example → POST /payments on acme/billing: confirm → allow')
  })

  test('is mended by taking it back', async () => {
    const said = await judgement({ before: BROKEN, after: BREAKS.before }, ASKED)
    expect(said).toMatchObject({ before: 'broken', after: 'holds', violations: [], brokenAlready: 0 })
  })

  test('is not newly broken by renaming the operation or its parameters', async () => {
    const tables = {
      'sha256:old': [{ id: 'pay', method: 'post', path: '/pay/{id}', tags: [] }],
      'sha256:new': [{ id: 'payNow', method: 'post', path: '/pay/{number}', tags: [] }],
    }
    const on = (operations: string, id: string): readonly Resource[] => [
      STAFF,
      resource('clusterServiceDefinition', 'billing', { operations, endpoint: 'https://billing.example/v1' }),
      integration('billing', { ...specOf(billing('allow')), permissions: [{ operations: [id], effect: 'allow' }] }),
    ]
    const said = await judgement({ before: on('sha256:old', 'pay'), after: on('sha256:new', 'payNow'), tables }, ASKED)
    expect(said).toMatchObject({ after: 'broken', violations: [], brokenAlready: 1 })
  })
})

function specOf({ spec }: Resource): ResourceSpecs['integration'] {
  return spec as ResourceSpecs['integration']
}

describe('guards come from before the change', () => {
  const strict = guardrail(ASKED)
  const lax = guardrail({ ...ASKED, match: { integrations: ['other'] } })

  test('a guardrail that the change softens judges by its old text, and says what the new one would', async () => {
    const [said] = await judged({ ...BREAKS, guardrails: [strict], guardrailsAfter: [lax] })
    expect(said).toMatchObject({ after: 'broken', byNewText: 'holds', violations: [{}] })
  })

  test('a guardrail that the change sharpens does not judge it yet', async () => {
    const [said] = await judged({ ...BREAKS, guardrails: [lax], guardrailsAfter: [strict] })
    expect(said).toMatchObject({ after: 'holds', byNewText: 'broken', violations: [] })
  })

  test('a guardrail that the change adds judges nothing', async () => {
    const [said] = await judged({ ...BREAKS, guardrails: [], guardrailsAfter: [strict] })
    expect(said).toMatchObject({
      before: 'not-judged',
      after: 'holds',
      byNewText: 'broken',
      violations: [],
      waivers: [],
    })
  })

  test('a guardrail that the change removes still judges', async () => {
    const [said] = await judged({ ...BREAKS, guardrails: [strict], guardrailsAfter: [] })
    expect(said).toMatchObject({ after: 'broken', byNewText: undefined, violations: [{}] })
  })

  test('a guardrail that stays as it is has no new text', async () => {
    const [said] = await judged({ ...BREAKS, guardrails: [strict] })
    expect(said!.byNewText).toBeUndefined()
  })

  test('waivers that the change adds waive nothing yet', async () => {
    const waived = guardrail({ ...ASKED, waivers: [waiver({ integrations: ['billing'] })] })
    const [said] = await judged({ ...BREAKS, guardrails: [strict], guardrailsAfter: [waived] })
    expect(said).toMatchObject({ after: 'broken', byNewText: 'holds', waivers: [] })
    expect(said!.violations[0]!.waivedBy).toBeUndefined()
  })
})

function waiver(more: Partial<WaiverSpec>): WaiverSpec {
  return { id: 'SEC-811', owner: 'sec@acme.example', reason: 'Night shift.', expires: '2026-10-07', ...more }
}

describe('a waiver', () => {
  const cases: readonly { name: string; waiver: Partial<WaiverSpec>; state: string; waived: boolean }[] = [
    {
      name: 'for the integration lets it pass, on its last day too',
      waiver: { integrations: ['bill*'] },
      state: 'used',
      waived: true,
    },
    {
      name: 'that has ended does not count',
      waiver: { integrations: ['bill*'], expires: '2026-10-06' },
      state: 'expired',
      waived: false,
    },
    {
      name: 'for another integration is told as unused',
      waiver: { integrations: ['crm'] },
      state: 'unused',
      waived: false,
    },
    {
      name: 'for another violation is told as unused',
      waiver: { fingerprints: ['sha256:0000'] },
      state: 'unused',
      waived: false,
    },
    { name: 'that says nothing of what it is about waives nothing', waiver: {}, state: 'unused', waived: false },
  ]
  test.each(cases)('$name', async ({ waiver: spec, state, waived }) => {
    const { after, violations, waivers } = await judgement(BREAKS, { ...ASKED, waivers: [waiver(spec)] })
    const isValid = spec.integrations !== undefined || spec.fingerprints !== undefined
    expect(after).toBe(!isValid ? 'failed' : waived ? 'holds' : 'broken')
    expect(violations.map(({ waivedBy }) => waivedBy)).toEqual(isValid ? [waived ? 'SEC-811' : undefined] : [])
    expect(waivers).toMatchObject([{ id: 'SEC-811', owner: 'sec@acme.example', reason: 'Night shift.', state }])
  })

  test('for a violation, by its fingerprint, lets just this one pass', async () => {
    const two = {
      before: [STAFF, billing('confirm', 'a'), billing('confirm', 'b')],
      after: [STAFF, billing('allow', 'a'), billing('allow', 'b')],
    }
    const first = await judgement(two, ASKED)
    const fingerprints = [first.violations[0]!.fingerprint]
    const said = await judgement(two, { ...ASKED, waivers: [waiver({ fingerprints })] })
    expect(said.violations.map(({ waivedBy }) => waivedBy)).toEqual(['SEC-811', undefined])
    expect(said.after).toBe('broken')
    // Somebody more is another violation.
    const more = await judgement(
      { ...two, after: [EVERYBODY, ...two.after.slice(1)] },
      { ...ASKED, waivers: [waiver({ fingerprints })] },
    )
    expect(more.violations.map(({ waivedBy }) => waivedBy)).toEqual([undefined, undefined])
  })

  test('for one integration does not cover a violation about two', async () => {
    const separation: Spec = {
      rule: 'separation-of-duties',
      parameters: { one: { integrations: ['a'] }, other: { integrations: ['b'] } },
    }
    const change = { after: [STAFF, billing('allow', 'a'), billing('allow', 'b')] }
    const one = await judgement(change, { ...separation, waivers: [waiver({ integrations: ['a'] })] })
    expect(one.violations[0]!.waivedBy).toBeUndefined()
    const both = await judgement(change, { ...separation, waivers: [waiver({ integrations: ['a', 'b'] })] })
    expect(both.violations[0]!.waivedBy).toBe('SEC-811')
  })

  test('of a rule that was broken before is used, not unused', async () => {
    const after = [EVERYBODY, billing('allow')]
    const said = await judgement(
      { before: [STAFF, billing('allow')], after },
      { ...ASKED, waivers: [waiver({ integrations: ['billing'] })] },
    )
    expect(said).toMatchObject({ after: 'holds', brokenAlready: 1, waivers: [{ state: 'used' }] })
  })
})

test('a guardrail judges its own namespace only', async () => {
  const elsewhere = { ...guardrail(ASKED), namespace: 'other', address: 'guardrail/other/rule' as const }
  const expressions = {
    ...guardrail({ validations: [{ expression: "finding.kind == ''" }] }),
    namespace: 'other',
    address: 'guardrail/other/b' as const,
  }
  expect(await judged({ ...BREAKS, guardrails: [elsewhere, expressions] })).toMatchObject([
    { guardrail: 'guardrail/other/b', after: 'holds', violations: [] },
    { guardrail: 'guardrail/other/rule', after: 'holds', violations: [] },
  ])
})

test('judgements are in order, and the same in every run', async () => {
  const guardrails = [
    guardrail({ ...ASKED, actions: ['Warn'] }, 'z'),
    guardrail({ rule: 'no-new-access' }, 'a'),
    guardrail({ validations: [{ expression: 'finding.operations.writes == 0' }] }, 'm'),
  ]
  const input = inputOf({ ...BREAKS, guardrails })
  const [one, other] = [await judge(input), await judge(inputOf({ ...BREAKS, guardrails: guardrails.toReversed() }))]
  expect(one.map(each => each.guardrail)).toEqual(['guardrail/acme/a', 'guardrail/acme/m', 'guardrail/acme/z'])
  expect(JSON.stringify(other)).toBe(JSON.stringify(one))
  expect(one[2]).toMatchObject({ actions: ['Warn'], description: 'A guardrail.' })
})

test('a fingerprint names the facts, not where they are written', async () => {
  const [one, other] = [
    BREAKS,
    { ...BREAKS, after: [STAFF, { ...billing('allow'), origin: { file: 'x', line: 7, permissions: [9] } }] },
  ]
  const prints = await Promise.all(
    [one, other].map(async change => (await judgement(change, ASKED)).violations[0]!.fingerprint),
  )
  expect(prints[0]).toBe(prints[1])
})
