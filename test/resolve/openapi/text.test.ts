import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Path } from '../../../src/resolve/openapi/fault.ts'
import { JsonError, jsonSteps } from '../../../src/resolve/openapi/json.ts'
import { openApiReader } from '../../../src/resolve/openapi/operations.ts'
import { locate } from '../../../src/resolve/openapi/steps.ts'
import { yamlSteps } from '../../../src/resolve/openapi/yaml.ts'
import { marked } from './documents.ts'

const reader = openApiReader()
afterAll(() => reader.close())

const OPEN = 'openapi: 3.0.3\ninfo: {title: t, version: "1"}\n'

describe('a problem stands where the mark is', () => {
  const cases: [name: string, text: string, code: string, said?: RegExp][] = [
    [
      'truncated JSON',
      '{"openapi":"3.0.3",\n  "paths": {"/a":‸',
      'openapi-syntax',
      /the text ends where JSON needs a value/,
    ],
    ['JSON cut inside a string', '{"openapi":"3.0‸', 'openapi-syntax', /ends inside a string/],
    ['a comma too many', '{"openapi":"3.0.3",\n‸}', 'openapi-syntax', /holds "}" where JSON needs a key/],
    ['a comma too few', '{"openapi":"3.0.3"\n  ‸"paths":{}}', 'openapi-syntax', /needs "," or "}"/],
    ['text behind JSON', '{"openapi":"3.0.3"}\n‸{}', 'openapi-syntax', /needs the end of the document/],
    ['a line break in a string', '{"openapi":"3‸\n.0.3"}', 'openapi-syntax', /line break/],
    ['an escape that JSON does not have', String.raw`{"a":"‸\x41"}`, 'openapi-syntax', /escape/],
    [
      'a key twice in JSON',
      '{"openapi":"3.0.3",\n "paths":{},\n ‸"paths":{}}',
      'openapi-duplicate-key',
      /"paths" stands twice/,
    ],
    ['a key twice, written differently', String.raw`{"a":1,‸"\u0061":2}`, 'openapi-duplicate-key', /"a" stands twice/],
    ['a key twice in YAML', `${OPEN}paths:\n  /a: {}\n  /b: {}\n  ‸/a: {}\n`, 'openapi-duplicate-key'],
    ['a number twice as a key', `${OPEN}paths:\n  200: {}\n  ‸"200": {}\n`, 'openapi-duplicate-key'],
    ['a bracket never closed', `${OPEN}paths: [1,\n‸`, 'openapi-syntax'],
    ['a tab', `${OPEN}paths:\n‸\t/a: {}\n`, 'openapi-syntax'],
    ['an unknown tag', `${OPEN}paths: ‸!ruby/object {}\n`, 'openapi-syntax', /tag/],
    ['an unknown alias', `${OPEN}paths: ‸*nowhere\n`, 'openapi-syntax', /alias/],
    ['several documents', `‸${OPEN}paths: {}\n---\n${OPEN}`, 'openapi-syntax', /2 YAML documents/],
    ['nothing', '‸', 'openapi-syntax', /0 YAML documents/],
    [
      'a forbidden key in JSON',
      '{"openapi":"3.0.3","paths":{"/a":{\n  ‸"__proto__":{}}}}',
      'openapi-forbidden-key',
      /#\/paths\/~1a\/__proto__/,
    ],
    ['a forbidden key in an example', `${OPEN}paths: {}\nx-a:\n  ‸__proto__: 1\n`, 'openapi-forbidden-key'],
    ['the 101st level of JSON', `{"openapi":"3.0.3","x":${'['.repeat(99)}‸[`, 'openapi-too-deep'],
    ['the 101st level of YAML', `openapi: 3.0.3\nx: ${'['.repeat(99)}‸[${']'.repeat(100)}`, 'openapi-too-deep'],
    ['a scalar in JSON', '{"openapi":"3.0.3","paths":{"/a":{"get":‸1}}}', 'openapi-operation-invalid'],
    ['a scalar in YAML', `${OPEN}paths:\n  /a:\n    get: ‸'yes'\n`, 'openapi-operation-invalid'],
    ['an empty value', `${OPEN}paths:\n  /a:\n    ‸get:\n  /b: {}\n`, 'openapi-operation-invalid'],
    ['a collection, by its key', `${OPEN}‸paths:\n- a\n`, 'openapi-no-paths'],
    ['behind characters of two units', `{"openapi":"3.0.3","paths":{"/😀":{"get":‸1}}}`, 'openapi-operation-invalid'],
    [
      'behind Windows line ends',
      `${OPEN.replaceAll('\n', '\r\n')}paths:\r\n  /a:\r\n    get: ‸1\r\n`,
      'openapi-operation-invalid',
    ],
    [
      'in a list',
      `${OPEN}paths: {}\ncomponents:\n  schemas:\n    a:\n      allOf:\n        - {}\n        - $ref: ‸'#/x'\n`,
      'openapi-ref-missing',
    ],
    [
      'behind an alias: where it is used',
      `${OPEN}x-item: &item {get: 1}\npaths:\n  /a: ‸*item\n`,
      'openapi-operation-invalid',
    ],
  ]
  test.each(cases)('%s', async (_, text, code, said = /./) => {
    const { bytes, line, column } = marked(text)
    const { kind, problems } = await reader.read(bytes, { file: 'api' })
    expect({ kind, problem: problems[0] }).toMatchObject({
      kind: 'invalid',
      problem: { code, line, column, file: 'api' },
    })
    expect(problems[0]?.message).toMatch(said)
  })

  test('text that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${OPEN}paths: {}\nx-a: Gr`), Buffer.from([0xfc]), Buffer.from('ße\n')])
    expect(await reader.read(bytes, { file: 'api' })).toMatchObject({
      kind: 'invalid',
      problems: [{ code: 'openapi-not-utf8', line: 4, column: 8 }],
    })
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(OPEN, 'utf16le')])
    expect(await reader.read(utf16, { file: 'api' })).toMatchObject({
      problems: [{ code: 'openapi-not-utf8', line: 1, column: 1 }],
    })
  })

  test('a byte order mark is no character', async () => {
    const { bytes } = marked('\uFEFF{"openapi":"3.0.3","paths":‸1}')
    expect(await reader.read(bytes, { file: 'api' })).toMatchObject({
      problems: [{ code: 'openapi-no-paths', line: 1, column: 28 }],
    })
  })
})

