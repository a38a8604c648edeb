/** Mode Approve: nothing that has an effect is written before somebody approved it, and then all of it at once. */
import { beforeAll, describe, expect, test } from 'vitest'
import { objectsOf } from '../cli/kubectl.ts'
import { hasSops } from '../sops/real.ts'
import { write } from '../support/stories.ts'
import { tenon } from '../support/tenon.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { kstatus } from './support/kstatus.ts'
import { pathOfObject } from './support/objects.ts'
import type { Operator } from './support/operator.ts'
import { credential, group, guardrail, integration } from './support/samples.ts'
import { keyFile, sealed } from './support/sealed.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { reading, storedIn } from './support/stored.ts'
import {
  annotate,
  change,
  eventsOf,
  gone,
  messageOf,
  PATIENT,
  ready,
  reconcileNow,
  remove,
  said,
  says,
  shows,
  stalled,
} from './support/stories.ts'
import { HAS, sharedWorld, testWorld } from './support/test-world.ts'
import { webhookIn } from './support/webhook.ts'

const world = sharedWorld()
const it: { statuses: StatusWatch; operator: Operator } = {} as never
const WAITS = stalled('ApprovalRequired')

beforeAll(async () => {
  it.statuses = await world.watchStatuses()
  const keys = ['--age-key-file', keyFile(world, 'alice').file]
  it.operator = await world.startOperator({ flags: ['--interval', '1h', '--mode', 'Approve', ...keys] })
})

/** Approves by an annotation what an object says that it waits for. */
async function approve(object: KubeObject): Promise<string> {
  const digest = await digestOf(object)
  await annotate(world, object, { approved: digest })
  return digest
}

/** The digest that an object waits for. */
async function digestOf(object: KubeObject): Promise<string> {
  const found = await says(world, object, WAITS)
  const digest = found['status'].approvalRequired as string
  expect(messageOf(found)).toMatch(new RegExp(`^Waits for the approval of ${digest}: .*tenon\\.dev/approved`))
  return digest
}

/** The digest that several objects wait for: one for all of them, once all were seen. */
async function commonDigest(...objects: readonly KubeObject[]): Promise<string> {
  return eventually(async () => {
    const all = await Promise.all(objects.map(async object => world.client.get(pathOfObject(object))))
    for (const found of all) expect(said(found), messageOf(found)).toBe(WAITS)
    const digests = new Set(all.map(({ status }) => status.approvalRequired as string))
    expect(digests.size).toBe(1)
    return [...digests][0]!
  }, PATIENT)
}

async function revision(operator = it.operator): Promise<number> {
  return (await reading(operator, async store => store.position(''))).revision
}

async function statusOf(object: KubeObject): Promise<unknown> {
  return (await world.client.get(pathOfObject(object))).status
}

/** A group and an integration, approved and applied. */
async function applied() {
  const namespace = await world.freshNamespace()
  const [support, jira] = [group(namespace, 'support'), integration(namespace, 'jira')]
  await world.apply(support, jira)
  await approve(jira)
  await ready(world, support, jira)
  return { namespace, support, jira }
}

const MORE = { members: ['ana@acme.example', 'ben@acme.example', 'zoe@acme.example'] }
const OPEN = {
  access: { level: 'company', companies: ['acme.example'] },
  permissions: [{ methods: ['get', 'post'], effect: 'allow' }],
}
const WIDER = { permissions: [{ methods: ['get', 'post'], effect: 'allow' }] }

