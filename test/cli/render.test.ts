import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { encryptYaml } from '../../src/sops/write.ts'
import { CONFIG, documents, group, integration, write } from '../support/stories.ts'
import {
  EXAMPLES,
  PROJECT,
  temporaryFolder,
  tenon,
  THROWAWAY_KEY,
  type Ran,
  type RunOptions,
} from '../support/tenon.ts'
import { objectsOf, printed, stored, type KubeObject } from './kubectl.ts'

const OWNER = ['--owner', 'git:acme']
const schemas = new Ajv2020({ strict: false })
for (const name of ['validate', 'render']) {
  schemas.addSchema(JSON.parse(readFileSync(path.join(PROJECT, `schemas/${name}.schema.json`), 'utf8')) as object)
}

interface Printed {
  readonly complete: boolean
  readonly items?: readonly KubeObject[]
  readonly documents?: readonly KubeObject[]
  readonly files?: readonly string[]
  readonly diagnostics: readonly {
    readonly code: string
    readonly severity: string
    readonly message: string
    readonly file?: string
    readonly line?: number
  }[]
}

/** Runs `tenon render -o json`; what it prints has its published shape. */
async function render(args: readonly string[], options: RunOptions): Promise<Ran & { readonly json: Printed }> {
  const ran = await tenon(['render', ...args, '-o', 'json'], options)
  const json = JSON.parse(ran.stdout) as Printed
  schemas.validate('https://tenon.dev/schemas/render.schema.json', json)
  expect(schemas.errors).toBeNull()
  return { ...ran, json }
}

async function changes(file: string, options: RunOptions): Promise<unknown> {
  const { stdout } = await tenon(['plan', '-f', file, ...OWNER, '--prune', '-o', 'json'], options)
  const {
    changes: found,
    diagnostics,
    errors,
  } = JSON.parse(stdout) as {
    readonly changes: readonly object[]
    readonly diagnostics: readonly { readonly severity: string }[]
    readonly errors: readonly object[]
  }
  return [...found, ...diagnostics.filter(({ severity }) => severity === 'error'), ...errors]
}

const env = { SOPS_AGE_KEY_FILE: THROWAWAY_KEY }

/** An example, applied from its files. */
async function applied(name: string): Promise<RunOptions> {
  const cwd = temporaryFolder()
  cpSync(path.join(EXAMPLES, name), path.join(cwd, 'in'), { recursive: true })
  const options = { cwd, env }
  expect((await tenon(['apply', '-f', 'in', ...OWNER, '--yes'], options)).code).toBe(0)
  return options
}

/** A folder with a `tenon.yaml` and this file. */
function folder(text: string, file = 'src/all.yaml'): RunOptions & { readonly cwd: string } {
  const cwd = temporaryFolder()
  write(cwd, 'src/tenon.yaml', CONFIG)
  write(cwd, file, text)
  return { cwd, env }
}

describe.each(['first', 'acme', 'workspace', 'data'])('the example %s', name => {
  test('rendered for a cluster and planned again, has no changes', async () => {
    const options = await applied(name)
    const ran = await tenon(['render', '-f', 'in'], options)
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' })
    writeFileSync(path.join(options.cwd, 'cluster.yaml'), ran.stdout)
    expect(await changes('cluster.yaml', options)).toEqual([])
    expect((await tenon(['render', '-f', 'in', '--out', 'cluster'], options)).code).toBe(0)
    expect(await changes('cluster', options)).toEqual([])
  })

  test('needs no key, says no namespace twice, and nothing that only files may hold', async () => {
    const options = { cwd: (await applied(name)).cwd }
    const { json } = await render(['-f', 'in'], options)
    for (const { kind, metadata, spec } of json.items as readonly (KubeObject & { spec: object })[]) {
      expect(metadata['namespace'] === undefined).toBe(kind === 'ClusterServiceDefinition')
      for (const field of ['data', 'file']) expect(spec).not.toHaveProperty(field)
      expect(JSON.stringify(spec)).not.toContain('"openapi":{"file"')
    }
  })

  test.each(['yaml', 'json'] as const)(
    'as kubectl prints it in %s, becomes files that plan to no change',
    async format => {
      const options = await applied(name)
      const { json } = await render(['-f', 'in'], options)
      const stdin = printed(json.items!.map(stored), format)
      const ran = await tenon(['render', '--to', 'files', '-f', '-', '--out', 'out'], { ...options, stdin })
      expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' })
      expect(await changes('out', options)).toEqual([])
      const again = await tenon(['render', '-f', 'out'], options)
      expect(objectsOf(again.stdout)).toEqual(json.items)
    },
  )
})

