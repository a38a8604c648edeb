import SwaggerParser from '@apidevtools/swagger-parser'
import { describe, expect, test } from 'vitest'
import { duplicates, matches, notPlain, references, schemaErrors, settingErrors } from './checks.ts'
import { entries, readApi, readServices, text } from './read.ts'

/** What the standard catalogue promises; it may hold more. */
const PROMISED = [
  'confluence',
  'custom-openapi',
  'custom-webhook',
  'github',
  'gitlab',
  'gmail',
  'google-drive',
  'hubspot',
  'jira',
  'microsoft-teams',
  'mysql',
  'notion',
  'outlook',
  'postgresql',
  'salesforce',
  'slack',
]

/** Services with a large API, of which a few operations would not do. */
const LARGE = new Set([
  'confluence',
  'github',
  'gitlab',
  'gmail',
  'google-drive',
  'hubspot',
  'jira',
  'microsoft-teams',
  'outlook',
  'slack',
])

const CATEGORIES = [
  'communication',
  'crm',
  'project-management',
  'documentation',
  'file-storage',
  'email',
  'developer-tools',
  'database',
  'custom',
]

/** The operations of a service that has no document, by its type. */
const WITHOUT_DOCUMENT: Record<string, readonly { id: string; method: string; path: string }[]> = {
  database: [
    { id: 'query', method: 'query', path: '/query' },
    { id: 'execute', method: 'execute', path: '/execute' },
  ],
  webhook: [{ id: 'deliver', method: 'deliver', path: '/deliver' }],
}

const services = readServices()
const names = services.map(({ name }) => name)
const documents = services.flatMap(({ name, definition }) =>
  readApi(name, definition).map(({ api, operations }) => ({ name, spec: definition.spec, api, operations })),
)

test('holds the sixteen services of the standard catalogue', () => {
  expect(names).toEqual(expect.arrayContaining(PROMISED))
})

test('holds nothing but folders of services', () => {
  expect(entries()).toEqual(names)
})

