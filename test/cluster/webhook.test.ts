/** The admission webhook, asked by a real API server. */
import { once } from 'node:events'
import { request } from 'node:https'
import { json } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { beforeAll, describe, expect, test } from 'vitest'
import { sentences } from '../../src/operator/blame.ts'
import { write } from '../support/stories.ts'
import { tenon } from '../support/tenon.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import type { Operator } from './support/operator.ts'
import type { Ran } from './support/run.ts'
import { condition, consumer, credential, group, integration } from './support/samples.ts'
import { HAS, sharedWorld, testWorld } from './support/test-world.ts'
import { webhookIn, type Webhook } from './support/webhook.ts'
import type { World } from './support/world.ts'

const PATIENT = { within: 30_000 }

/** Applies as people do. */
async function kubectlApply(world: World, object: KubeObject, ...args: readonly string[]): Promise<Ran> {
  return world.kubectl(['apply', ...args, '-f', '-'], JSON.stringify(object))
}

/** An integration that only somebody who knows the operations of Jira can refuse. */
function mistaken(namespace: string, name = 'mistaken'): KubeObject {
  return integration(namespace, name, { permissions: [{ operations: ['createIsue'], effect: 'allow' }] })
}

/** The API server takes a configuration up after a moment. */
async function untilAsked(world: World, namespace: string): Promise<void> {
  await world.apply(group(namespace, 'support'))
  await eventually(async () => {
    const { code } = await kubectlApply(world, mistaken(namespace, 'probe'), '--dry-run=server')
    expect(code).toBe(1)
  }, PATIENT)
}

describe.runIf(HAS.helm)('at kubectl apply', () => {
  const world = sharedWorld()
  const it: { namespace: string; operator: Operator } = {} as never

  beforeAll(async () => {
    it.namespace = await world.freshNamespace()
    const webhook = await webhookIn(world)
    it.operator = await world.startOperator({ flags: webhook.flags })
    await webhook.register(it.namespace)
    await untilAsked(world, it.namespace)
    await world.settled(group(it.namespace, 'support'), 'Current', PATIENT)
  })

  /** What `tenon validate` has against an object, beside others. */
  async function validated(object: KubeObject, others: readonly KubeObject[]): Promise<string> {
    const cwd = world.folder()
    write(cwd, 'object.json', JSON.stringify(object))
    for (const [index, other] of others.entries()) write(cwd, `other-${index}.json`, JSON.stringify(other))
    const { stdout } = await tenon(['validate', '-f', '.', '-o', 'json'], { cwd })
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { severity: string; code: string; message: string; cure?: string; file?: string }[]
    }
    const ours = diagnostics.filter(({ severity, file }) => severity === 'error' && file === 'object.json')
    return sentences(ours)
  }

  const spec = (change: Readonly<Record<string, unknown>>): KubeObject => integration(it.namespace, 'jira', change)
  const permissions = (...all: readonly object[]): KubeObject => spec({ permissions: all })

  test.each<[string, () => KubeObject]>([
    ['an operation that the service does not have', () => permissions({ operations: ['createIsue'], effect: 'allow' })],
    ['a narrowing to others', () => permissions({ methods: ['get'], effect: 'allow', groups: ['nights'] })],
    ['an internal endpoint', () => spec({ endpoint: 'https://metadata.internal/rest' })],
    ['an endpoint that is an address', () => spec({ endpoint: 'https://169.254.169.254/latest' })],
    ['a template', () => spec({ service: { kind: 'ClusterServiceDefinition', name: 'custom-openapi' } })],
    ['a setting that the service does not know', () => spec({ settings: { regon: 'eu' } })],
    ['a way to sign in that the service does not take', () => credentialOf('webhook')],
    ['a group that contains itself', () => group(it.namespace, 'circle', { groups: ['circle'] })],
    ['an OpenAPI document that is none', () => service({ inline: { openapi: '3.1.0', paths: [] } })],
    ['a reference to a file', () => service({ inline: documentWith({ '/a': { $ref: './secret.yaml' } }) })],
  ])('%s is refused in the words of validate', async (_, made) => {
    const object = made()
    const nights = group(it.namespace, 'nights')
    await world.apply(nights)
    const expected = await validated(object, [group(it.namespace, 'support'), nights])
    expect(expected).not.toBe('')
    const { code, stderr } = await kubectlApply(world, object)
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('denied the request') as string })
    expect(stderr).toContain(expected)
  })

  const credentialOf = (type: string): KubeObject =>
    credential(it.namespace, 'bot', { type, secretRef: { name: 'values' } })

  const service = (openapi: object): KubeObject => ({
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ServiceDefinition',
    metadata: { name: 'billing', namespace: it.namespace },
    spec: {
      displayName: 'Billing',
      description: 'The billing API.',
      category: 'finance',
      type: 'openapi',
      endpoint: 'https://billing.acme.example',
      openapi,
      auth: [{ type: 'bearer' }],
    },
  })

  const documentWith = (paths: object): object => ({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths })

  test('what is right is taken without a word', async () => {
    const owls = group(it.namespace, 'owls')
    const { code, stderr } = await kubectlApply(world, owls)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(await world.settled(owls, 'Current', PATIENT)).toMatchObject({ status: { people: 2 } })
  })

  test('what is not there yet is warned of, and taken', async () => {
    const early = integration(it.namespace, 'early', { access: { level: 'group', groups: ['later'] } })
    const { code, stderr } = await kubectlApply(world, early)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^Warning: unknown-reference: .*"later"/) as string,
    })
  })

  test('who gains is said', async () => {
    const all: readonly (readonly [KubeObject, RegExp])[] = [
      [spec({}), /^Warning: widens access: .* deny → allow on .*\n.* deny → confirm on .*: createIssue$/m],
      [
        permissions({ methods: ['get', 'put'], effect: 'allow' }),
        /^Warning: widens access: group support \(2 people\) deny → allow on integration\/.*\/jira: /,
      ],
    ]
    for (const [object, warning] of all) {
      const { code, stderr } = await kubectlApply(world, object)
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(warning) as string })
      await world.settled(object, 'Current', PATIENT)
    }
    const narrower = await kubectlApply(world, permissions({ methods: ['get'], effect: 'confirm' }))
    expect(narrower).toMatchObject({ code: 0, stderr: '' })
  })

  test('what is in use is deleted with a warning, and waits', async () => {
    const desk = consumer(it.namespace, 'desk', ['jira'])
    await world.apply(spec({}), desk)
    await world.settled(desk, 'Current', PATIENT)
    const args = ['delete', '--wait=false', '-n', it.namespace, 'integrations.tenon.dev', 'jira']
    const { code, stderr } = await world.kubectl(args)
    expect(code).toBe(0)
    expect(stderr).toMatch(/Warning: the operator will refuse this: in-use: .*consumer\/.*\/desk uses it/)
    await world.remove('Consumer', it.namespace, 'desk')
    await eventually(async () => {
      expect((await world.client.ask('GET', `${INTEGRATIONS(it.namespace)}/jira`)).status).toBe(404)
    }, PATIENT)
  })

  test('a service without a namespace is judged too', async () => {
    const { kind: _, ...rest } = service({ inline: { openapi: '3.1.0', paths: [] } })
    const object = { ...rest, kind: 'ClusterServiceDefinition', metadata: { name: `billing-${it.namespace}` } }
    const { code, stderr } = await kubectlApply(world, object)
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('denied the request') as string })
  })

  test('namespaces that are not watched are none of its business', async () => {
    const other = await world.freshNamespace()
    expect(await kubectlApply(world, mistaken(other), '--dry-run=server')).toMatchObject({ code: 0 })
  })
})

