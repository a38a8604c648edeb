/** In a cluster a definition says itself which operations were accepted: the document may grow, and nothing is callable by it. */
import { beforeAll, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import type { Operator } from './support/operator.ts'
import { group, integration } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const PATIENT = { within: 30_000 }
const it: { namespace: string; statuses: StatusWatch; operator: Operator } = {} as never

beforeAll(async () => {
  it.namespace = await world.freshNamespace()
  it.statuses = await world.watchStatuses()
  it.operator = await world.startOperator({ flags: ['--interval', '1h'] })
})

function documentOf(...ids: readonly string[]): string {
  const paths = ids.map(id => [`/${id}`, { post: { operationId: id, responses: { 200: { description: 'OK' } } } }])
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: Object.fromEntries(paths) })
}

function shop(acceptedOperations: readonly string[]): KubeObject {
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ServiceDefinition',
    metadata: { name: 'shop', namespace: it.namespace },
    spec: {
      displayName: 'Shop',
      description: 'A service of a test.',
      type: 'openapi',
      endpoint: 'https://shop.acme.example',
      openapi: { configMapRef: { name: 'shop', key: 'api' } },
      acceptedOperations,
    },
  }
}

function document(...ids: readonly string[]): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'shop', namespace: it.namespace, labels: { 'tenon.dev/watch': 'true' } },
    data: { api: documentOf(...ids) },
  }
}

function user(permissions: readonly object[]): KubeObject {
  return integration(it.namespace, 'shop', {
    service: { kind: 'ServiceDefinition', name: 'shop' },
    endpoint: undefined,
    acknowledgement: { terms: '2026-01', by: 'cto@acme.example', date: '2026-10-01' },
    permissions,
  })
}

type Counts = readonly [allow: number, confirm: number, deny: number]

/** Waits until the integration counts so many operations by their best effect; gives what it counts in the end. */
async function counts(expected: Counts): Promise<Counts> {
  return await eventually(async () => {
    const { status } = await world.read('Integration', it.namespace, 'shop')
    const { allow, confirm, deny } = status?.['operations'] ?? {}
    expect([allow, confirm, deny]).toEqual(expected)
    return [allow, confirm, deny] as const
  }, PATIENT)
}

const BROAD = { methods: ['post'], effect: 'allow' }

test('what is not accepted is denied, until it is accepted, named or included', async () => {
  await world.apply(group(it.namespace, 'support'), document('order'), shop(['POST /order']), user([BROAD]))
  expect(await counts([1, 0, 0])).toEqual([1, 0, 0])
  await world.apply(document('order', 'wipe', 'bulk'))
  expect(await counts([1, 0, 2])).toEqual([1, 0, 2])
  await world.apply(user([BROAD, { operations: ['bulk'], effect: 'confirm' }]))
  expect(await counts([1, 1, 1])).toEqual([1, 1, 1])
  await world.apply(user([{ ...BROAD, includeNew: true }]))
  expect(await counts([3, 0, 0])).toEqual([3, 0, 0])
  await world.apply(user([BROAD]), shop(['POST /order', 'POST /wipe']))
  expect(await counts([2, 0, 1])).toEqual([2, 0, 1])
  // An empty list is no missing one: nothing is accepted.
  await world.apply(shop([]))
  expect(await counts([0, 0, 3])).toEqual([0, 0, 3])
})

test('no status broke the contract', async () => {
  expect(await it.operator.stop()).toBe(0)
  expect(it.statuses.faults()).toEqual([])
})