describe('YAML means what other readers of OpenAPI take it for', () => {
  test('aliases and merge keys add methods, dates and "no" stay text', async () => {
    const text = `${OPEN}x-common: &common
  get: {operationId: no, summary: 2024-01-15, responses: {200: {description: ok}}}
paths:
  /a: *common
  /b:
    <<: *common
    get: {responses: {200: {description: ok}}}
    put: {operationId: "on", responses: {200: {description: ok}}}
`
    const result = await reader.read(Buffer.from(text), { file: 'api' })
    expect(result.kind === 'read' ? result.table.operations : result.problems).toEqual([
      { id: 'no', method: 'get', path: '/a', tags: [], summary: '2024-01-15' },
      { id: 'GET /b', method: 'get', path: '/b', tags: [] },
      { id: 'on', method: 'put', path: '/b', tags: [] },
    ])
  })
})

describe('the JSON reader', () => {
  const accepts = (text: string): boolean => {
    try {
      Array.from(jsonSteps(text))
      return true
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      return false
    }
  }
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }
  const damaged = fc
    .tuple(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', ',', '"', '\\', '}', ']', '{', ':', '0', '-', 'e', '.', '\n', '\u0001', 'null', ' '),
    )
    .map(([text, at, cut, put]) => {
      const start = at % (text.length + 1)
      return text.slice(0, start) + put + text.slice(start + cut)
    })

  test('accepts what JSON.parse accepts, and nothing else', () => {
    const seen = { yes: 0, no: 0 }
    fc.assert(
      fc.property(fc.oneof(damaged, fc.json()), text => {
        seen[parses(text) ? 'yes' : 'no'] += 1
        expect({ text, accepted: accepts(text) }).toEqual({ text, accepted: parses(text) })
      }),
      { numRuns: 5000 },
    )
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(500)
  })

  test.each([
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '-',
    'nul',
    'NaN',
    '[,]',
    '[1,]',
    '{,}',
    '{"a"}',
    '{"a":}',
    "{'a':1}",
    '"\t"',
    '\u00a01',
    '',
  ])('refuses %j', text => {
    expect([accepts(text), parses(text)]).toEqual([false, false])
  })

  /** Paths to every value, and to one that is not there. */
  const pathsOf = (value: unknown, path: Path = []): Path[] => {
    if (typeof value !== 'object' || value === null) return [path]
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value)
    return [
      path,
      ...[...keys].flatMap(key => pathsOf(Reflect.get(value, key), [...path, key])),
      [...path, 'no such key'],
    ]
  }

  test('finds the places that the YAML reader finds in the same text', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '"', '\\', 'ä', '😀', ' ', '0'), maxLength: 3 })
    const { value } = fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(1, 'x', null, ''),
        fc.dictionary(key, tie('value')),
        fc.array(tie('value')),
      ),
    }))
    fc.assert(
      fc.property(value, fc.nat({ max: 3 }), (document, indent) => {
        const text = JSON.stringify(document, undefined, indent)
        const places = pathsOf(document).flatMap(path => [{ path }, { path, key: true }])
        expect(locate(jsonSteps(text), places)).toEqual(locate(yamlSteps(text, 100), places))
      }),
      { numRuns: 500 },
    )
  })
})
