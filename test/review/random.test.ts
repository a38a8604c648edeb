import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compiler, differences } from '../../src/access/consequences.ts'
import { decide, effectOf } from '../../src/access/decide.ts'
import { stranger } from '../../src/access/people.ts'
import type { Address } from '../../src/model/address.ts'
import { principal, type Effect, type Principal } from '../../src/model/effect.ts'
import { accessRows, type AccessRow } from '../../src/review/rows.ts'
import { referenceEndpoints } from '../access/reference.ts'
import { referenceCells, type Cell } from './reference.ts'
import { factsPair, integrationsIn, operationsFor, worldOf, type Facts, type FactsPair } from './worlds.ts'

const RUNS = { numRuns: 400 }
const LONG = 120_000

function rowsOf(pair: FactsPair, integrations = integrationsIn(pair)): readonly AccessRow[] {
  return accessRows(differences(integrations, worldOf(pair.before), worldOf(pair.after)))
}

/** All cells of rows, sorted; a cell that is in two rows is there twice. */
function cellsOf(rows: readonly AccessRow[]): readonly string[] {
  const cells: string[] = []
  for (const { integrations, who, operations, before, after } of rows) {
    const names = who.kind === 'people' ? who.people : [who.name]
    for (const integration of integrations)
      for (const name of names)
        cells.push(
          ...operations.map(({ key }) => textOf({ integration, kind: who.kind, name, endpoint: key, before, after })),
        )
  }
  return cells.toSorted()
}

function textOf({ integration, kind, name, endpoint, before, after }: Cell): string {
  return `${integration} ${kind} ${name} ${endpoint} ${before} ${after}`
}

test(
  'rows, expanded, are the difference cell by cell: none is missing, none is made up, none is there twice',
  { timeout: LONG },
  () => {
    fc.assert(
      fc.property(factsPair, pair => {
        const expected = referenceCells(pair, integrationsIn(pair)).map(textOf)
        expect(cellsOf(rowsOf(pair))).toEqual(expected.toSorted())
      }),
      RUNS,
    )
  },
)

test('the decision function says of every cell of every row what the row says', { timeout: LONG }, () => {
  fc.assert(
    fc.property(factsPair, pair => {
      for (const row of rowsOf(pair)) {
        for (const integration of row.integrations) {
          const said = answersOf(pair, row, integration)
          expect(said).toEqual(said.map(() => [row.before, row.before, row.after, row.after]))
        }
      }
    }),
    { numRuns: 150 },
  )
})

/** What both forms of the decision say on both sides, for each cell of a row on one integration. */
function answersOf(pair: FactsPair, row: AccessRow, integration: Address): readonly (readonly Effect[])[] {
  const sides = [pair.before, pair.after].map(facts => {
    const compiled = compiler(worldOf(facts))(integration)
    return { compiled, endpoints: compiled === undefined ? [] : referenceEndpoints(compiled) }
  })
  return peopleOf(row).flatMap(person =>
    row.operations.map(({ key, before, after }) =>
      sides.flatMap(({ compiled, endpoints }, side): readonly Effect[] => {
        const at = endpoints.indexOf(key)
        const isThere = (side === 0 ? before : after) !== undefined
        if (compiled === undefined || at < 0 || !isThere) return ['deny', 'deny']
        return [effectOf(compiled, person, at), decide(compiled, person, at).effect]
      }),
    ),
  )
}

function peopleOf({ who }: AccessRow): readonly Principal[] {
  if (who.kind === 'people') return who.people.map(id => principal(id))
  return [who.kind === 'company' ? stranger(who.name, []) : stranger(undefined, [who.name])]
}

test('from B to A is the exact opposite of from A to B, and from A to A is nothing', { timeout: LONG }, () => {
  fc.assert(
    fc.property(factsPair, ({ before, after }) => {
      const forwards = rowsOf({ before, after })
      const opposites = forwards.map(row => ({ ...row, before: row.after, after: row.before }))
      expect(cellsOf(rowsOf({ before: after, after: before }))).toEqual(cellsOf(opposites))
      expect(rowsOf({ before, after: before })).toEqual([])
      expect(rowsOf({ before: after, after: structuredClone(after) })).toEqual([])
    }),
    RUNS,
  )
})

test('what can be one row is one row, and its integrations are sorted', { timeout: LONG }, () => {
  fc.assert(
    fc.property(factsPair, pair => {
      const rows = rowsOf(pair)
      const keys = rows.map(({ who, operations, before, after }) => {
        const called = operations.map(each =>
          JSON.stringify([each.key, each.before?.id, each.before?.isNew, each.after?.id, each.after?.isNew]),
        )
        return JSON.stringify([
          who.kind,
          who.kind === 'people' ? who.people : who.name,
          called.toSorted(),
          before,
          after,
        ])
      })
      expect(new Set(keys).size).toBe(keys.length)
      for (const { integrations, who, operations } of rows) {
        expect(integrations).toEqual([...new Set(integrations)].toSorted())
        expect(integrations.length * operations.length).toBeGreaterThan(0)
        if (who.kind === 'people') expect(who.people).toEqual([...new Set(who.people)].toSorted())
      }
    }),
    RUNS,
  )
})

test(
  'the same worlds give the same rows in the same order, in whatever order integrations are asked for',
  { timeout: LONG },
  () => {
    fc.assert(
      fc.property(factsPair, pair => {
        const rows = rowsOf(pair)
        const integrations = integrationsIn(pair).toReversed()
        expect(rowsOf(structuredClone(pair), [...integrations, 'integration/acme/none'])).toEqual(rows)
        const [before, after] = [worldOf(pair.before), worldOf(pair.after)]
        const oneByOne = integrations.flatMap(each => differences([each], before, after))
        expect(accessRows(oneByOne)).toEqual(rows)
      }),
      { numRuns: 200 },
    )
  },
)

test('an operation stands in a row with what it is on both sides, wherever its service is', { timeout: LONG }, () => {
  fc.assert(
    fc.property(factsPair, pair => {
      for (const row of rowsOf(pair)) {
        const [integration] = row.integrations
        const [was, is] = [pair.before, pair.after].map(facts => facts.integrations.get(integration!))
        const [before, after] = [tableOf(pair.before, was ?? is!), tableOf(pair.after, is ?? was!)]
        // An integration that connects to another service now asks for nothing that it asked for before.
        const isMoved = was !== undefined && is !== undefined && was.spec.service.name !== is.spec.service.name
        for (const operation of row.operations) {
          const expected = [before.get(operation.key), after.get(operation.key)]
          if (isMoved) expected[row.before === 'deny' ? 0 : 1] = undefined
          expect([operation.before, operation.after]).toEqual(expected)
        }
      }
    }),
    { numRuns: 150 },
  )
})

function tableOf(facts: Facts, integration: Parameters<typeof operationsFor>[1]): ReadonlyMap<string, unknown> {
  const operations = operationsFor(facts, integration)
  return new Map(referenceEndpoints({ operations }).map((endpoint, at) => [endpoint, operations[at]]))
}