describe('what has an effect', () => {
  test('waits, says what would happen and which digest to approve, and comes about in one transaction', async () => {
    const { namespace, support, jira } = await applied()
    const before = await revision()
    await change(world, support, { spec: MORE })
    await change(world, jira, { spec: WIDER })
    const digest = await commonDigest(support, jira)
    const waiting = await world.client.get(pathOfObject(jira))
    expect(kstatus(waiting)).toBe('Failed')
    expect(messageOf(waiting)).toMatch(/: .* can now call .*, on .*\/jira \(and \d+ more findings?\)\. /)
    expect(await revision()).toBe(before)
    expect((await it.operator.metrics()).sum('tenon_resources_unapproved')).toBeGreaterThanOrEqual(2)

    await annotate(world, support, { approved: digest })
    const done = await ready(world, support, jira)
    expect(done.map(({ status }) => status.lastAppliedRevision)).toEqual([before + 1, before + 1])
    for (const { status } of done) expect(status).not.toHaveProperty('approvalRequired')
    await eventually(async () => {
      const events = await eventsOf(world, namespace, 'jira')
      expect(
        events.filter(event => event.startsWith('Warning ApprovalRequired: ') && event.includes(digest)),
      ).toHaveLength(1)
      expect(events).toContainEqual(
        expect.stringContaining(`Normal Approved: Updated as approved by ${digest}: /spec/permissions`),
      )
    }, PATIENT)
  })

  test('that is new has our finalizer while it waits, and goes without approval if it never came about', async () => {
    const namespace = await world.freshNamespace()
    const [support, jira] = [group(namespace, 'support', { mode: 'Enforce' }), integration(namespace, 'jira')]
    await world.apply(support, jira)
    await digestOf(jira)
    const { metadata } = await world.client.get(pathOfObject(jira))
    expect(metadata.finalizers).toEqual(['tenon.dev/finalizer'])
    await remove(world, jira)
    await gone(world, jira)
    expect(Object.keys(await storedIn(it.operator, namespace))).toEqual([`accessGroup/${namespace}/support`])
  })

  test('is not brought about by another digest, nor by the annotation of what is enforced', async () => {
    const { namespace, support, jira } = await applied()
    const other = group(namespace, 'enforced', { mode: 'Enforce' })
    await change(world, support, { spec: MORE })
    const digest = await digestOf(support)
    const before = await revision()
    await annotate(world, support, { approved: `sha256:${'0'.repeat(64)}, ${digest.slice(0, -1)}` })
    await world.apply({ ...other, metadata: { ...other['metadata'], annotations: { 'tenon.dev/approved': digest } } })
    await ready(world, other, jira)
    await reconcileNow(world, support)
    expect(await digestOf(support)).toBe(digest)
    expect(await revision()).toBe(before + 1)
    // One of several is enough.
    await annotate(world, support, { approved: `sha256:${'0'.repeat(64)}, ${digest}` })
    await ready(world, support)
  })

  test('that was edited after its approval needs another', async () => {
    const { support, jira } = await applied()
    const before = await revision()
    await change(world, support, { spec: { suspend: true, ...MORE } })
    await change(world, jira, { spec: WIDER })
    const stale = await digestOf(jira)
    await change(world, support, { spec: { suspend: null } })
    const digest = await commonDigest(support, jira)
    expect(digest).not.toBe(stale)
    await annotate(world, jira, { approved: stale })
    await reconcileNow(world, jira)
    expect(await commonDigest(support, jira)).toBe(digest)
    expect(await revision()).toBe(before)
    await approve(jira)
    await ready(world, support, jira)
    expect(await revision()).toBe(before + 1)
  })

  test('and is taken back waits no longer, and what waits beside it waits for less', async () => {
    const { support, jira } = await applied()
    await change(world, support, { spec: MORE })
    const alone = await digestOf(support)
    await change(world, jira, { spec: WIDER })
    expect(await commonDigest(support, jira)).not.toBe(alone)
    await world.apply(integration(jira['metadata'].namespace, 'jira'))
    await ready(world, jira)
    await shows(world, support, ({ status }) => expect(status.approvalRequired).toBe(alone))
  })

  test('waits to go, and goes with what it used', async () => {
    const { namespace, support, jira } = await applied()
    await remove(world, jira)
    await digestOf(jira)
    await remove(world, support)
    const digest = await commonDigest(support, jira)
    expect(Object.keys(await storedIn(it.operator, namespace))).toHaveLength(2)
    await annotate(world, support, { approved: digest })
    await gone(world, support)
    await gone(world, jira)
    expect(await storedIn(it.operator, namespace)).toEqual({})
    const event = `Normal Approved: Deleted as approved by ${digest}`
    await eventually(async () => expect(await eventsOf(world, namespace, 'jira')).toContain(event), PATIENT)
  })

  test('is approved by the annotation of the namespace', async () => {
    const { namespace, support } = await applied()
    await change(world, support, { spec: MORE })
    const annotations = { 'tenon.dev/approved': await digestOf(support) }
    await world.client.patch(`/api/v1/namespaces/${namespace}`, { metadata: { annotations } })
    await shows(world, support, found => expect(said(found)).toBe('True/Succeeded - -'), { within: 60_000 })
  })

  test('of the whole cluster waits apart from namespaces', async () => {
    const { namespace } = await applied()
    const service = serviceOf(`own-${namespace}`)
    const crm = integration(namespace, 'crm', {
      service: { kind: 'ClusterServiceDefinition', name: service.metadata.name },
      endpoint: undefined,
      acknowledgement: { terms: '1', by: 'cto@acme.example', date: '2026-10-01' },
      permissions: [{ methods: ['get'], effect: 'allow' }],
    })
    await world.apply(service)
    await approve(service)
    await ready(world, service)
    await world.apply(crm)
    await approve(crm)
    await ready(world, crm)
    const more = serviceOf(`own-${namespace}`, 'read', 'list')
    await change(world, more, { spec: more['spec'] })
    await says(world, more, WAITS)
    await approve(more)
    const [found] = await ready(world, more)
    expect(found?.['status'].operations.total).toBe(2)
  })

  test.runIf(HAS.controllers)('keeps a namespace that is going until it is approved', async () => {
    const { namespace, support, jira } = await applied()
    await world.client.del(`/api/v1/namespaces/${namespace}`)
    const digest = await commonDigest(support, jira)
    await annotate(world, jira, { approved: digest })
    await gone(world, support)
    await gone(world, jira)
    expect(await storedIn(it.operator, namespace)).toEqual({})
  })
})

