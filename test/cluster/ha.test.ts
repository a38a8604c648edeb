import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOf } from './support/objects.ts'
import { writeKeyFile, type Operator } from './support/operator.ts'
import { consumer, group, integration } from './support/samples.ts'
import { reading, storedIn, wantedIn } from './support/stored.ts'
import { HAS, testWorld } from './support/test-world.ts'
import type { AuditMark } from './support/audit.ts'
import type { World } from './support/world.ts'

const PATIENT = { within: 60_000, every: 200 }

/** An operator under a user of its own, so that the API server's log tells who did what. */
interface Replica {
  readonly user: string
  readonly operator: Operator
}

/** Two operators over one store, which take turns by one lease; the first one leads. */
async function pair(server?: string, world = testWorld()) {
  const namespace = await world.freshNamespace()
  const statuses = await world.watchStatuses()
  const folder = world.folder()
  const store = HAS.postgres ? await world.database() : path.join(folder, 'store')
  const keyFile = writeKeyFile(folder)
  const start = async (user: string, at?: string): Promise<Replica> => {
    const kubeconfig = await world.kubeconfigFor({ user, groups: ['system:masters'] }, at)
    return { user, operator: await world.startOperator({ kubeconfig, store, keyFile, leaseNamespace: namespace }) }
  }
  const first = await start(`first-of-${namespace}`, server)
  await eventually(async () => expect(await leads(first)).toBe(true), PATIENT)
  const second = await start(`second-of-${namespace}`)
  await world.apply(group(namespace, 'support'))
  await world.settled(group(namespace, 'support'), 'Current', PATIENT)
  return { world, namespace, statuses, first, second }
}

async function leads({ operator }: Replica): Promise<boolean> {
  return (await operator.metrics()).sum('leader_election_master_status') === 1
}

type Pair = Awaited<ReturnType<typeof pair>>

async function converged({ world, namespace, statuses, second }: Pair, ...objects: readonly KubeObject[]) {
  for (const object of objects) await world.settled(object, 'Current', PATIENT)
  await eventually(
    async () => expect(await storedIn(second.operator, namespace)).toEqual(await wantedIn(world.client, namespace)),
    PATIENT,
  )
  expect(statuses.faults()).toEqual([])
  expect(statuses.writes.length).toBeGreaterThan(0)
}

/** What one of them changed in the cluster. */
function writesBy(world: World, { user }: Replica, since: AuditMark) {
  return world
    .auditSince(since, { user })
    .filter(({ verb, code }) => !['get', 'list', 'watch'].includes(verb) && code < 400)
    .map(({ verb, resource, subresource, name }) => `${verb} ${resource}/${subresource} ${name}`)
}

function some(namespace: string, count: number): readonly KubeObject[] {
  return Array.from({ length: count }, (_, at) => integration(namespace, `i${at}`))
}

function renamed(time: number): object {
  return { spec: { title: `Renamed ${time}` } }
}

/** Milliseconds until the second one leads. */
async function takeover({ second }: Pair): Promise<number> {
  const from = performance.now()
  await eventually(async () => expect(await leads(second)).toBe(true), { within: 40_000, every: 100 })
  return performance.now() - from
}

test('of two operators one leads and writes, and the other one watches', async () => {
  const both = await pair()
  const { world, namespace, first, second } = both
  const mark = world.auditMark()
  const all = some(namespace, 10)
  await world.apply(...all)
  await converged(both, ...all)
  expect([await leads(first), await leads(second)]).toEqual([true, false])
  expect(writesBy(world, first, mark).length).toBeGreaterThan(10)
  expect(writesBy(world, second, mark)).toEqual([])
  expect(await second.operator.probe('/readyz')).toBe(200)
})

test('a leader that is killed is followed by the other within 20 s, which loses no change', async () => {
  const both = await pair()
  const { world, namespace, first } = both
  const all = some(namespace, 20)
  await world.apply(...all.slice(0, 10))
  await first.operator.kill()
  const taking = takeover(both)
  await world.apply(...all.slice(10), consumer(namespace, 'desk', ['i0']))
  for (const { metadata } of all.slice(0, 5)) await world.patch('Integration', namespace, metadata.name, renamed(1))
  for (const { metadata } of all.slice(5, 8)) await world.remove('Integration', namespace, metadata.name)
  expect(await taking).toBeLessThan(20_000)
  await converged(both, ...all.slice(0, 5), ...all.slice(8), consumer(namespace, 'desk', ['i0']))
})

