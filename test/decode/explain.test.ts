import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { KIND_FILES, loadSchema } from '../../schemas/load.ts'
import { explain } from '../../src/decode/explain.ts'
import type { Finding } from '../../src/decode/findings.ts'
import { SCHEMAS } from '../../src/decode/schemas.gen.ts'
import { validators as generated } from '../../src/decode/validators.gen.ts'
import { PATTERNS } from '../../src/decode/wording.ts'
import { KINDS } from '../../src/model/address.ts'

const validators = generated as unknown as Record<string, (value: unknown) => boolean>

const EXAMPLES = KINDS.flatMap((kind, index) =>
  (loadSchema(KIND_FILES[index]!)['examples'] as readonly unknown[]).map(example => ({ kind, example })),
)

/** More of each kind than its examples show. */
const RICH = [
  {
    kind: 'serviceDefinition' as const,
    example: {
      apiVersion: 'tenon.dev/v1alpha1',
      kind: 'ServiceDefinition',
      metadata: { name: 'a', labels: { team: 'x' }, annotations: { 'a.b/c': 'd' } },
      spec: {
        displayName: 'A',
        description: 'B',
        type: 'http',
        endpoint: 'https://a.example',
        operations: [{ id: 'x', method: 'get', path: '/x', tags: ['t'], security: [{ a: ['b'] }] }],
        auth: [
          { type: 'apiKey', in: 'header', name: 'X-Key', prefix: 'Token ' },
          {
            type: 'oauth2',
            flow: 'authorizationCode',
            authorizationUrl: 'https://a.example',
            tokenUrl: 'https://b.example',
            scopes: { s: 'd' },
          },
          { type: 'basic', description: 'c' },
        ],
        settingsSchema: { type: 'object' },
        test: { method: 'get', path: '/', expect: 204 },
      },
    },
  },
  {
    kind: 'integration' as const,
    example: {
      apiVersion: 'tenon.dev/v1alpha1',
      kind: 'Integration',
      metadata: { name: 'a', namespace: 'b' },
      spec: {
        title: 'A',
        description: 'B',
        service: { kind: 'ServiceDefinition', name: 's' },
        enabled: false,
        endpoint: 'https://a.example',
        settings: { a: null },
        access: { level: 'company', companies: ['a.example', 'b.example'] },
        permissions: [
          {
            methods: ['get'],
            operations: ['x'],
            tags: ['t'],
            paths: ['/**'],
            effect: 'deny',
            companies: ['a.example'],
          },
        ],
        credentials: ['c', 'd'],
        acknowledgement: { terms: '1', by: 'x@a.example', date: '2026-01-31' },
        dataClasses: ['p'],
        deletionPolicy: 'Orphan',
      },
      sops: { version: '3.9.0' },
    },
  },
]

function findings(kind: (typeof KINDS)[number] | 'config', value: unknown): Finding[] {
  const found: Finding[] = []
  explain(SCHEMAS[kind], value, make => {
    found.push(make())
  })
  return found
}

test('says nothing of valid documents', () => {
  for (const { kind, example } of [...EXAMPLES, ...RICH]) {
    expect([validators[kind]!(example), findings(kind, example)]).toEqual([true, []])
  }
})

const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    1.5,
    -1,
    1000,
    '',
    ' ',
    'x',
    'X Y',
    '/a',
    'oauth2',
    'apiKey',
    'x'.repeat(2001),
    [],
    {},
    ['a', 'a'],
    [''],
    [1],
  ),
  fc.string(),
  fc.constantFrom<unknown>({ a: 'b' }, { type: 'oauth2' }, { type: 'bearer', in: 'header' }, [{ effect: 'allow' }], {
    name: 'x',
    extra: 1,
  }),
)
const steps = fc.array(fc.nat(30), { minLength: 1, maxLength: 6 })
const edits = fc.array(fc.tuple(steps, fc.constantFrom('set', 'delete', 'add', 'repeat'), values), {
  minLength: 1,
  maxLength: 3,
})

/** Changes a value at a place that the steps lead to; what the document says it is stays. */
function edited(root: unknown, [path, action, value]: [number[], string, unknown]): unknown {
  const copy = structuredClone(root) as Record<string, unknown>
  let parent: Record<string, unknown> | unknown[] = copy
  let key: string | number = 'spec'
  for (const step of path) {
    const keys: (string | number)[] = Array.isArray(parent)
      ? [...parent.keys()]
      : Object.keys(parent).filter(name => parent !== copy || (name !== 'apiVersion' && name !== 'kind'))
    if (keys.length === 0) break
    key = keys[step % keys.length]!
    const child = (parent as Record<string | number, unknown>)[key]
    if (typeof child !== 'object' || child === null || step % 7 === 6) break
    parent = child as Record<string, unknown>
  }
  const target = parent as Record<string | number, unknown>
  if (action === 'delete') delete target[key]
  else if (action === 'add') target[Array.isArray(parent) ? parent.length : 'extra'] = value
  else if (action === 'repeat' && Array.isArray(parent)) parent.push(parent[0])
  else target[key] = value
  return copy
}

test('finds something exactly where the compiled validator refuses', { timeout: 60_000 }, () => {
  let refused = 0
  fc.assert(
    fc.property(fc.constantFrom(...EXAMPLES, ...RICH), edits, ({ kind, example }, changes) => {
      const document = changes.reduce<unknown>((root, change) => edited(root, change), example)
      const isValid = validators[kind]!(document)
      if (!isValid) refused++
      const found = findings(kind, document)
      expect({ document, isValid, found: isValid ? found : found.length > 0 }).toEqual({
        document,
        isValid,
        found: isValid ? [] : true,
      })
    }),
    { numRuns: 5000 },
  )
  expect(refused).toBeGreaterThan(2000)
})

test('every pattern of the schemas has words', () => {
  const patterns = [...JSON.stringify(SCHEMAS).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text]) => JSON.parse(text!) as string,
  )
  expect(patterns.filter(pattern => PATTERNS[pattern] === undefined)).toEqual([])
  expect(Object.keys(PATTERNS).filter(pattern => !patterns.includes(pattern))).toEqual([])
})
