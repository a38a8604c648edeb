import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Effect } from '../../src/model/effect.ts'
import type { Because, Cause } from '../../src/model/finding.ts'
import type { AccessRow } from '../../src/review/rows.ts'
import { effectWith, type Made } from './causes-mixture.ts'
import { pair } from './causes-pairs.ts'
import { explain, rowsBetween, type State } from './causes-world.ts'

/** What the mixture calls the edit behind a cause. */
function editOf({ side, file, edit }: Cause): string {
  if (file.includes('acceptedOperations'))
    return `${side} ${file.slice(0, file.indexOf('acceptedOperations'))}acceptedOperations`
  if (!file.endsWith('spec openapi')) return `${side} ${file}`
  const field = edit.startsWith('tags of')
    ? 'tags'
    : edit.startsWith('path of')
      ? 'path'
      : edit.includes(' renamed')
        ? 'id'
        : 'whole'
  return `${side} ${file} ${field}`
}

/** Every single cell of the rows. */
function cellsOf(rows: readonly AccessRow[]): readonly AccessRow[] {
  return rows.flatMap(row =>
    row.operations.flatMap(each => {
      const { who } = row
      const alone = who.kind === 'people' ? who.people.map(name => ({ ...who, people: [name] })) : [who]
      return alone.map(one => ({ ...row, who: one, operations: [each] }))
    }),
  )
}

function of(need: Because['need'], because: readonly Because[]): readonly string[] {
  return because.filter(each => each.need === need).flatMap(({ causes }) => causes.map(editOf))
}

const judged = { joint: 0, either: 0 }

test('what is needed is needed, what is enough is enough, and nothing needed is left out', () => {
  fc.assert(
    fc.property(pair, sides => {
      const [before, after] = sides
      const cells = cellsOf(rowsBetween(before, after))
      for (const [index, { because }] of explain(cells, before, after).entries()) {
        const cell = cells[index]!
        const effect = (made: Made): Effect => effectWith(sides, cell, made)
        const edits = new Set<string>()
        expect(effect(edit => (edits.add(edit), true))).toBe(cell.after)
        expect(effect(edit => (edits.add(edit), false))).toBe(cell.before)
        const holdsWith = (made: readonly string[]): boolean => effect(edit => made.includes(edit)) === cell.after
        // Edits may come into play only when others are put back.
        for (const edit of edits) effect(other => (edits.add(other), other !== edit))
        const needed = [...edits].filter(edit => effect(other => other !== edit) !== cell.after)
        const [each, either] = [of('each', because), of('either', because)]
        expect(because.length).toBeGreaterThan(0)
        expect(each).toEqual(expect.arrayContaining(needed))
        if (each.length > needed.length) {
          expect(either).toEqual([])
          expect(holdsWith(needed)).toBe(false)
          for (const edit of edits) expect(needed.includes(edit) || !holdsWith([...needed, edit])).toBe(true)
          expect(holdsWith(each)).toBe(true)
          continue
        }
        if (either.length > 0) judged.either++
        if (each.length > 1) judged.joint++
        expect(holdsWith(each)).toBe(either.length === 0)
        for (const edit of either) expect(holdsWith([...each, edit])).toBe(true)
      }
    }),
    { numRuns: 1500 },
  )
  expect(Math.min(judged.joint, judged.either)).toBeGreaterThan(0)
})

/** The same for people who joined together, and for operations. */
function sortOf(cause: Cause): string {
  return editOf(cause).replace(/ members .*$/, ' members')
}

function textOf({ need, causes }: Because): string {
  return `${need}: ${causes.map(sortOf).toSorted().join(' + ')}`
}

/** Whom each reason concerns, cell by cell. */
function toldByCell(row: AccessRow, before: State, after: State): ReadonlyMap<string, ReadonlySet<string>> {
  const told = new Map<string, Set<string>>()
  const cells = cellsOf([row])
  for (const [index, { because }] of explain(cells, before, after).entries()) {
    const { who } = cells[index]!
    for (const each of because) {
      const people = told.get(textOf(each)) ?? new Set()
      told.set(textOf(each), people.add(who.kind === 'people' ? who.people[0]! : who.name))
    }
  }
  return told
}

test('a row says what its cells say, and of how many people', () => {
  fc.assert(
    fc.property(pair, ([before, after]) => {
      const rows = rowsBetween(before, after)
      for (const [index, { because }] of explain(rows, before, after).entries()) {
        const row = rows[index]!
        const expected = toldByCell(row, before, after)
        const all = row.who.kind === 'people' ? row.who.people.length : 1
        expect(new Set(because.map(textOf))).toEqual(new Set(expected.keys()))
        for (const each of because) {
          // The same edits may stand in two reasons that differ in what else is enough.
          const isAlone = because.filter(other => textOf(other) === textOf(each)).length === 1
          if (isAlone)
            expect([textOf(each), each.people ?? all]).toEqual([textOf(each), expected.get(textOf(each))?.size])
        }
      }
    }),
    { numRuns: 1500 },
  )
})
