import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldChanges } from '../../src/plan/fields.ts'

describe('the fields in which two values differ', () => {
  test.each([
    { name: 'a value', before: { a: 1 }, after: { a: 2 }, paths: ['/a'] },
    { name: 'a field that came', before: {}, after: { a: 1 }, paths: ['/a'] },
    { name: 'a field that went', before: { a: 1 }, after: {}, paths: ['/a'] },
    { name: 'a field deep inside', before: { a: { b: { c: 1 } } }, after: { a: { b: { c: 2 } } }, paths: ['/a/b/c'] },
    { name: 'a list of names, as one field', before: { a: ['x'] }, after: { a: ['x', 'y'] }, paths: ['/a'] },
    {
      name: 'one object of a list',
      before: { a: [{ b: 1 }, { b: 2 }] },
      after: { a: [{ b: 1 }, { b: 3 }] },
      paths: ['/a/1/b'],
    },
    {
      name: 'an object put in front of others',
      before: { a: [{ b: 1 }, { b: 2 }] },
      after: { a: [{ b: 0 }, { b: 1 }, { b: 2 }] },
      paths: ['/a/0'],
    },
    {
      name: 'an object taken from the middle',
      before: { a: [{ b: 1 }, { b: 2 }, { b: 3 }] },
      after: { a: [{ b: 1 }, { b: 3 }] },
      paths: ['/a/1'],
    },
    {
      name: 'a key with the characters that JSON Pointer escapes',
      before: { 'a/b~c': 1 },
      after: { 'a/b~c': 2 },
      paths: ['/a~1b~0c'],
    },
  ])('$name', ({ before, after, paths }) => {
    expect(fieldChanges(before, after).map(({ path }) => path)).toEqual(paths)
  })

  const values = fc.object({ maxDepth: 3, values: [fc.integer(), fc.string(), fc.boolean(), fc.constant(null)] })

  test('none between a value and itself', () => {
    fc.assert(
      fc.property(values, value => {
        expect(fieldChanges(value, structuredClone(value))).toEqual([])
      }),
    )
  })

  test('some between values that differ, and the other way round the same with before and after exchanged', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const there = fieldChanges(before, after)
        expect(there.length > 0).toBe(JSON.stringify(sorted(before)) !== JSON.stringify(sorted(after)))
        const back = fieldChanges(after, before).map(({ path, before: was, after: is }) => ({
          path,
          before: is,
          after: was,
        }))
        const order = (changes: readonly { path: string }[]): unknown[] =>
          [...changes].toSorted((a, b) => (a.path < b.path ? -1 : 1))
        expect(order(there.map(change => ({ path: change.path, before: change.before, after: change.after })))).toEqual(
          order(back),
        )
      }),
    )
  })

  function sorted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(sorted)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [key, sorted(item)]),
    )
  }
})
