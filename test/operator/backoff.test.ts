import { expect, test } from 'vitest'
import { backoff } from '../../src/operator/backoff.ts'

const pausesOf = (times: number, random: number) => {
  const pauses = backoff<string>({ base: 1000, cap: 10_000, random: () => random })
  return Array.from({ length: times }, () => pauses.next('a'))
}

test('pauses double up to the longest one, and are spread over the upper half', () => {
  expect(pausesOf(6, 1)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000])
  expect(pausesOf(6, 0)).toEqual([500, 1000, 2000, 4000, 5000, 5000])
})

test('a thousand failures in a row still wait for the longest pause', () => {
  expect(pausesOf(1100, 1).at(-1)).toBe(10_000)
})

test('each key has failures of its own, and forgets them on success', () => {
  const pauses = backoff<string>({ base: 1000, random: () => 1 })
  pauses.next('a')
  pauses.next('a')
  pauses.next('b')
  expect([pauses.failures('a'), pauses.failures('b'), pauses.failures('c')]).toEqual([2, 1, 0])
  pauses.forget('a')
  expect([pauses.failures('a'), pauses.next('a'), pauses.next('b')]).toEqual([0, 1000, 2000])
})

test('by default the first pause is a second at most, and none is longer than five minutes', () => {
  const pauses = backoff<string>()
  expect(pauses.next('a')).toBeLessThanOrEqual(1000)
  for (let i = 0; i < 20; i++) expect(pauses.next('a')).toBeLessThanOrEqual(300_000)
})
