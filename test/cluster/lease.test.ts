import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { lead, type Leadership, type LeaseOptions } from '../../src/operator/lease.ts'
import { api } from '../../src/source/cluster/api.ts'
import { clusterCredentials } from '../../src/source/cluster/credentials.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOf } from './support/objects.ts'
import type { Proxy } from './support/proxy.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()

/** Shorter than in earnest, in the same proportions. */
const SHORT = { duration: 3000, deadline: 2000, retry: 400 }

interface Candidate {
  readonly proxy: Proxy
  readonly stop: AbortController
  readonly lost: string[]
  /** What it gets when its turn comes. */
  readonly leading: Promise<Leadership | undefined>
}

async function candidate(
  identity: string,
  namespace: string,
  times: Partial<LeaseOptions> = SHORT,
): Promise<Candidate> {
  const proxy = await world.proxy()
  const asking = api(clusterCredentials(await world.kubeconfigFor('admin', proxy.url)))
  const stop = new AbortController()
  const lost: string[] = []
  const options = { namespace, name: 'turn', identity, ...times }
  const leading = lead(asking, options, stop.signal, why => lost.push(why))
  onTestFinished(async () => {
    stop.abort()
    proxy.release()
    await (await leading)?.release()
    await asking.close()
  })
  return { proxy, stop, lost, leading }
}

async function leaseIn(namespace: string): Promise<KubeObject> {
  return world.client.get(pathOf('Lease', namespace, 'turn'))
}

async function leader(identity: string, namespace: string, times?: Partial<LeaseOptions>) {
  const made = await candidate(identity, namespace, times)
  const leadership = await made.leading
  if (leadership === undefined) throw new Error('it was stopped')
  return { ...made, leadership }
}

async function isWaiting({ leading }: Candidate, ms: number): Promise<boolean> {
  return (await Promise.race([leading, sleep(ms, 'waiting')])) === 'waiting'
}

test('a free lease is taken at once, and says whose it is', async () => {
  const namespace = await world.freshNamespace()
  const { leadership } = await leader('a', namespace)
  expect(leadership.isHeld()).toBe(true)
  const { spec } = await leaseIn(namespace)
  expect(spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 3, leaseTransitions: 1 })
  for (const time of [spec.acquireTime, spec.renewTime])
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
})

test('a lease that is held is renewed, and nobody else gets it', async () => {
  const namespace = await world.freshNamespace()
  const first = await leader('a', namespace)
  const before = (await leaseIn(namespace)).spec
  const second = await candidate('b', namespace)
  expect(await isWaiting(second, 6000)).toBe(true)
  const after = (await leaseIn(namespace)).spec
  expect([after.holderIdentity, after.acquireTime, after.leaseTransitions]).toEqual(['a', before.acquireTime, 1])
  expect(Date.parse(after.renewTime)).toBeGreaterThan(Date.parse(before.renewTime))
  expect([first.leadership.isHeld(), first.lost]).toEqual([true, []])
})

test('a lease that is given up is free at once', async () => {
  const namespace = await world.freshNamespace()
  const first = await leader('a', namespace)
  const second = await candidate('b', namespace)
  expect(await isWaiting(second, 1000)).toBe(true)
  await first.leadership.release()
  expect(first.leadership.isHeld()).toBe(false)
  expect((await leaseIn(namespace)).spec.holderIdentity ?? '').toBe('')
  expect(await isWaiting(second, 2000)).toBe(false)
  expect((await leaseIn(namespace)).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 2 })
  expect(first.lost).toEqual([])
})

