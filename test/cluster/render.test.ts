/** Rendered files are taken strictly by a real API server, and what kubectl gets back means the same in files. */
import { createHash } from 'node:crypto'
import { cpSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { objectsOf } from '../cli/kubectl.ts'
import { source, writeSource } from '../cli/random-source.ts'
import { end, world as folderWorld } from '../cli/world.ts'
import { write } from '../support/stories.ts'
import { EXAMPLES, temporaryFolder, tenon, THROWAWAY_KEY, type RunOptions } from '../support/tenon.ts'
import { pathOf } from './support/objects.ts'
import { must } from './support/run.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()

beforeAll(async () => {
  // The examples' credentials are bound to it.
  const { status } = await world.client.ask('POST', pathOf('Namespace'), { metadata: { name: 'acme' } })
  if (status !== 201 && status !== 409) throw new Error(`the namespace could not be created: ${status}`)
})

afterEach(async () => {
  await world.dropObjects()
  for (const { name, namespace } of await configMaps()) await world.remove('ConfigMap', namespace, name)
})

async function configMaps(): Promise<readonly { name: string; namespace: string }[]> {
  const { items } = await world.client.get(`${pathOf('ConfigMap')}?labelSelector=tenon.dev/watch`)
  return items.map(({ metadata }: { metadata: { name: string; namespace: string } }) => metadata)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

async function run(args: readonly string[], options: RunOptions): Promise<string> {
  const ran = await tenon(args, options)
  if (ran.code !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}${ran.stdout}`)
  return ran.stdout
}

/** What a plan of these files says, with the store as it was left by others. */
async function changes(file: string, options: RunOptions): Promise<unknown> {
  const plan = await run(['plan', '-f', file, '--owner', 'git:acme', '--prune', '-o', 'json'], options)
  return (JSON.parse(plan) as { changes: unknown }).changes
}

/** Everything of Tenon's that kubectl gets, with ConfigMaps. */
async function got(format: 'yaml' | 'json'): Promise<string> {
  return must(
    await world.kubectl(['get', 'tenon,configmaps', '--all-namespaces', '--show-managed-fields', '-o', format]),
  )
}

/** Ways to apply, each of which leaves other traces in the objects. */
const WAYS = [
  { name: 'server-side', render: [], apply: ['--server-side', '--validate=strict'], format: 'yaml' },
  { name: 'client-side, as a List', render: ['-o', 'json'], apply: ['--validate=strict'], format: 'json' },
] as const

describe.each(['first', 'acme', 'workspace', 'data'])('the example %s', name => {
  test.each(WAYS)('is applied $name and comes back', async ({ render, apply, format }) => {
    const cwd = temporaryFolder()
    cpSync(path.join(EXAMPLES, name), path.join(cwd, 'in'), { recursive: true })
    const options = { cwd, env: { SOPS_AGE_KEY_FILE: THROWAWAY_KEY } }
    await run(['apply', '-f', 'in', '--owner', 'git:acme', '--yes'], options)
    const rendered = await run(['render', '-f', 'in', ...render], options)
    must(await world.kubectl(['apply', ...apply, '-f', '-'], rendered))
    const stdin = await got(format)
    await run(['render', '--to', 'files', '-f', '-', '--out', 'out'], { ...options, stdin })
    expect(await changes('out', options)).toEqual([])
  })
})

test('an OpenAPI document near the limit of a ConfigMap is taken, read, and its operations come back', async () => {
  const cwd = temporaryFolder()
  const namespace = await world.freshNamespace()
  // Nothing in it can be compressed away.
  const summary = (seed: number): string => [1, 2, 3].map(part => digest(`${seed}.${part}`)).join('')
  const paths = Object.fromEntries(
    Array.from({ length: 6600 }, (_, index) => [
      `/things/${index}`,
      { get: { operationId: `thing-${index}`, summary: summary(index) } },
    ]),
  )
  const document = { openapi: '3.1.0', info: { title: 'Big', version: '1' }, paths }
  write(cwd, 'src/tenon.yaml', `namespace: ${namespace}\n`)
  write(cwd, 'src/big.openapi.json', JSON.stringify(document))
  write(
    cwd,
    'src/big.yaml',
    'apiVersion: tenon.dev/v1alpha1\nkind: ServiceDefinition\nmetadata: {name: big}\nspec: {displayName: Big, description: Big., type: openapi, endpoint: https://big.example.com, openapi: {file: big.openapi.json}}\n',
  )
  await run(['apply', '-f', 'src', '--owner', 'git:acme', '--yes'], { cwd })
  const rendered = await run(['render', '-f', 'src'], { cwd })
  expect(rendered.length).toBeGreaterThan(900_000)
  must(await world.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], rendered))
  await run(['render', '--to', 'files', '-f', '-', '--out', 'out'], { cwd, stdin: await got('yaml') })
  expect(await changes('out', { cwd })).toEqual([])
  const operator = await world.startOperator()
  const { kind, metadata } = objectsOf(rendered)[1]!
  const { status } = await world.settled({ kind, metadata }, 'Current', { within: 60_000 })
  expect(status).toMatchObject({ operations: { total: 6600 } })
  await operator.stop()
})

describe('export --cluster', () => {
  test('writes what the cluster has as files that plan to no change', async () => {
    const cwd = temporaryFolder()
    cpSync(path.join(EXAMPLES, 'acme'), path.join(cwd, 'in'), { recursive: true })
    const options = { cwd, env: { SOPS_AGE_KEY_FILE: THROWAWAY_KEY } }
    await run(['apply', '-f', 'in', '--owner', 'git:acme', '--yes'], options)
    must(await world.kubectl(['apply', '--server-side', '-f', '-'], await run(['render', '-f', 'in'], options)))
    const flags = ['export', '--cluster', '--kubeconfig', world.connection.adminKubeconfig]
    await run([...flags, '--out', 'out'], options)
    expect(await changes('out', options)).toEqual([])
    write(cwd, 'stream.yaml', await run(flags, options))
    expect(await changes('stream.yaml', options)).toEqual([])
    const some = JSON.parse(await run([...flags, '--namespace', 'acme', '--kind', 'credential', '-o', 'json'], options))
    expect(some.documents.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual([
      'billing-bot',
      'jira-bot',
    ])
  })

  test('reads long lists page by page, and the ConfigMaps that services name', async () => {
    const namespace = await world.freshNamespace()
    const spec = { displayName: 'G', members: ['ana@acme.example'] }
    const many = Array.from({ length: 501 }, (_, index) => ({
      apiVersion: 'tenon.dev/v1alpha1',
      kind: 'AccessGroup',
      metadata: { name: `g${index}`, namespace },
      spec,
    }))
    const service = (kind: string, name: string, more: object = {}): object => ({
      apiVersion: 'tenon.dev/v1alpha1',
      kind,
      metadata: { name, ...more },
      spec: {
        displayName: name,
        description: 'Of a test.',
        type: 'openapi',
        endpoint: 'https://s.example.com',
        openapi: { configMapRef: { name, key: 'openapi.yaml' } },
      },
    })
    const configMap = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, labels: { 'tenon.dev/watch': 'true' } },
      data: { 'openapi.yaml': 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths: {/a: {get: {}}}\n' },
    })
    await world.apply(
      ...many,
      service('ServiceDefinition', 'own', { namespace }),
      service('ServiceDefinition', 'lost', { namespace }),
    )
    await world.apply(service('ClusterServiceDefinition', 'global'), configMap('own'), configMap('global'))
    const cwd = temporaryFolder()
    const kubeconfig = ['--kubeconfig', world.connection.adminKubeconfig]
    const ran = await tenon(['export', '--cluster', ...kubeconfig, '--out', 'out', '-o', 'json'], { cwd })
    const { files, diagnostics } = JSON.parse(ran.stdout) as {
      files: string[]
      diagnostics: { code: string; file: string }[]
    }
    expect(files.filter(file => !file.includes('/accessGroup/'))).toEqual([
      'clusterServiceDefinition/global.openapi.yml',
      'clusterServiceDefinition/global.yaml',
      `${namespace}/serviceDefinition/lost.yaml`,
      `${namespace}/serviceDefinition/own.openapi.yml`,
      `${namespace}/serviceDefinition/own.yaml`,
    ])
    expect(files).toHaveLength(506)
    expect(diagnostics).toMatchObject([{ code: 'config-map-missing', file: `ServiceDefinition/${namespace}/lost` }])
  })

  test('says why, where it may not read, or reaches nothing', async () => {
    const cwd = temporaryFolder()
    const namespace = await world.freshNamespace()
    const kubeconfig = await world.kubeconfigFor({ serviceAccount: `${namespace}/nobody` })
    const denied = await tenon(['export', '--cluster', '--kubeconfig', kubeconfig], { cwd })
    expect(denied.code).toBe(1)
    expect(denied.stderr).toContain('cluster-refused')
    const nowhere = await world.kubeconfigFor({ serviceAccount: `${namespace}/nobody` }, 'https://127.0.0.1:1')
    const silent = await tenon(['export', '--cluster', '--kubeconfig', nowhere, '-o', 'json'], { cwd })
    expect(silent.code).toBe(1)
    expect(JSON.parse(silent.stdout)).toMatchObject({ complete: false, errors: [{ code: 'cluster-unreachable' }] })
    expect((await tenon(['export', '--cluster', '--owner', 'x'], { cwd })).code).toBe(64)
  })
})

test.each([
  ['first', 'default'],
  ['acme', 'acme'],
  ['data', 'acme'],
])('the operator makes of the rendered example %s what apply makes of its files', async (name, namespace) => {
  const cwd = temporaryFolder()
  cpSync(path.join(EXAMPLES, name), path.join(cwd, 'in'), { recursive: true })
  const options = { cwd, env: { SOPS_AGE_KEY_FILE: THROWAWAY_KEY } }
  const rendered = await run(['render', '-f', 'in'], options)
  const operator = await world.startOperator({ flags: ['--age-key-file', THROWAWAY_KEY] })
  must(await world.kubectl(['apply', '--server-side', '-f', '-'], rendered))
  for (const object of objectsOf(rendered)) {
    if (object.kind !== 'ConfigMap') await world.settled(object, 'Current', { within: 30_000 })
  }
  await operator.stop()
  const owner = `cluster:default/ns/${namespace}`
  const store = ['--store', operator.store, '--key-file', operator.keyFile, '--owner', owner]
  const plan = await run(['plan', '-f', 'in', ...store, '--prune', '-o', 'json'], options)
  expect(JSON.parse(plan)).toMatchObject({ changes: [], summary: { unchanged: objectsOf(rendered).length } })
})

test('random sources are applied and come back', async () => {
  await fc.assert(
    fc.asyncProperty(source, async random => {
      fc.pre(Object.values(random).some(list => list.length > 0))
      const made = await folderWorld({})
      try {
        const namespace = await world.freshNamespace()
        await writeSource(made, random, namespace)
        await run(['apply', '-f', 'src', '--owner', 'git:acme', '--yes'], made)
        const rendered = await run(['render', '-f', 'src'], made)
        must(await world.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], rendered))
        await run(['render', '--to', 'files', '-f', '-', '--out', 'out'], { ...made, stdin: await got('yaml') })
        expect(await changes('out', made)).toEqual([])
      } finally {
        await world.dropObjects()
        end(made)
      }
    }),
    { numRuns: 8 },
  )
})
