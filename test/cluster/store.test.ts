/** What the operator does while its store does not answer, and when it does again. */
import { DatabaseSync } from 'node:sqlite'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import type { Operator } from './support/operator.ts'
import type { Proxy } from './support/proxy.ts'
import { consumer, group, integration } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { storedIn, wantedIn } from './support/stored.ts'
import { change, gone, messageOf, PATIENT, ready, remove, retried, says } from './support/stories.ts'
import { HAS, sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const it: { statuses: StatusWatch } = {} as never

beforeAll(async () => {
  it.statuses = await world.watchStatuses()
})

function integrations(namespace: string, count: number): readonly KubeObject[] {
  return Array.from({ length: count }, (_, index) => integration(namespace, `i-${index}`))
}

describe.runIf(HAS.postgres)('a database', () => {
  /** An operator whose way to its database tests may cut, with a few resources applied. */
  async function cuttable(flags: readonly string[] = []): Promise<Cuttable> {
    const proxy = await world.proxy(await world.database())
    const operator = await world.startOperator({ store: proxy.url, flags: ['--interval', '1h', ...flags] })
    const namespace = await world.freshNamespace()
    const all = integrations(namespace, 20)
    await world.apply(group(namespace, 'support'), ...all)
    await ready(world, ...all)
    return { proxy, operator, namespace, all }
  }

  interface Cuttable {
    readonly proxy: Proxy
    readonly operator: Operator
    readonly namespace: string
    readonly all: readonly KubeObject[]
  }

  async function retitle(objects: readonly KubeObject[], title: string): Promise<void> {
    await Promise.all(objects.map(async object => change(world, object, { spec: { title } })))
  }

  test('that cannot be reached is waited for, and nothing that was asked meanwhile is lost', async () => {
    const { proxy, operator, namespace, all } = await cuttable()
    const [first, ...others] = all as [KubeObject, ...KubeObject[]]
    proxy.refuse()
    await retitle(others, 'Meanwhile')
    const desk = consumer(namespace, 'desk', ['i-1'])
    await world.apply(desk)
    await remove(world, first)
    const waiting = await says(world, all[1], retried('ApplyFailed'))
    // Where it is, and as whom it is asked, is no business of whoever may read the resource.
    const message = "store-unreachable: The store cannot be used now; the operator's log says why."
    expect(messageOf(waiting)).toBe(message)
    expect(operator.output()).toMatch(/"error":"The store postgres:\/\/\S+ cannot be reached \(ECONNRESET\)/)
    expect(waiting['status'].observedGeneration).toBe(waiting['metadata'].generation - 1)
    await says(world, first, retried('PruneFailed'))
    expect((await operator.metrics()).sum('tenon_store_up')).toBe(0)
    // Pauses grow, so that a store that is down is not asked all the time.
    await sleep(4000)
    const tries = operator.logs().filter(({ msg }) => msg === 'a batch failed').length
    expect(tries).toBeLessThan(100)

    proxy.release()
    await ready(world, ...others, desk)
    await gone(world, first)
    expect(await storedIn(operator, namespace)).toEqual(await wantedIn(world.client, namespace))
    expect((await operator.metrics()).sum('tenon_store_up')).toBe(1)
    expect(await operator.stop()).toBe(0)
  })

  test('whose connections break again and again gets everything in the end', async () => {
    const { proxy, operator, namespace, all } = await cuttable()
    for (let round = 0; round < 15; round += 1) {
      await retitle(all.slice(round, round + 5), `Round ${round}`)
      await sleep(round * 7)
      proxy.cut()
    }
    await ready(world, ...all)
    expect(await storedIn(operator, namespace)).toEqual(await wantedIn(world.client, namespace))
    await operator.stop()
  })

  test('that takes requests and says nothing does not hold up the operator for good', async () => {
    const { proxy, operator, namespace, all } = await cuttable(['--timeout', '2s'])
    proxy.hold()
    await retitle(all, 'Meanwhile')
    const waiting = await says(world, all[0], retried('ApplyFailed'))
    expect(messageOf(waiting)).toBe('timeout: The store did not answer within 1 s.')
    expect(await operator.probe('/healthz')).toBe(200)
    proxy.release()
    await ready(world, ...all)
    expect(await storedIn(operator, namespace)).toEqual(await wantedIn(world.client, namespace))
    const metrics = await operator.metrics()
    expect(metrics.sum('controller_runtime_reconcile_timeouts_total', { controller: 'integration' })).toBeGreaterThan(0)
    await operator.stop()
  })

  test('that is not there when the operator starts is waited for', async () => {
    const proxy = await world.proxy(await world.database())
    proxy.refuse()
    const operator = await world.startOperator({ store: proxy.url })
    const namespace = await world.freshNamespace()
    const support = group(namespace, 'support')
    await world.apply(support)
    await says(world, support, retried('ApplyFailed'))
    proxy.release()
    await ready(world, support)
    expect(await storedIn(operator, namespace)).toEqual(await wantedIn(world.client, namespace))
    await operator.stop()
  })
})

describe('an embedded store', () => {
  test('that another process holds for a while is waited for', async () => {
    const operator = await world.startOperator({ flags: ['--interval', '1h'] })
    const namespace = await world.freshNamespace()
    const support = group(namespace, 'support')
    await world.apply(support)
    await ready(world, support)
    const other = new DatabaseSync(path.join(operator.store, 'store.db'))
    try {
      other.exec('BEGIN IMMEDIATE')
      await change(world, support, { spec: { displayName: 'Meanwhile' } })
      const waiting = await says(world, support, retried('ApplyFailed'))
      expect(messageOf(waiting)).toContain('store-locked: ')
      other.exec('ROLLBACK')
    } finally {
      other.close()
    }
    await ready(world, support)
    expect(await storedIn(operator, namespace)).toEqual(await wantedIn(world.client, namespace))
    await operator.stop()
  })

  test('is written in few transactions, however many resources change', async () => {
    const namespace = await world.freshNamespace()
    const all = [group(namespace, 'support'), ...integrations(namespace, 1000)]
    await inShares(all, async object => world.apply(object))
    const flags = ['--interval', '1h', '--namespace', namespace]
    const operator = await world.startOperator({ flags })
    await eventually(async () => expect(Object.keys(await storedIn(operator, namespace))).toHaveLength(1001), PATIENT)
    expect((await operator.metrics()).sum('tenon_store_transactions_total')).toBeLessThanOrEqual(6)
    await inShares(all, async object => ready(world, object))

    const { folder } = operator
    await operator.stop()
    await inShares(all.slice(1), async object => change(world, object, { spec: { title: 'Changed' } }))
    const next = await world.startOperator({ folder, flags })
    await inShares(all, async object => ready(world, object))
    expect((await next.metrics()).sum('tenon_store_transactions_total')).toBeLessThanOrEqual(6)
    expect(await storedIn(next, namespace)).toEqual(await wantedIn(world.client, namespace))
    await next.stop()
  }, 240_000)
})

async function inShares(objects: readonly KubeObject[], work: (object: KubeObject) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < objects.length; start += 16) await Promise.all(objects.slice(start, start + 16).map(work))
}

test('none of these statuses breaks the contract', () => {
  expect(it.statuses.faults()).toEqual([])
  expect(it.statuses.writes.length).toBeGreaterThan(0)
})
