import * as fc from 'fast-check'
import { dump } from 'js-yaml'
import { expect, test } from 'vitest'
import { check } from '../../../src/resolve/openapi/check.ts'

/** Words that mean something to a reader of OpenAPI, and some that mean too much to a program. */
const WORDS =
  `openapi swagger info title version paths components schemas definitions parameters responses properties items
  allOf oneOf $ref $id $anchor $defs get post parameters operationId tags security servers url variables default example
  examples enum type required additionalProperties x-a /a /a/{id} 200 constructor toString hasOwnProperty prototype length`
    .trim()
    .split(/\s+/)
const REFS = [
  '#',
  '#/paths/~1a',
  '#/components/schemas/a',
  '#/x-a',
  '#a',
  '#/a/b',
  '',
  'a.yaml',
  '#/$ref',
  '#/components',
]

const word = fc.constantFrom(...WORDS)
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.oneof(
      word,
      fc.constantFrom(...REFS),
      fc.constantFrom(null, true, 0, -1, 1.5, '3.0.3', '2.0', 'string', 'object'),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.record({ $ref: fc.constantFrom(...REFS) }),
  ),
}))
const part = fc.oneof(fc.dictionary(word, value, { maxKeys: 4, noNullPrototype: true }), value)
const method = fc.constantFrom('get', 'put', 'query', 'parameters', '$ref', 'summary')
const operation = fc.record(
  { operationId: fc.oneof(word, value), tags: value, security: value, responses: value },
  { requiredKeys: [] },
)
const item = fc.dictionary(method, operation, { maxKeys: 2, noNullPrototype: true })
const paths = fc.dictionary(fc.constantFrom('/a', '/a/{id}', '/a/{x}', 'x-a'), item, {
  maxKeys: 3,
  noNullPrototype: true,
})
const document = fc.record(
  {
    openapi: fc.constantFrom('3.0.3', '3.1.0', '3.2.0'),
    info: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ title: 't', version: '1' }) },
      { weight: 1, arbitrary: value },
    ),
    paths: fc.oneof({ weight: 5, arbitrary: paths }, { weight: 1, arbitrary: part }),
    components: part,
    definitions: part,
    servers: part,
    security: part,
    'x-a': part,
  },
  { requiredKeys: ['paths'] },
)

test('no document makes the checks fail themselves, and JSON and YAML come to the same', async () => {
  const seen = { read: 0, invalid: 0 }
  await fc.assert(
    fc.asyncProperty(document, fc.boolean(), async (random, swagger) => {
      const { openapi = '3.0.3', ...rest } = random
      const one = swagger ? { swagger: '2.0', ...rest } : { openapi, ...rest }
      const fromJson = await check(Buffer.from(JSON.stringify(one)))
      const fromYaml = await check(Buffer.from(dump(one)))
      seen[fromJson.kind] += 1
      const unplaced = fromJson.faults.map(({ code, message, path }) => ({ code, message, path }))
      expect(fromYaml.faults.map(({ code, message, path }) => ({ code, message, path }))).toEqual(unplaced)
      expect(fromJson.kind === 'read' && fromJson.operations).toEqual(fromYaml.kind === 'read' && fromYaml.operations)
      for (const { line, column } of fromJson.faults) expect([line, column]).toEqual([1, expect.any(Number)])
    }),
    { numRuns: 1500 },
  )
  expect(seen.read).toBeGreaterThan(100)
  expect(seen.invalid).toBeGreaterThan(100)
})

test('no bytes make the checks fail themselves', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ maxLength: 200 }).map(text => Buffer.from(text)),
      ),
      async bytes => {
        expect((await check(bytes)).kind).toBe('invalid')
      },
    ),
    { numRuns: 1500 },
  )
})