function serviceOf(name: string, ...operations: readonly string[]): KubeObject {
  const all = operations.length === 0 ? ['read'] : operations
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ClusterServiceDefinition',
    metadata: { name },
    spec: {
      displayName: 'Own',
      description: 'A service of a test.',
      category: 'crm',
      type: 'http',
      endpoint: 'https://own.acme.example',
      operations: all.map(id => ({ id, method: 'get', path: `/${id}` })),
      auth: [{ type: 'bearer' }],
    },
  }
}

describe('nobody is asked', () => {
  test('about what has no effect', async () => {
    const { jira } = await applied()
    await change(world, jira, { spec: { title: 'Another' } })
    const [found] = await ready(world, jira)
    expect(found?.['status'].observedGeneration).toBe(2)
  })

  test('about resources that are enforced, which go on beside those that wait', async () => {
    const { namespace, support, jira } = await applied()
    await change(world, support, { spec: MORE })
    const digest = await digestOf(support)
    const own = integration(namespace, 'own', { mode: 'Enforce' })
    await world.apply(own)
    await ready(world, own, jira)
    // Those who come into the group come to it as well: that is more than was to be approved.
    await reconcileNow(world, support)
    expect(await digestOf(support)).not.toBe(digest)
  })

  test('about what is invalid: it is left out, and joins what waits once it is right', async () => {
    const { namespace, support } = await applied()
    const odd = integration(namespace, 'odd', { permissions: [{ operations: ['no'], effect: 'allow' }] })
    await change(world, support, { spec: MORE })
    const digest = await digestOf(support)
    await world.apply(odd)
    await says(world, odd, stalled('ValidationFailed'))
    expect(await digestOf(support)).toBe(digest)
    await change(world, odd, { spec: WIDER })
    expect(await commonDigest(support, odd)).not.toBe(digest)
    await approve(odd)
    await ready(world, support, odd)
  })
})

