import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLike } from '../../../src/review/guardrails/match.ts'

test.each([
  ['billing', 'billing', true],
  ['billing', 'bill', false],
  ['billing-eu', 'billing-*', true],
  ['billing', 'billing-*', false],
  ['a', 'a*a', false],
  ['aba', 'a*a', true],
  ['', '*', true],
  ['x.acme.example', '*.acme.example', true],
  ['acme.example', '*.acme.example', false],
  ['evilacme.example', '*.acme.example', false],
  ['acme.example.evil', '*.acme.example', false],
] as const)('%s is like %s: %s', (name, pattern, isAlike) => {
  expect(isLike(name, pattern)).toBe(isAlike)
})

test('a pattern is a regular expression in which only * means something', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 8 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 })
  fc.assert(
    fc.property(text, pattern, (name, like) => {
      const expression = like.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')
      expect(isLike(name, like)).toBe(new RegExp(`^${expression}$`).test(name))
    }),
  )
})

test('a pattern with many stars takes no time', () => {
  const start = performance.now()
  expect(isLike('a'.repeat(250), `${'a*'.repeat(120)}b`)).toBe(false)
  expect(performance.now() - start).toBeLessThan(1000)
})
