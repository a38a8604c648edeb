import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApiReader } from '../../../src/resolve/openapi/operations.ts'
import { description, jsonBytes, laughs, marked, operation } from './documents.ts'

const reader = openApiReader()
// The thread starts and the schemas are compiled once: what a document costs is measured without them.
beforeAll(async () => {
  for (const version of ['2.0', '3.0.3', '3.1.0'] as const)
    await reader.read(jsonBytes(description(version, {})), { file: '' })
})
afterAll(() => reader.close())

interface Reading {
  readonly kind: string
  readonly said: readonly string[]
  readonly ms: number
}

async function read(bytes: Uint8Array): Promise<Reading> {
  const started = performance.now()
  const result = await reader.read(bytes, { file: 'api.json' })
  const said = result.problems.map(({ code, message }) => `${code}: ${message}`)
  return { kind: result.kind, said, ms: performance.now() - started }
}

const PATHS = { '/a': { get: operation() } }
const get = (schema: object): Record<string, unknown> => ({
  '/a': { get: { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } } },
})
const SCHEMAS = '#/components/schemas/'

function chain(length: number): Record<string, object> {
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `s${index}`,
      index === length - 1 ? {} : { $ref: `${SCHEMAS}s${index + 1}` },
    ]),
  )
}

function nested(depth: number, close = '}'): string {
  return `{"openapi":"3.0.3","paths":{},"x-deep":${'{"a":'.repeat(depth)}1${close.repeat(depth)}}`
}

describe('expensive, but harmless: the document is read', () => {
  const cases: [name: string, document: unknown][] = [
    [
      'laughs: 25 levels, two references each',
      description('3.0.3', get({ $ref: `${SCHEMAS}level25` }), {
        components: { schemas: laughs(25, SCHEMAS, ref => ({ type: 'object', properties: { a: ref, b: ref } })) },
      }),
    ],
    [
      'laughs with words beside each reference',
      description('3.1.0', get({ $ref: `${SCHEMAS}level25` }), {
        components: {
          schemas: laughs(25, SCHEMAS, ref => ({
            properties: { a: { ...ref, description: 'a' }, b: { ...ref, title: 'b' } },
          })),
        },
      }),
    ],
    [
      '20,000 paths',
      description(
        '3.0.3',
        Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`/p${n}`, { get: operation() }])),
      ),
    ],
    [
      'circles through properties',
      description('3.0.3', get({ $ref: `${SCHEMAS}a` }), {
        components: {
          schemas: {
            a: { properties: { b: { $ref: `${SCHEMAS}b` } } },
            b: { items: { $ref: `${SCHEMAS}a` }, allOf: [{ $ref: `${SCHEMAS}b` }] },
          },
        },
      }),
    ],
    ['a circle through the whole document', description('3.0.3', get({ properties: { all: { $ref: '#' } } }))],
    [
      'a chain of 100 references',
      description('3.0.3', get({ $ref: `${SCHEMAS}s0` }), { components: { schemas: chain(100) } }),
    ],
    [
      '49,000 references',
      description('3.0.3', PATHS, {
        components: {
          schemas: { a: {}, b: { allOf: Array.from({ length: 49_000 }, () => ({ $ref: `${SCHEMAS}a` })) } },
        },
      }),
    ],
    [
      'a property called constructor, prototype, or $ref',
      description(
        '3.0.3',
        get({
          properties: {
            constructor: { type: 'string' },
            prototype: {},
            $ref: { type: 'string' },
            default: { $ref: '#/info' },
          },
        }),
      ),
    ],
    [
      'references in examples and extensions',
      description('3.0.3', get({ example: { $ref: 'file:///etc/passwd' }, default: { $ref: '#/none' } }), {
        'x-data': { $ref: 'https://127.0.0.1/' },
      }),
    ],
  ]
  test.each(cases)('%s', async (_, document) => {
    const { kind, said, ms } = await read(jsonBytes(document))
    expect({ kind, said: said.filter(text => !text.startsWith('openapi-schema')) }).toEqual({ kind: 'read', said: [] })
    expect(ms).toBeLessThan(8000)
  })
})

