import { afterAll, describe, expect, test } from 'vitest'
import { openApiReader, operationTable } from '../../../src/resolve/openapi/operations.ts'
import { description, JSON_VERSIONS, jsonBytes, marked, operation, yamlBytes } from './documents.ts'

const reader = openApiReader()
afterAll(() => reader.close())

async function read(bytes: Uint8Array): ReturnType<typeof reader.read> {
  return reader.read(bytes, { file: 'api.yaml' })
}

/** The operations of a document that must be readable. */
async function operations(document: unknown): Promise<unknown> {
  const result = await read(jsonBytes(document))
  return result.kind === 'read' ? result.table.operations : result.problems
}

async function problems(document: unknown): Promise<string[]> {
  const result = await read(jsonBytes(document))
  return result.problems.map(({ severity, code, message }) => `${severity} ${code}: ${message}`)
}

const PATHS = {
  '/pets': {
    parameters: [{ name: 'trace', in: 'query', ...({ type: 'string' } as object) }],
    get: operation({ operationId: 'listPets', tags: ['pets', 'read'], summary: '  All pets\nwith pages' }),
    post: operation({ operationId: 'createPet', deprecated: true, security: [{ key: [] }, { oauth: ['pets:write'] }] }),
  },
  '/pets/{id}': {
    parameters: [{ name: 'id', in: 'path', required: true, type: 'string' }],
    put: operation(),
    delete: operation({ operationId: 'removePet', security: [] }),
    options: operation(),
    head: operation(),
    patch: operation({ operationId: 'constructor', description: `Changes ${'x'.repeat(300)}` }),
  },
  'x-note': { get: 'not a path' },
}

const EXPECTED = [
  {
    id: 'listPets',
    method: 'get',
    path: '/pets',
    tags: ['pets', 'read'],
    summary: 'All pets',
    security: [{ oauth: ['pets:read'] }],
  },
  {
    id: 'createPet',
    method: 'post',
    path: '/pets',
    tags: [],
    deprecated: true,
    security: [{ key: [] }, { oauth: ['pets:write'] }],
  },
  { id: 'PUT /pets/{id}', method: 'put', path: '/pets/{id}', tags: [], security: [{ oauth: ['pets:read'] }] },
  { id: 'removePet', method: 'delete', path: '/pets/{id}', tags: [], security: [] },
  { id: 'OPTIONS /pets/{id}', method: 'options', path: '/pets/{id}', tags: [], security: [{ oauth: ['pets:read'] }] },
  { id: 'HEAD /pets/{id}', method: 'head', path: '/pets/{id}', tags: [], security: [{ oauth: ['pets:read'] }] },
  {
    id: 'constructor',
    method: 'patch',
    path: '/pets/{id}',
    tags: [],
    summary: `Changes ${'x'.repeat(191)}…`,
    security: [{ oauth: ['pets:read'] }],
  },
]

describe('every version, as JSON and as YAML, gives the same operations', () => {
  const formats = { JSON: jsonBytes, YAML: yamlBytes }
  const cases = JSON_VERSIONS.flatMap(version =>
    Object.entries(formats).map(([name, write]) => ({ version, name, write })),
  )
  test.each(cases)('$version as $name', async ({ version, write }) => {
    const result = await read(write(description(version, PATHS, { security: [{ oauth: ['pets:read'] }] })))
    expect(result.kind === 'read' ? result.table : result.problems).toEqual(operationTable(EXPECTED))
  })

  test('trace is a method since OpenAPI 3.0, query since 3.2, others through additionalOperations', async () => {
    const item = {
      trace: operation(),
      query: operation(),
      additionalOperations: { COPY: operation(), get: operation() },
    }
    const methods = async (version: (typeof JSON_VERSIONS)[number]): Promise<unknown> => {
      const result = await read(jsonBytes(description(version, { '/a': item })))
      return result.kind === 'read' ? result.table.operations.map(({ id }) => id) : result.problems
    }
    expect(await methods('3.1.0')).toEqual(['TRACE /a'])
    expect(await methods('3.2.0')).toEqual(['TRACE /a', 'QUERY /a', 'COPY /a'])
  })

  test('the digest is that of the canonical operations: key order has no part in it', () => {
    const { digest } = operationTable([{ id: 'a', method: 'get', path: '/a', tags: [] }])
    expect(digest).toBe(operationTable([{ tags: [], path: '/a', method: 'get', id: 'a' }]).digest)
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(digest).not.toBe(operationTable([]).digest)
  })
})

