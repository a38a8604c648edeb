import { writeFileSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { reflect, type Sink } from '../../src/operator/reflector.ts'
import { api } from '../../src/source/cluster/api.ts'
import { clusterCredentials } from '../../src/source/cluster/credentials.ts'
import { collectionPath } from '../../src/source/cluster/kinds.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { tokenOf } from './support/identity.ts'
import { pathOf } from './support/objects.ts'
import type { Operator } from './support/operator.ts'
import { consumer, group, integration } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { storedIn, wantedIn } from './support/stored.ts'
import { testWorld } from './support/test-world.ts'
import type { World } from './support/world.ts'

const PATIENT = { within: 60_000, every: 200 }

/** An operator on the other side of a proxy, with one resource that nothing is done to. */
async function surrounded(more: Partial<Parameters<World['startOperator']>[0]> = {}) {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  // Who is cut off may hear of one change long before another, and say what it knows of a generation that is history.
  const statuses = await world.watchStatuses({ overtakenWithin: 60_000 })
  const proxy = await world.proxy()
  const kubeconfig = await world.kubeconfigFor('admin', proxy.url)
  const operator = await world.startOperator({ kubeconfig, ...more })
  const steady = group(namespace, 'steady')
  await world.apply(group(namespace, 'support'), steady)
  await world.settled(steady, 'Current', PATIENT)
  return { world, namespace, statuses, proxy, operator, steady }
}

type Surrounded = Awaited<ReturnType<typeof surrounded>>

/** The store holds what the cluster asks for, every status says so, and nothing was said that is not so. */
async function converged({ world, namespace, operator, statuses }: Surrounded, ...objects: readonly KubeObject[]) {
  for (const object of objects) await world.settled(object, 'Current', PATIENT)
  await eventually(
    async () => expect(await storedIn(operator, namespace)).toEqual(await wantedIn(world.client, namespace)),
    PATIENT,
  )
  expect(statuses.faults()).toEqual([])
  expect(statuses.writes.length).toBeGreaterThan(0)
  await runs(operator)
}

/** It is the process that was started, and still well. */
async function runs(operator: Operator): Promise<void> {
  expect(await operator.probe('/healthz')).toBe(200)
  expect(operator.logs().filter(({ level }) => level >= 50)).toEqual([])
}

function writesOf({ writes }: StatusWatch, { metadata }: KubeObject): number {
  return writes.filter(({ namespace, name }) => namespace === metadata.namespace && name === metadata.name).length
}

describe('connections', () => {
  test('that are cut again and again, while there are changes, lose none', async () => {
    const around = await surrounded()
    const { world, namespace, proxy, statuses, steady } = around
    const cutting = setInterval(() => proxy.cut(), 150)
    const all = Array.from({ length: 12 }, (_, at) => integration(namespace, `i${at}`))
    await world.apply(...all)
    for (const { metadata } of all.slice(0, 6)) await world.patch('Integration', namespace, metadata.name, renamed(1))
    await sleep(3000)
    for (const { metadata } of all.slice(9)) await world.remove('Integration', namespace, metadata.name)
    for (const { metadata } of all.slice(3, 9)) await world.patch('Integration', namespace, metadata.name, renamed(2))
    await sleep(2000)
    clearInterval(cutting)
    await converged(around, ...all.slice(0, 9))
    expect(proxy.accepted).toBeGreaterThan(20)
    expect(writesOf(statuses, steady)).toBe(1)
  })

  test('that are cut while everything is listed delay the start, and no more', async () => {
    const world = testWorld()
    const namespace = await world.freshNamespace()
    await world.apply(...Array.from({ length: 20 }, (_, at) => group(namespace, `g${at}`)))
    const proxy = await world.proxy()
    proxy.delay(100)
    const kubeconfig = await world.kubeconfigFor('admin', proxy.url)
    const operator = await world.startOperator({ kubeconfig, readyWithin: 0 })
    await eventually(() => expect(proxy.connections).toBeGreaterThan(0))
    for (let cuts = 0; cuts < 10; cuts++) {
      await sleep(120)
      proxy.cut()
    }
    expect(await operator.probe('/readyz')).toBe(503)
    proxy.release()
    await eventually(async () => expect(await operator.probe('/readyz')).toBe(200), PATIENT)
    await world.settled(group(namespace, 'g19'), 'Current', PATIENT)
    await runs(operator)
  })

  test('that are held for a while pass on what was held', async () => {
    const around = await surrounded()
    const { world, namespace, proxy, statuses, steady } = around
    proxy.hold()
    const desk = consumer(namespace, 'desk', ['jira'])
    await world.apply(desk, integration(namespace, 'jira'))
    await sleep(3000)
    proxy.release()
    await converged(around, desk, integration(namespace, 'jira'))
    expect(writesOf(statuses, steady)).toBe(1)
  })

  test('that died unnoticed are given up after a silence, and what happened meanwhile is seen', async () => {
    const world = testWorld()
    const namespace = await world.freshNamespace()
    const proxy = await world.proxy()
    const asking = api(clusterCredentials(await world.kubeconfigFor('admin', proxy.url)))
    const stop = new AbortController()
    onTestFinished(async () => {
      stop.abort()
      await asking.close()
    })
    const seen = new Set<string>()
    let watching = false
    const sink: Sink = {
      replace: () => void (watching = true),
      put: ({ metadata }) => void seen.add(metadata.name),
      remove: ({ metadata }) => void seen.delete(metadata.name),
      failed: () => {},
    }
    const path = collectionPath('accessGroup', namespace)
    const following = reflect(asking, { path }, sink, { silence: 2000, signal: stop.signal })
    await eventually(() => expect(watching).toBe(true))
    await world.apply(group(namespace, 'a'))
    await eventually(() => expect(seen).toEqual(new Set(['a'])))
    proxy.strand()
    await world.apply(group(namespace, 'b'))
    await world.remove('AccessGroup', namespace, 'a')
    await sleep(1000)
    expect(seen).toEqual(new Set(['a']))
    await eventually(() => expect(seen).toEqual(new Set(['b'])), { within: 20_000 })
    stop.abort()
    await following
  })
})

function renamed(time: number): object {
  return { spec: { title: `Renamed ${time}` } }
}

describe('an API server', () => {
  test('that is killed and comes back is followed on, and what waited is brought about', async () => {
    const around = await surrounded()
    const { world, namespace, proxy, statuses, steady } = around
    const [jira, gone] = [integration(namespace, 'jira'), integration(namespace, 'gone')]
    await world.apply(jira, gone)
    await converged(around, jira, gone)
    proxy.refuse()
    await world.patch('Integration', namespace, 'jira', renamed(1))
    await world.remove('Integration', namespace, 'gone')
    const desk = consumer(namespace, 'desk', ['jira'])
    await world.apply(desk)
    await world.apiServer.kill('SIGKILL')
    await sleep(1500)
    await world.apiServer.restart()
    proxy.release()
    await converged(around, jira, desk)
    expect(writesOf(statuses, steady)).toBe(1)
    await expect(world.read('Integration', namespace, 'gone')).rejects.toThrow('not found')
  })

  test('that is frozen for longer than a request may take is asked again when it goes on', async () => {
    const around = await surrounded()
    const { world, namespace, statuses, steady } = around
    const jira = integration(namespace, 'jira')
    await world.apply(jira)
    await world.apiServer.freeze()
    // Longer than the 30 s after which a request is given up.
    await sleep(35_000)
    await world.apiServer.thaw()
    await converged(around, jira)
    expect(writesOf(statuses, steady)).toBe(1)
  })

  test('that forgot the revision which was watched is listed anew: what came is seen, and what went', async () => {
    const around = await surrounded({ flags: ['--prune'] })
    const { world, namespace, proxy, operator } = around
    const all = Array.from({ length: 6 }, (_, at) => integration(namespace, `i${at}`))
    await world.apply(...all)
    await converged(around, ...all)
    proxy.refuse()
    await world.apply(integration(namespace, 'new'), integration(namespace, 'flash'))
    await world.patch('Integration', namespace, 'i0', renamed(1))
    // With nobody there who would let them go, and nothing left that says that they were.
    for (const name of ['i5', 'flash']) await vanish(world, namespace, name)
    await world.compact()
    await world.apiServer.restart()
    proxy.release()
    await converged(around, integration(namespace, 'new'), all[0])
    expect(Object.keys(await storedIn(operator, namespace))).not.toContain(`integration/${namespace}/i5`)
    expect(operator.logs().filter(({ error }) => /too old|410|expired/i.test(String(error)))).not.toEqual([])
  })
})

/** Deletes a resource, finalizers or not. */
async function vanish(world: World, namespace: string, name: string): Promise<void> {
  await world.remove('Integration', namespace, name)
  await world.client.ask('PATCH', pathOf('Integration', namespace, name), NO_FINALIZERS, MERGE)
}

const NO_FINALIZERS = { metadata: { finalizers: null } }
const MERGE = 'application/merge-patch+json'

test('a token that is replaced in its file is used as soon as the old one is refused', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const serviceAccount = `${namespace}/operator`
  const kubeconfig = await world.kubeconfigFor({ serviceAccount, inFile: true })
  await world.apply(mayDoAll(namespace))
  const operator = await world.startOperator({ kubeconfig })
  const statuses = await world.watchStatuses()
  await world.apply(group(namespace, 'support'))
  await world.settled(group(namespace, 'support'), 'Current', PATIENT)
  const { tokenFile } = JSON.parse(readFileSync(kubeconfig, 'utf8')).users[0].user
  const old = readFileSync(tokenFile, 'utf8')
  await world.remove('ServiceAccount', namespace, 'operator')
  writeFileSync(tokenFile, await tokenOf(world.client, serviceAccount))
  await eventually(async () => expect(await isKnown(world, old)).toBe(false), PATIENT)
  const mark = world.auditMark()
  const jira = integration(namespace, 'jira')
  await world.apply(jira)
  await world.settled(jira, 'Current', PATIENT)
  const answers = world.auditSince(mark, { userAgent: 'tenon' }).filter(({ code }) => code === 403)
  expect([answers, statuses.faults()]).toEqual([[], []])
  await runs(operator)
})

