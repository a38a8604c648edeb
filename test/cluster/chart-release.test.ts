/** The life of a release: installed, upgraded, taken back and uninstalled by the real Helm, with live resources. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { CHART, type Manifest } from '../chart/helm.ts'
import { eventually } from './support/eventually.ts'
import { pathOf } from './support/objects.ts'
import { must } from './support/run.ts'
import { HAS, sharedWorld, testWorld } from './support/test-world.ts'
import type { World } from './support/world.ts'

const DEFINITIONS = readdirSync(path.join(CHART, 'files/crds')).map(file => `${path.basename(file, '.yaml')}.tenon.dev`)

const LIVE: readonly Manifest[] = [
  {
    kind: 'AccessGroup',
    metadata: { name: 'support', finalizers: ['tenon.dev/finalizer'] },
    spec: { displayName: 'Support', owner: 'lead@acme.example', members: ['ana@acme.example'] },
  },
  {
    kind: 'Integration',
    metadata: { name: 'jira-support', finalizers: ['tenon.dev/finalizer'] },
    spec: {
      title: 'Jira for support',
      description: 'Support reads issues.',
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      endpoint: 'https://acme.example.net/rest/api/3',
      access: { level: 'group', groups: ['support'] },
      permissions: [{ methods: ['get'], effect: 'allow' }],
    },
  },
]

const shared = sharedWorld()

// Every release starts in a cluster that has never heard of Tenon; the other tests find the definitions as they were.
beforeEach(async () => removeDefinitions())
afterAll(async () => {
  await removeDefinitions()
  await shared.installCrds()
})

async function removeDefinitions(): Promise<void> {
  const found = must(await shared.kubectl(['get', 'crd', '-o', 'name', '--ignore-not-found', ...DEFINITIONS]))
  // One that is missing answers in a way that says nothing of its objects.
  if (found.trim().split('\n').length === DEFINITIONS.length) await shared.dropObjects()
  must(await shared.kubectl(['delete', 'crd', '--ignore-not-found', '--timeout=60s', ...DEFINITIONS]))
}

type HelmVersion = 3 | 4

interface Release {
  readonly namespace: string
  /** `helm upgrade --install`, of the chart unless another folder is named. */
  readonly upgrade: (version: HelmVersion, settings: readonly string[], chart?: string) => Promise<void>
  readonly rollback: (version: HelmVersion, revision: number) => Promise<void>
  readonly uninstall: (version: HelmVersion) => Promise<void>
  readonly deployment: () => Promise<Manifest>
}

async function release(world: World): Promise<Release> {
  const namespace = await world.freshNamespace({ 'pod-security.kubernetes.io/enforce': 'restricted' })
  const at = ['--namespace', namespace]
  const settings = (list: readonly string[]) => list.flatMap(setting => ['--set', setting])
  return {
    namespace,
    upgrade: async (version, list, chart = CHART) => {
      must(await world.helm(['upgrade', '--install', 'tenon', chart, ...at, ...settings(list)], version))
    },
    rollback: async (version, revision) => {
      must(await world.helm(['rollback', 'tenon', String(revision), ...at], version))
    },
    uninstall: async version => {
      must(await world.helm(['uninstall', 'tenon', ...at], version))
    },
    deployment: async () => world.client.get(`/apis/apps/v1/namespaces/${namespace}/deployments/tenon`),
  }
}

async function createLive(world: World, namespace: string): Promise<void> {
  const objects = LIVE.map(object => ({
    apiVersion: 'tenon.dev/v1alpha1',
    ...object,
    metadata: { ...object.metadata, namespace },
  }))
  // The kinds are served a moment after their definitions were made.
  await eventually(async () => world.apply(...objects), { within: 30_000, every: 250 })
}

/** What identifies the live resources, and what must not change. */
async function live(world: World, namespace: string): Promise<readonly Manifest[]> {
  const found = await Promise.all(LIVE.map(async ({ kind, metadata }) => world.read(kind, namespace, metadata.name)))
  return found.map(({ metadata: { uid, generation, finalizers }, spec }) => ({ uid, generation, finalizers, spec }))
}

