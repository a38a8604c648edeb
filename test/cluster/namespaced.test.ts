/** An operator that looks after some namespaces, and nothing else of the cluster. */
import { expect, test } from 'vitest'
import { renderQuick, type Values } from '../chart/helm.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOf, pathOfObject } from './support/objects.ts'
import type { OperatorOptions } from './support/operator.ts'
import { condition, consumer, group, integration } from './support/samples.ts'
import { HAS, testWorld } from './support/test-world.ts'
import type { World } from './support/world.ts'

const PATIENT = { within: 30_000 }

/** The flags for namespaces. */
function only(...namespaces: readonly string[]): readonly string[] {
  return namespaces.flatMap(namespace => ['--namespace', namespace])
}

/** An operator with the rights that the chart gives it in namespaces. */
async function underChart(world: World, values: Values, flags: readonly string[]) {
  const own = await world.freshNamespace()
  const roles = renderQuick(values, { namespace: own }).filter(({ kind }) =>
    /Role(Binding)?$|^ServiceAccount$/.test(kind),
  )
  await world.apply(...roles)
  const kubeconfig = await world.kubeconfigFor({ serviceAccount: `${own}/tenon` })
  const mark = world.auditMark()
  const options: Partial<OperatorOptions> = {
    kubeconfig,
    leaseNamespace: own,
    flags: ['--lease-name', 'tenon', ...flags],
  }
  const operator = await world.startOperator(options)
  const asked = () => world.auditSince(mark, { user: `system:serviceaccount:${own}:tenon` })
  return { own, operator, roles, asked }
}

/** What an operator leaves of an object that is none of its business: everything. */
async function expectUntouched(world: World, { kind, metadata }: KubeObject): Promise<void> {
  const found = await world.read(kind, metadata.namespace, metadata.name)
  expect(found['metadata'].finalizers).toBe(undefined)
  expect(found['status']).toEqual({ observedGeneration: -1 })
}

test.runIf(HAS.helm)('it sees the namespaces that are named, without a right in the whole cluster', async () => {
  const world = testWorld()
  const [a, b, c] = [await world.freshNamespace(), await world.freshNamespace(), await world.freshNamespace()]
  const statuses = await world.watchStatuses()
  const { operator, roles, own, asked } = await underChart(world, { watchNamespaces: [a, b] }, only(a, b))
  expect(roles.filter(({ kind }) => kind.startsWith('Cluster'))).toEqual([])
  await world.apply(group(c, 'support'), integration(c, 'jira'))
  for (const namespace of [a, b]) {
    await world.apply(group(namespace, 'support'), integration(namespace, 'jira'))
    await world.settled(integration(namespace, 'jira'), 'Current', PATIENT)
  }
  await expectUntouched(world, group(c, 'support'))
  await expectUntouched(world, integration(c, 'jira'))
  expect(await operator.stop()).toBe(0)
  expect(asked().filter(({ code }) => code >= 400 && code !== 404 && code !== 409)).toEqual([])
  expect(new Set(asked().map(({ namespace }) => namespace))).toEqual(new Set([a, b, own]))
  expect(statuses.faults()).toEqual([])
})

const HTTP = {
  displayName: 'Global',
  description: 'A service for everybody.',
  category: 'test',
  type: 'http',
  endpoint: 'https://api.acme.example',
  auth: [{ type: 'bearer' }],
}

test.runIf(HAS.helm)('services for the whole cluster are read where that is asked for, and only there', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const name = `global-${namespace}`
  const global = { apiVersion: 'tenon.dev/v1alpha1', kind: 'ClusterServiceDefinition', metadata: { name }, spec: HTTP }
  const service = { kind: 'ClusterServiceDefinition', name }
  const user = integration(namespace, 'user', { service, endpoint: undefined, permissions: [GET] })
  await world.apply(global, group(namespace, 'support'), user)

  const without = await underChart(world, { watchNamespaces: [namespace] }, only(namespace))
  await eventually(async () => {
    const found = await world.read('Integration', namespace, 'user')
    expect(condition(found, 'Ready')).toMatchObject({ reason: 'DependencyNotReady' })
  }, PATIENT)
  await expectUntouched(world, global)
  expect(await without.operator.stop()).toBe(0)
  expect(without.asked().filter(({ resource }) => resource === 'clusterservicedefinitions')).toEqual([])

  const values = { watchNamespaces: [namespace], rbac: { clusterServiceDefinitions: true } }
  const { operator, asked } = await underChart(world, values, [...only(namespace), '--cluster-services'])
  await world.settled(global, 'Current', PATIENT)
  await world.settled(user, 'Current', PATIENT)
  expect(asked().filter(({ code }) => code === 403)).toEqual([])
  await world.remove('Integration', namespace, 'user')
  await world.remove('ClusterServiceDefinition', undefined, name)
  await eventually(async () => expect((await world.client.ask('GET', pathOfObject(global))).status).toBe(404), PATIENT)
  expect(await operator.stop()).toBe(0)
})