function mayDoAll(namespace: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `operator-of-${namespace}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'operator', namespace }],
  }
}

async function isKnown({ client }: World, token: string): Promise<boolean> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } }
  const { status } = await client.post('/apis/authentication.k8s.io/v1/tokenreviews', review)
  return status.authenticated === true
}

test('nothing is done while nothing happens: no runs, no writes, no transactions', async () => {
  const around = await surrounded({ leaseNamespace: 'default' })
  const { world, namespace, operator } = around
  const all = Array.from({ length: 20 }, (_, at) => integration(namespace, `i${at}`))
  const desk = consumer(
    namespace,
    'desk',
    all.map(({ metadata }) => metadata.name),
  )
  await world.apply(...all, desk)
  await converged(around, ...all, desk)
  await sleep(3000)
  const mark = world.auditMark()
  const before = await operator.metrics()
  await sleep(10_000)
  const after = await operator.metrics()
  for (const name of COUNTED) {
    expect([name, before.sum(name) > 0]).toEqual([name, true])
    expect([name, after.sum(name)]).toEqual([name, before.sum(name)])
  }
  expect(after.sum('tenon_watch_failures_total')).toBe(0)
  const asked = world.auditSince(mark, { userAgent: 'tenon' }).filter(({ userAgent }) => userAgent === 'tenon')
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.filter(({ resource, verb }) => resource !== 'leases' && verb !== 'watch')).toEqual([])
})

const COUNTED = ['controller_runtime_reconcile_total', 'workqueue_adds_total', 'tenon_store_transactions_total']