describe('hostile: the document ends in one problem, soon', () => {
  const big = Array.from({ length: 50_001 }, () => ({ $ref: `${SCHEMAS}a` }))
  const shared = { tags: Array.from({ length: 1000 }, (_, n) => `tag number ${n}`) }
  const items = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`/p${n}`, { $ref: '#/x-item' }]))
  const cases: [name: string, bytes: Uint8Array, said: RegExp][] = [
    [
      'a chain of 5,000 references',
      jsonBytes(description('3.0.3', get({ $ref: `${SCHEMAS}s0` }), { components: { schemas: chain(5000) } })),
      /^openapi-ref-chain: .* passes through more than 100 other references/,
    ],
    [
      'a reference to itself',
      jsonBytes(
        description('3.0.3', get({ $ref: `${SCHEMAS}a` }), { components: { schemas: { a: { $ref: `${SCHEMAS}a` } } } }),
      ),
      /^openapi-ref-loop/,
    ],
    [
      'a path item that refers to itself',
      jsonBytes(description('3.0.3', { '/a': { $ref: '#/paths/~1a' } })),
      /^openapi-ref-loop/,
    ],
    [
      'a pointer through a circle',
      jsonBytes(
        description('3.0.3', get({ $ref: `${SCHEMAS}a/x` }), {
          components: { schemas: { a: { $ref: `${SCHEMAS}a/x` } } },
        }),
      ),
      /^openapi-ref-(loop|chain)/,
    ],
    [
      '50,001 references',
      jsonBytes(description('3.0.3', PATHS, { components: { schemas: { a: {}, b: { allOf: big } } } })),
      /^openapi-too-large: .* more than 50000 references/,
    ],
    ['depth 20,000 in JSON', Buffer.from(nested(20_000)), /^openapi-too-deep/],
    ['depth 20,000 in JSON, never closed', Buffer.from(nested(20_000, '')), /^openapi-too-deep/],
    ['depth 20,000 in YAML', Buffer.from(`openapi: 3.0.3\npaths: {}\nx: ${'['.repeat(20_000)}`), /^openapi-too-deep/],
    ['depth through aliases', Buffer.from(`openapi: 3.0.3\npaths: {}\nx-a: &a [1, *a]\n`), /^openapi-too-deep/],
    [
      'a billion laughs of aliases',
      Buffer.from(
        `openapi: 3.0.3\npaths: {}\nx-0: &a0 [1]\n${Array.from({ length: 30 }, (_, n) => `x-${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`).join('')}`,
      ),
      /^openapi-too-large: .* more than 1000000 values/,
    ],
    [
      'more than a million values',
      Buffer.from(`{"openapi":"3.0.3","paths":{},"x":[${'0,'.repeat(1_000_001)}0]}`),
      /^openapi-too-large: .* more than 1000000 values/,
    ],
    ['21 MiB', Buffer.alloc(21 * 1024 * 1024, ' '), /^openapi-too-large: the document has 22020096 bytes/],
    [
      'one path item for 2,000 paths',
      jsonBytes(description('3.0.3', items, { 'x-item': { get: operation(shared), put: operation(shared) } })),
      /^openapi-/,
    ],
  ]
  test.each(cases)('%s', async (_, bytes, said) => {
    const result = await read(bytes)
    expect(result.kind).toBe('invalid')
    expect(result.said[0]).toMatch(said)
    expect(result.said.length).toBeLessThanOrEqual(101)
    expect(result.ms).toBeLessThan(8000)
  })

  test('a table beyond 16 MiB, with an id for each', async () => {
    const item = (n: number): object => ({ get: operation({ operationId: `o${n}`, security: undefined }) })
    const paths = Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`/p${n}`, item(n)]))
    const security = [{ oauth: Array.from({ length: 1000 }, (_, n) => `scope:${n}`) }]
    const { kind, said } = await read(jsonBytes(description('3.0.3', paths, { security })))
    expect({ kind, said }).toEqual({
      kind: 'invalid',
      said: [expect.stringMatching(/^openapi-too-large: the list of operations/)],
    })
  })
})

