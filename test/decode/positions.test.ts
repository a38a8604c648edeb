import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { offsetFinder } from '../../src/decode/events.ts'
import { partsOf } from '../../src/decode/parts.ts'
import { locate } from '../../src/decode/positions.ts'
import { isRefusal, readPart } from '../../src/decode/read.ts'
import { offsetAt, treeOf } from '../../src/decode/tree.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import { EXAMPLES, maps, ODDITIES, SUITE } from './corpus.ts'
import { file } from './reading.ts'

const TEXT = `# first
a: 1
---
b:
  c: [x, {d: y}]
  "e f":
    - g: |
        text
    - h
  i:
`
const document = file('x.yaml', TEXT)

function problem(path: readonly (string | number)[], key = false, index = 1): Problem {
  return { severity: 'error', code: 'code', message: path.join('.'), place: { document, index, path, key } }
}

test.each<[string, (string | number)[], boolean, readonly [line: number, column: number]]>([
  ['the document', [], false, [4, 1]],
  ['a value', ['b', 'c', 0], false, [5, 7]],
  ['a value in braces', ['b', 'c', 1, 'd'], false, [5, 14]],
  ['a key', ['b', 'c', 1, 'd'], true, [5, 11]],
  ['a quoted key', ['b', 'e f'], true, [6, 3]],
  ['a map below its key', ['b'], false, [5, 3]],
  ['the key of a map', ['b'], true, [4, 1]],
  ['a block text', ['b', 'e f', 0, 'g'], false, [7, 10]],
  ['an entry of a list', ['b', 'e f', 1], false, [9, 7]],
  ['the key of a missing value', ['b', 'i'], true, [10, 3]],
  ['a missing field: what holds it', ['b', 'missing'], true, [4, 1]],
  ['missing below something that exists', ['b', 'c', 7, 'x', 'y'], false, [5, 3]],
  ['missing at the top', ['missing', 'x'], false, [4, 1]],
])('%s', (_name, path, key, [line, column]) => {
  expect(locate([problem(path, key)])).toMatchObject([{ file: 'x.yaml', line, column }])
})

test('a place in another document of the stream', () => {
  expect(locate([problem(['a'], false, 0), problem([], false, 9)])).toMatchObject([
    { file: 'x.yaml' },
    { file: 'x.yaml', line: 2, column: 4 },
  ])
})

test('diagnostics are sorted by file, line, column, code and message, each once', () => {
  const at = (name: string, line: number, column: number, code: string): Problem => {
    return { severity: 'warning', code, message: 'm', file: name, line, column }
  }
  const given = [
    at('b.yaml', 1, 1, 'a'),
    at('a.yaml', 10, 1, 'a'),
    at('a.yaml', 2, 9, 'b'),
    at('a.yaml', 2, 9, 'a'),
    at('a.yaml', 2, 10, 'a'),
    at('B.yaml', 1, 1, 'a'),
    at('a.yaml', 2, 9, 'a'),
    problem(['b', 'c', 0]),
    problem(['b', 'c', 0]),
    { severity: 'error', code: 'whole', message: 'of no file' } as const,
  ]
  const order = locate(given).map(({ file: name = '', line, column, code }) => `${name}:${line}:${column} ${code}`)
  expect(order).toEqual([
    ':undefined:undefined whole',
    'B.yaml:1:1 a',
    'a.yaml:2:9 a',
    'a.yaml:2:9 b',
    'a.yaml:2:10 a',
    'a.yaml:10:1 a',
    'b.yaml:1:1 a',
    'x.yaml:5:7 code',
  ])
  expect(locate(given.toReversed())).toEqual(locate(given))
})

test('nothing but what people are shown comes out', () => {
  const [diagnostic] = locate([{ ...problem(['a'], true, 0), cure: 'Do something.' }])
  expect(diagnostic).toEqual({
    severity: 'error',
    code: 'code',
    message: 'a',
    cure: 'Do something.',
    file: 'x.yaml',
    line: 2,
    column: 1,
  })
})

test('a document that cannot be parsed is located at its beginning', () => {
  const broken = { ...document, bytes: Buffer.from('a: "b\n') }
  const big = { ...document, bytes: Buffer.from(`a: [${'x,'.repeat(100_000)}\n`) }
  for (const one of [broken, big]) {
    const place = { document: one, index: 0, path: ['b', 'c'] }
    expect(locate([{ severity: 'error', code: 'c', message: 'm', place }])).toMatchObject([{ line: 1 }])
  }
})

/** Every path of a value. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [path, ...entries.flatMap(([step, child]) => pathsOf(child, [...path, step]))]
}

/** Every path of a text, existing and missing, whose position the two parsers see differently. */
function differences(text: string): readonly unknown[] {
  return partsOf(text).flatMap(part => {
    const read = readPart(part)
    if (isRefusal(read) || read.faults.length > 0) return []
    const [tree, find] = [treeOf(part), offsetFinder(part.text)]
    const paths = pathsOf(read.value).flatMap(path => [path, [...path, 'missing', 0]])
    const asked = paths.flatMap(path => [true, false].map(key => ({ path, key })))
    const found = asked.map(({ path, key }) => ({
      text,
      path,
      key,
      fast: find(path, key),
      tree: offsetAt(tree, path, key),
    }))
    return found.filter(one => one.fast !== one.tree)
  })
}

test('both parsers find the same positions', { timeout: 60_000 }, () => {
  for (const text of [...EXAMPLES, ...ODDITIES, ...SUITE.map(({ yaml }) => yaml)]) expect(differences(text)).toEqual([])
  fc.assert(
    fc.property(maps, value => {
      expect(differences(stringify(value))).toEqual([])
    }),
  )
})
