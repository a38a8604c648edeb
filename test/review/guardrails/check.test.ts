import { expect, test } from 'vitest'
import type { GuardrailParameters } from '../../../src/model/manifest.gen.ts'
import { checkGuardrail } from '../../../src/review/guardrails/check.ts'
import { RULE_NAMES, RULES, type ParameterName, type RuleName } from '../../../src/review/guardrails/rule-table.ts'

/** A value of each parameter; whether it fits is for the schema to say. */
const VALUES: Required<GuardrailParameters> = {
  who: { groups: ['a'] },
  select: { writes: true },
  effect: 'allow',
  ignoreUnknownMembers: true,
  max: 1,
  min: 1,
  ceiling: [{ effect: 'allow' }],
  one: { integrations: ['a'] },
  other: { integrations: ['b'] },
  groups: ['ext-*'],
  holdingIdpGroups: true,
  days: 90,
  classes: ['health'],
  demand: 'only',
  terms: ['2026-01'],
  hosts: ['*.acme.example'],
  accountRequired: true,
  percent: 20,
  of: 'people',
}
const PARAMETERS = Object.keys(VALUES) as readonly ParameterName[]

const given = (names: readonly ParameterName[]): { parameters?: GuardrailParameters } =>
  names.length === 0 ? {} : { parameters: Object.fromEntries(names.map(name => [name, VALUES[name]])) }

/** The least that a rule needs. */
const needed = (rule: RuleName): readonly ParameterName[] => [
  ...RULES[rule].required,
  ...(RULES[rule].oneOf?.slice(0, 1) ?? []),
  ...(rule === 'data-classes' ? (['classes', 'who'] as const) : []),
]

test.each(RULE_NAMES)('%s takes what it needs, and all that it takes', rule => {
  expect(checkGuardrail({ rule, ...given(needed(rule)) })).toEqual([])
  const optional = RULES[rule].optional.filter(name => rule !== 'data-classes' || name !== 'ignoreUnknownMembers')
  expect(checkGuardrail({ rule, ...given([...RULES[rule].required, ...optional]) })).toEqual([])
})

test.each(RULE_NAMES)('%s refuses what it does not take, and misses what it needs', rule => {
  for (const name of PARAMETERS) {
    if ([...RULES[rule].required, ...RULES[rule].optional].includes(name)) continue
    expect(checkGuardrail({ rule, ...given([...needed(rule), name]) })).toMatchObject([
      { code: 'unexpected-parameter', path: ['spec', 'parameters', name] },
    ])
  }
  for (const name of needed(rule)) {
    const rest = needed(rule).filter(each => each !== name)
    expect(checkGuardrail({ rule, ...given(rest) })).toMatchObject([{ code: 'missing-parameter' }])
  }
})

test('data-classes takes what fits its demand', () => {
  const check = (parameters: GuardrailParameters): readonly string[] =>
    checkGuardrail({ rule: 'data-classes', parameters }).map(({ message }) => message)
  expect(check({ demand: 'declare' })).toEqual([])
  expect(check({ demand: 'forbid', classes: ['a'], who: { groups: ['b'] } })).toEqual([
    'data-classes with demand forbid takes no parameter who',
  ])
  expect(check({ demand: 'confirm' })).toEqual(['the rule data-classes needs the parameter classes'])
})

test.each([
  ['neither a rule nor validations', {}, 'guardrail-without-rule'],
  ['both', { rule: 'groups-owned', validations: [{ expression: 'true' }] }, 'guardrail-with-two-rules'],
  [
    'conditions for a built-in rule',
    { rule: 'groups-owned', matchConditions: [{ name: 'a', expression: 'true' }] },
    'guardrail-with-two-rules',
  ],
  [
    'parameters without a rule',
    { validations: [{ expression: 'true' }], parameters: { days: 3 } },
    'unexpected-parameter',
  ],
] as const)('%s', (_name, spec, code) => {
  expect(checkGuardrail(spec)).toMatchObject([{ code }])
})

test('waivers say what they are about, end on a day that exists, and are told apart', () => {
  const waiver = { id: 'A', owner: 'a@b.example', reason: 'x', expires: '2027-02-28', integrations: ['a'] }
  const { integrations: _about, ...vague } = waiver
  const problems = checkGuardrail({
    rule: 'groups-owned',
    waivers: [waiver, { ...waiver, id: 'B', expires: '2027-02-29' }, { ...vague, id: 'C' }, waiver],
  })
  expect(problems.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([
    'invalid-date spec.waivers.1.expires',
    'waiver-without-scope spec.waivers.2',
    'repeated-waiver spec.waivers.3.id',
  ])
})