/** A service with so many operations; ids that do not compress where they are random. */
function service(
  count: number,
  more = '',
  id = (index: number): string => `operation${index}`,
): RunOptions & { cwd: string } {
  const paths = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `/things/${index}`,
      { get: { operationId: id(index), tags: ['things'], responses: { 200: { description: 'long '.repeat(50) } } } },
    ]),
  )
  const options = folder(
    `apiVersion: tenon.dev/v1alpha1\nkind: ${more === '' ? 'ServiceDefinition' : more}\nmetadata: {name: big}\nspec: {displayName: Big, description: Big., type: openapi, endpoint: https://big.example.com, openapi: {file: big.json}}\n`,
  )
  const info = { title: 'Big', version: '1' }
  write(options.cwd, 'src/big.json', JSON.stringify({ openapi: '3.0.3', info, paths }))
  return options
}

/** Deterministic, and without anything to compress. */
function noise(seed: number): string {
  let state = seed + 1
  return Array.from({ length: 250 }, () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCodePoint(33 + (state % 90))
  }).join('')
}

describe('the OpenAPI document of a service', () => {
  test('becomes a list while it is small, without what Tenon does not read, in the order of the document', async () => {
    const { json } = await render(['-f', 'src'], service(3))
    expect(json.items).toHaveLength(1)
    expect(JSON.stringify(json.items)).not.toMatch(/long|responses/)
    expect(json.items![0]).not.toHaveProperty('spec.openapi')
    expect(json.items![0]).toMatchObject({ spec: { operations: [{ id: 'operation0' }, { id: 'operation1' }, {}] } })
  })

  test('goes gzipped into a ConfigMap that stands before its service, the same bytes every time', async () => {
    const options = service(1000)
    const { json } = await render(['-f', 'src'], options)
    const [configMap, definition] = json.items as readonly [KubeObject, KubeObject]
    expect(configMap).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'big-openapi', namespace: 'acme', labels: { 'tenon.dev/watch': 'true' } },
    })
    const reference = { name: 'big-openapi', key: 'openapi.json.gz' }
    expect(definition).toMatchObject({ spec: { openapi: { configMapRef: reference } } })
    const bytes = Buffer.from((configMap['binaryData'] as Record<string, string>)['openapi.json.gz']!, 'base64')
    expect(bytes.subarray(0, 10).toString('hex')).toBe('1f8b08000000000002ff')
    expect(Object.keys(JSON.parse(gunzipSync(bytes).toString()).paths)).toHaveLength(1000)
    expect((await render(['-f', 'src'], options)).stdout).toBe((await render(['-f', 'src'], options)).stdout)
  })

  test('of a ConfigMap becomes a file again, or stands in the document where there is no folder', async () => {
    const options = service(1000)
    expect((await tenon(['apply', '-f', 'src', ...OWNER, '--yes'], options)).code).toBe(0)
    const { json } = await render(['-f', 'src'], options)
    const stdin = printed(json.items!.map(stored))
    const ran = await render(['--to', 'files', '-f', '-', '--out', 'out'], { ...options, stdin })
    expect(ran.json.files).toEqual(['acme/serviceDefinition/big.openapi.json', 'acme/serviceDefinition/big.yaml'])
    expect(await changes('out', options)).toEqual([])
    const stream = await tenon(['render', '--to', 'files', '-f', '-'], { ...options, stdin })
    write(options.cwd, 'stream.yaml', stream.stdout)
    expect(await changes('stream.yaml', options)).toEqual([])
    // A folder of rendered files reads back the same way.
    expect((await tenon(['render', '-f', 'src', '--out', 'cluster'], options)).code).toBe(0)
    expect((await tenon(['render', '--to', 'files', '-f', 'cluster', '--out', 'back'], options)).code).toBe(0)
    expect(await changes('back', options)).toEqual([])
  })

  test('of a global service stays in the resource, since no namespace is its own', async () => {
    const { json } = await render(['-f', 'src'], service(1000, 'ClusterServiceDefinition'))
    expect(json.items).toHaveLength(1)
    expect((json.items![0] as unknown as { spec: { operations: unknown } }).spec.operations).toHaveLength(1000)
  })

  test.each(['ServiceDefinition', 'ClusterServiceDefinition'])(
    'too large even so is an error that says so: %s',
    async kind => {
      const options = service(5000, kind, noise)
      const { code, json } = await render(['-f', 'src'], options)
      expect(code).toBe(3)
      expect(json.diagnostics).toHaveLength(1)
      expect(json.diagnostics[0]).toMatchObject({ code: 'openapi-too-large', file: 'src/all.yaml', line: 4 })
      expect(json.diagnostics[0]!.message).toMatch(
        /^the 5000 operations of service "big" take \d{7} bytes .*; the limit is 1000000$/,
      )
    },
  )

  /** A service whose document stands in it. */
  const inlined = (kind: string, document: object): RunOptions & { cwd: string } =>
    folder(
      JSON.stringify({
        apiVersion: 'tenon.dev/v1alpha1',
        kind,
        metadata: { name: 'odd' },
        spec: {
          displayName: 'Odd',
          description: 'Odd.',
          type: 'openapi',
          endpoint: 'https://o.example.com',
          openapi: { inline: document },
        },
      }),
    )
  const info = { title: 'Odd', version: '1' }

  test('written inline becomes a list too: an API server would sort its paths', async () => {
    const paths = { '/b': { post: {}, get: {} }, '/a': { get: {} } }
    const { json } = await render(['-f', 'src'], inlined('ServiceDefinition', { openapi: '3.1.0', info, paths }))
    const operations = [
      { method: 'post', path: '/b' },
      { method: 'get', path: '/b' },
      { method: 'get', path: '/a' },
    ]
    expect(json.items![0]).toMatchObject({ spec: { operations } })
  })

  test('without operations leaves a service that lists none', async () => {
    const { code, json } = await render(
      ['-f', 'src'],
      inlined('ServiceDefinition', { openapi: '3.1.0', info, paths: {} }),
    )
    expect({ code, codes: json.diagnostics.map(({ code: of }) => of) }).toEqual({
      code: 0,
      codes: ['openapi-no-operations'],
    })
    expect(json.items![0]).toMatchObject({ spec: { type: 'openapi' } })
    expect(json.items![0]).not.toHaveProperty('spec.openapi')
  })

  test.each(['ServiceDefinition', 'ClusterServiceDefinition'])(
    'with operations that no list may hold stays a document: %s',
    async kind => {
      const paths = { '/with space': { get: { operationId: 'two\nlines' } } }
      const options = inlined(kind, { openapi: '3.1.0', info, paths })
      expect((await tenon(['apply', '-f', 'src', ...OWNER, '--yes'], options)).code).toBe(0)
      const { json } = await render(['-f', 'src'], options)
      const kinds = kind === 'ServiceDefinition' ? ['ConfigMap', kind] : [kind]
      expect(json.items!.map(({ kind: found }) => found)).toEqual(kinds)
      const stdin = printed(json.items!.map(stored))
      expect((await tenon(['render', '--to', 'files', '-f', '-', '--out', 'out'], { ...options, stdin })).code).toBe(0)
      expect(await changes('out', options)).toEqual([])
    },
  )
})

