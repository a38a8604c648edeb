/** What people can ask of the operator for one resource: to look only, to wait, to run now. */
import { beforeAll, describe, expect, test } from 'vitest'
import { condition, consumer, group, integration } from './support/samples.ts'
import type { KubeObject } from './support/client.ts'
import { Refused } from './support/client.ts'
import type { Operator } from './support/operator.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { reading, storedIn } from './support/stored.ts'
import {
  annotate,
  change,
  DONE,
  eventsOf,
  gone,
  messageOf,
  onStore,
  PATIENT,
  ready,
  reconcileNow,
  remove,
  retried,
  said,
  says,
  shows,
  stalled,
} from './support/stories.ts'
import { eventually } from './support/eventually.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const it: { statuses: StatusWatch; operator: Operator } = {} as never

beforeAll(async () => {
  it.statuses = await world.watchStatuses()
  it.operator = await world.startOperator({ flags: ['--interval', '1h'] })
})

/** A group and an integration, applied. */
async function applied(): Promise<{
  readonly namespace: string
  readonly support: KubeObject
  readonly jira: KubeObject
}> {
  const namespace = await world.freshNamespace()
  const [support, jira] = [group(namespace, 'support'), integration(namespace, 'jira')]
  await world.apply(support, jira)
  await ready(world, support, jira)
  return { namespace, support, jira }
}

/** Changes a row behind the operator's back, as its owner. */
async function edit(namespace: string, ...documents: readonly KubeObject[]): Promise<void> {
  await onStore(world, it.operator, ['apply', '--yes', '--owner', `cluster:default/ns/${namespace}`], documents)
}

async function titleIn(namespace: string): Promise<string | undefined> {
  const address = `integration/${namespace}/jira` as const
  const found = (await reading(it.operator, async store => store.load([address]))).get(address)
  return found?.resource.kind === 'integration' ? found.resource.spec.title : undefined
}

describe('in mode Enforce', () => {
  test('what somebody changed in the store is put right, and told of', async () => {
    const { namespace, support, jira } = await applied()
    await edit(namespace, support, integration(namespace, 'jira', { title: 'Edited' }))
    expect(await titleIn(namespace)).toBe('Edited')
    const { lastAppliedRevision } = (await world.read('Integration', namespace, 'jira')).status
    const before = (await it.operator.metrics()).sum('tenon_drift_corrected_total', { kind: 'integration' })

    const found = await reconcileNow(world, jira)
    expect(said(found)).toBe(DONE)
    expect(found['status'].lastAppliedRevision).toBeGreaterThan(lastAppliedRevision)
    expect(await titleIn(namespace)).toBe('jira')
    await eventually(
      async () =>
        expect(await eventsOf(world, namespace, 'jira')).toContainEqual(
          'Normal DriftCorrected: The store differed: /spec/title',
        ),
      PATIENT,
    )
    const after = (await it.operator.metrics()).sum('tenon_drift_corrected_total', { kind: 'integration' })
    expect(after - before).toBe(1)
  })

  test('a row that somebody deleted is there again', async () => {
    const { namespace, support, jira } = await applied()
    const prune = ['--prune', '--force', 'in-use', '--max-delete-percent', '100']
    const owner = `cluster:default/ns/${namespace}`
    await onStore(world, it.operator, ['apply', '--yes', '--owner', owner, ...prune], [support])
    expect(await titleIn(namespace)).toBeUndefined()
    await reconcileNow(world, jira)
    expect(await titleIn(namespace)).toBe('jira')
    await eventually(
      async () =>
        expect(await eventsOf(world, namespace, 'jira')).toContainEqual(
          'Normal DriftCorrected: The store had lost the row.',
        ),
      PATIENT,
    )
  })
})

describe('in mode Observe', () => {
  test('a difference is reported with its fields, and neither store nor finalizers are written', async () => {
    const { namespace, jira } = await applied()
    const title = { title: 'Wished for', mode: 'Observe' }
    const before = await reading(it.operator, async store => store.position(''))
    await change(world, jira, { spec: title })
    const found = await says(world, jira, stalled('Drifted'))
    expect(messageOf(found)).toBe(
      'The store differs from this resource: a run would update it (/spec/title). Nothing is written in mode Observe.',
    )
    const unseen = group(namespace, 'unseen', { mode: 'Observe' })
    await world.apply(unseen)
    expect((await says(world, unseen, stalled('Drifted')))['metadata'].finalizers).toBeUndefined()
    expect(await reading(it.operator, async store => store.position(''))).toEqual(before)

    // Once the store is as it should be, that is all that is to be said.
    await edit(namespace, group(namespace, 'support'), integration(namespace, 'jira', { title: 'Wished for' }))
    await reconcileNow(world, jira)
    await ready(world, jira)
    await remove(world, jira)
    await gone(world, jira)
    expect(Object.keys(await storedIn(it.operator, namespace))).toContain(`integration/${namespace}/jira`)
  })

  test('a resource is brought about once it is to be enforced', async () => {
    const namespace = await world.freshNamespace()
    const support = group(namespace, 'support', { mode: 'Observe' })
    await world.apply(support)
    await says(world, support, stalled('Drifted'))
    await change(world, support, { spec: { mode: 'Enforce' } })
    const [found] = await ready(world, support)
    expect(found?.['metadata'].finalizers).toEqual(['tenon.dev/finalizer'])
  })
})