const levelOf = ({ spec }: Manifest): string =>
  spec.template.spec.containers[0].args.find((arg: string) => arg.startsWith('--log-level='))

const ORDERS = [
  { name: 'Helm 4', install: 4, later: 4 },
  { name: 'Helm 3', install: 3, later: 3 },
  { name: 'Helm 3, upgraded with Helm 4', install: 3, later: 4 },
] as const

describe.runIf(HAS.helm && HAS.helm3)('a release', () => {
  test.each(ORDERS)('by $name is installed, upgraded twice, taken back and uninstalled', async ({ install, later }) => {
    const world = testWorld()
    const { namespace, upgrade, rollback, uninstall, deployment } = await release(world)
    await upgrade(install, ['operator.logLevel=warn'])
    await createLive(world, namespace)
    const before = await live(world, namespace)

    await upgrade(later, ['operator.logLevel=info', 'operator.concurrent=8', 'metrics.dashboard.enabled=true'])
    expect(levelOf(await deployment())).toBe('--log-level=info')
    await upgrade(later, ['operator.logLevel=debug', 'podLabels.zone=a'])
    expect(levelOf(await deployment())).toBe('--log-level=debug')
    expect(await live(world, namespace)).toEqual(before)

    await rollback(later, 1)
    expect(levelOf(await deployment())).toBe('--log-level=warn')
    expect((await deployment()).spec.template.metadata.labels).not.toHaveProperty('zone')
    expect(await live(world, namespace)).toEqual(before)

    await uninstall(later)
    expect((await world.client.ask('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/tenon`)).status).toBe(404)
    await expectNoneLeft(world, namespace)
    // The definitions, the resources and the store stay.
    for (const name of DEFINITIONS) await world.read('CustomResourceDefinition', undefined, name)
    expect(await live(world, namespace)).toEqual(before)
    const claims = await world.client.get(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`)
    expect(claims.items.map(({ metadata }: Manifest) => metadata.name)).toEqual(['tenon-store'])

    // It goes on where the first one ended, without asking to take anything over.
    must(await world.helm(['install', 'tenon', CHART, '--namespace', namespace], later))
    expect(await live(world, namespace)).toEqual(before)
    await uninstall(later)
  })

  test('of the next version brings its definitions, and a rollback takes them back, with live resources', async () => {
    const world = testWorld()
    const { namespace, upgrade, rollback, uninstall } = await release(world)
    await upgrade(4, [])
    await createLive(world, namespace)
    const before = await live(world, namespace)

    await upgrade(4, [], nextVersion(world.folder()))
    expect(await fieldOf(world, 'nextYear')).toBeDefined()
    await world.patch('Integration', namespace, 'jira-support', { spec: { nextYear: 'x' } })
    await rollback(4, 1)
    expect(await fieldOf(world, 'nextYear')).toBeUndefined()
    // A field that is no longer known is left out from then on; everything else is as it was.
    const after = await live(world, namespace)
    expect(after.map(({ uid, spec }) => ({ uid, spec }))).toEqual(before.map(({ uid, spec }) => ({ uid, spec })))
    await uninstall(4)
  })

  test('keeps the certificate that the chart made, over upgrades and a rollback', async () => {
    const world = testWorld()
    const { namespace, upgrade, rollback, uninstall } = await release(world)
    const configuration = `tenon-${namespace}-webhook`
    const certificate = async () => {
      const { data } = await world.read('Secret', namespace, 'tenon-webhook-tls')
      const { webhooks } = await world.read('ValidatingWebhookConfiguration', undefined, configuration)
      expect(webhooks[0].clientConfig.caBundle).toBe(data['ca.crt'])
      return data
    }
    await upgrade(4, ['webhook.enabled=true'])
    const first = await certificate()
    await upgrade(4, ['webhook.enabled=true', 'operator.logLevel=debug'])
    expect(await certificate()).toEqual(first)
    await upgrade(3, ['webhook.enabled=true', 'webhook.failurePolicy=Fail'])
    expect(await certificate()).toEqual(first)
    await rollback(4, 1)
    expect(await certificate()).toEqual(first)
    await uninstall(4)
    expect((await world.client.ask('GET', pathOf('Secret', namespace, 'tenon-webhook-tls'))).status).toBe(404)
  })

  test('deletes its definitions, and the resources with them, only where it was told to', async () => {
    const world = testWorld()
    const { namespace, upgrade, uninstall } = await release(world)
    await upgrade(4, ['crds.keep=false'])
    await createLive(world, namespace)
    // Nothing holds these back; a definition that goes takes them with it.
    for (const { kind, metadata } of LIVE)
      await world.patch(kind, namespace, metadata.name, { metadata: { finalizers: null } })
    await uninstall(4)
    await eventually(
      async () => {
        for (const name of DEFINITIONS) expect(await statusOf(world, name)).toBe(404)
      },
      { within: 60_000, every: 500 },
    )
    await world.installCrds()
  })

  const statusOf = async (world: World, name: string): Promise<number> =>
    (await world.client.ask('GET', pathOf('CustomResourceDefinition', undefined, name))).status

  test('of another namespace does not take over what is there unasked', async () => {
    const world = testWorld()
    const { upgrade, uninstall } = await release(world)
    await upgrade(4, [])
    const other = await world.freshNamespace()
    for (const version of [3, 4] as const) {
      const { code, stderr } = await world.helm(['install', 'tenon', CHART, '--namespace', other], version)
      expect(code).toBe(1)
      expect(stderr).toMatch(/invalid ownership metadata/)
    }
    await uninstall(4)
  })

  test.each([
    [4, ['--take-ownership', '--force-conflicts']],
    [3, ['--take-ownership']],
  ] as const)(
    'by Helm %i takes over definitions that were installed apart, when it is told to',
    async (version, flags) => {
      const world = testWorld()
      await world.installCrds()
      const namespace = await world.freshNamespace()
      const install = async (more: readonly string[], chart = CHART) =>
        world.helm(['upgrade', '--install', 'tenon', chart, '--namespace', namespace, ...more], version)
      expect((await install([])).stderr).toMatch(/invalid ownership metadata/)
      must(await install(flags))
      must(await install(flags, nextVersion(world.folder())))
      expect(await fieldOf(world, 'nextYear')).toBeDefined()
      must(await world.helm(['uninstall', 'tenon', '--namespace', namespace], version))
      for (const name of DEFINITIONS) expect(await statusOf(world, name)).toBe(200)
    },
  )
})

/** Nothing of the release is left but what it keeps. */
async function expectNoneLeft(world: World, namespace: string): Promise<void> {
  const kinds = 'deployment,service,serviceaccount,role,rolebinding,networkpolicy,configmap,secret'
  const label = ['-l', 'app.kubernetes.io/instance=tenon', '-o', 'name']
  expect(must(await world.kubectl(['get', kinds, '-n', namespace, ...label]))).toBe('')
  expect(must(await world.kubectl(['get', 'clusterrole,clusterrolebinding', ...label]))).toBe('')
}

/** A copy of the chart with another version and one more field. */
function nextVersion(folder: string): string {
  const chart = path.join(folder, 'tenon')
  cpSync(CHART, chart, { recursive: true })
  edit(path.join(chart, 'Chart.yaml'), manifest => ({ ...manifest, version: '0.1.1' }))
  edit(path.join(chart, 'files/crds/integrations.yaml'), manifest => {
    const { properties } = manifest.spec.versions[0].schema.openAPIV3Schema.properties.spec
    properties.nextYear = { type: 'string', maxLength: 10, description: 'A field of the next version.' }
    return manifest
  })
  return chart
}

function edit(file: string, change: (manifest: Manifest) => Manifest): void {
  writeFileSync(file, stringify(change(parse(readFileSync(file, 'utf8'))), { version: '1.1' }))
}

async function fieldOf(world: World, name: string): Promise<unknown> {
  const { spec } = await world.read('CustomResourceDefinition', undefined, 'integrations.tenon.dev')
  return spec.versions[0].schema.openAPIV3Schema.properties.spec.properties[name]
}