const INTEGRATIONS = (namespace: string): string => `/apis/tenon.dev/v1alpha1/namespaces/${namespace}/integrations`

describe.runIf(HAS.helm)('while the webhook is away', () => {
  async function outage(policy: 'Ignore' | 'Fail') {
    const world = testWorld()
    const namespace = await world.freshNamespace()
    const webhook = await webhookIn(world)
    const operator = await world.startOperator({ flags: webhook.flags })
    await webhook.register(namespace, policy)
    await untilAsked(world, namespace)
    expect(await operator.stop()).toBe(0)
    return { world, namespace, flags: webhook.flags, folder: operator.folder }
  }

  test('Ignore lets everything pass, and the operator judges it later', async () => {
    const { world, namespace, flags, folder } = await outage('Ignore')
    const statuses = await world.watchStatuses()
    expect(await kubectlApply(world, mistaken(namespace))).toMatchObject({ code: 0 })
    await world.startOperator({ flags, folder })
    const found = await world.settled(mistaken(namespace), 'Failed', PATIENT)
    expect(condition(found, 'Stalled')).toMatchObject({ reason: 'ValidationFailed' })
    // It stays possible to write everything but its spec, and to delete it.
    const label = ['label', '-n', namespace, 'integrations.tenon.dev', 'mistaken', 'team=a']
    expect(await world.kubectl(label)).toMatchObject({ code: 0, stderr: '' })
    const spec = { spec: { title: 'Another' } }
    await expect(world.patch('Integration', namespace, 'mistaken', spec)).rejects.toThrow(/denied the request/)
    const remove = ['delete', '--timeout=30s', '-n', namespace, 'integrations.tenon.dev', 'mistaken']
    expect(await world.kubectl(remove)).toMatchObject({ code: 0 })
    expect(statuses.faults()).toEqual([])
  })

  test('Fail lets nothing pass, neither right nor wrong', async () => {
    const { world, namespace, flags, folder } = await outage('Fail')
    for (const object of [mistaken(namespace), integration(namespace, 'right')]) {
      const { code, stderr } = await kubectlApply(world, object)
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('failed calling webhook') as string })
    }
    await world.startOperator({ flags, folder })
    expect(await kubectlApply(world, integration(namespace, 'right'))).toMatchObject({ code: 0 })
  })
})

