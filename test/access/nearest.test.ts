import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from '../../src/model/nearest.ts'

test.each([
  { name: 'creatIssue', candidates: ['createIssue', 'deleteIssue'], means: 'createIssue' },
  { name: 'craeteIssue', candidates: ['createIssue'], means: 'createIssue' },
  { name: 'CREATEISSUE', candidates: ['createIssue'], means: 'createIssue' },
  { name: 'agnets', candidates: ['agents', 'magnets'], means: 'agents' },
  { name: 'gt', candidates: ['get', 'put'], means: 'get' },
  { name: 'x', candidates: ['y'], means: undefined },
  { name: 'x', candidates: ['X'], means: 'X' },
  { name: 'support', candidates: ['sales', 'finance'], means: undefined },
  { name: 'support', candidates: [], means: undefined },
  { name: '', candidates: ['a', ''], means: '' },
  { name: 'teams', candidates: ['beams', 'seams', 'reams'], means: 'beams' },
])('$name means $means', ({ name, candidates, means }) => {
  expect(nearest(name, candidates)).toBe(means)
  expect(nearest(name, candidates.toReversed())).toBe(means)
})

test('the order of the candidates does not matter, and a name among them is its own nearest', () => {
  const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-'), maxLength: 7 }), { minLength: 1 })
  fc.assert(
    fc.property(names, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 }), (candidates, name) => {
      expect(nearest(name, candidates)).toBe(nearest(name, candidates.toReversed()))
      expect(nearest(candidates[0] ?? '', candidates)?.toLowerCase()).toBe(candidates[0]?.toLowerCase())
    }),
  )
})

/** The definition of the distance, without a table. */
function slowly(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const [x, y] = [a.slice(0, -1), b.slice(0, -1)]
  let edits = Math.min(slowly(x, b) + 1, slowly(a, y) + 1, slowly(x, y) + (a.at(-1) === b.at(-1) ? 0 : 1))
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    edits = Math.min(edits, slowly(a.slice(0, -2), b.slice(0, -2)) + 1)
  }
  return edits
}

test('finds exactly the candidate that a naive search finds', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 6 })
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 6 }), (name, candidates) => {
      const near = candidates
        .map(candidate => ({ candidate, edits: slowly(name, candidate) }))
        .filter(({ edits }) => edits <= Math.floor(name.length / 3))
        .toSorted((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
      expect(nearest(name, candidates)).toBe(near[0]?.candidate)
    }),
  )
})

test('long names that share most of their text take little time', () => {
  const candidates = Array.from({ length: 20_000 }, (_, index) => `${'x'.repeat(1000)}${index}`)
  expect(nearest(`${'x'.repeat(1000)}y`, candidates)).toBeUndefined()
})