describe('a holder', () => {
  test('that cannot renew in time loses its turn before anybody else may have it', async () => {
    const namespace = await world.freshNamespace()
    const first = await leader('a', namespace)
    const second = await candidate('b', namespace)
    await sleep(500)
    first.proxy.refuse()
    const from = performance.now()
    await eventually(() => expect(first.lost).toHaveLength(1))
    expect(first.leadership.isHeld()).toBe(false)
    const lostAfter = performance.now() - from
    await second.leading
    const takenAfter = performance.now() - from
    expect(lostAfter).toBeLessThan(takenAfter - 300)
    expect(takenAfter).toBeLessThan(6000)
    expect(first.lost).toEqual(['the lease could not be renewed in time'])
  })

  test('whose requests are never answered does not wait for them', async () => {
    const namespace = await world.freshNamespace()
    const first = await leader('a', namespace)
    first.proxy.hold()
    const from = performance.now()
    await eventually(() => expect(first.lost).toHaveLength(1))
    expect(performance.now() - from).toBeLessThan(4000)
  })

  test('whose connection died unnoticed renews over another one in time', async () => {
    const namespace = await world.freshNamespace()
    // The times of earnest: what a request may take is not shortened with them.
    const first = await leader('a', namespace, {})
    await sleep(2500)
    first.proxy.strand()
    await sleep(16_000)
    expect([first.leadership.isHeld(), first.lost]).toEqual([true, []])
  })

  test('that finds somebody else in its place gives in', async () => {
    const namespace = await world.freshNamespace()
    const first = await leader('a', namespace)
    await world.patch('Lease', namespace, 'turn', { spec: { holderIdentity: 'somebody' } })
    await eventually(() => expect(first.lost).toEqual(['another process holds the lease']))
    expect(first.leadership.isHeld()).toBe(false)
    await first.leadership.release()
    expect((await leaseIn(namespace)).spec.holderIdentity).toBe('somebody')
  })

  test('is not troubled by others who write labels, or delete the lease', async () => {
    const namespace = await world.freshNamespace()
    const { leadership, lost } = await leader('a', namespace)
    for (let times = 0; times < 150; times++) {
      await world.patch('Lease', namespace, 'turn', { metadata: { labels: { times: String(times) } } })
      await sleep(10)
    }
    await world.remove('Lease', namespace, 'turn')
    await eventually(async () => expect((await leaseIn(namespace)).spec.holderIdentity).toBe('a'))
    expect([leadership.isHeld(), lost]).toEqual([true, []])
  })

  test('that cannot reach the API server gives up without it', async () => {
    const namespace = await world.freshNamespace()
    const { leadership, proxy, lost } = await leader('a', namespace)
    proxy.refuse()
    const from = performance.now()
    await leadership.release()
    expect(performance.now() - from).toBeLessThan(3000)
    expect([leadership.isHeld(), lost]).toEqual([false, []])
  })
})

test('who is told to stop while waiting gets no turn', async () => {
  const namespace = await world.freshNamespace()
  await leader('a', namespace)
  const second = await candidate('b', namespace)
  await sleep(300)
  second.stop.abort()
  expect(await second.leading).toBe(undefined)
})

test('of several whose connections come and go, never two hold the lease at once, and always one before long', async () => {
  const namespace = await world.freshNamespace()
  const held = new Map<string, Leadership>()
  const turns: string[] = []
  const started = performance.now()
  // Chance decides how long a connection lasts: it goes on until the turn has gone round, within limits.
  const isOver = (): boolean => {
    const passed = performance.now() - started
    return passed > 30_000 && (turns.length > 2 || passed > 100_000)
  }
  const contend = async (name: string): Promise<void> => {
    for (let life = 0; !isOver(); life++) {
      const { leading, proxy, lost, stop } = await candidate(`${name}${life}`, namespace)
      const upset = setInterval(() => {
        const dice = Math.random()
        if (dice < 0.1) proxy.refuse()
        else if (dice < 0.2) proxy.hold()
        else if (dice < 0.3) proxy.strand()
        else proxy.release()
      }, 500)
      const waiting = setInterval(() => {
        if (isOver()) stop.abort()
      }, 100)
      const leadership = await leading
      clearInterval(waiting)
      if (leadership !== undefined) {
        turns.push(name)
        held.set(name, leadership)
        while (lost.length === 0 && !isOver()) await sleep(20)
      }
      clearInterval(upset)
      proxy.release()
      if (lost.length === 0) await leadership?.release()
      held.delete(name)
    }
  }
  const both: string[] = []
  const looking = setInterval(() => {
    const now = [...held].filter(([, leadership]) => leadership.isHeld()).map(([name]) => name)
    if (now.length > 1) both.push(now.join(' and '))
  }, 5)
  await Promise.all(['a', 'b', 'c', 'd'].map(contend))
  clearInterval(looking)
  expect(both).toEqual([])
  expect(turns.length).toBeGreaterThan(2)
}, 180_000)