describe('the digest', () => {
  /** What a review of two folders of files prints, and the head as it is rendered for a cluster. */
  async function reviewed(base: readonly KubeObject[], head: readonly KubeObject[], files: Files = {}) {
    const cwd = world.folder()
    for (const [side, objects] of Object.entries({ base, head })) {
      write(cwd, `${side}/tenon.yaml`, '{}\n')
      for (const [index, object] of objects.entries()) write(cwd, `${side}/${index}.json`, JSON.stringify(object))
    }
    for (const [name, text] of Object.entries(files)) write(cwd, `head/${name}`, text)
    const args = ['review', '--base', 'base', '--head', 'head', '--fail-on', 'none', '-o', 'json']
    const { code, stdout, stderr } = await tenon(args, { cwd })
    expect(code, stderr).toBe(0)
    const review = JSON.parse(stdout) as Reviewed
    const { stdout: rendered } = await tenon(['render', '-f', 'head'], { cwd })
    return { ...review, rendered: objectsOf(rendered) }
  }

  type Files = Readonly<Record<string, string>>

  interface Reviewed {
    readonly digest: string
    readonly approvals: readonly { readonly namespace: string; readonly digest: string }[]
  }

  test.each<[string, (namespace: string) => readonly KubeObject[]]>([
    ['people and operations', namespace => [group(namespace, 'support', MORE), integration(namespace, 'jira', WIDER)]],
    [
      'less access',
      namespace => [group(namespace, 'support', { members: ['ana@acme.example'] }), integration(namespace, 'jira')],
    ],
    [
      'another place',
      namespace => [
        group(namespace, 'support'),
        integration(namespace, 'jira', { endpoint: 'https://else.example.net/rest/api/3' }),
      ],
    ],
    [
      'something new',
      namespace => [group(namespace, 'support'), integration(namespace, 'jira'), integration(namespace, 'new', WIDER)],
    ],
    ['nothing left of it', namespace => [group(namespace, 'support')]],
    [
      'a guardrail',
      namespace => [group(namespace, 'support'), integration(namespace, 'jira'), guardrail(namespace, 'no')],
    ],
  ])('is that of a review of the same change to files: %s', async (_, changed) => {
    const { namespace, support, jira } = await applied()
    const review = await reviewed([support, jira], changed(namespace))
    expect(review.approvals).toEqual([{ namespace, digest: review.digest }])
    await comesAbout([support, jira], review)
  })

  test.runIf(hasSops)('is that of a review of the same change to files: encrypted values', async () => {
    const { namespace, support, jira } = await applied()
    const bot = credential(namespace, 'bot', { file: 'bot.sops.yaml' })
    const head = [support, bot, integration(namespace, 'jira', { credentials: ['bot'] })]
    const files = { 'bot.sops.yaml': sealed({ username: 'bot', password: 'not a real one' }) }
    const review = await reviewed([support, jira], head, files)
    expect(review.approvals).toEqual([{ namespace, digest: review.digest }])
    await comesAbout([support, jira], review)
  })

  /** Applies what was reviewed: it waits for the digest of the review, and comes about by it. */
  async function comesAbout(
    base: readonly KubeObject[],
    { digest, rendered }: Awaited<ReturnType<typeof reviewed>>,
  ): Promise<void> {
    await world.apply(...rendered)
    const names = new Set(rendered.map(pathOfObject))
    const goes = base.filter(object => !names.has(pathOfObject(object)))
    for (const object of goes) await remove(world, object)
    await eventually(async () => {
      const all = await Promise.all([...rendered, ...goes].map(async one => world.client.get(pathOfObject(one))))
      const waiting = new Set(all.map(({ status }) => status.approvalRequired).filter(one => one !== undefined))
      expect(waiting, all.map(messageOf).join('\n')).toEqual(new Set([digest]))
    }, PATIENT)
    await annotate(world, rendered[0]!, { approved: digest })
    await eventually(async () => {
      const found = await Promise.all(rendered.map(async object => world.client.get(pathOfObject(object))))
      for (const object of found) expect(said(object), messageOf(object)).toBe('True/Succeeded - -')
    }, PATIENT)
    for (const object of goes) await gone(world, object)
  }
})

