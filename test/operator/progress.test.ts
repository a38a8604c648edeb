import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { CustomResource } from '../../src/operator/custom-resource.ts'
import { sayProgress } from '../../src/operator/progress.ts'
import { statusOf, statusWhileWorking, type Status } from '../../src/operator/status.ts'
import { statusFaults } from '../cluster/support/status-rules.ts'
import { rowOf } from '../cluster/support/status-table.ts'
import { resource, withStatus } from './observed.ts'

const DONE = { kind: 'done', action: 'create', fields: [], warnings: [], facts: { people: 3 } } as const
const NOW = '2026-11-01T12:00:05Z'

/** A run over one resource: what is written while it lasts. */
function running(current: CustomResource) {
  const written: Status[] = []
  const parts = {
    cache: { get: () => current, renew: () => {} },
    writes: {
      status: (_: unknown, status: Status) => {
        written.push(status)
        return Promise.resolve(current.object)
      },
    },
    concurrent: 4,
    log: { warn: () => {} },
    now: () => NOW,
  }
  const enough = sayProgress([{ resource: current, wants: 'apply' }], parts as never, 20)
  return { written, enough }
}

test('the status of a run that takes long is the row "working" of the table', () => {
  const before = resource()
  const after = withStatus(before, statusWhileWorking(before, NOW))
  expect(rowOf(after.object as never)).toBe('working')
  expect(statusFaults(after.object as never)).toEqual([])
  expect(statusOf(after).observedGeneration).toBe(-1)
})

test('what is applied stays in sight while the next generation is worked on', () => {
  const before = resource({ result: DONE, generation: 1 })
  const next = { ...before, object: { ...before.object, metadata: { ...before.object.metadata, generation: 2 } } }
  expect(statusWhileWorking(next, NOW)).toMatchObject({ people: 3, observedGeneration: 1 })
})

test('a run that ends in time says nothing of its progress', async () => {
  const { written, enough } = running(resource())
  await enough()
  await sleep(60)
  expect(written).toEqual([])
})

test('one that takes long says it, once', async () => {
  const { written, enough } = running(resource())
  await sleep(80)
  await enough()
  expect(written).toHaveLength(1)
})

test('nothing is said of a generation that was worked on before', async () => {
  const { written, enough } = running(resource({ result: DONE }))
  await sleep(80)
  await enough()
  expect(written).toEqual([])
})
