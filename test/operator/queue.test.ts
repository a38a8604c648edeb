import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as fc from 'fast-check'
import { backoff } from '../../src/operator/backoff.ts'
import { keyQueue } from '../../src/operator/queue.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function opened(watcher: object = {}) {
  const options = { shareOf: () => '', backoff: backoff<string>({ base: 1000, cap: 8000, random: () => 1 }) }
  return keyQueue<string>({ ...options, ...watcher })
}

type Queue = ReturnType<typeof opened>

/** What is due now, without waiting for more. */
async function dueNow(queue: Queue): Promise<readonly string[]> {
  queue.add('last')
  const keys = await queue.take(99)
  queue.done(['last'])
  return keys.filter(key => key !== 'last')
}

describe('a key', () => {
  test('that was added several times is due once', async () => {
    const queue = opened()
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key)
    expect(await queue.take(9)).toEqual(['a', 'b'])
  })

  test('that was added while it is worked on becomes due once more, when that is done and not before', async () => {
    const queue = opened()
    queue.add('a')
    await queue.take(9)
    queue.add('a')
    queue.add('a')
    expect(await dueNow(queue)).toEqual([])
    queue.done(['a'])
    expect(await dueNow(queue)).toEqual(['a'])
    queue.done(['a'])
    expect(await dueNow(queue)).toEqual([])
  })

  test('that is due later is due earlier where it is added before', async () => {
    const queue = opened()
    queue.addAfter('a', 1000)
    queue.add('a')
    expect(await dueNow(queue)).toEqual(['a'])
    queue.done(['a'])
    vi.advanceTimersByTime(5000)
    expect(await dueNow(queue)).toEqual([])
  })

  test('whose time comes while it is worked on waits until that is done', async () => {
    const queue = opened()
    queue.add('a')
    await queue.take(9)
    queue.addAfter('a', 10)
    vi.advanceTimersByTime(20)
    expect(await dueNow(queue)).toEqual([])
    queue.done(['a'])
    expect(await dueNow(queue)).toEqual(['a'])
  })

  test('that fails is due again after pauses that grow, and from the shortest one on after a success', () => {
    const queue = opened()
    expect([1, 2, 3, 4, 5].map(() => queue.retry('a'))).toEqual([1000, 2000, 4000, 8000, 8000])
    expect([queue.failures('a'), queue.retry('b')]).toEqual([5, 1000])
    queue.succeed('a')
    expect([queue.failures('a'), queue.retry('a')]).toEqual([0, 1000])
  })

  test('that fails is not due before the server wants to be asked again', async () => {
    const queue = opened()
    expect(queue.retry('a', 5000)).toBe(5000)
    vi.advanceTimersByTime(4999)
    expect(await dueNow(queue)).toEqual([])
    vi.advanceTimersByTime(1)
    expect(await dueNow(queue)).toEqual(['a'])
  })

  test('that is cancelled is not due later', async () => {
    const queue = opened()
    queue.retry('a')
    queue.cancel('a')
    vi.advanceTimersByTime(60_000)
    expect(await dueNow(queue)).toEqual([])
  })
})

test('whoever waits for keys gets them as soon as they come, as many as are wanted', async () => {
  const queue = opened()
  const taking = queue.take(2)
  queue.addAfter('a', 50)
  await vi.advanceTimersByTimeAsync(50)
  expect(await taking).toEqual(['a'])
  for (const key of ['b', 'c', 'd']) queue.add(key)
  expect(await queue.take(2)).toEqual(['b', 'c'])
  expect(await queue.take(2)).toEqual(['d'])
})

test('a queue that is closed gives nothing more, takes nothing more, and keeps no timer', async () => {
  const queue = opened()
  queue.addAfter('later', 10)
  const taking = queue.take(9)
  queue.close()
  expect(await taking).toEqual([])
  queue.add('a')
  queue.addAfter('b', 10)
  queue.retry('c')
  expect(await queue.take(9)).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

test('a queue that is closed while keys are due leaves them to the next start', async () => {
  const queue = opened()
  queue.add('a')
  queue.close()
  expect(await queue.take(9)).toEqual([])
})

test('whoever watches is told of every key that becomes due, is tried again, and is taken', async () => {
  const told: string[] = []
  const queue = opened({
    added: (key: string) => told.push(`added ${key}`),
    retried: (key: string) => told.push(`retried ${key}`),
    taken: (key: string, waited: number) => told.push(`taken ${key} after ${waited}`),
  })
  queue.add('a')
  queue.add('a')
  vi.advanceTimersByTime(7)
  await queue.take(9)
  queue.add('a')
  queue.retry('a')
  queue.done(['a'])
  expect(told).toEqual(['added a', 'taken a after 7', 'retried a', 'added a'])
})

test('whatever happens, no key is worked on twice at once, and none that was added is lost', async () => {
  vi.useRealTimers()
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('take' as const), key: fc.constant('') }),
    fc.record({ do: fc.constant('done' as const), key: fc.constantFrom('a', 'b', 'c') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const queue = opened()
      const working = new Set<string>()
      /** Keys that were added after they were taken last. */
      const owed = new Set<string>()
      const take = async (): Promise<void> => {
        for (const key of await dueNow(queue)) {
          expect([working.has(key), owed.has(key)]).toEqual([false, true])
          working.add(key)
          owed.delete(key)
        }
      }
      const finish = (key: string): void => {
        if (working.delete(key)) queue.done([key])
      }
      for (const { do: what, key } of steps) {
        if (what === 'take') await take()
        else if (what === 'done') finish(key)
        else {
          queue.add(key)
          owed.add(key)
        }
      }
      for (const key of working) finish(key)
      await take()
      expect([...owed]).toEqual([])
    }),
  )
})
