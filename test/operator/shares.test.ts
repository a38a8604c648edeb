import { expect, test } from 'vitest'
import { shares } from '../../src/operator/shares.ts'

/** Keys such as `acme/1`, in the share `acme`. */
function filled(keys: string) {
  const due = shares<string>(key => key.split('/')[0]!)
  for (const key of keys.split(' ')) due.add(key)
  return due
}

function takenFrom(due: ReturnType<typeof filled>, most: number): string {
  return due
    .take(most)
    .map(([key]) => key)
    .join(' ')
}

test('of each share the key that has waited longest comes first', () => {
  expect(takenFrom(filled('a/3 a/1 a/2'), 2)).toBe('a/3 a/1')
})

test('a flood from one share does not delay the others', () => {
  expect(takenFrom(filled('a/1 a/2 a/3 a/4 b/1 c/1'), 4)).toBe('a/1 b/1 c/1 a/2')
})

test('shares take turns from one take to the next, also where there are more of them than are taken', () => {
  const due = filled('a/1 a/2 b/1 b/2 c/1 c/2')
  expect([1, 2, 3].map(() => takenFrom(due, 2))).toEqual(['a/1 b/1', 'c/1 a/2', 'b/2 c/2'])
  expect(due.size).toBe(0)
})

test('a share that was empty and a key that was taken come back at the end', () => {
  const due = filled('a/1 b/1 b/2')
  expect(takenFrom(due, 1)).toBe('a/1')
  expect(due.add('a/1')).toBe(true)
  expect(takenFrom(due, 9)).toBe('b/1 a/1 b/2')
})

test('a key is there once, and since the time when it came first', async () => {
  const due = filled('a/1')
  await new Promise(resolve => setTimeout(resolve, 20))
  expect([due.add('a/1'), due.size]).toEqual([false, 1])
  const [[key, since]] = due.take(9) as [[string, number]]
  expect([key, performance.now() - since > 15]).toEqual(['a/1', true])
})

test('a hundred thousand keys of one share are taken in a moment', () => {
  const due = filled('a/0')
  for (let i = 1; i < 100_000; i++) due.add(`a/${i}`)
  const started = performance.now()
  while (due.size > 0) due.take(500)
  expect(performance.now() - started).toBeLessThan(1000)
})
