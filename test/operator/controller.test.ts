import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished, expect, test } from 'vitest'
import type { Address } from '../../src/model/address.ts'
import { resourceCache, type Cache } from '../../src/operator/cache.ts'
import { control } from '../../src/operator/controller.ts'
import { FINALIZER, type CustomResource } from '../../src/operator/custom-resource.ts'
import { openLog } from '../../src/operator/log.ts'
import { operatorMetrics } from '../../src/operator/metrics.ts'
import type { Operation } from '../../src/operator/operation.ts'
import { backoff } from '../../src/operator/backoff.ts'
import { keyQueue } from '../../src/operator/queue.ts'
import type { KubeObject } from '../../src/source/cluster/api.ts'
import { group } from '../cluster/support/samples.ts'
import { eventually } from '../cluster/support/eventually.ts'
import { AROUND, NAMESPACE, rows, settler } from './settling.ts'

interface Controlled {
  readonly cache: Cache
  readonly operation: Operation
  readonly lines: string[]
  /** Lets the cluster show an object, as a watch would. */
  readonly show: (object: KubeObject) => void
  readonly panics: () => Promise<number>
  readonly stored: () => Promise<readonly string[]>
  /** Closes the queue, and waits until all is done. */
  readonly end: () => Promise<void>
}

let version = 100

/** A controller over a real store, queue and cache; the API server is two functions. */
async function controlled(writes: Partial<Operation['writes']> = {}): Promise<Controlled> {
  const { store } = await settler()
  const queue = keyQueue<Address>({ shareOf: () => '', backoff: backoff({ base: 20, cap: 100 }) })
  const scopes = [{ kind: 'accessGroup', namespace: undefined }] as const
  const cache = resourceCache(scopes, queue.add)
  const metrics = operatorMetrics()
  const lines: string[] = []
  const written = ({ object }: CustomResource, change: object): Promise<KubeObject> => {
    const metadata = { ...object.metadata, ...('metadata' in change && (change.metadata as object)) }
    return Promise.resolve({ ...object, ...change, metadata: { ...metadata, resourceVersion: String((version += 1)) } })
  }
  const operation: Operation = {
    cluster: 'test',
    mode: 'Enforce',
    prune: false,
    interval: 600_000,
    concurrent: 4,
    timeout: 2000,
    scopes,
    cache,
    queue,
    metrics,
    log: openLog('info', line => lines.push(line)),
    store: () => Promise.resolve(store),
    fence: () => Promise.resolve(undefined),
    around: () => AROUND,
    writes: {
      finalizer: (one, wanted) => written(one, { metadata: { finalizers: wanted ? [FINALIZER] : [] } }),
      status: (one, status) => written(one, { status }),
      ...writes,
    },
    recorder: { record: () => {}, flush: () => Promise.resolve() },
    isTerminating: () => Promise.resolve(false),
    approvedOn: { read: () => Promise.resolve(undefined), hasChanged: () => Promise.resolve(false) },
    now: () => '2026-11-01T12:00:00Z',
    onFenced: () => {},
  }
  const controlling = control(operation)
  const end = async (): Promise<void> => {
    queue.close()
    await controlling
  }
  onTestFinished(end)
  return {
    cache,
    operation,
    lines,
    show: object => {
      const metadata = { uid: `uid-${object.metadata.name}`, generation: 1, resourceVersion: '1', ...object.metadata }
      cache.put('accessGroup', { ...object, metadata })
    },
    panics: async () => {
      const { values } = await metrics.panics.get()
      return values.reduce((sum, { value }) => sum + value, 0)
    },
    stored: async () => Object.keys(await rows(store)),
    end,
  }
}

function isReady(cache: Cache, name: string): boolean {
  const { object } = cache.get(`accessGroup/${NAMESPACE}/${name}`) ?? {}
  return JSON.stringify(object?.status ?? {}).includes('"True"')
}

test('what is shown is applied, and said to be', async () => {
  const { cache, show, stored } = await controlled()
  for (const name of ['a', 'b', 'c']) show(group(NAMESPACE, name))
  await eventually(() => expect(['a', 'b', 'c'].every(name => isReady(cache, name))).toBe(true))
  expect(await stored()).toHaveLength(3)
})

test.each(['finalizer', 'status'] as const)('our own mistake while a %s is written ends nothing', async which => {
  let mistakes = 2
  const plain = await controlled()
  const { cache, show, panics, lines } = await controlled({
    [which]: (one: CustomResource, what: never) => {
      if (one.address.endsWith('/odd') && (mistakes -= 1) >= 0) throw new TypeError('a secret may stand here')
      return plain.operation.writes[which](one, what)
    },
  })
  for (const name of ['a', 'odd', 'z']) show(group(NAMESPACE, name))
  await eventually(() => expect(['a', 'odd', 'z'].every(name => isReady(cache, name))).toBe(true))
  expect(await panics()).toBe(2)
  expect(lines.join('')).toContain('this is a bug in Tenon')
  expect(lines.join('')).not.toContain('a secret may stand here')
})

test('at its end nothing is begun, and what was begun is finished', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const plain = await controlled()
  const { cache, show, end } = await controlled({
    status: async (one, status) => {
      await promise
      return plain.operation.writes.status(one, status)
    },
  })
  show(group(NAMESPACE, 'begun'))
  await sleep(200)
  const ending = end()
  show(group(NAMESPACE, 'late'))
  resolve()
  await ending
  expect([isReady(cache, 'begun'), isReady(cache, 'late')]).toEqual([true, false])
})
