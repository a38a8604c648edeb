/** What means the same has the same normal form, and so the same digest. */
import { expect, test } from 'vitest'
import { decode } from '../../src/decode/decode.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import type { Resource } from '../../src/model/state.ts'
import { resourceOf } from '../../src/resolve/normal.ts'

type Spec = Readonly<Record<string, unknown>>

const GROUP = { displayName: 'Support', members: ['ana@acme.example'] }
const SERVICE = { displayName: 'Own', description: 'A service.', type: 'http', operations: [] }

const JUDGED = { description: 'Nobody gains much.', validations: [{ expression: 'true' }] }
const WAIVER = { id: 'W-1', owner: 'ana@acme.example', reason: 'Until then.', expires: '2027-03-31' }

function ceiling(spec: Spec, more: Spec = {}): Spec {
  return {
    description: 'Not more.',
    rule: 'ceiling',
    parameters: { ceiling: [{ effect: 'confirm', ...spec }] },
    ...more,
  }
}

function integration(permission: Spec): Spec {
  return {
    title: 'Jira',
    description: 'Issues.',
    service: { kind: 'ClusterServiceDefinition', name: 'jira' },
    access: { level: 'group', groups: ['support'] },
    permissions: [{ methods: ['get'], effect: 'allow', ...permission }],
  }
}

interface Same {
  readonly name: string
  readonly kind: string
  readonly specs: readonly [Spec, Spec]
}

test.each<Same>([
  {
    name: 'e-mail addresses in any case, in any order',
    kind: 'AccessGroup',
    specs: [
      { ...GROUP, members: ['Ben@acme.example', 'ana@acme.example'] },
      { ...GROUP, members: ['ana@acme.example', 'ben@acme.example'] },
    ],
  },
  {
    name: 'a permission that says that it does not include new operations, and one that does not say',
    kind: 'Integration',
    specs: [integration({ includeNew: false }), integration({})],
  },
  {
    name: 'accepted operations, which belong to the table',
    kind: 'ServiceDefinition',
    specs: [{ ...SERVICE, acceptedOperations: ['GET /a'] }, SERVICE],
  },
  {
    name: 'a guardrail that says what holds anyhow, and one that does not',
    kind: 'Guardrail',
    specs: [{ ...JUDGED, actions: ['Deny'], over: 'finding', failurePolicy: 'Fail' }, JUDGED],
  },
  {
    name: 'actions and matches of a guardrail in any order',
    kind: 'Guardrail',
    specs: [
      { ...JUDGED, actions: ['Warn', 'Audit'], match: { integrations: ['b', 'a'], services: ['y', 'x'] } },
      { ...JUDGED, actions: ['Audit', 'Warn'], match: { integrations: ['a', 'b'], services: ['x', 'y'] } },
    ],
  },
  {
    name: 'parameters in any order, and people in any case',
    kind: 'Guardrail',
    specs: [
      ceiling({
        who: { individuals: ['Ben@acme.example', 'a'] },
        select: { methods: ['put', 'get'] },
        services: ['b', 'a'],
      }),
      ceiling({
        who: { individuals: ['a', 'ben@acme.example'] },
        select: { methods: ['get', 'put'] },
        services: ['a', 'b'],
      }),
    ],
  },
  {
    name: 'what a waiver is about in any order',
    kind: 'Guardrail',
    specs: [
      ceiling({}, { waivers: [{ ...WAIVER, integrations: ['b', 'a'] }] }),
      ceiling({}, { waivers: [{ ...WAIVER, integrations: ['a', 'b'] }] }),
    ],
  },
])('the same: $name', ({ kind, specs }) => {
  const [one, other] = specs.map(spec => resourceFor(kind, spec))
  expect(one).toEqual(other)
})

test.each<Same>([
  { name: 'a last day', kind: 'AccessGroup', specs: [{ ...GROUP, expires: '2027-03-31' }, GROUP] },
  {
    name: 'another last day',
    kind: 'AccessGroup',
    specs: [
      { ...GROUP, expires: '2027-03-31' },
      { ...GROUP, expires: '2027-04-01' },
    ],
  },
  {
    name: 'a permission that includes new operations',
    kind: 'Integration',
    specs: [integration({ includeNew: true }), integration({})],
  },
  { name: 'a guardrail over the whole change', kind: 'Guardrail', specs: [{ ...JUDGED, over: 'change' }, JUDGED] },
  {
    name: 'a waiver that ends later',
    kind: 'Guardrail',
    specs: [
      ceiling({}, { waivers: [{ ...WAIVER, integrations: ['a'] }] }),
      ceiling({}, { waivers: [{ ...WAIVER, integrations: ['a'], expires: '2027-04-01' }] }),
    ],
  },
])('not the same: $name', ({ kind, specs }) => {
  const [one, other] = specs.map(spec => resourceFor(kind, spec))
  expect(one!.digest).not.toBe(other!.digest)
})

function resourceFor(kind: string, spec: Spec): Resource {
  const problems: Problem[] = []
  const text = JSON.stringify({ apiVersion: 'tenon.dev/v1alpha1', kind, metadata: { name: 'a' }, spec })
  const source = { file: 'a.json', path: 'a.json', root: '/', bytes: Buffer.from(text) }
  const { manifests } = decode([source], { defaultNamespace: 'acme', strict: true }, problem => {
    problems.push(problem)
  })
  expect(problems).toEqual([])
  return resourceOf(manifests[0]!, {})
}