describe.each(services)('$name', ({ name, definition }) => {
  const { kind, metadata, spec } = definition

  test('is named like its folder', () => {
    expect({ kind, name: metadata.name }).toEqual({ kind: 'ClusterServiceDefinition', name })
  })

  test('has only the files it refers to', () => {
    const document = spec.openapi === undefined ? [] : [spec.openapi.file]
    expect(entries(name)).toEqual([...document, 'service.yaml'].toSorted())
  })

  test('satisfies the schema of its kind', () => {
    expect(schemaErrors(definition)).toEqual([])
  })

  test.each(entries(name))('%s is one plain YAML document', file => {
    expect(notPlain(text(name, file))).toEqual([])
  })

  test('says what it is', () => {
    expect(spec.displayName).toMatch(/^\S.*\S$/)
    expect(spec.description).toMatch(/^[A-Z].*\.$/)
    expect(CATEGORIES).toContain(spec.category)
    // A service of the user's own has no vendor who describes it.
    expect(spec.docs ?? spec.category).toMatch(/^(https:\/\/\S+|custom)$/)
  })

  test('is a template only where it is one', () => {
    expect(spec.template).toBe(name === 'custom-openapi' ? true : undefined)
  })

  test('has an endpoint that paths can be appended to', () => {
    expect(spec.endpoint ?? 'https://set-by-each.example').toMatch(/^https:\/\/[^?#]*[^/?#]$/)
  })

  test('says how to authenticate, each way once', () => {
    const ways = spec.auth.map(({ type, flow, in: place }) => [type, flow, place].filter(Boolean).join(' '))
    expect(ways.length).toBeGreaterThan(0)
    expect(duplicates(ways)).toEqual([])
  })

  test('signs in over TLS only', () => {
    const urls = spec.auth.flatMap(({ authorizationUrl, tokenUrl }) => [authorizationUrl, tokenUrl])
    expect(urls.filter(url => url !== undefined && !url.startsWith('https://'))).toEqual([])
  })

  test('has a document, or the operations of its type', () => {
    const operations = spec.operations?.map(({ id, method, path }) => ({ id, method, path }))
    expect(operations).toEqual(WITHOUT_DOCUMENT[spec.type])
    expect(spec.openapi === undefined).toBe(spec.operations !== undefined)
  })

  test('has a closed settings schema of simple keywords', () => {
    const schema = spec.settingsSchema ?? { type: 'object', additionalProperties: false }
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
    expect(settingErrors(schema)).toEqual([])
  })

  test('tests a credential by an operation of its own', () => {
    const known = documents.find(document => document.name === name)?.operations ?? spec.operations ?? []
    const tested = [spec.test ?? []].flat()
    const unknown = tested.filter(
      ({ method, path }) => !known.some(operation => operation.method === method && matches(operation.path, path)),
    )
    expect(unknown).toEqual([])
  })
})

describe.each(documents)('the document of $name', ({ name, spec, api, operations }) => {
  const schemes = Object.entries(api.components.securitySchemes)
  const alternatives = operations.flatMap(operation => operation.security)

  test('is valid OpenAPI with nothing outside of it', async () => {
    expect(references(api).filter(reference => !reference.startsWith('#/'))).toEqual([])
    const document: Parameters<typeof SwaggerParser.validate>[0] = JSON.parse(JSON.stringify(api))
    await expect(SwaggerParser.validate(document, { resolve: { external: false } })).resolves.toBeDefined()
  })

  test('says that it is our own description', () => {
    expect(api.openapi).toBe('3.0.3')
    expect(api.info.title).toMatch(/\(compact, by Tenon\)$/)
    expect(api.info.description).toMatch(/own compact description/)
  })

  test('has the endpoint as its server', () => {
    expect(api.servers?.[0]?.url ?? spec.endpoint).toBe(spec.endpoint ?? api.servers?.[0]?.url)
  })

  test('has as many operations as people need', () => {
    const least = spec.template === true ? 1 : LARGE.has(name) ? 30 : 20
    expect(operations.length).toBeGreaterThanOrEqual(least)
  })

  test('has an operationId for each operation, each once', () => {
    const ids = operations.map(({ id }) => id)
    expect(operations.filter(({ id }) => !/^\S(.*\S)?$/.test(id ?? ''))).toEqual([])
    expect(duplicates(ids)).toEqual([])
  })

  test('has a short summary for each operation', () => {
    const wrong = operations.filter(({ summary }) => !/^[A-Z].{3,98}[^.\s]$/.test(summary ?? ''))
    expect(wrong.map(({ id, summary }) => ({ id, summary }))).toEqual([])
  })

  test('tags each operation, with the declared tags', () => {
    const declared = api.tags.map(tag => tag.name)
    expect(operations.filter(({ tags }) => tags.length === 0)).toEqual([])
    expect([...new Set(operations.flatMap(({ tags }) => tags))].toSorted()).toEqual(declared.toSorted())
  })

  test('declares the parameters of each path', () => {
    const wrong = operations.filter(({ path, parameters }) => {
      const declared = parameters.filter(parameter => parameter.in === 'path' && parameter.required === true)
      const used = path.match(/(?<=\{)[^}]+(?=\})/g) ?? []
      return (
        declared
          .map(parameter => parameter.name)
          .toSorted()
          .join(' ') !== [...used].toSorted().join(' ')
      )
    })
    expect(wrong.map(({ id, path }) => ({ id, path }))).toEqual([])
  })

  test('has a security scheme for each type of auth, named like it', () => {
    const types = new Set(spec.auth.map(auth => auth.type))
    expect(schemes.map(([scheme]) => scheme).toSorted()).toEqual([...types].toSorted())
    const kinds = schemes.map(([, { type, scheme }]) => (type === 'http' ? scheme : type))
    expect(kinds).toEqual(schemes.map(([scheme]) => scheme))
  })

  test('says for each operation how to authenticate', () => {
    expect(operations.filter(({ security }) => security.length === 0)).toEqual([])
    const used = new Set(alternatives.flatMap(alternative => Object.keys(alternative)))
    expect([...used].filter(scheme => !(scheme in api.components.securitySchemes))).toEqual([])
  })

  test('needs only scopes that the service declares', () => {
    const declared = new Set(spec.auth.flatMap(auth => Object.keys(auth.scopes ?? {})))
    const needed = new Set(alternatives.flatMap(alternative => Object.values(alternative).flat()))
    expect([...needed].filter(scope => !declared.has(scope))).toEqual([])
  })

  test('declares the flows and scopes that the service declares', () => {
    const flows = schemes.flatMap(([, scheme]) => Object.entries(scheme.flows ?? {}))
    const scopes = flows.map(([flow, value]) => [flow, Object.keys(value.scopes).toSorted()])
    const oauth = spec.auth.filter(auth => auth.type === 'oauth2')
    const expected = oauth.map(auth => [auth.flow, Object.keys(auth.scopes ?? {}).toSorted()])
    expect(Object.fromEntries(scopes)).toEqual(Object.fromEntries(expected))
  })
})