describe('a reference out of the document is refused with its place, and nothing is fetched', () => {
  let hits = 0
  const server = createServer((_, response) => {
    hits += 1
    response.end('{}')
  })
  let origin = ''
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    origin = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  })
  afterAll(() => new Promise(resolve => server.close(resolve)))

  const targets: [name: string, target: (at: string) => string][] = [
    ['an address', at => `${at}/schema.json#/a`],
    ['an address without a scheme', at => at.replace('http:', '')],
    ['a file', () => 'file:///etc/passwd'],
    ['an absolute path', () => '/etc/passwd'],
    ['a relative path', () => 'common.yaml#/Pet'],
    ['a path upwards', () => '../../../../etc/passwd'],
    ['a name, as in Swagger 1.2', () => 'Pet'],
    ['nothing', () => ''],
  ]
  test.each(targets)('%s', async (_, target) => {
    for (const keyword of ['$ref', '$dynamicRef']) {
      const { bytes, line, column } = marked(`openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a:
    get:
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                ${keyword}: ‸${JSON.stringify(target(origin))}
`)
      const result = await reader.read(bytes, { file: 'api.yaml' })
      expect(result).toMatchObject({
        kind: 'invalid',
        problems: [{ code: 'openapi-external-ref', line, column, severity: 'error' }],
      })
      expect(result.problems[0]?.message).toContain('#/paths/~1a/get/responses/200/content/application~1json/schema/')
    }
    expect(hits).toBe(0)
  })

  test.each([
    ['a path item', { '/a': { $ref: 'paths.yaml#/a' } }],
    ['all paths', { $ref: 'paths.yaml' }],
    ['parameters', { '/a': { get: operation(), parameters: { $ref: 'parameters.yaml' } } }],
    ['properties', get({ properties: { $ref: 'properties.yaml' } })],
    [
      'an example',
      { '/a': { get: operation({ requestBody: { content: { a: { examples: { b: { $ref: 'e.yaml' } } } } } }) } },
    ],
    ['a path item behind an extension', { '/a': { $ref: '#/x-a' } }],
  ])('in place of %s', async (_, paths) => {
    const { kind, said } = await read(jsonBytes(description('3.0.3', paths, { 'x-a': { $ref: 'x.yaml' } })))
    expect({ kind, first: said[0] }).toEqual({ kind: 'invalid', first: expect.stringMatching(/^openapi-external-ref/) })
  })

  test('the user and password of an address are not repeated', async () => {
    const { said } = await read(jsonBytes(description('3.0.3', get({ $ref: 'https://user:hunter2@host/x' }))))
    expect(said).toEqual([expect.not.stringContaining('hunter2')])
  })
})

describe('references to nothing', () => {
  const cases: [name: string, target: string, said: RegExp][] = [
    ['a mistyped name', `${SCHEMAS}Pte`, /openapi-ref-missing.*there is no "Pte"/],
    ['an inherited member', `${SCHEMAS}constructor`, /there is no "constructor"/],
    ['a member of the prototype', '#/__proto__/x', /there is no "__proto__"/],
    ['the length of a list', '#/servers/length', /there is no "length"/],
    ['an anchor that is not there', '#pet', /there is no "pet"/],
    ['a broken escape', '#/%zz', /openapi-ref-missing/],
  ]
  test.each(cases)('%s', async (_, target, said) => {
    const more = { servers: [{ url: '/' }], components: { schemas: { Pet: {} } } }
    const result = await read(jsonBytes(description('3.1.0', get({ $ref: target }), more)))
    expect(result).toMatchObject({ kind: 'invalid', said: [expect.stringMatching(said)] })
  })

  test('suggest the name that was meant', async () => {
    const bytes = jsonBytes(
      description('3.1.0', get({ $ref: `${SCHEMAS}Pte` }), { components: { schemas: { Pet: {} } } }),
    )
    expect((await reader.read(bytes, { file: '' })).problems[0]?.cure).toBe('Did you mean "Pet"?')
  })

  test('anchors, escapes, and pointers from a schema with an $id or through a reference lead somewhere', async () => {
    const schemas = {
      'a/b c': { $anchor: 'here' },
      own: {
        $id: 'https://example.com/own',
        $defs: { inner: {} },
        allOf: [{ $ref: '#/$defs/inner' }, { $ref: '#/info' }],
      },
      through: { $ref: `${SCHEMAS}own` },
    }
    const refs = ['#here', `${SCHEMAS}a~1b%20c`, `${SCHEMAS}through/$defs/inner`, '#/servers/0'].map($ref => ({ $ref }))
    const document = description('3.1.0', get({ allOf: refs }), { servers: [{ url: '/' }], components: { schemas } })
    expect(await read(jsonBytes(document))).toMatchObject({ kind: 'read' })
  })
})

describe('names of what every object has', () => {
  test.each(['toString', 'valueOf', 'constructor', 'hasOwnProperty'])('"%s" as a field is read', async name => {
    const text = `{"swagger":"2.0","info":{"title":"t","version":"1"},"paths":{},"security":[{},{"${name}":[]}]}`
    expect(await read(Buffer.from(text))).toMatchObject({ kind: 'read' })
  })
})