describe('a guardrail of the store', () => {
  test('refuses with what it says, approved or not; when it is gone, what it refused waits', async () => {
    const { namespace, support } = await applied()
    const no = guardrail(namespace, 'no')
    await world.apply(no)
    await approve(no)
    await ready(world, no)
    const open = integration(namespace, 'open', OPEN)
    await world.apply(open)
    const refused = await says(world, open, stalled('GuardRefused'))
    expect(messageOf(refused)).toMatch(new RegExp(`^guardrail: guardrail ${namespace}/no: .*/open`))
    // What it does not speak of is left alone.
    await change(world, support, { spec: MORE })
    await digestOf(support)
    await approve(support)
    await ready(world, support)
    await remove(world, no)
    await approve(no)
    await gone(world, no)
    await digestOf(open)
  })

  test('that warns says so where it waits and when it is written', async () => {
    const { namespace } = await applied()
    const careful = guardrail(namespace, 'careful', { actions: ['Warn'] })
    await world.apply(careful)
    await approve(careful)
    await ready(world, careful)
    const open = integration(namespace, 'open', OPEN)
    await world.apply(open)
    expect(messageOf(await says(world, open, WAITS))).toMatch(new RegExp(` Warning: guardrail ${namespace}/careful: `))
    await approve(open)
    await ready(world, open)
    await eventually(async () => {
      const events = await eventsOf(world, namespace, 'open')
      expect(events).toContainEqual(expect.stringMatching(/^Warning GuardrailWarned: guardrail .*\/careful: /))
    }, PATIENT)
  })
})

describe('another operator', () => {
  // Two would say of the same resources what their own stores have.
  beforeAll(async () => {
    await it.operator.stop()
  })

  test('that starts anew finds everything waiting, and writes nothing', async () => {
    const own = testWorld()
    const namespace = await own.freshNamespace()
    const flags = ['--namespace', namespace, '--mode', 'Approve', '--interval', '1h']
    const first = await own.startOperator({ flags })
    const [support, jira] = [group(namespace, 'support', { mode: 'Enforce' }), integration(namespace, 'jira')]
    await own.apply(support, jira)
    await digestOf(jira)
    const [before, statuses] = [await revision(first), await Promise.all([support, jira].map(statusOf))]
    expect(await first.stop()).toBe(0)
    const mark = own.auditMark()
    const second = await own.startOperator({ flags, folder: first.folder })
    await eventually(async () => {
      const metrics = await second.metrics()
      expect(metrics.sum('controller_runtime_reconcile_total')).toBeGreaterThanOrEqual(2)
      expect(metrics.sum('tenon_resources_unapproved')).toBe(1)
      expect(metrics.sum('tenon_store_transactions_total')).toBe(0)
    }, PATIENT)
    expect(await revision(second)).toBe(before)
    expect(await Promise.all([support, jira].map(statusOf))).toEqual(statuses)
    const writes = own.auditSince(mark).filter(event => event.namespace === namespace && event.verb !== 'get')
    expect(writes.filter(({ verb }) => !['list', 'watch'].includes(verb))).toEqual([])
    expect(await second.stop()).toBe(0)
  })

  test.runIf(HAS.helm)(
    'refuses at kubectl apply what a guardrail denies, and names the digest of what it lets through',
    async () => {
      const own = testWorld()
      const namespace = await own.freshNamespace()
      const webhook = await webhookIn(own)
      const flags = [...webhook.flags, '--namespace', namespace, '--interval', '1h']
      await own.startOperator({ flags })
      await webhook.register(namespace)
      const no = guardrail(namespace, 'no', { mode: 'Enforce' })
      const support = group(namespace, 'support', { mode: 'Enforce' })
      await eventually(async () => own.apply(support, no), PATIENT)
      await ready(own, support, no)
      const apply = async (object: KubeObject) => own.kubectl(['apply', '-f', '-'], JSON.stringify(object))
      const open = await apply(integration(namespace, 'open', { ...OPEN, mode: 'Enforce' }))
      expect(open.code).toBe(1)
      expect(open.stderr).toMatch(
        /^Error from server \(Forbidden\): .* denied the request: guardrail: guardrail .*\/no: .* on .*\/open/,
      )
      const jira = integration(namespace, 'jira', { mode: 'Approve' })
      const { code, stderr } = await apply(jira)
      expect(code).toBe(0)
      const [, digest] = /^Warning: mode Approve: this needs an approval of (sha256:\w+), as things stand/.exec(stderr)!
      expect(await digestOf(jira)).toBe(digest)
    },
  )
})

test('none of these statuses breaks the contract', () => {
  expect(it.statuses.faults()).toEqual([])
  expect(it.statuses.writes.length).toBeGreaterThan(0)
})
