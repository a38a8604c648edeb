/** Which operations are new, by what the lock file and the definition itself accept. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode } from '../../src/decode/decode.ts'
import { lockIn } from '../../src/decode/lock.ts'
import { locate } from '../../src/decode/positions.ts'
import type { Diagnostic, Problem } from '../../src/model/diagnostic.ts'
import type { Document } from '../../src/model/document.ts'
import { acceptanceKey, type Operation } from '../../src/model/operation.ts'
import type { Resource } from '../../src/model/state.ts'
import type { ResolveContext } from '../../src/resolve/context.ts'
import { documentOf } from '../../src/resolve/export.ts'
import { resolve } from '../../src/resolve/resolve.ts'

interface Resolved {
  readonly resource: Resource
  readonly operations: readonly Operation[]
  readonly says: readonly string[]
}

function document(path: string, value: unknown): Document {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { file: path, path, root: '/source', bytes: Buffer.from(text) }
}

const NOTHING: Omit<ResolveContext, 'lock' | 'invalid'> = {
  catalogue: new Map(),
  tables: new Map(),
  templates: new Set(),
  readBeside: () => Promise.reject(new Error('nothing stands beside')),
  openApi: {
    read: () => Promise.reject(new Error('no OpenAPI here')),
    readInline: () => Promise.reject(new Error('no OpenAPI here')),
    close: () => Promise.resolve(),
  },
  allowedEndpoints: new Set(),
  requireBinding: false,
  today: undefined,
  store: undefined,
}

type Fields = Readonly<Record<string, unknown>>

function service(operations: readonly Fields[] | undefined, more: Fields = {}): Fields {
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ServiceDefinition',
    metadata: { name: 'billing', namespace: 'acme' },
    spec: { displayName: 'Billing', description: 'Bills.', type: 'http', ...(operations && { operations }), ...more },
  }
}

async function resolved(declared: Fields, lock?: string, isWhole = true): Promise<Resolved> {
  const problems: Problem[] = []
  const report = (problem: Problem): void => void problems.push(problem)
  const decoded = decode([document('billing.yaml', declared)], { defaultNamespace: 'acme', strict: true }, report)
  const found = lock === undefined ? undefined : lockIn([document('tenon.lock.yaml', lock)], report, isWhole)
  const context = { ...NOTHING, invalid: decoded.invalid, ...(found && { lock: found }) }
  const { state, tables } = await resolve(decoded.manifests, context, report)
  const resource = state.get('serviceDefinition/acme/billing')!
  const digest = 'operations' in resource.spec ? resource.spec.operations : ''
  return { resource, operations: tables.get(digest)!.operations, says: locate(problems).map(said) }
}

function said({ file, line, code, message }: Diagnostic): string {
  return `${file}:${line} ${code}: ${message}`
}

const OPERATIONS = [
  { id: 'list', method: 'get', path: '/invoices' },
  { id: 'refund', method: 'post', path: '/invoices/{id}/refunds' },
  { id: 'purge', method: 'delete', path: '/invoices' },
]

function lockOf(...keys: readonly string[]): string {
  return `formatVersion: 1\nservices:\n  serviceDefinition/acme/billing:${keys.length === 0 ? ' []' : ''}\n${keys.map(key => `    - ${key}\n`).join('')}`
}

const newIn = ({ operations }: Resolved): readonly string[] =>
  operations.filter(({ isNew }) => isNew).map(({ id }) => id)

const NO_LOCK = 'formatVersion: 1\nservices: {}\n'

describe('what is new', () => {
  test.each<{ name: string; lock?: string; accepted?: readonly string[]; isNew: readonly string[]; says?: string[] }>([
    { name: 'nothing without a lock file', isNew: [] },
    {
      name: 'nothing where everything is accepted',
      lock: lockOf('GET /invoices', 'POST /invoices/{id}/refunds', 'DELETE /invoices'),
      isNew: [],
    },
    {
      name: 'what the lock file does not list',
      lock: lockOf('GET /invoices'),
      isNew: ['refund', 'purge'],
    },
    { name: 'everything where nothing is accepted', lock: lockOf(), isNew: ['list', 'refund', 'purge'] },
    {
      name: 'everything where the lock file does not name the service, with a warning',
      lock: NO_LOCK,
      isNew: ['list', 'refund', 'purge'],
      says: [
        'billing.yaml:1 service-not-locked: the lock file does not list serviceDefinition/acme/billing, so all 3 operations of "billing" are new, and permissions cover them only by name',
      ],
    },
    {
      name: 'not an operation whose parameter is called otherwise',
      lock: lockOf('GET /invoices', 'POST /invoices/{invoice}/refunds', 'DELETE /invoices'),
      isNew: [],
    },
    {
      name: 'the same path with another method',
      lock: lockOf('GET /invoices', 'POST /invoices/{id}/refunds'),
      isNew: ['purge'],
    },
    {
      name: 'what the definition itself does not accept, whatever the lock file says',
      lock: lockOf('GET /invoices', 'POST /invoices/{id}/refunds', 'DELETE /invoices'),
      accepted: ['GET /invoices'],
      isNew: ['refund', 'purge'],
    },
    {
      name: 'nothing that the definition itself accepts, though the lock file does not name it',
      lock: NO_LOCK,
      accepted: ['GET /invoices', 'POST /invoices/{id}/refunds', 'DELETE /invoices'],
      isNew: [],
    },
    {
      name: 'what the definition does not accept, without a lock file',
      accepted: ['DELETE /invoices', 'GET /invoices'],
      isNew: ['refund'],
    },
    {
      name: 'what is left, with a warning where the lock file lists what is gone',
      lock: lockOf('GET /invoices', 'GET /old', 'POST /old', 'PUT /old', 'PATCH /old', 'DELETE /invoices'),
      isNew: ['refund'],
      says: [
        'tenon.lock.yaml:5 lock-stale: accepted and no operation of "billing": "GET /old", "POST /old", "PUT /old" and 1 more',
      ],
    },
    {
      name: 'what is left, with a warning where the definition accepts what is not there',
      accepted: ['GET /invoices', 'GET /invoice', 'POST /invoices/{id}/refunds', 'DELETE /invoices'],
      isNew: [],
      says: ['billing.yaml:1 lock-stale: accepted and no operation of "billing": "GET /invoice"'],
    },
    {
      name: 'what is left, with a warning for a service that nobody declares',
      lock: `${lockOf('GET /invoices', 'POST /invoices/{id}/refunds', 'DELETE /invoices')}  clusterServiceDefinition/gone: [GET /a]\n`,
      isNew: [],
      says: [
        'tenon.lock.yaml:7 lock-stale: the lock file lists clusterServiceDefinition/gone, which no document declares',
      ],
    },
  ])('$name', async ({ lock, accepted, isNew, says = [] }) => {
    const found = await resolved(service(OPERATIONS, accepted && { acceptedOperations: accepted }), lock)
    expect(newIn(found)).toEqual(isNew)
    expect(found.says).toEqual(says)
  })

  test('nothing in a service without operations, and nothing is said of it', async () => {
    const found = await resolved(service(undefined), NO_LOCK)
    expect([newIn(found), found.says]).toEqual([[], []])
  })

  test('a service is not gone where only some documents were read', async () => {
    const lock = `${lockOf('GET /invoices', 'POST /invoices/{id}/refunds', 'DELETE /invoices')}  clusterServiceDefinition/gone: [GET /a]\n`
    expect((await resolved(service(OPERATIONS), lock, false)).says).toEqual([])
  })
})

describe('how an operation is accepted', () => {
  test.each([
    ['/invoices/{id}', 'GET /invoices/{id}'],
    ['/a b', 'GET /a b'],
    ['/a\u200D', String.raw`GET /a\u00200d`],
    ['/a\u202Eb', String.raw`GET /a\u00202eb`],
    ['/a\nb', String.raw`GET /a\u00000ab`],
    ['/a\\b', String.raw`GET /a\u00005cb`],
    ['/\u{E0041}', String.raw`GET /\u0e0041`],
  ])('%j: %s', (path, key) => {
    expect(acceptanceKey({ method: 'get', path })).toBe(key)
  })

  test('never names two paths', () => {
    const odd = fc.string({ unit: fc.constantFrom('/', 'a', 'u', '0', '2', 'd', '\\', '\n', '\u200D', '\uFEFF') })
    fc.assert(
      fc.property(odd, odd, (one, other) => {
        const keys = [one, other].map(path => acceptanceKey({ method: 'get', path }))
        expect(keys[0] === keys[1]).toBe(one === other)
      }),
    )
  })
})

const methods = ['get', 'post', 'delete', 'purge']
const paths = ['/', '/a', '/a/{id}', '/a/{other}', '/a/{id}/b', String.raw`/b\c`, '/ü:x#y']
const operations = fc.uniqueArray(fc.record({ method: fc.constantFrom(...methods), path: fc.constantFrom(...paths) }), {
  selector: ({ method, path }) => `${method} ${path}`,
  maxLength: 12,
})

describe('a locked service', () => {
  test('means the same in a file with a lock, and in a definition that says what it accepts, while something is new', async () => {
    await fc.assert(
      fc.asyncProperty(operations, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), async (listed, chosen) => {
        const accepted = [...new Set(listed.filter((_, at) => chosen[at]).map(acceptanceKey))]
        const fromFile = await resolved(service(listed), lockOf(...accepted.map(key => JSON.stringify(key))))
        const own = await resolved(service(listed, { acceptedOperations: accepted }))
        // Where everything is accepted, only the definition shows that there is a list at all.
        if (own.operations.some(({ isNew }) => isNew)) expect(own.resource.digest).toBe(fromFile.resource.digest)
        else expect(own.resource.digest).not.toBe(fromFile.resource.digest)
        expect(own.operations).toEqual(fromFile.operations)
      }),
      { numRuns: 60 },
    )
  })

  test('is exported so that it resolves to the same again, without its lock', async () => {
    await fc.assert(
      fc.asyncProperty(operations, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), async (listed, chosen) => {
        const accepted = [...new Set(listed.filter((_, at) => chosen[at]).map(acceptanceKey))]
        const found = await resolved(service(listed), lockOf(...accepted.map(key => JSON.stringify(key))))
        const exported = documentOf(found.resource, { operations: found.operations })
        expect(JSON.stringify(exported)).not.toContain('isNew')
        const again = await resolved({ ...exported })
        expect(again.resource.digest).toBe(found.resource.digest)
        expect(again.says).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('has the digest of an unlocked one once everything is accepted', async () => {
    const all = lockOf(...OPERATIONS.map(acceptanceKey))
    const digests = await Promise.all([resolved(service(OPERATIONS)), resolved(service(OPERATIONS), all)])
    expect(digests[1].resource.digest).toBe(digests[0].resource.digest)
    expect((await resolved(service(OPERATIONS), lockOf())).resource.digest).not.toBe(digests[0].resource.digest)
  })
})