describe('the values of credentials', () => {
  const recipients = [/age1[a-z0-9]+/.exec(readFileSync(THROWAWAY_KEY, 'utf8'))![0]]
  const bot = (name: string, namespace = 'acme'): Record<string, unknown> => ({
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'Credential',
    metadata: { name, namespace },
    spec: {
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      type: 'basic',
      scope: 'company',
      label: name,
      data: { username: new Secret('canary-user'), password: new Secret(`canary-of-${name}`) },
    },
  })
  const sealed = (...all: readonly object[]): Promise<string> =>
    encryptYaml(all as never, { recipients, lastModified: new Date('2026-10-01T00:00:00Z') })

  test('encrypted in place are the whole text of their file, of which each gets its own', async () => {
    const text = await sealed(bot('one'), bot('two'))
    const options = folder(text)
    expect((await tenon(['apply', '-f', 'src', ...OWNER, '--yes'], options)).code).toBe(0)
    const { json } = await render(['-f', 'src'], { cwd: options.cwd })
    expect(json.diagnostics).toEqual([])
    for (const item of json.items!) expect(item).toMatchObject({ spec: { sops: text } })
    write(options.cwd, 'cluster.yaml', documents(...json.items!.map(item => `${JSON.stringify(item)}\n`)))
    expect(await changes('cluster.yaml', options)).toEqual([])
    expect(await changes('cluster.yaml', { cwd: options.cwd })).toEqual([])
  })

  test('beside those of another namespace draw a warning', async () => {
    const options = folder(await sealed(bot('one'), bot('two', 'beta')))
    const { code, json } = await render(['-f', 'src'], options)
    expect(code).toBe(0)
    expect(json.diagnostics.map(({ code: of, line }) => [of, line])).toEqual([
      ['sops-file-shared', 13],
      ['sops-file-shared', expect.any(Number)],
    ])
  })

  test('in place in JSON', async () => {
    const document = bot('one') as { spec: object }
    const yaml = await sealed(document)
    const options = folder(JSON.stringify(objectsOf(yaml)[0]), 'src/one.json')
    expect((await tenon(['apply', '-f', 'src', ...OWNER, '--yes'], options)).code).toBe(0)
    writeFileSync(path.join(options.cwd, 'cluster.yaml'), (await tenon(['render', '-f', 'src'], options)).stdout)
    expect(await changes('cluster.yaml', options)).toEqual([])
  })

  test('in a file that is too long for a resource, or written in another way than sops does, are refused', async () => {
    const text = await sealed(bot('one'))
    const long = folder(`${text}${'# a comment\n'.repeat(25_000)}`)
    const refused = await render(['-f', 'src'], long)
    expect(refused.code).toBe(3)
    expect(refused.json.diagnostics[0]).toMatchObject({ code: 'sops-too-large', file: 'src/all.yaml', line: 13 })
    const flow = folder(JSON.stringify(objectsOf(text)[0]))
    expect((await render(['-f', 'src'], flow)).json.diagnostics.map(({ code }) => code)).toEqual(['sops-format'])
    const { json } = await render(['-f', 'src'], folder(text.replaceAll('\n', '\r\n')))
    expect(json.diagnostics).toMatchObject([{ code: 'sops-format', line: 13 }])
    expect(json.diagnostics[0]!.message).toContain('a carriage return')
  })

  test('in a Secret stay there, and files of it draw a warning', async () => {
    const text = documents(
      'apiVersion: tenon.dev/v1alpha1\nkind: Credential\nmetadata: {name: bot}\nspec: {service: {kind: ClusterServiceDefinition, name: jira}, type: basic, scope: company, label: Bot, secretRef: {name: bot}}\n',
    )
    const options = folder(text)
    const { json } = await render(['-f', 'src'], options)
    expect(json.items![0]).toMatchObject({ spec: { secretRef: { name: 'bot' } } })
    const back = await render(['--to', 'files', '-f', '-'], { ...options, stdin: printed(json.items!) })
    expect(back.code).toBe(0)
    expect(back.json.diagnostics).toMatchObject([
      { code: 'cluster-only', severity: 'warning', file: '<stdin>', line: 15 },
    ])
  })
})