test('a leader that was frozen ends when it thaws, and writes nothing more anywhere', async () => {
  const world = testWorld()
  const proxy = await world.proxy()
  const both = await pair(proxy.url, world)
  const { namespace, first, second, statuses } = both
  const all = some(namespace, 40)
  const before = statuses.writes.length
  // Slow enough to be in the middle of its work: some statuses are written, and others are not.
  proxy.delay(300)
  await world.apply(...all)
  await eventually(() => expect(statuses.writes.length).toBeGreaterThan(before + 2), PATIENT)
  first.operator.pause()
  proxy.release()
  expect(statuses.writes.length).toBeLessThan(before + 30)
  await takeover(both)
  for (const { metadata } of all.slice(0, 30)) await world.patch('Integration', namespace, metadata.name, renamed(2))
  await world.remove('Integration', namespace, 'i39')
  await converged(both, ...all.slice(0, 39))
  const mark = world.auditMark()
  const written = await trail(second)
  first.operator.resume()
  expect(await first.operator.exited).toBeGreaterThan(0)
  await sleep(2000)
  expect(writesBy(world, first, mark)).toEqual([])
  expect(await trail(second)).toEqual(written)
  expect(await leads(second)).toBe(true)
  await converged(both, ...all.slice(0, 39))
})

/** How much was ever written to the store. */
async function trail({ operator }: Replica): Promise<number> {
  return reading(operator, async store => {
    expect((await store.verifyAudit()).kind).toBe('intact')
    return (await store.audit({})).length
  })
}

describe('a leader that is asked to end', () => {
  test('gives up its turn, so that the other one need not wait for it', async () => {
    const both = await pair()
    const { world, namespace, first } = both
    const from = performance.now()
    expect(await first.operator.stop()).toBe(0)
    expect(performance.now() - from).toBeLessThan(30_000)
    expect(await takeover(both)).toBeLessThan(8000)
    const { spec } = await world.client.get(pathOf('Lease', namespace, 'tenon-operator'))
    expect(spec.leaseTransitions).toBe(2)
    await world.apply(...some(namespace, 3))
    await converged(both, ...some(namespace, 3))
  })

  test('leaves a lease that nobody holds', async () => {
    const both = await pair()
    const { world, namespace, first, second } = both
    await second.operator.kill()
    expect(await first.operator.stop()).toBe(0)
    const { spec } = await world.client.get(pathOf('Lease', namespace, 'tenon-operator'))
    expect(spec.holderIdentity ?? '').toBe('')
  })

  test('finishes what it has begun, and leaves the rest whole to the next', async () => {
    const both = await pair()
    const { world, namespace, first, second, statuses } = both
    await second.operator.kill()
    const all = some(namespace, 150)
    const applying = world.apply(...all)
    await eventually(() => expect(statuses.writes.length).toBeGreaterThan(30), PATIENT)
    expect(await first.operator.stop()).toBe(0)
    await applying
    await trail(second)
    const stored = await storedIn(second.operator, namespace)
    const wanted = await wantedIn(world.client, namespace)
    for (const [address, digest] of Object.entries(stored))
      expect([address, wanted[address as never]]).toEqual([address, digest])
    expect(Object.keys(stored).length).toBeLessThan(Object.keys(wanted).length)
    for (const { object, name } of statuses.writes) {
      const isReady = object.status.conditions?.some(({ type, status }: never) => type === 'Ready' && status === 'True')
      if (isReady && object.kind === 'Integration') expect(stored).toHaveProperty([`integration/${namespace}/${name}`])
    }
    const { store, keyFile } = second.operator
    await world.startOperator({ store, keyFile, leaseNamespace: namespace })
    await converged(both, ...all)
  })
})

test('an operator whose turn at the store was taken ends, and has written nothing', async () => {
  const both = await pair()
  const { world, namespace, first, second } = both
  await second.operator.kill()
  const name = `cluster:default ${namespace}/tenon-operator`
  const fence = await reading(first.operator, async store => store.fence(name, 'somebody', new Date().toISOString()))
  expect(fence.epoch).toBe(2)
  const before = await trail(first)
  await world.apply(...some(namespace, 3))
  expect(await first.operator.exited).toBeGreaterThan(0)
  expect(await trail(first)).toBe(before)
  expect(first.operator.output()).toContain('somebody')
})

test('an operator that is asked to end in the middle of its work ends in time though the API server is silent', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const statuses = await world.watchStatuses()
  const proxy = await world.proxy()
  const operator = await world.startOperator({ kubeconfig: await world.kubeconfigFor('admin', proxy.url) })
  proxy.delay(300)
  await world.apply(group(namespace, 'support'), ...some(namespace, 30))
  await eventually(() => expect(statuses.writes.length).toBeGreaterThan(2), PATIENT)
  proxy.hold()
  const from = performance.now()
  expect(await operator.stop()).toBe(0)
  expect(performance.now() - from).toBeLessThan(38_000)
})

test('a leader that cannot reach the API server ends before its turn is over, and the other one goes on', async () => {
  const world = testWorld()
  const proxy = await world.proxy()
  const both = await pair(proxy.url, world)
  const { namespace, first, second } = both
  proxy.hold()
  const all = some(namespace, 5)
  await world.apply(...all)
  const from = performance.now()
  expect(await first.operator.exited).toBeGreaterThan(0)
  expect(performance.now() - from).toBeLessThan(15_000)
  expect(await leads(second)).toBe(false)
  await takeover(both)
  await converged(both, ...all)
})
