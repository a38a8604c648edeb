import * as fc from 'fast-check'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { METHODS, type Operation } from '../../../src/model/operation.ts'
import { check } from '../../../src/resolve/openapi/check.ts'
import { reducedDocument } from '../../../src/resolve/openapi/reduce.ts'
import { operationTable } from '../../../src/resolve/openapi/table.ts'
import { PROJECT } from '../../support/tenon.ts'
import { description, JSON_VERSIONS, jsonBytes, operation, type WrittenVersion } from './documents.ts'

async function operationsOf(bytes: Uint8Array): Promise<readonly Operation[] | undefined> {
  const answer = await check(bytes)
  return answer.kind === 'read' ? answer.operations : undefined
}

/** The document that is left of one, read again. */
async function again(operations: readonly Operation[]): Promise<Awaited<ReturnType<typeof check>>> {
  return check(jsonBytes(reducedDocument('Pets', operations)))
}

const text = fc.oneof(
  fc.constantFrom('a', 'b', 'two\nlines', '  padded  ', 'x'.repeat(300), `${'x'.repeat(198)}😀${'y'.repeat(9)}`, ''),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const scopes = fc.array(fc.oneof(text, fc.constant(7)), { maxLength: 2 })
const security = fc.array(
  fc.oneof(
    fc.dictionary(fc.constantFrom('key', 'oauth', 'constructor'), scopes, {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    fc.constant('no requirement'),
  ),
  { maxLength: 2 },
)
const anyOperation = fc
  .record(
    {
      operationId: fc.oneof(fc.uuid(), fc.constant('')),
      tags: fc.oneof(fc.array(fc.oneof(text, fc.constant(null)), { maxLength: 3 }), fc.constant('no list')),
      summary: text,
      description: text,
      deprecated: fc.constantFrom(true, false, 'yes'),
      security,
      parameters: fc.constant([]),
    },
    { requiredKeys: [] },
  )
  .map(fields => operation(fields))
const entries = (keys: readonly string[], maxLength: number): fc.Arbitrary<readonly [string, unknown][]> =>
  fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), anyOperation), { maxLength, selector: ([key]) => key })
const itemOf = (methods: readonly string[], additional: readonly string[]): fc.Arbitrary<object> =>
  fc.tuple(entries(methods, 3), fc.option(entries(additional, 2), { nil: undefined })).map(([plain, more]) => ({
    ...Object.fromEntries(plain),
    ...(more && { additionalOperations: Object.fromEntries(more) }),
  }))
const PLAIN = [...METHODS, 'query', 'parameters', 'x-get', 'GET']
const FIRST = ['COPY', 'copy', 'Move', 'GET', 'no-token!']
const SECOND = ['LINK', 'Link', 'purge']
const paths = (version: WrittenVersion): fc.Arbitrary<object> => {
  const target = fc.constantFrom('one', 'two').map(name => ({ $ref: `#/components/pathItems/${name}` }))
  const withRef = fc.tuple(itemOf(PLAIN.slice(0, 4), FIRST), target).map(([item, ref]) => ({ ...item, ...ref }))
  const item = itemOf(PLAIN, [...FIRST, ...SECOND])
  const anyItem = version < '3.1' ? item : fc.oneof(item, withRef)
  return fc.dictionary(fc.constantFrom('/a', '/a/{id}', '/a/{x}', '/constructor', '/0', 'x-a'), anyItem, {
    maxKeys: 4,
    noNullPrototype: true,
  })
}
const document = fc.constantFrom(...JSON_VERSIONS).chain(version =>
  fc
    .record({
      paths: paths(version),
      security: fc.option(security, { nil: undefined }),
      one: itemOf(PLAIN.slice(4), SECOND),
      two: itemOf(PLAIN.slice(4), SECOND),
    })
    .map(({ paths: items, security: shared, one, two }) =>
      description(version, items as Record<string, unknown>, {
        ...(shared && { security: shared }),
        ...(version >= '3.1' && { components: { pathItems: { one, two } } }),
      }),
    ),
)

test('what is left of any document lists the same operations, and no reader complains of it', async () => {
  let read = 0
  let extended = 0
  await fc.assert(
    fc.asyncProperty(document, async whole => {
      const operations = await operationsOf(jsonBytes(whole))
      if (operations === undefined) return
      read += 1
      if (operations.some(({ method }) => !METHODS.some(known => known === method))) extended += 1
      const answer = await again(operations)
      expect(answer.faults.filter(({ code }) => !EXPECTED.has(code))).toEqual([])
      expect(answer.kind === 'read' && operationTable(answer.operations).digest).toBe(operationTable(operations).digest)
    }),
    { numRuns: 1500 },
  )
  expect(read).toBeGreaterThan(700)
  expect(extended).toBeGreaterThan(50)
})

/** Said of the original too, or of version 3.2 alone. */
const EXPECTED = new Set(['openapi-no-operations', 'openapi-path-ambiguous', 'openapi-not-checked'])

test('a document without methods of its own can be checked against its schema', async () => {
  const operations = await operationsOf(jsonBytes(description('2.0', { '/a': { get: operation() } })))
  expect((await again(operations!)).faults).toEqual([])
})

test('what all operations demand is written once, and what one of them does not demand is kept apart', async () => {
  const ops = (requirements: readonly Operation['security'][]): readonly Operation[] =>
    requirements.map((required, index) => ({
      id: `op${index}`,
      method: 'get',
      path: `/${index}`,
      tags: [],
      ...(required && { security: required }),
    }))
  const key = [{ key: [] }]
  expect(reducedDocument('P', ops([key, [], key]))).toMatchObject({
    security: key,
    paths: { '/0': { get: { operationId: 'op0' } }, '/1': { get: { security: [] } } },
  })
  expect(reducedDocument('P', ops([key, undefined]))).not.toHaveProperty('security')
})

describe('of the documents that ship', () => {
  const files = globSync('{src/catalogue/*/openapi.yaml,examples/**/*.openapi.yaml}', { cwd: PROJECT })

  test.each(files)('%s keeps its operations', async file => {
    const operations = await operationsOf(readFileSync(path.join(PROJECT, file)))
    const answer = await again(operations!)
    expect(answer).toMatchObject({ kind: 'read', operations })
    expect(answer.faults.filter(({ code }) => !EXPECTED.has(code))).toEqual([])
  })
})