describe('ids', () => {
  test('a second use is an error that names both', async () => {
    const { bytes, line, column } = marked(`openapi: 3.0.0
info: {title: t, version: "1"}
paths:
  /a:
    get: {operationId: same, responses: {}}
  /b:
    post:
      operationId: ‸same
      responses: {}
`)
    const result = await read(bytes)
    expect(result).toEqual({
      kind: 'invalid',
      problems: [
        {
          severity: 'error',
          code: 'openapi-duplicate-operation',
          message: 'the operationId "same" belongs to "GET /a" and to "POST /b" (#/paths/~1b/post/operationId)',
          cure: 'Give each operation an id of its own: permissions name operations by it.',
          file: 'api.yaml',
          line,
          column,
        },
      ],
    })
  })

  const faults: [name: string, operations: Record<string, unknown>, said: RegExp][] = [
    [
      'an id that is the name of another operation',
      { get: operation({ operationId: 'PUT /a' }), put: operation() },
      /"PUT \/a" belongs/,
    ],
    ['an id that is no text', { get: operation({ operationId: 7 }) }, /openapi-operation-id: .* is not text/],
    ['an operation that is no object', { get: 'yes' }, /openapi-operation-invalid: "GET \/a" is not an object/],
  ]
  test.each(faults)('%s', async (_, item, said) => {
    expect(await problems(description('3.0.3', { '/a': item }))).toEqual([expect.stringMatching(said)])
  })

  test('an empty id is none', async () => {
    const [first] = EXPECTED
    expect(first).toBeDefined()
    expect(await operations(description('3.0.3', { '/a': { get: operation({ operationId: '' }) } }))).toEqual([
      { id: 'GET /a', method: 'get', path: '/a', tags: [] },
    ])
  })
})

describe('paths', () => {
  test('a path item may stand elsewhere in the document', async () => {
    const document = description(
      '3.1.0',
      { '/a': { $ref: '#/components/pathItems/one', put: operation() }, '/b~{x}': { $ref: '#/paths/~1a' } },
      { components: { pathItems: { one: { $ref: '#/components/pathItems/two' }, two: { get: operation() } } } },
    )
    expect(await operations(document)).toEqual([
      { id: 'PUT /a', method: 'put', path: '/a', tags: [] },
      { id: 'GET /a', method: 'get', path: '/a', tags: [] },
      { id: 'GET /b~{x}', method: 'get', path: '/b~{x}', tags: [] },
    ])
  })

  test('a method described twice is an error', async () => {
    const more = { 'x-items': { one: { get: operation() } } }
    const document = description('3.0.3', { '/a': { $ref: '#/x-items/one', get: operation() } }, more)
    expect(await problems(document)).toEqual([
      'error openapi-path-item-conflict: "get" is described here and in the path item that "$ref" names (#/paths/~1a/get)',
    ])
  })

  test('two templates for the same requests are a warning, for different methods nothing', async () => {
    const same = description('3.0.3', {
      '/a/{x}': { get: operation() },
      '/a/{y}': { get: operation(), put: operation() },
    })
    expect(await problems(same)).toEqual([
      'warning openapi-path-ambiguous: "GET /a/{y}" and "GET /a/{x}" answer the same requests',
    ])
    expect(
      await problems(description('3.0.3', { '/a/{x}': { get: operation() }, '/a/{y}': { put: operation() } })),
    ).toEqual([])
  })

  const faults: [name: string, document: unknown, said: RegExp][] = [
    [
      'no slash',
      description('3.0.3', { pets: { get: operation() } }),
      /^error openapi-path-invalid: the path "pets" has no slash/,
    ],
    ['a list', { ...description('3.0.3', {}), paths: [] }, /^error openapi-no-paths/],
    ['none before 3.1', { openapi: '3.0.0', info: { title: 't', version: '1' } }, /^error openapi-no-paths/],
    [
      'none in 3.1, only webhooks',
      { openapi: '3.1.0', info: { title: 't', version: '1' }, webhooks: {} },
      /^warning openapi-no-operations/,
    ],
  ]
  test.each(faults)('%s', async (_, document, said) => {
    expect(await problems(document)).toEqual([expect.stringMatching(said)])
  })
})

describe('the version', () => {
  const faults: [name: string, document: unknown, said: string][] = [
    ['missing', { paths: {} }, 'the document says neither "openapi" nor "swagger"'],
    ['both', { openapi: '3.0.0', swagger: '2.0' }, 'the document says both "openapi" and "swagger"'],
    ['a number', { swagger: 2.0 }, '"swagger" must be text, for example "2.0"'],
    ['too old', { swagger: '1.2' }, '"swagger" is "1.2", which is not a version that can be read'],
    ['too new', { openapi: '3.3.0' }, '"openapi" is "3.3.0", which is not a version that can be read'],
    ['the other field', { openapi: '2.0' }, '"openapi" is "2.0", which is not a version that can be read'],
    ['a list', [], 'the document is not an OpenAPI description: its top level is not an object'],
  ]
  test.each(faults)('%s', async (_, document, said) => {
    expect(await problems(document)).toEqual([`error openapi-version: ${said}`])
  })

  test('3.2 is read, and says what was not checked', async () => {
    expect(await problems(description('3.2.0', { '/a': { get: operation() } }))).toEqual([
      'warning openapi-not-checked: the document was not checked against the schema of OpenAPI 3.2; its operations and references were',
    ])
  })
})

