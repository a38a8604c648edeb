import { expect, test } from 'vitest'
import type { Resource, ResourceSpecs } from '../../../src/model/state.ts'
import { guardrailWarnings } from '../../../src/review/guardrails/warnings.ts'
import { group, guardrail, integration, OPERATIONS, service } from './change.ts'

const RESOURCES = [
  service(),
  group('support', []),
  integration('billing', { access: { level: 'group', groups: ['support'] } }, { tier: 'prod' }),
  integration('billing-night', { access: { level: 'group', groups: ['support'] } }),
]

function warnings(
  spec: Partial<ResourceSpecs['guardrail']>,
  resources: readonly Resource[] = RESOURCES,
): readonly unknown[] {
  const found = guardrailWarnings([guardrail(spec)], {
    resources,
    find: address => resources.find(each => each.address === address),
    table: digest => (digest === 'sha256:billing' ? { digest, operations: OPERATIONS } : undefined),
  })
  expect(new Set(found.map(({ code }) => code)).size).toBeLessThan(2)
  return found.map(({ path, message, cure }) => [path.slice(1).join('.'), message, cure])
}

const NEVER = { rule: 'never' } as const
const waiver = { id: 'A', owner: 'a@acme.example', reason: 'r', expires: '2027-01-01' }
const NOTHING = 'Correct it, or remove it: a name of nothing keeps nothing.'

test.each<[string, Partial<ResourceSpecs['guardrail']>, readonly unknown[]]>([
  [
    'a group',
    { ...NEVER, parameters: { who: { groups: ['support', 'suport'] } } },
    ['parameters.who.groups.1', 'AccessGroup "suport" is not declared in this namespace', 'Did you mean "support"?'],
  ],
  [
    'an operation',
    { ...NEVER, parameters: { select: { operations: ['refunds'] } } },
    [
      'parameters.select.operations.0',
      'no service that this can be about has an operation with the id "refunds"',
      'Did you mean "refund"?',
    ],
  ],
  [
    'a tag of a ceiling',
    { rule: 'ceiling', parameters: { ceiling: [{ effect: 'allow', select: { tags: ['payment'] } }] } },
    [
      'parameters.ceiling.0.select.tags.0',
      'no service that this can be about has an operation with the tag "payment"',
      'Did you mean "payments"?',
    ],
  ],
  [
    'an integration of a duty',
    {
      rule: 'separation-of-duties',
      parameters: { one: { integrations: ['billing-*'] }, other: { integrations: ['x-*'] } },
    },
    ['parameters.other.integrations.0', 'no integration that this can be about is called "x-*"', NOTHING],
  ],
  [
    'a service',
    { ...NEVER, match: { services: ['biling'] }, parameters: { who: { groups: ['support'] } } },
    [
      'match.services.0',
      'no integration that this can be about connects to a service "biling"',
      'Did you mean "billing"?',
    ],
  ],
  [
    'a label',
    { ...NEVER, match: { labels: { tier: 'production' } }, parameters: { who: { groups: ['support'] } } },
    [
      'match',
      'no integration of this namespace is one that the guardrail is about',
      'Correct it: a guardrail about nothing keeps nothing.',
    ],
  ],
  [
    'an integration of a waiver',
    { rule: 'groups-owned', waivers: [{ ...waiver, integrations: ['billing-nigt'] }] },
    [
      'waivers.0.integrations.0',
      'no integration that this can be about is called "billing-nigt"',
      'Did you mean "billing-night"?',
    ],
  ],
  [
    'a group of a rule about groups',
    { rule: 'groups-owned', parameters: { groups: ['suport'] } },
    ['parameters.groups.0', 'AccessGroup "suport" is not declared in this namespace', 'Did you mean "support"?'],
  ],
])('%s that is not there is told', (_name, spec, expected) => {
  expect(warnings(spec)).toEqual([expected])
})

test('nothing is said of what is there', () => {
  const parameters = { who: { groups: ['support'] }, select: { operations: ['pay'], tags: ['payments'] } }
  const match = { integrations: ['billing', '*-night'], services: ['billing'] }
  const waivers = [{ ...waiver, integrations: ['bill*'] }]
  expect(warnings({ ...NEVER, match, parameters, waivers })).toEqual([])
})

test('nothing is said of a namespace whose integrations are not here', () => {
  const spec = { ...NEVER, match: { services: ['x'] }, parameters: { who: { groups: ['nobody'] } } }
  expect(warnings(spec, [service(), group('support', [])])).toEqual([])
})
