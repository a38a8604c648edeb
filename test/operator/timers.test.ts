import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { timers } from '../../src/operator/timers.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watched() {
  const due: string[] = []
  return { due, later: timers<string>(key => due.push(key)) }
}

test('a key is due at its time, once', () => {
  const { due, later } = watched()
  later.set('a', 100)
  vi.advanceTimersByTime(99)
  expect(due).toEqual([])
  vi.advanceTimersByTime(1000)
  expect(due).toEqual(['a'])
})

test('of two times the earlier one counts', () => {
  const { due, later } = watched()
  later.set('a', 100)
  later.set('a', 500)
  later.set('b', 500)
  later.set('b', 100)
  vi.advanceTimersByTime(100)
  expect(due).toEqual(['a', 'b'])
  vi.advanceTimersByTime(1000)
  expect(due).toEqual(['a', 'b'])
})

test('a key that is cancelled is never due, and may be set anew', () => {
  const { due, later } = watched()
  later.set('a', 100)
  later.set('b', 100)
  later.cancel('a')
  vi.advanceTimersByTime(200)
  later.set('a', 100)
  vi.advanceTimersByTime(100)
  expect(due).toEqual(['b', 'a'])
  later.set('a', 100)
  later.set('b', 100)
  later.cancelAll()
  vi.advanceTimersByTime(1000)
  expect(due).toEqual(['b', 'a'])
})

test('an interval longer than a timer can wait is not due at once', () => {
  const { due, later } = watched()
  later.set('a', 1000 * 3_600_000)
  vi.advanceTimersByTime(24 * 86_400_000)
  expect(due).toEqual([])
  vi.advanceTimersByTime(86_400_000)
  expect(due).toEqual(['a'])
})