interface Patch {
  readonly spec?: object
  readonly metadata?: object
}

describe.each<[string, Patch, Patch]>([
  ['spec.suspend', { spec: { suspend: true } }, { spec: { suspend: null } }],
  [
    'tenon.dev/reconcile: disabled',
    { metadata: { annotations: { 'tenon.dev/reconcile': 'disabled' } } },
    { metadata: { annotations: { 'tenon.dev/reconcile': null } } },
  ],
])('%s', (_, suspend, resume) => {
  test('leaves status and store as they are, until it is taken away', async () => {
    const { namespace, jira } = await applied()
    await change(world, jira, suspend)
    const { status } = await world.read('Integration', namespace, 'jira')
    await change(world, jira, { spec: { title: 'Later' } })
    await annotate(world, jira, { requestedAt: 'now' })
    await aRunOfAnother(namespace)
    expect((await world.read('Integration', namespace, 'jira')).status).toEqual(status)
    expect(await titleIn(namespace)).toBe('jira')
    await change(world, jira, resume)
    await ready(world, jira)
    expect(await titleIn(namespace)).toBe('Later')
  })

  test('does not keep a resource on its way', async () => {
    const namespace = await world.freshNamespace()
    const desk = consumer(namespace, 'desk', ['absent'])
    await world.apply(desk)
    await says(world, desk, retried('DependencyNotReady'))
    await change(world, desk, suspend)
    const found = await says(world, desk, 'False/DependencyNotReady - -')
    expect(found['status'].observedGeneration).toBe(-1)
  })

  test('does not keep a deleted resource', async () => {
    const { namespace, jira } = await applied()
    await change(world, jira, suspend)
    await remove(world, jira)
    await gone(world, jira)
    expect(Object.keys(await storedIn(it.operator, namespace))).toEqual([`accessGroup/${namespace}/support`])
  })

  test('lets nothing come about that is new', async () => {
    const namespace = await world.freshNamespace()
    const support = group(namespace, 'support')
    await world.apply({
      ...support,
      spec: { ...support['spec'], ...suspend.spec },
      metadata: { ...support['metadata'], ...suspend.metadata },
    })
    await aRunOfAnother(namespace)
    const found = await world.read('AccessGroup', namespace, 'support')
    expect(found.metadata.finalizers).toBeUndefined()
    expect(found.status).toEqual({ observedGeneration: -1 })
  })
})

/** The operator has seen everything up to now once it is done with something that came later. */
async function aRunOfAnother(namespace: string): Promise<void> {
  const later = group(namespace, `later-${Date.now()}`)
  await world.apply(later)
  await ready(world, later)
}

describe('a run that is asked for', () => {
  test.each([
    ['went well', {}, DONE],
    ['was refused', { permissions: [{ operations: ['no'], effect: 'deny' }] }, stalled('ValidationFailed')],
    ['has to wait', { access: { level: 'group', groups: ['absent'] } }, retried('DependencyNotReady')],
  ])('and %s is answered', async (_, spec, expected) => {
    const namespace = await world.freshNamespace()
    const jira = integration(namespace, 'jira', spec)
    await world.apply(group(namespace, 'support'), jira)
    await says(world, jira, expected)
    await annotate(world, jira, { requestedAt: '2026-11-01T12:00:00Z' })
    const found = await shows(world, jira, ({ status }) =>
      expect(status.lastHandledReconcileAt).toBe('2026-11-01T12:00:00Z'),
    )
    expect(said(found)).toBe(expected)
  })
})

describe('the access of an integration', () => {
  const company = { level: 'company', companies: ['acme.example'] }

  test('cannot be changed: the API server says so', async () => {
    const { jira } = await applied()
    await expect(change(world, jira, { spec: { access: { groups: ['sales'] } } })).rejects.toThrow(Refused)
    await expect(change(world, jira, { spec: { access: { ...company, groups: null } } })).rejects.toThrow(
      /access (cannot|is immutable)/,
    )
  })

  test('is another one after it was deleted and declared anew', async () => {
    const { namespace, jira } = await applied()
    await remove(world, jira)
    await gone(world, jira)
    const other = integration(namespace, 'jira', { access: company })
    await world.apply(other)
    await ready(world, other)
    await shows(world, other, ({ status }) => expect(status.unknownPeople).toBe(true))
  })

  test('is not replaced behind a back: a resource that came to an old row says so', async () => {
    const { namespace, jira } = await applied()
    await annotate(world, jira, { 'skip-cleanup': 'true' })
    await remove(world, jira)
    await gone(world, jira)
    const other = integration(namespace, 'jira', { access: company })
    await world.apply(other)
    const found = await says(world, other, stalled('GuardRefused'))
    expect(messageOf(found)).toMatch(/^replace-not-named: .*tenon\.dev\/replace: "true" to create it anew\.$/)
    await annotate(world, other, { replace: 'true' })
    await ready(world, other)
    expect(condition(await world.read('Integration', namespace, 'jira'), 'Stalled')).toBeUndefined()
  })
})

test('none of these statuses breaks the contract', () => {
  expect(it.statuses.faults()).toEqual([])
  expect(it.statuses.writes.length).toBeGreaterThan(0)
})