const GET = { methods: ['get'], effect: 'allow' }

test('two of them share a store and leave each other’s rows alone', async () => {
  const world = testWorld()
  const [a, b] = [await world.freshNamespace(), await world.freshNamespace()]
  const first = await world.startOperator({ flags: only(a), leaseNamespace: a })
  const { folder } = first
  const second = await world.startOperator({ flags: only(b), leaseNamespace: b, folder })
  for (const namespace of [a, b]) {
    await world.apply(group(namespace, 'support'), integration(namespace, 'jira'))
    await world.settled(integration(namespace, 'jira'), 'Current', PATIENT)
  }
  await world.remove('Integration', a, 'jira')
  await eventually(async () => {
    expect((await world.client.ask('GET', pathOfObject(integration(a, 'jira')))).status).toBe(404)
  }, PATIENT)
  expect(await world.settled(integration(b, 'jira'), 'Current', PATIENT)).toMatchObject({ status: { people: 2 } })
  expect([await first.stop(), await second.stop()]).toEqual([0, 0])
})

test('what it no longer looks after stays in the store as it was', async () => {
  const world = testWorld()
  const [a, b] = [await world.freshNamespace(), await world.freshNamespace()]
  const both = await world.startOperator({ flags: only(a, b), leaseNamespace: a })
  for (const namespace of [a, b]) {
    await world.apply(group(namespace, 'support'), integration(namespace, 'jira'))
    await world.settled(integration(namespace, 'jira'), 'Current', PATIENT)
  }
  expect(await both.stop()).toBe(0)
  const { folder } = both
  const one = await world.startOperator({ flags: only(a), leaseNamespace: a, folder })
  await world.apply(integration(a, 'jira', { title: 'Changed' }))
  await world.settled(integration(a, 'jira'), 'Current', PATIENT)
  expect((await one.metrics()).sum('tenon_store_changes_total', { action: 'delete' })).toBe(0)
  expect(await one.stop()).toBe(0)
  const again = await world.startOperator({ flags: only(a, b), leaseNamespace: a, folder })
  await world.apply(consumer(b, 'desk', ['jira']))
  await world.settled(consumer(b, 'desk', []), 'Current', PATIENT)
  expect((await again.metrics()).sum('tenon_store_changes_total', { kind: 'integration' })).toBe(0)
  expect(await again.stop()).toBe(0)
})

test.runIf(HAS.helm && HAS.controllers)(
  'a watched namespace goes once its resources are gone, as the README says',
  async () => {
    const world = testWorld()
    const namespace = await world.freshNamespace()
    const { operator } = await underChart(world, { watchNamespaces: [namespace] }, only(namespace))
    const resources = [
      group(namespace, 'support'),
      integration(namespace, 'jira'),
      consumer(namespace, 'desk', ['jira']),
    ]
    await world.apply(...resources)
    for (const resource of resources) await world.settled(resource, 'Current', PATIENT)
    for (const kinds of ['consumers.tenon.dev,integrations.tenon.dev', 'accessgroups.tenon.dev']) {
      expect(await world.kubectl(['-n', namespace, 'delete', kinds, '--all', '--timeout=30s'])).toMatchObject({
        code: 0,
      })
    }
    expect(await world.kubectl(['delete', 'namespace', namespace, '--timeout=60s'])).toMatchObject({ code: 0 })
    expect((await world.client.ask('GET', pathOf('Namespace', undefined, namespace))).status).toBe(404)
    expect(await operator.stop()).toBe(0)
  },
)
