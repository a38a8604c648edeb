import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kindNamed } from '../../src/model/address.ts'
import { isReview } from '../../src/operator/admission.ts'
import { sentences } from '../../src/operator/blame.ts'
import type { KubeObject } from '../../src/source/cluster/api.ts'
import * as samples from '../cluster/support/samples.ts'
import { write } from '../support/stories.ts'
import { temporaryFolder, tenon } from '../support/tenon.ts'
import { reviewer, reviewerWith } from './reviewer.ts'

const support = samples.group('acme', 'support')
const jira = samples.integration('acme', 'jira')
const widened = samples.integration('acme', 'jira', { permissions: [{ methods: ['get', 'post'], effect: 'allow' }] })
const invalid = samples.integration('acme', 'jira', { permissions: [{ operations: ['createIsue'], effect: 'allow' }] })

function changed(object: KubeObject, change: object): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...change } }
}

/** What `tenon validate` finds wrong with an object, references to others apart. */
async function validated(...objects: readonly KubeObject[]) {
  const cwd = temporaryFolder()
  for (const [index, object] of objects.entries()) write(cwd, `${index}.json`, JSON.stringify(object))
  const { stdout } = await tenon(['validate', '-f', '.', '-o', 'json'], { cwd })
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { severity: string; code: string; message: string; cure?: string }[]
  }
  return diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'unknown-reference')
}

/** Every document of the table of mistakes that an API server could hand on: an object of one of our kinds with a name. */
const MISTAKES = [
  ...readFileSync(path.join(import.meta.dirname, '../decode/mistakes.md'), 'utf8').matchAll(CASES()),
].flatMap(([, name = '', yaml = '']) => objectsIn(yaml).map(object => ({ name, object })))

function CASES(): RegExp {
  return /^### (.*)\n\n```yaml\n([^]*?)\n```\n/gm
}

function objectsIn(yaml: string): readonly KubeObject[] {
  try {
    return parseAllDocuments(yaml, { logLevel: 'silent' }).flatMap(document => {
      const object = document.errors.length > 0 ? null : (document.toJS() as KubeObject | null)
      return object !== null && isOfOurs(object) ? [kept(object)] : []
    })
  } catch {
    return []
  }
}

/** What an API server keeps of an object. */
function kept({ apiVersion, kind, metadata, spec = {} }: KubeObject): KubeObject {
  const { name, namespace = 'acme', labels, annotations } = metadata
  const place = kind === 'ClusterServiceDefinition' ? {} : { namespace }
  return { apiVersion, kind, metadata: { name, ...place, labels, annotations }, spec } as KubeObject
}

function isOfOurs(object: KubeObject): boolean {
  const { apiVersion, kind, metadata } = object
  return (
    apiVersion === 'tenon.dev/v1alpha1' && kindNamed(kind ?? '') !== undefined && typeof metadata?.name === 'string'
  )
}

test('what validate refuses is refused, in the same words', async () => {
  expect(MISTAKES.length).toBeGreaterThan(40)
  const { review } = await reviewer()
  for (const { name, object } of MISTAKES) {
    const errors = await validated(object)
    const { allowed, status } = await review('CREATE', object)
    expect({ name, allowed, message: status?.message }).toEqual({
      name,
      allowed: errors.length === 0,
      message: errors.length === 0 ? undefined : sentences(errors),
    })
  }
})

test('a mistake in what is referred to is not held against what refers to it', async () => {
  const { review, see } = await reviewer()
  see(samples.group('acme', 'support', { groups: ['support'] }))
  expect(await review('CREATE', jira)).toMatchObject({ allowed: true })
})

test('what is referred to counts as it stands in the cluster', async () => {
  const { review, see } = await reviewer()
  const other = samples.integration('acme', 'other', {
    access: { level: 'group', groups: ['support'] },
    permissions: [{ methods: ['get'], effect: 'allow', groups: ['nights'] }],
  })
  see(support, samples.group('acme', 'nights'))
  const { allowed, status } = await review('CREATE', other)
  expect(allowed).toBe(false)
  expect(status).toMatchObject({ code: 422, reason: 'Invalid', message: expect.stringContaining('nights') as string })
  see(samples.group('acme', 'support', { groups: ['nights'] }))
  expect(await review('CREATE', other)).toMatchObject({ allowed: true })
})

