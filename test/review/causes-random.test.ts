import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Effect } from '../../src/model/effect.ts'
import { addressOf } from '../../src/model/address.ts'
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

/** How often something is said of each operation, on each integration. */
type Counts = ReadonlyMap<string, number>

function count(counts: Map<string, number>, key: string, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more)
}

/** How many people each reason is told of when each cell is asked about by itself. */
function toldByCell(row: AccessRow, before: State, after: State): Counts {
  const cells = cellsOf([row]).flatMap(cell => row.integrations.map(each => ({ ...cell, integrations: [each] })))
  const told = new Map<string, number>()
  for (const [index, { because }] of explain(cells, before, after).entries()) {
    const { operations, integrations } = cells[index]!
    for (const text of reasonsIn(because)) count(told, `${integrations[0]} ${idOf(operations[0]!)} ${text}`, 1)
  }
  return told
}

/** The same from the reasons of the row as a whole. */
function toldByRow(row: AccessRow, because: readonly Because[]): Counts {
  const told = new Map<string, number>()
  const all = row.who.kind === 'people' ? row.who.people.length : 1
  const texts = reasonsIn(because)
  for (const [index, { people, operations, integrations }] of because.filter(isFirst).entries())
    for (const integration of integrations ?? row.integrations)
      for (const id of operations ?? row.operations.map(idOf))
        count(told, `${integration} ${id} ${texts[index]}`, people ?? all)
  return told
}

/** Each reason as one text: what is enough beside what is needed belongs to it. */
function reasonsIn(because: readonly Because[]): readonly string[] {
  return because.flatMap((one, index) => {
    const next = because[index + 1]
    if (!isFirst(one, index, because)) return []
    return [next && !isFirst(next, index + 1, because) ? `${textOf(one)}; ${textOf(next)}` : textOf(one)]
  })
}

function isFirst({ need, causes: _causes, ...about }: Because, index: number, all: readonly Because[]): boolean {
  const { need: needed, causes: _others, ...same } = all[index - 1] ?? { need, causes: [] }
  return !(need === 'either' && needed === 'each' && JSON.stringify(about) === JSON.stringify(same))
}

function idOf({ before, after }: AccessRow['operations'][number]): string {
  return (after ?? before)!.id
}

const DOCS = addressOf('integration', 'acme', 'docs')

/** A state with a second integration that is like the first one. */
function withTwin(state: State): State {
  const jira = state.find(addressOf('integration', 'acme', 'jira'))
  if (jira?.kind !== 'integration') return state
  const resources = new Map(state.resources).set(DOCS, { ...jira, address: DOCS, name: 'docs' })
  return { ...state, resources, find: address => resources.get(address) }
}

/** Rows of several integrations, where they have the same cells. */
function joined(rows: readonly AccessRow[]): readonly AccessRow[] {
  const same = Map.groupBy(rows, ({ integrations: _integrations, ...row }) => JSON.stringify(row))
  return [...same.values()].map(([first, ...others]) => ({
    ...first!,
    integrations: [first!, ...others].flatMap(({ integrations }) => integrations).toSorted(),
  }))
}

test('a row says what its cells say, all of it, and of which cells', () => {
  let parts = 0
  fc.assert(
    fc.property(pair, fc.boolean(), (sides, isTwofold) => {
      const [before, after] = isTwofold ? [withTwin(sides[0]), withTwin(sides[1])] : sides
      const rows = joined(rowsBetween(before, after))
      for (const [index, { because }] of explain(rows, before, after).entries()) {
        const row = rows[index]!
        expect(toldByRow(row, because)).toEqual(toldByCell(row, before, after))
        parts += because.filter(({ operations, integrations }) => operations ?? integrations).length
      }
    }),
    { numRuns: 1500 },
  )
  expect(parts).toBeGreaterThan(0)
})
