import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Address } from '../../src/model/address.ts'
import { Fenced, StaleState, WorldError } from '../../src/model/errors.ts'
import type { Store } from '../../src/model/store.ts'
import { resourceCache } from '../../src/operator/cache.ts'
import { groupsOf, type Group } from '../../src/operator/due.ts'
import { openLog } from '../../src/operator/log.ts'
import { operatorMetrics } from '../../src/operator/metrics.ts'
import type { Running } from '../../src/operator/operation.ts'
import { keyQueue } from '../../src/operator/queue.ts'
import { workGroup } from '../../src/operator/work-group.ts'
import { consumer, group } from '../cluster/support/samples.ts'
import { applied, AROUND, deleted, NAMESPACE, outcomes, settler } from './settling.ts'

interface Works {
  readonly running: Running
  readonly fenced: Fenced[]
  /** What the store does instead of answering. */
  readonly behave: (how: Partial<Store> | (() => Promise<never>)) => void
  readonly due: () => Promise<readonly Address[]>
  readonly value: (name: string) => Promise<number>
}

async function works(): Promise<Works> {
  const { store } = await settler()
  const metrics = operatorMetrics()
  const queue = keyQueue<Address>({ shareOf: () => '' })
  const fenced: Fenced[] = []
  let opens: () => Promise<Store> = () => Promise.resolve(store)
  const unused = (): never => {
    throw new Error('not of this test')
  }
  const running: Running = {
    cluster: 'test',
    mode: 'Enforce',
    prune: false,
    interval: 600_000,
    concurrent: 4,
    timeout: 2000,
    scopes: [],
    cache: resourceCache([], () => {}),
    queue,
    metrics,
    log: openLog('silent', () => {}),
    store: () => opens(),
    fence: () => Promise.resolve(undefined),
    around: () => AROUND,
    writes: { finalizer: unused, status: unused },
    recorder: { record: unused, flush: unused },
    isTerminating: unused,
    approvedOn: { read: () => Promise.resolve(undefined), hasChanged: unused },
    now: () => '2026-11-01T12:00:00Z',
    onFenced: error => void fenced.push(error),
    waiting: new Set(),
    unsure: new Set(),
    unapproved: new Set(),
    cleanups: new Map(),
    sweepSoon: unused,
  }
  return {
    running,
    fenced,
    behave: how => {
      opens = typeof how === 'function' ? how : () => Promise.resolve({ ...store, ...how })
    },
    due: async () => {
      queue.add('consumer/acme/last')
      return (await queue.take(100)).filter(key => key !== 'consumer/acme/last')
    },
    value: async name => {
      const found = await metrics.registry.getSingleMetric(name)?.get()
      return found?.values.reduce((sum, { value }) => sum + value, 0) ?? Number.NaN
    },
  }
}

const support = groupOf(applied(group(NAMESPACE, 'support')))
const desk = groupOf(applied(consumer(NAMESPACE, 'desk', [])))

function groupOf(...items: Group['items']): Group {
  return groupsOf(items, 'test', 'Enforce')[0]!
}

const DOWN = (): Promise<never> => Promise.reject(new WorldError('store-unreachable', 'The store cannot be reached.'))

test('what is applied is counted', async () => {
  const { running, value } = await works()
  expect(outcomes(await workGroup(support, running))).toEqual({ 'accessGroup/acme/support': 'done create' })
  expect([await value('tenon_store_transactions_total'), await value('tenon_store_up')]).toEqual([1, 1])
})

test('while the store does not answer all is tried again, and at once when it answers one', async () => {
  const { running, behave, due, value } = await works()
  behave(DOWN)
  const going = groupOf(deleted(group(NAMESPACE, 'going')))
  expect(outcomes(await workGroup(support, running))).toEqual({ 'accessGroup/acme/support': 'retry ApplyFailed' })
  expect(outcomes(await workGroup(going, running))).toEqual({ 'accessGroup/acme/going': 'retry PruneFailed' })
  expect(await value('tenon_store_up')).toBe(0)
  expect(await due()).toEqual([])
  behave({})
  await workGroup(desk, running)
  expect(await due()).toEqual(['accessGroup/acme/support', 'accessGroup/acme/going'])
  expect(await value('tenon_store_up')).toBe(1)
  await workGroup(desk, running)
  expect(running.waiting.size).toBe(0)
})

test('another writer is no store that is down', async () => {
  const { running, behave, value } = await works()
  await workGroup(desk, running)
  behave({ write: () => Promise.reject(new StaleState('Somebody wrote.')) })
  expect(outcomes(await workGroup(support, running))).toEqual({ 'accessGroup/acme/support': 'retry ApplyFailed' })
  expect([running.waiting.size, await value('tenon_store_up')]).toEqual([0, 1])
})

test('a run that takes too long is given up, and does not write any more', async () => {
  const { running, behave, value } = await works()
  const { promise, resolve } = Promise.withResolvers<void>()
  const store = await running.store()
  behave({
    position: async owner => {
      await promise
      return store.position(owner)
    },
  })
  expect(outcomes(await workGroup(support, { ...running, timeout: 50 }))).toEqual({
    'accessGroup/acme/support': 'retry ApplyFailed',
  })
  expect(await value('controller_runtime_reconcile_timeouts_total')).toBe(1)
  resolve()
  await sleep(300)
  expect(await store.heads(undefined, ['accessGroup/acme/support'])).toEqual(new Map())
})

test('a process that was fenced has to end', async () => {
  const { running, behave, fenced } = await works()
  behave({ write: () => Promise.reject(new Fenced('Somebody leads.')) })
  await workGroup(support, running)
  expect(fenced).toHaveLength(1)
})

test('a bug is neither the store nor the end of it', async () => {
  const { running, behave, value } = await works()
  behave(() => Promise.reject(new TypeError('a bug')))
  const results = await workGroup(support, running)
  expect(outcomes(results)).toEqual({ 'accessGroup/acme/support': 'retry ApplyFailed' })
  expect(JSON.stringify([...results])).not.toContain('a bug"')
  expect(await value('controller_runtime_reconcile_panics_total')).toBe(1)
})