test.runIf(HAS.helm)('a replica that does not lead answers as well as the one that does', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const [first, second] = [await webhookIn(world), await webhookIn(world)]
  const leader = await world.startOperator({ flags: first.flags, leaseNamespace: namespace })
  await eventually(async () => expect((await leader.metrics()).sum('leader_election_master_status')).toBe(1), PATIENT)
  const { folder } = leader
  const other = await world.startOperator({ flags: second.flags, leaseNamespace: namespace, folder })
  await second.register(namespace)
  await untilAsked(world, namespace)
  const [jira, wider] = ['get', 'put'].map(method =>
    integration(namespace, 'jira', { permissions: [{ methods: [method], effect: 'allow' }] }),
  )
  expect(await kubectlApply(world, jira)).toMatchObject({ code: 0 })
  await world.settled(jira, 'Current', PATIENT)
  expect((await kubectlApply(world, wider)).stderr).toMatch(/^Warning: widens access/)
  expect((await other.metrics()).sum('leader_election_master_status')).toBe(0)
  expect((await other.metrics()).sum('tenon_webhook_requests_total', { allowed: 'true' })).toBeGreaterThan(0)
  expect((await other.metrics()).sum('tenon_store_transactions_total')).toBe(0)
  expect((await leader.metrics()).sum('tenon_webhook_requests_total')).toBe(0)
})

describe('the server of the webhook', () => {
  const world = sharedWorld()
  const it: { webhook: Webhook; operator: Operator; namespace: string } = {} as never

  beforeAll(async () => {
    it.namespace = await world.freshNamespace()
    it.webhook = await webhookIn(world)
    it.operator = await world.startOperator({ flags: [...it.webhook.flags, '--log-level', 'info'] })
  })

  async function ask(method: string, at: string, body: string): Promise<{ status: number; body: unknown }> {
    const { port } = it.webhook
    const sent = request({ host: '127.0.0.1', port, path: at, method, ca: world.authority, agent: false })
    sent.on('error', () => {})
    sent.end(body)
    const [incoming] = await once(sent, 'response')
    return { status: incoming.statusCode, body: await json(incoming) }
  }

  const review = (object: unknown): string =>
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: 'u-7', kind: { kind: 'Integration' }, operation: 'CREATE', object, oldObject: null },
    })

  const good = async (): Promise<void> => {
    expect(await ask('POST', '/validate?timeout=5s', review(integration(it.namespace, 'jira')))).toMatchObject({
      status: 200,
      body: { response: { uid: 'u-7', allowed: true } },
    })
  }

  test.each<[string, string, string, () => string, number]>([
    ['nothing', 'POST', '/validate', () => '', 400],
    ['no JSON', 'POST', '/validate', () => '{"request":', 400],
    ['JSON that is no review', 'POST', '/validate', () => '[]', 400],
    ['a review of no object', 'POST', '/validate', () => review('x'), 400],
    ['a review of an object without a name', 'POST', '/validate', () => review({ metadata: {} }), 400],
    ['more than Kubernetes ever sends', 'POST', '/validate', () => review('x'.repeat(9 * 1024 * 1024)), 400],
    ['another path', 'POST', '/', () => review(null), 404],
    ['another method', 'GET', '/validate', () => '', 404],
    ['what is deeply nested', 'POST', '/validate', () => `{"request":${nested(100_000)}}`, 400],
  ])('answers %s as a mistake of whoever asked, and goes on', async (_, ...[method, at, body, status]) => {
    expect((await ask(method, at, body())).status).toBe(status)
    await good()
  })

  function nested(depth: number): string {
    return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  }

  test('refuses spec of any shape, whatever the API server would have said', async () => {
    for (const spec of [
      undefined,
      null,
      7,
      'x',
      [],
      { access: 7 },
      { permissions: { a: 1 } },
      JSON.parse(nested(1000)),
    ]) {
      const object = { ...integration(it.namespace, 'jira'), spec }
      const { status, body } = await ask('POST', '/validate', review(object))
      expect({ spec: String(spec), status, body }).toMatchObject({
        status: 200,
        body: { response: { allowed: false } },
      })
    }
    await good()
  })

  test('takes a renewed certificate while it runs, and keeps the old one while the new one is half there', async () => {
    const before = await serial()
    const renewed = world.serverCertificate('tenon-webhook')
    it.webhook.renew({ cert: renewed.cert })
    await eventually(
      () => expect(it.operator.output()).toMatch(/certificate of the webhook cannot be renewed/),
      PATIENT,
    )
    expect(await serial()).toBe(before)
    await good()
    it.webhook.renew({ key: renewed.key })
    await eventually(async () => expect(await serial()).not.toBe(before), PATIENT)
    await good()
  })

  async function serial(): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: it.webhook.port, ca: world.authority })
    await once(socket, 'secureConnect')
    const { serialNumber } = socket.getPeerCertificate()
    socket.destroy()
    return serialNumber
  }

  test('does not start without a certificate, and says what is missing', async () => {
    const folder = world.folder()
    for (const flags of [[], ['--webhook-cert-dir', folder]]) {
      const address = ['--webhook-address', '127.0.0.1:0']
      const operator = await world.startOperator({ flags: [...address, ...flags], readyWithin: 0 })
      expect(await operator.exited).toBe(1)
      expect(operator.output()).toMatch(/webhook-without-certificate[^]*--webhook-cert-dir/)
    }
  })
})