test('what may come later is warned of: a resource, a Secret, a ConfigMap', async () => {
  const { review } = await reviewer()
  const bot = samples.credential('acme', 'bot', { secretRef: { name: 'nowhere' } })
  const service = serviceWith({ configMapRef: { name: 'nowhere', key: 'openapi.yaml' } })
  expect(await review('CREATE', jira)).toEqual({
    uid: 'u-1',
    allowed: true,
    warnings: [expect.stringMatching(/^unknown-reference: .*"support"/)],
  })
  expect(await review('CREATE', bot)).toEqual({ uid: 'u-1', allowed: true })
  expect(await review('CREATE', service)).toMatchObject({
    allowed: true,
    warnings: [expect.stringMatching(/^cluster-object-missing: there is no ConfigMap "nowhere"/)],
  })
})

test('the document in a ConfigMap is judged with the service that names it', async () => {
  const at = '/api/v1/namespaces/acme/configmaps/api'
  const holder = (text: string): object => ({ metadata: { uid: 'c', resourceVersion: '1' }, data: { api: text } })
  const service = serviceWith({ configMapRef: { name: 'api', key: 'api' } })
  const good = await reviewer({}, { [at]: holder('{"openapi":"3.1.0","info":{},"paths":{"/a":{"get":{}}}}') })
  expect(await good.review('CREATE', service)).toMatchObject({ allowed: true })
  const bad = await reviewer({}, { [at]: holder('{"openapi":"3.1.0","paths":[]}') })
  expect(await bad.review('CREATE', service)).toMatchObject({ allowed: false, status: { code: 422 } })
})

function serviceWith(openapi: object): KubeObject {
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ServiceDefinition',
    metadata: { name: 'billing', namespace: 'acme' },
    spec: {
      displayName: 'Billing',
      description: 'The billing API.',
      category: 'finance',
      type: 'openapi',
      endpoint: 'https://billing.acme.example',
      openapi,
      auth: [{ type: 'bearer' }],
    },
  }
}

test.each([
  ['a finalizer is taken away', changed(invalid, { finalizers: [] })],
  ['a label is set', changed(invalid, { labels: { team: 'a' } })],
  ['an annotation asks for something', changed(invalid, { annotations: { 'tenon.dev/requestedAt': 'now' } })],
])('of a resource that was invalid before, metadata may change: %s', async (_, object) => {
  const { review, see } = await reviewer()
  see(support)
  expect(await review('UPDATE', object, changed(invalid, { finalizers: ['tenon.dev/finalizer'] }))).toEqual({
    uid: 'u-1',
    allowed: true,
  })
})

test('a resource that is going is not judged any more', async () => {
  const { review, see } = await reviewer()
  see(support)
  const going = changed(invalid, { deletionTimestamp: '2026-11-01T12:00:00Z' })
  expect(await review('UPDATE', going, jira)).toMatchObject({ allowed: true })
  expect(await review('UPDATE', invalid, jira)).toMatchObject({ allowed: false })
})

test('a kind of others is none of its business', async () => {
  const { review } = await reviewer()
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }
  expect(await review('CREATE', object)).toEqual({ uid: 'u-1', allowed: true })
})

test('the host of an endpoint is judged by what the operator allows', async () => {
  const internal = samples.integration('acme', 'jira', { endpoint: 'https://jira.internal' })
  expect(await (await reviewer()).review('CREATE', internal)).toMatchObject({ allowed: false })
  const { review } = await reviewer({ allowEndpoint: ['JIRA.internal'] })
  expect(await review('CREATE', internal)).toMatchObject({ allowed: true })
})