describe('what is said about the service', () => {
  const cases: [name: string, document: unknown, server: string | undefined, schemes: string[]][] = [
    [
      'the first server with the defaults of its variables',
      description(
        '3.0.3',
        {},
        {
          servers: [
            { url: 'https://{sub}.example.com/{v}', variables: { sub: { default: 'api' } } },
            { url: 'https://b' },
          ],
          components: {
            securitySchemes: {
              key: { type: 'apiKey', in: 'header', name: 'X' },
              constructor: { type: 'http', scheme: 'basic' },
            },
          },
        },
      ),
      'https://api.example.com/{v}',
      ['key', 'constructor'],
    ],
    [
      'scheme, host and base path of Swagger 2.0',
      description(
        '2.0',
        {},
        {
          schemes: ['http', 'https'],
          host: 'a.example',
          basePath: '/v1',
          securityDefinitions: { k: { type: 'basic' } },
        },
      ),
      'https://a.example/v1',
      ['k'],
    ],
    ['nothing', description('3.1.0', {}), undefined, []],
  ]
  test.each(cases)('%s', async (_, document, server, schemes) => {
    const result = await read(jsonBytes(document))
    expect(result.kind === 'read' ? [result.facts.server, result.facts.securitySchemes] : result).toEqual([
      server,
      schemes,
    ])
  })
})

describe('what vendors get wrong elsewhere is a warning, and the document is read', () => {
  const cases: [name: string, document: unknown, said: string[]][] = [
    [
      'a missing field, an unknown one, a wrong value',
      description('3.0.3', {
        '/a': { get: { ...operation(), verb: 1 }, put: {}, parameters: [{ name: 'x', in: 'url', schema: {} }] },
      }),
      [
        'warning openapi-schema: #/paths/~1a/parameters/0/in must be one of path, query, header, cookie',
        'warning openapi-schema: #/paths/~1a/get has "verb", which the specification does not know here',
        "warning openapi-schema: #/paths/~1a/put must have required property 'responses'",
      ],
    ],
    [
      'what only the rules of Swagger 2.0 know',
      description('2.0', { '/a/{id}': { get: operation() } }),
      ['warning openapi-spec: /paths/a/{id}/get is missing path parameter(s) for {id}'],
    ],
    [
      'an unknown field of 3.1',
      description('3.1.0', { '/a': { get: operation({ verb: 1 }) } }),
      ['warning openapi-schema: #/paths/~1a/get has "verb", which the specification does not know here'],
    ],
  ]
  test.each(cases)('%s', async (_, document, said) => {
    expect(await problems(document)).toEqual(said)
    expect(await read(jsonBytes(document))).toMatchObject({ kind: 'read', table: { operations: expect.any(Array) } })
  })

  test('at most twenty of them', async () => {
    const paths = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`/p${index}`, { get: {} }]))
    const said = await problems(description('3.0.3', paths))
    expect(said).toHaveLength(21)
    expect(said.at(-1)).toBe('warning openapi-more-problems: 30 more warnings in this document are not shown')
  })
})

describe('an inline description', () => {
  const document = { file: 'service.yaml', path: 'service.yaml', root: '.', bytes: new Uint8Array() }
  const place = { document, index: 1, path: ['spec', 'openapi', 'inline'] }

  test('gives the operations of its file', async () => {
    const inline = description('3.0.3', PATHS, { security: [{ oauth: ['pets:read'] }] })
    const result = await reader.readInline(inline, { file: 'service.yaml' })
    expect(result.kind === 'read' && result.table).toEqual(operationTable(EXPECTED))
  })

  test('has its problems at their place in the document around it', async () => {
    const inline = description('3.0.3', { '/a': { get: { operationId: 1 } } })
    const result = await reader.readInline(inline, { file: 'service.yaml', place })
    expect(result.problems.map(problem => [problem.code, problem.place, problem.line, problem.file])).toEqual([
      [
        'openapi-operation-id',
        { document, index: 1, path: ['spec', 'openapi', 'inline', 'paths', '/a', 'get', 'operationId'] },
        undefined,
        undefined,
      ],
    ])
  })

  test('names the place in the message where no place was given', async () => {
    const result = await reader.readInline(description('3.0.3', { '/a': { get: 1 } }), { file: 'service.yaml' })
    expect(result.problems).toMatchObject([
      { file: 'service.yaml', message: expect.stringContaining('#/paths/~1a/get') },
    ])
    expect(result.problems[0]).not.toHaveProperty('line')
  })

  test('may hold what is no JSON', async () => {
    for (const value of [undefined, 'text', 12n, null]) {
      expect(await reader.readInline(value, { file: 'service.yaml' })).toMatchObject({ kind: 'invalid' })
    }
  })
})