describe('documents are checked first', () => {
  test.each([
    { name: 'a mistake', text: integration('jira', 'alow'), code: 'invalid-value' },
    { name: 'a reference to nothing', text: integration('jira'), code: 'unknown-reference' },
    { name: 'no documents', text: 'a: 1\n', code: 'no-documents' },
  ])('$name: exit 3, and nothing on standard output but JSON', async ({ text, code }) => {
    const options = folder(text)
    const { json, ...ran } = await render(['-f', 'src', '--out', 'out'], options)
    expect(ran.code).toBe(3)
    expect(json).toMatchObject({ complete: false })
    expect(json.diagnostics.map(({ code: found }) => found)).toContain(code)
    expect(existsSync(path.join(options.cwd, 'out'))).toBe(false)
    const yaml = await tenon(['render', '-f', 'src'], options)
    expect({ code: yaml.code, stdout: yaml.stdout }).toEqual({ code: 3, stdout: '' })
    expect(yaml.stderr).toContain(code)
  })

  test('a name that Kubernetes does not take', async () => {
    const options = folder(group('a..b', ['ana@acme.example']))
    const { code, json } = await render(['-f', 'src'], options)
    expect(code).toBe(3)
    expect(json.diagnostics).toMatchObject([{ code: 'name-not-for-cluster', file: 'src/all.yaml', line: 3 }])
  })

  test('a file that is not there: exit 1', async () => {
    const { code, json } = await render(['-f', 'none'], folder(''))
    expect(code).toBe(1)
    expect(json).toMatchObject({ complete: false, errors: [{ code: 'file-not-found' }] })
  })
})

