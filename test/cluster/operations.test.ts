/** What people who run the operator look at: probes, metrics, logs. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import type { LogLine, Operator } from './support/operator.ts'
import { condition, consumer, group, integration } from './support/samples.ts'
import { sharedWorld, testWorld } from './support/test-world.ts'

const PATIENT = { within: 30_000 }
const CONTROLLERS = [
  'clusterservicedefinition',
  'servicedefinition',
  'accessgroup',
  'credential',
  'integration',
  'consumer',
  'guardrail',
]

describe('probes', () => {
  test('it is alive from the start, and ready when everything was listed once', async () => {
    const world = testWorld()
    const proxy = await world.proxy()
    const kubeconfig = await world.kubeconfigFor('admin', proxy.url)
    proxy.hold()
    const operator = await world.startOperator({ kubeconfig, readyWithin: 0 })
    await eventually(async () => expect(await operator.probe('/healthz')).toBe(200), PATIENT)
    expect(await operator.probe('/readyz')).toBe(503)
    proxy.release()
    await eventually(async () => expect(await operator.probe('/readyz')).toBe(200), { within: 90_000 })
    expect(await operator.stop()).toBe(0)
  })

  test('it is ready whatever becomes of its store, and says of each resource what it waits for', async () => {
    const world = testWorld()
    const namespace = await world.freshNamespace()
    const statuses = await world.watchStatuses()
    const operator = await world.startOperator({ store: 'postgres://nobody@127.0.0.1:1/none' })
    const support = group(namespace, 'support')
    await world.apply(support)
    await eventually(async () => {
      const found = await world.read('AccessGroup', namespace, 'support')
      expect(condition(found, 'Ready')).toMatchObject({ status: 'False', reason: 'ApplyFailed' })
    }, PATIENT)
    expect([await operator.probe('/healthz'), await operator.probe('/readyz')]).toEqual([200, 200])
    const metrics = await operator.metrics()
    expect([metrics.sum('tenon_store_up'), metrics.has('tenon_store_up')]).toEqual([0, true])
    expect(metrics.sum('controller_runtime_reconcile_errors_total', { controller: 'accessgroup' })).toBeGreaterThan(0)
    expect(statuses.faults()).toEqual([])
    expect(await operator.stop()).toBe(0)
  })
})

describe('an operator at work', () => {
  const world = sharedWorld()
  const it: { namespace: string; operator: Operator; idle: Set<string> } = {} as never

  beforeAll(async () => {
    it.namespace = await world.freshNamespace()
    const flags = ['--namespace', it.namespace, '--cluster-services', '--concurrent', '3', '--log-level', 'info']
    it.operator = await world.startOperator({ flags })
    await eventually(async () => leads(it.operator), PATIENT)
    it.idle = new Set((await it.operator.metrics()).samples.map(({ name }) => name))
    const bad = integration(it.namespace, 'bad', { permissions: [{ operations: ['nothing'], effect: 'allow' }] })
    await world.apply(group(it.namespace, 'support'), integration(it.namespace, 'jira'), bad)
    await world.apply(consumer(it.namespace, 'early', ['later']))
    await world.settled(integration(it.namespace, 'jira'), 'Current', PATIENT)
    await world.settled(bad, 'Failed', PATIENT)
    await eventually(async () => waits(await world.read('Consumer', it.namespace, 'early')), PATIENT)
  })

  async function leads(operator: Operator): Promise<void> {
    expect((await operator.metrics()).sum('leader_election_master_status')).toBe(1)
  }

  function waits(object: KubeObject): void {
    expect(condition(object, 'Ready')).toMatchObject({ reason: 'DependencyNotReady' })
  }

  test.each([
    'controller_runtime_reconcile_total',
    'controller_runtime_reconcile_errors_total',
    'controller_runtime_terminal_reconcile_errors_total',
    'controller_runtime_reconcile_panics_total',
    'controller_runtime_reconcile_timeouts_total',
    'controller_runtime_reconcile_time_seconds_bucket',
    'controller_runtime_reconcile_time_seconds_count',
    'controller_runtime_reconcile_time_seconds_sum',
    'controller_runtime_active_workers',
    'controller_runtime_max_concurrent_reconciles',
    'workqueue_depth',
    'workqueue_adds_total',
    'workqueue_queue_duration_seconds_bucket',
    'workqueue_work_duration_seconds_bucket',
    'workqueue_retries_total',
    'leader_election_master_status',
    'rest_client_requests_total',
    'process_cpu_seconds_total',
    'tenon_store_transactions_total',
    'tenon_store_up',
  ])('%s is there before anything happened', name => {
    expect([...it.idle]).toContain(name)
  })

  test('metrics of every kind are there from the start, so that a first failure is a rise', async () => {
    const { samples } = await it.operator.metrics()
    const labelled = (name: string, label: string): ReadonlySet<string | undefined> =>
      new Set(samples.filter(sample => sample.name === name).map(({ labels }) => labels[label]))
    expect(labelled('controller_runtime_reconcile_errors_total', 'controller')).toEqual(new Set(CONTROLLERS))
    expect(labelled('workqueue_adds_total', 'name')).toEqual(new Set(CONTROLLERS))
    expect(labelled('controller_runtime_reconcile_total', 'result')).toEqual(new Set(['success', 'error']))
  })

  test('metrics count what happened', async () => {
    await eventually(async () => {
      const metrics = await it.operator.metrics()
      const sum = (name: string, labels: Readonly<Record<string, string>>): number => metrics.sum(name, labels)
      const reconciles = 'controller_runtime_reconcile_total'
      expect(sum(reconciles, { controller: 'accessgroup', result: 'success' })).toBeGreaterThan(0)
      expect(sum(reconciles, { controller: 'integration', result: 'error' })).toBeGreaterThan(0)
      expect(sum('controller_runtime_terminal_reconcile_errors_total', { controller: 'integration' })).toBeGreaterThan(
        0,
      )
      expect(sum('controller_runtime_terminal_reconcile_errors_total', { controller: 'consumer' })).toBe(0)
      expect(sum('controller_runtime_reconcile_errors_total', { controller: 'consumer' })).toBeGreaterThan(0)
      expect(sum('workqueue_retries_total', { name: 'consumer' })).toBeGreaterThan(0)
      expect(sum('controller_runtime_max_concurrent_reconciles', { controller: 'integration' })).toBe(3)
      expect(sum('rest_client_requests_total', { code: '200', method: 'PATCH' })).toBeGreaterThan(3)
      expect(sum('tenon_store_changes_total', { kind: 'integration', action: 'create' })).toBe(1)
      expect(sum('tenon_resources', { kind: 'integration', ready: 'True', reason: 'Succeeded' })).toBe(1)
      expect(sum('tenon_resources', { kind: 'integration', ready: 'False', reason: 'ValidationFailed' })).toBe(1)
      expect(sum('tenon_store_up', {})).toBe(1)
    }, PATIENT)
  })

  test('nothing is under way and nothing is due when nothing is left to do', async () => {
    await world.remove('Consumer', it.namespace, 'early')
    await eventually(async () => {
      const metrics = await it.operator.metrics()
      expect(metrics.sum('workqueue_depth')).toBe(0)
      expect(metrics.sum('controller_runtime_active_workers')).toBe(0)
    }, PATIENT)
  })

  const about = (name: string): readonly LogLine[] => it.operator.logs().filter(line => line['name'] === name)

  test('a line of the log about a resource says which, of which generation, and in which run', () => {
    expect(about('jira')[0]).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      reconcileID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      address: `integration/${it.namespace}/jira`,
      controller: 'integration',
      namespace: it.namespace,
      name: 'jira',
      generation: 1,
      reason: 'Applied',
      msg: 'Created',
    })
    expect(about('bad')[0]).toMatchObject({ controller: 'integration', reason: 'ValidationFailed', generation: 1 })
  })

  test('every line of the log is JSON with a level, a time and a message', () => {
    for (const line of it.operator.logs()) {
      expect(line).toMatchObject({ level: expect.any(Number), time: expect.any(String), msg: expect.any(String) })
    }
  })

  const touch = async (title: string): Promise<void> => {
    await world.patch('Integration', it.namespace, 'jira', { spec: { title } })
    await eventually(
      () => expect(about('jira').filter(({ msg }) => msg === 'Updated: /spec/title')).not.toEqual([]),
      PATIENT,
    )
  }

  test('SIGUSR2 lets it say more, and again less', async () => {
    expect(about('jira').filter(({ level }) => level < 30)).toEqual([])
    process.kill(it.operator.pid, 'SIGUSR2')
    await touch('More')
    await eventually(() => expect(debugLines()).toBeGreaterThan(0), PATIENT)
    process.kill(it.operator.pid, 'SIGUSR2')
    await eventually(() => expect(said('the log level changed')).toBe(2), PATIENT)
    const before = debugLines()
    await touch('Less')
    expect(debugLines()).toBe(before)
  })

  const debugLines = (): number => about('jira').filter(({ level }) => level === 20).length
  const said = (msg: string): number => it.operator.logs().filter(line => line['msg'] === msg).length

  test('a request to the health port sets the level, and a level that there is none of is refused', async () => {
    const set = async (level: string): Promise<number> =>
      (await fetch(`${it.operator.health}/log-level?level=${level}`, { method: 'POST' })).status
    expect(await set('loud')).toBe(400)
    expect(said('asked the API server')).toBe(0)
    expect(await set('trace')).toBe(200)
    await touch('Traced')
    await eventually(() => expect(said('asked the API server')).toBeGreaterThan(0), PATIENT)
    expect(await set('info')).toBe(200)
  })

  test('the API server knows what it wrote by one name', async () => {
    const { metadata } = await world.read('Integration', it.namespace, 'jira')
    const managers = new Set(metadata.managedFields.map(({ manager }: KubeObject) => manager))
    managers.delete('tenon-test')
    expect([...managers]).toEqual(['tenon-operator'])
  })

  test('it ends in order', async () => {
    expect(await it.operator.stop()).toBe(0)
    expect(it.operator.logs().at(-1)).toMatchObject({ msg: 'stopped' })
  })
})
