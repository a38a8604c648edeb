import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { parseMetrics } from './metrics.ts'
import { HAS, testWorld } from './test-world.ts'

test('an operator becomes ready, pauses, resumes, ends in order, and goes on over its store', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const operator = await world.startOperator({ leaseNamespace: namespace })
  expect(await operator.probe('/healthz')).toBe(200)
  await eventually(async () => expect((await operator.metrics()).sum('leader_election_master_status')).toBe(1))
  expect(operator.logs().every(line => typeof line['msg'] === 'string')).toBe(true)

  operator.pause()
  await expect(operator.probe('/healthz')).rejects.toThrow(/timeout/)
  operator.resume()
  expect(await operator.probe('/healthz')).toBe(200)
  expect(await operator.stop()).toBe(0)

  const { folder } = operator
  const next = await world.startOperator({ leaseNamespace: namespace, folder })
  expect([next.store, next.keyFile]).toEqual([operator.store, operator.keyFile])
  await next.kill()
  expect(await next.exited).toBe(null)
})

test.runIf(HAS.postgres)('an operator keeps its store in a database', async () => {
  const world = testWorld()
  const operator = await world.startOperator({ store: await world.database() })
  expect(await operator.stop()).toBe(0)
})

test('an operator that cannot start says why', async () => {
  const world = testWorld()
  const started = world.startOperator({ flags: ['--no-such-flag'] })
  await expect(started).rejects.toThrow('no-such-flag')
})

test('metrics are summed over the samples with the labels that are asked for', () => {
  const metrics = parseMetrics('# TYPE a counter\na{b="x",c="1,\\"2"} 3\na{b="y"} 4.5\nd 0\ne{le="+Inf"} +Inf\n')
  expect(metrics.sum('a')).toBe(7.5)
  expect(metrics.sum('a', { b: 'x' })).toBe(3)
  expect(metrics.samples[0]?.labels).toEqual({ b: 'x', c: '1,\\"2' })
  expect([metrics.has('d'), metrics.has('f'), metrics.sum('f')]).toEqual([true, false, 0])
  expect(() => parseMetrics('<html>')).toThrow('not a sample')
})