describe('a folder', () => {
  test('holds a file for each resource; one that is there is not overwritten unless it is meant', async () => {
    const options = folder(documents(group('support', ['ana@acme.example']), integration('jira')))
    const first = await render(['-f', 'src', '--out', 'out'], options)
    expect(first.json.files).toEqual(['acme/accessGroup/support.yaml', 'acme/integration/jira.yaml'])
    const second = await render(['-f', 'src', '--out', 'out'], options)
    expect(second.code).toBe(4)
    expect(second.json).toMatchObject({ complete: false, files: [], diagnostics: [{ code: 'file-exists' }] })
    expect((await render(['-f', 'src', '--out', 'out', '--force-overwrite'], options)).code).toBe(0)
  })
})

describe('what kubectl prints', () => {
  const support = objectsOf(group('support', ['ana@acme.example']))[0]!
  const inNamespace = (object: KubeObject, namespace = 'acme'): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  })
  const files = (stdin: string, ...args: readonly string[]): ReturnType<typeof render> =>
    render(['--to', 'files', '-f', '-', ...args], { cwd: temporaryFolder(), stdin })

  test('a single object, a stream, lists in lists and typed lists all read the same', async () => {
    const object = stored(inNamespace(support))
    const list = { apiVersion: 'v1', kind: 'List', items: [object] }
    const { apiVersion, kind, ...bare } = object as KubeObject & { apiVersion: string }
    const typed = { apiVersion, kind: `${kind}List`, items: [bare] }
    const expected = [
      {
        apiVersion: 'tenon.dev/v1alpha1',
        kind: 'AccessGroup',
        metadata: { name: 'support', namespace: 'acme' },
        spec: { displayName: 'support', members: ['ana@acme.example'] },
      },
    ]
    const texts = [object, { ...list, items: [list] }, typed].map(value => JSON.stringify(value))
    for (const text of [...texts, printed([object]), `---\n${printed([object])}`]) {
      const { code, json } = await files(text)
      expect({ code, documents: json.documents }).toEqual({ code: 0, documents: expected })
    }
    const beta = printed([stored(inNamespace(support, 'beta'))])
    expect((await files(`${printed([object])}---\n${beta}`)).json.documents).toHaveLength(2)
  })

  test("keeps an author's labels and annotations, and other programs' objects are passed over", async () => {
    const labelled = {
      ...inNamespace(support),
      metadata: {
        ...inNamespace(support).metadata,
        labels: { team: 'support', 'app.kubernetes.io/part-of': 'desk' },
        annotations: { 'acme.example/note': 'kept' },
      },
    }
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { token: 'Y2FuYXJ5' } } as never
    const { json, stdout } = await files(printed([stored(labelled), secret]))
    expect(json.documents).toHaveLength(1)
    expect(json.documents![0]!.metadata).toEqual(labelled.metadata)
    expect(stdout).not.toContain('Y2FuYXJ5')
  })

  test('what is being deleted is left out, with a warning', async () => {
    const object = stored(inNamespace(support))
    const leaving = { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-10-01T00:00:00Z' } }
    const { code, json } = await files(printed([leaving]))
    expect({ code, documents: json.documents }).toEqual({ code: 0, documents: [] })
    expect(json.diagnostics).toMatchObject([{ code: 'being-deleted', severity: 'warning' }])
    expect(json.diagnostics[0]!.message).toContain('accessGroup/acme/support')
  })

  test('a ConfigMap that is not among the objects draws a warning, and one that cannot be unpacked is an error', async () => {
    const { json } = await render(['-f', 'src'], service(1000))
    const [configMap, definition] = json.items as readonly [KubeObject, KubeObject]
    const alone = await files(printed([definition]))
    expect(alone.code).toBe(0)
    expect(alone.json.diagnostics).toMatchObject([{ code: 'config-map-missing', severity: 'warning' }])
    const other = { ...configMap, binaryData: { other: 'AAAA' } }
    expect((await files(printed([other, definition]))).json.diagnostics[0]!.message).toContain('has no key')
    const broken = { ...configMap, binaryData: { 'openapi.json.gz': 'H4sIAAAA' } }
    const { code, json: failed } = await files(printed([broken, definition]))
    expect(code).toBe(3)
    expect(failed.diagnostics).toMatchObject([{ code: 'openapi-unpack', file: '<stdin>' }])
  })

  test('of a global service the ConfigMap is found by its name, where there is one only', async () => {
    const { json } = await render(['-f', 'src'], service(1000))
    const [configMap, { metadata, ...definition }] = json.items as readonly [KubeObject, KubeObject]
    const global = { ...definition, kind: 'ClusterServiceDefinition', metadata: { name: metadata.name } }
    const found = await files(printed([configMap, global]), '--out', 'out')
    expect(found.json.files).toEqual(['clusterServiceDefinition/big.openapi.json', 'clusterServiceDefinition/big.yaml'])
    const two = [configMap, inNamespace(configMap, 'beta'), global]
    expect((await files(printed(two))).json.diagnostics).toMatchObject([{ code: 'config-map-missing' }])
  })

  test('an OpenAPI document in YAML needs a folder', async () => {
    const { json } = await render(['-f', 'src'], service(1000))
    const [configMap, definition] = json.items as readonly [KubeObject, KubeObject]
    const { binaryData: _packed, ...plain } = configMap
    const text = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths: {}\n'
    const list = printed([{ ...plain, data: { 'openapi.json.gz': text } }, definition])
    expect((await files(list)).json.diagnostics).toMatchObject([{ code: 'needs-folder', severity: 'error' }])
    const { json: written } = await files(list, '--out', 'out')
    expect(written.files).toEqual(['acme/serviceDefinition/big.openapi.yml', 'acme/serviceDefinition/big.yaml'])
  })

  test('an object that no file may hold is an error at its line', async () => {
    const wrong = { ...inNamespace(support), spec: { displayName: 'support', size: 3 } } as unknown as KubeObject
    const { code, json } = await files(printed([inNamespace(support), inNamespace(wrong, 'beta')]))
    expect(code).toBe(3)
    expect(json.diagnostics).toMatchObject([{ code: 'unknown-field', file: '<stdin>', line: 19 }])
  })

  test('broken YAML, and the same object twice, are errors', async () => {
    expect((await files('a: [b')).json.diagnostics.map(({ code }) => code)).toContain('yaml-syntax')
    const twice = await files(printed([inNamespace(support), inNamespace(support)]))
    expect(twice.json.diagnostics).toMatchObject([{ code: 'duplicate-address' }])
  })
})