test('who gains by a change is said before it is made, and nobody where nobody does', async () => {
  const { review } = await reviewerWith([support, jira])
  const { allowed, warnings } = await review('UPDATE', widened, jira)
  expect(allowed).toBe(true)
  expect(warnings).toHaveLength(2)
  expect(warnings?.[0]).toMatch(/^widens access: group support \(2 people\) \w+ → allow on integration\/acme\/jira: /)
  expect(await review('UPDATE', jira, widened)).toEqual({ uid: 'u-1', allowed: true })
  const grown = samples.group('acme', 'support', { members: ['ana@acme.example', 'zoe@acme.example'] })
  expect((await review('UPDATE', grown, support)).warnings?.join()).toMatch(/zoe@acme\.example/)
})

test('what the operator will refuse is said before it is deleted', async () => {
  const { review } = await reviewerWith([support, jira, samples.consumer('acme', 'desk', ['jira'])])
  const { allowed, warnings } = await review('DELETE', null, jira)
  expect(allowed).toBe(true)
  expect(warnings?.[0]).toMatch(/^the operator will refuse this: .*consumer\/acme\/desk.*tenon\.dev\/force: in-use/)
  expect(await review('DELETE', null, samples.consumer('acme', 'desk', ['jira']))).toEqual({
    uid: 'u-1',
    allowed: true,
  })
})

test('warnings are few, short, and on one line', async () => {
  const { review, see } = await reviewer()
  const names = Array.from({ length: 30 }, (_, index) => `group-${index}-${'x'.repeat(50)}`)
  see(...names.map(name => samples.group('acme', name)))
  const many = samples.integration('acme', 'jira', {
    access: { level: 'group', groups: names.map(name => `${name}-${'y'.repeat(100)}`) },
  })
  const { allowed, warnings } = await review('CREATE', many)
  expect(allowed).toBe(true)
  expect(warnings).toHaveLength(10)
  for (const warning of warnings ?? []) expect(warning).toMatch(/^[^\n]{20,250}$/)
})

test('a store that is away takes warnings away, and no verdict', async () => {
  const away = await reviewer({ store: 'postgres://operator:hunter2@127.0.0.1:1/tenon' })
  away.see(support)
  expect(await away.review('CREATE', jira)).toEqual({ uid: 'u-1', allowed: true })
  expect(await away.review('CREATE', invalid)).toMatchObject({ allowed: false })
})

test('a store that does not answer is not waited for', { timeout: 20_000 }, async () => {
  const { port, close } = await silentServer()
  const { review, see } = await reviewer({ store: `postgres://operator:hunter2@127.0.0.1:${port}/tenon` })
  see(support)
  const started = performance.now()
  expect(await review('CREATE', jira)).toEqual({ uid: 'u-1', allowed: true })
  expect(performance.now() - started).toBeLessThan(8000)
  close()
})

async function silentServer(): Promise<{ readonly port: number; readonly close: () => void }> {
  const sockets: Socket[] = []
  const server = createServer(socket => void sockets.push(socket.on('error', () => {})))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'u', kind: { kind: 'Integration' }, operation: 'CREATE', object: jira, oldObject: null },
}

test.each<[string, unknown, boolean]>([
  ['a review', REVIEW, true],
  ['nothing', null, false],
  ['a text', 'review', false],
  ['a list', [REVIEW], false],
  ['no request', { kind: 'AdmissionReview' }, false],
  ['no uid', { request: { ...REVIEW.request, uid: 7 } }, false],
  ['no kind', { request: { ...REVIEW.request, kind: 'Integration' } }, false],
  ['no operation', { request: { ...REVIEW.request, operation: undefined } }, false],
  ['an object that is none', { request: { ...REVIEW.request, object: 'x' } }, false],
  ['an object without metadata', { request: { ...REVIEW.request, object: { spec: {} } } }, false],
  ['an object without a name', { request: { ...REVIEW.request, object: { metadata: { name: 1 } } } }, false],
  ['no object at all', { request: { ...REVIEW.request, object: undefined, oldObject: undefined } }, true],
])('%s is taken for what it is', (_, value, expected) => {
  expect(isReview(value)).toBe(expected)
})
