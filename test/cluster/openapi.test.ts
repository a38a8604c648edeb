/** OpenAPI documents that lie in ConfigMaps. */
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import type { Operator } from './support/operator.ts'
import { condition, group, integration } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const PATIENT = { within: 30_000 }
const it: { namespace: string; own: string; statuses: StatusWatch; operator: Operator } = {} as never

beforeAll(async () => {
  it.namespace = await world.freshNamespace()
  it.own = await world.freshNamespace()
  it.statuses = await world.watchStatuses()
  // The operator's own namespace is that of its Lease.
  it.operator = await world.startOperator({ flags: ['--interval', '1h', '--lease-namespace', it.own] })
})

/** A document with so many operations: `get0`, `get1` … */
function documentOf(count: number): string {
  const paths = Array.from({ length: count }, (_, index) => [`/${index}`, { get: { operationId: `get${index}` } }])
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: Object.fromEntries(paths) })
}

function configMap(namespace: string, name: string, entries: object, labels: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, ...entries }
}

const WATCHED = { 'tenon.dev/watch': 'true' }

function service(name: string, configMapRef: object, kind = 'ServiceDefinition'): KubeObject {
  const place = kind === 'ServiceDefinition' ? { namespace: it.namespace } : {}
  const spec = {
    displayName: name,
    description: 'A service of a test.',
    category: 'test',
    type: 'openapi',
    endpoint: 'https://api.acme.example',
    openapi: { configMapRef },
    auth: [{ type: 'bearer' }],
  }
  return { apiVersion: 'tenon.dev/v1alpha1', kind, metadata: { name, ...place }, spec }
}

function usedBy(name: string, kind: string, of: string): KubeObject {
  const acknowledgement = { terms: '2026-01', by: 'cto@acme.example', date: '2026-10-01' }
  const permissions = [{ methods: ['get'], effect: 'allow' }]
  return integration(it.namespace, name, {
    service: { kind, name: of },
    endpoint: undefined,
    acknowledgement,
    permissions,
  })
}

function said(object: KubeObject): string {
  const ready = condition(object, 'Ready')
  return `${ready?.['reason']}: ${ready?.['message']}`
}

/** Waits until a resource is ready and counts so many operations; gives what it counts. */
async function counted({ kind, metadata }: KubeObject, total: number): Promise<number> {
  return eventually(async () => {
    const found = await world.read(kind, metadata.namespace, metadata.name)
    if (!said(found).startsWith('Succeeded') || found['status'].operations.total !== total) throw new Error(said(found))
    return found['status'].operations.total
  }, PATIENT)
}

test.each<[string, string, () => object]>([
  ['as text', 'api.json', () => ({ data: { 'api.json': documentOf(3) } })],
  ['as bytes', 'api.json', () => ({ binaryData: { 'api.json': Buffer.from(documentOf(3)).toString('base64') } })],
  ['gzipped', 'api.gz', () => ({ binaryData: { 'api.gz': gzipSync(documentOf(3)).toString('base64') } })],
  ['gzipped under another name', 'api', () => ({ binaryData: { api: gzipSync(documentOf(3)).toString('base64') } })],
])('a document is read %s', async (what, key, entries) => {
  const name = what.replaceAll(' ', '-')
  await world.apply(configMap(it.namespace, name, entries()), service(name, { name, key }))
  expect(await counted(service(name, { name, key }), 3)).toBe(3)
})

test.each<[string, () => object, RegExp]>([
  [
    'is no gzip data',
    () => ({ binaryData: { api: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]).toString('base64') } }),
    /^ValidationFailed: openapi-unpack: key "api" of ConfigMap ".*" is no gzip data/,
  ],
  [
    'is too large when it is unpacked',
    () => ({ binaryData: { api: gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString('base64') } }),
    /^ValidationFailed: openapi-unpack: .*more than 20971520 bytes when it is unpacked/,
  ],
  ['is no document', () => ({ data: { api: 'paths: [' } }), /^ValidationFailed: openapi-/],
  ['refers to a file', () => ({ data: { api: withReference('/etc/passwd') } }), /^ValidationFailed: openapi-/],
])('a document that %s stalls the service, until it is right', async (what, entries, message) => {
  const name = what.replaceAll(' ', '-')
  const object = service(name, { name, key: 'api' })
  await world.apply(configMap(it.namespace, name, entries(), WATCHED), object)
  expect(said(await world.settled(object, 'Failed', PATIENT))).toMatch(message)
  await world.patch('ConfigMap', it.namespace, name, { data: { api: documentOf(2) }, binaryData: null })
  expect(await counted(object, 2)).toBe(2)
})

function withReference(to: string): string {
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/a': { $ref: to } } })
}

test.each([
  ['the ConfigMap', 'missing', /there is no ConfigMap "missing" in this namespace/],
  ['its key', 'no-key', /ConfigMap "no-key" has no key "api"\. Its keys are other\./],
])('%s is waited for', async (_, name, message) => {
  const object = service(`waits-${name}`, { name, key: 'api' })
  if (name === 'no-key') await world.apply(configMap(it.namespace, name, { data: { other: 'x' } }, WATCHED))
  await world.apply(object)
  const waiting = await eventually(async () => {
    const found = await world.read(object['kind'], it.namespace, object['metadata'].name)
    expect(said(found)).toMatch(/^DependencyNotReady: cluster-object-missing/)
    return found
  }, PATIENT)
  expect(said(waiting)).toMatch(message)
  await world.apply(configMap(it.namespace, name, { data: { api: documentOf(1) } }, WATCHED))
  expect(await counted(object, 1)).toBe(1)
})

test.each([
  ['ServiceDefinition', () => it.namespace],
  ['ClusterServiceDefinition', () => it.own],
])('a document that changes changes the %s and the integrations that use it', async (kind, where) => {
  const name = `changing-${kind.length}-${it.namespace}`
  const object = service(name, { name, key: 'api' }, kind)
  const user = usedBy(`uses-${kind.length}`, kind, name)
  await world.apply(group(it.namespace, 'support'), configMap(where(), name, { data: { api: documentOf(2) } }, WATCHED))
  await world.apply(object, user)
  expect(await counted(user, 2)).toBe(2)
  await world.patch('ConfigMap', where(), name, { data: { api: documentOf(5) } })
  expect(await counted(object, 5)).toBe(5)
  expect(await counted(user, 5)).toBe(5)
  await world.remove('Integration', it.namespace, user['metadata'].name)
  await world.remove(kind, kind === 'ServiceDefinition' ? it.namespace : undefined, name)
})

test('a ClusterServiceDefinition reads no ConfigMap outside of the namespace of the operator', async () => {
  const name = `outside-${it.namespace}`
  await world.apply(configMap(it.namespace, name, { data: { api: documentOf(2) } }, WATCHED))
  const object = service(name, { name, key: 'api' }, 'ClusterServiceDefinition')
  await world.apply(object)
  await eventually(async () => {
    expect(said(await world.read(object['kind'], undefined, name))).toMatch(/there is no ConfigMap "outside-/)
  }, PATIENT)
})

test('no status broke the contract', async () => {
  expect(await it.operator.stop()).toBe(0)
  expect(it.statuses.writes.length).toBeGreaterThan(20)
  expect(it.statuses.faults()).toEqual([])
})
