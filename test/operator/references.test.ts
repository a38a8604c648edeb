import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kindNamed, type Kind } from '../../src/model/address.ts'
import { references } from '../../src/model/references.ts'
import { customResource, type CustomResource } from '../../src/operator/custom-resource.ts'
import { referencesOf } from '../../src/operator/references.ts'
import type { KubeObject } from '../../src/source/cluster/api.ts'
import * as samples from '../cluster/support/samples.ts'
import { desired } from '../cluster/support/stored.ts'
import { shown } from './custom-resources.ts'

const JIRA = { kind: 'ClusterServiceDefinition', name: 'jira' }
const BILLING = { kind: 'ServiceDefinition', name: 'billing' }
const GROUPS = ['g0', 'g1', 'g2', 'g3']
const INTEGRATIONS = ['i0', 'i1', 'i2']

const billing = {
  apiVersion: 'tenon.dev/v1alpha1',
  kind: 'ServiceDefinition',
  metadata: { name: 'billing', namespace: 'acme' },
  spec: { displayName: 'Billing', description: 'Invoices.', type: 'http', auth: [{ type: 'basic' }] },
}

/** Groups that contain later ones, so that none contains itself; the first always contains the last. */
const groups = fc.tuple(
  ...GROUPS.map((name, at) =>
    fc
      .subarray(GROUPS.slice(at + 1))
      .map(nested => samples.group('acme', name, { groups: [...new Set([...nested, ...(at === 0 ? ['g3'] : [])])] })),
  ),
)

/** Some groups of an access, or one that is only nested in it. */
function narrowingOf(named: readonly string[]) {
  return fc.subarray([...new Set([...named, ...(named.includes('g0') ? ['g3'] : [])])], { minLength: 1 })
}

const services = fc.constantFrom(JIRA, BILLING)

const access = fc.oneof(
  fc.subarray(GROUPS, { minLength: 1 }).chain(named =>
    fc.option(narrowingOf(named), { nil: undefined }).map(narrowed => ({
      access: { level: 'group', groups: named },
      narrowed: narrowed && { groups: narrowed },
    })),
  ),
  fc.constant({ access: { level: 'company', companies: ['acme.example'] }, narrowed: undefined }),
)

const integrations = fc.tuple(
  ...INTEGRATIONS.map(name =>
    fc.tuple(services, access, fc.boolean()).map(([service, { access: wanted, narrowed }, isSigned]) =>
      samples.integration('acme', name, {
        service,
        endpoint: 'https://acme.example.net/v1',
        access: wanted,
        permissions: [{ methods: ['get'], effect: 'allow', ...narrowed }],
        credentials: isSigned ? [`bot-of-${service.name}`] : [],
      }),
    ),
  ),
)

const consumers = fc.subarray(INTEGRATIONS).map(named => samples.consumer('acme', 'desk', named))

const source = fc
  .tuple(groups, integrations, consumers)
  .map(([teams, links, desk]): readonly KubeObject[] => [
    billing,
    ...[JIRA, BILLING].map(service =>
      samples.credential('acme', `bot-of-${service.name}`, { service, secretRef: { name: 'values' } }),
    ),
    ...teams,
    ...links,
    desk,
  ])

function resourceOf(object: KubeObject): CustomResource {
  return customResource(kindNamed(object.kind ?? '')!, object)
}

test('the references of a custom resource are those of the resource that comes of it, and what holds its values', async () => {
  await fc.assert(
    fc.asyncProperty(source, async objects => {
      const resources = objects.map(resourceOf)
      const state = await desired(objects)
      for (const resource of resources) {
        const ours = referencesOf(resource).filter(to => !to.startsWith('secret/') && !to.startsWith('configMap/'))
        expect(ours.toSorted()).toEqual([...new Set(references(state.get(resource.address)!))].toSorted())
      }
    }),
    { numRuns: 60 },
  )
})

function of(kind: Kind, spec: unknown, namespace = 'acme'): readonly string[] {
  return referencesOf(customResource(kind, { ...shown('a', { namespace }), spec } as KubeObject))
}

describe('a reference to what holds values', () => {
  test.each<{ readonly kind: Kind; readonly spec: object; readonly expected: string }>([
    { kind: 'credential', spec: { secretRef: { name: 'bot', key: 'x' } }, expected: 'secret/acme/bot' },
    {
      kind: 'serviceDefinition',
      spec: { openapi: { configMapRef: { name: 'api', key: 'x' } } },
      expected: 'configMap/acme/api',
    },
  ])('of a $kind is in its namespace', ({ kind, spec, expected }) => {
    expect(of(kind, spec)).toEqual([expected])
  })

  test('of a cluster-wide service is in no namespace of its own', () => {
    const object = { metadata: { name: 'a' }, spec: { openapi: { configMapRef: { name: 'api', key: 'x' } } } }
    expect(referencesOf(customResource('clusterServiceDefinition', object))).toEqual(['configMap//api'])
  })
})

test('whatever stands in a spec, nothing is thrown, and every reference is a text', () => {
  const kinds = fc.constantFrom<Kind>('accessGroup', 'credential', 'integration', 'consumer', 'serviceDefinition')
  const names = ['groups', 'service', 'credentials', 'access', 'permissions', 'integrations', 'openapi', 'secretRef']
  const value = fc.jsonValue()
  const spec = fc.oneof(value, fc.dictionary(fc.constantFrom(...names, '__proto__'), value))
  fc.assert(
    fc.property(kinds, spec, (kind, wild) => {
      for (const to of of(kind, wild)) expect(to).toBeTypeOf('string')
    }),
  )
})
