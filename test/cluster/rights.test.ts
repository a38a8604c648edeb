/**
 * The rights that the chart gives the operator are enough for everything that it does, and every one of them is used. What
 * was asked and answered stands in the API server's own audit log.
 */
import { describe, expect, test } from 'vitest'
import { renderQuick, type Manifest, type Values } from '../chart/helm.ts'
import { hasSops } from '../sops/real.ts'
import type { AuditEvent } from './support/audit.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOfObject as pathOf, TENON_KINDS } from './support/objects.ts'
import { condition, consumer, credential, group, guardrail, integration, secret } from './support/samples.ts'
import { keyFile, sealed } from './support/sealed.ts'
import { HAS, testWorld } from './support/test-world.ts'
import type { World } from './support/world.ts'

const PATIENT = { within: 60_000 }

interface Place {
  /** Where the chart is installed. */
  readonly own: string
  /** Where the resources are. */
  readonly watched: string
}

/** A right as `verb group/resource` in a namespace, or in all. */
type Right = string

/** Rights that a story of a minute does not come to. */
const RARE: Readonly<Record<string, string>> = {
  'patch events.k8s.io/events': 'the same thing happens again after more than a minute',
}

const MODES: readonly {
  readonly name: string
  readonly values: (place: Place) => Values
  readonly flags: (place: Place) => readonly string[]
}[] = [
  { name: 'in all namespaces', values: () => ({}), flags: () => [] },
  {
    name: 'in all namespaces, with Secrets watched',
    values: () => ({ operator: { watchSecrets: true } }),
    flags: () => ['--watch-secrets'],
  },
  {
    name: 'in one namespace',
    values: ({ watched }) => ({ watchNamespaces: [watched] }),
    flags: ({ watched }) => ['--namespace', watched],
  },
  {
    name: 'in one namespace, with Secrets watched and global services',
    values: ({ watched }) => ({
      watchNamespaces: [watched],
      operator: { watchSecrets: true },
      rbac: { clusterServiceDefinitions: true },
    }),
    flags: ({ watched }) => ['--namespace', watched, '--watch-secrets', '--cluster-services'],
  },
]

describe.runIf(HAS.helm && hasSops)('the rights of the chart', () => {
  test.each(MODES)('$name are enough, and none is too many', async ({ name, values, flags }) => {
    const world = testWorld()
    const place = { own: await world.freshNamespace(), watched: await world.freshNamespace() }
    const statuses = await world.watchStatuses()
    const roles = renderQuick(values(place), { namespace: place.own }).filter(isOfAccess)
    await world.apply(...roles)
    const keys = keyFile(world, 'alice')
    const mark = world.auditMark()
    const operator = await world.startOperator({
      kubeconfig: await world.kubeconfigFor({ serviceAccount: `${place.own}/tenon` }),
      leaseNamespace: place.own,
      flags: ['--lease-name', 'tenon', '--age-key-file', keys.file, ...flags(place)],
    })
    await story(world, place, !name.startsWith('in one namespace') || name.includes('global'))
    expect(await operator.stop(), operator.output()).toBe(0)

    const asked = world.auditSince(mark, { user: `system:serviceaccount:${place.own}:tenon` })
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.filter(({ code }) => code === 403).map(({ verb, uri }) => `${verb} ${uri}`)).toEqual([])
    const used = new Set(asked.map(event => rightUsed(event)))
    const granted = rightsIn(roles)
    const unused = granted.filter(right => ![...used].some(one => covers(right, one)))
    expect(unused.filter(right => !(withoutPlace(right) in RARE))).toEqual([])
    expect([...used].filter(one => !granted.some(right => covers(right, one)))).toEqual([])
    const listed = [...used].filter(right => /^(list|watch) \/secrets/.test(right))
    expect(listed.length > 0).toBe(name.includes('Secrets watched'))
    expect(statuses.writes.length).toBeGreaterThan(0)
    expect(statuses.faults()).toEqual([])
  })
})

function isOfAccess({ kind, metadata }: Manifest): boolean {
  // The roles for people are added to those of the cluster, and no rights of the operator.
  return /Role(Binding)?$|^ServiceAccount$/.test(kind) && !JSON.stringify(metadata).includes('aggregate-to')
}

/** Goes through everything that an operator does for resources of every kind. */
async function story(world: World, { own, watched }: Place, isGlobal: boolean): Promise<void> {
  const objects = objectsIn({ own, watched }, isGlobal)
  const resources = objects.filter(({ kind }) => (TENON_KINDS as readonly string[]).includes(kind))
  await world.apply(...objects)
  for (const resource of resources) await world.settled(resource, 'Current', PATIENT)

  // A rotated Secret, a mistake that makes an event, and something that is not there yet.
  await world.patch('Secret', watched, 'values', { stringData: { password: 'second' } })
  await world.patch('Credential', watched, 'plain', { metadata: { annotations: { 'tenon.dev/requestedAt': 'now' } } })
  const bad = integration(watched, 'bad', { permissions: [{ operations: ['nothing'], effect: 'allow' }] })
  await world.apply(bad, consumer(watched, 'early', ['later']))
  await world.settled(bad, 'Failed', PATIENT)

  // Every kind changes.
  for (const { kind, metadata } of resources) {
    const { spec } = await world.read(kind, metadata.namespace, metadata.name)
    const field = ['displayName', 'title', 'label'].find(name => name in spec) ?? ''
    await world.patch(kind, metadata.namespace, metadata.name, { spec: { [field]: 'Changed' } })
  }
  for (const resource of resources) await world.settled(resource, 'Current', PATIENT)

  // What is in use stays until it is not, and then everything goes.
  await world.remove('Integration', watched, 'billing')
  await eventually(async () => {
    const found = await world.read('Integration', watched, 'billing')
    expect(condition(found, 'Stalled')).toMatchObject({ reason: 'GuardRefused' })
  }, PATIENT)
  const all = [...resources, bad, consumer(watched, 'early', [])].toReversed()
  for (const { kind, metadata } of all) await world.client.ask('DELETE', pathOf({ kind, metadata }))
  for (const object of all) {
    await eventually(async () => expect((await world.client.ask('GET', pathOf(object))).status).toBe(404), PATIENT)
  }
}

test.runIf(HAS.helm)(
  'a Secret that may not be read stalls its Credential until there is a right and somebody asks',
  async () => {
    const world = testWorld()
    const place = { own: await world.freshNamespace(), watched: await world.freshNamespace() }
    const statuses = await world.watchStatuses()
    const roles = renderQuick({ watchNamespaces: [place.watched] }, { namespace: place.own }).filter(isOfAccess)
    await world.apply(...roles.map(withoutSecrets))
    const operator = await world.startOperator({
      kubeconfig: await world.kubeconfigFor({ serviceAccount: `${place.own}/tenon` }),
      leaseNamespace: place.own,
      flags: ['--lease-name', 'tenon', '--namespace', place.watched],
    })
    const bot = credential(place.watched, 'bot', { secretRef: { name: 'values' } })
    await world.apply(secret(place.watched, 'values', { username: 'bot', password: 'p' }), bot)
    expect(condition(await world.settled(bot, 'Failed', PATIENT), 'Stalled')).toMatchObject({
      reason: 'AccessDenied',
      message: expect.stringMatching(
        /^cluster-object-denied: Secret "values" may not be read: .*cannot get resource "secrets".*the right to get it\.$/,
      ) as string,
    })
    await world.apply(...roles)
    await world.patch('Credential', place.watched, 'bot', {
      metadata: { annotations: { 'tenon.dev/requestedAt': 'now' } },
    })
    expect(await world.settled(bot, 'Current', PATIENT)).toMatchObject({ status: { fields: ['password', 'username'] } })
    expect(statuses.faults()).toEqual([])
    expect(await operator.stop()).toBe(0)
  },
)

function withoutSecrets(role: Manifest): Manifest {
  const rules = role.rules?.filter(({ resources }: Manifest) => !resources.includes('secrets'))
  return { ...role, ...(rules && { rules }) }
}

const KINDS = ['accessgroups', 'consumers', 'credentials', 'guardrails', 'integrations', 'servicedefinitions']

function overKinds(...kinds: readonly string[]): readonly string[] {
  return kinds.flatMap(kind => [`${kind}.tenon.dev [list watch patch]`, `${kind}.tenon.dev/status [patch]`])
}

const BESIDE = [
  'configmaps [get list watch]',
  'events.events.k8s.io [create patch]',
  'namespaces [get]',
  'secrets [get]',
]
const LEASE = ['leases.coordination.k8s.io [create]', 'leases.coordination.k8s.io [tenon] [get update]']
const GLOBAL = ['clusterservicedefinitions']
const CONFIG_MAPS = ['configmaps [get list watch]']

interface Listed {
  readonly name: string
  readonly values: (place: Place) => Values
  readonly own: readonly string[]
  readonly watched: readonly string[]
  readonly other: readonly string[]
}

const EVERYWHERE = [...overKinds(...GLOBAL, ...KINDS), ...BESIDE]
const WITHIN = [...overKinds(...KINDS), ...BESIDE]

const LISTS: readonly Listed[] = [
  {
    name: 'in all namespaces',
    values: () => ({}),
    own: [...EVERYWHERE, ...LEASE],
    watched: EVERYWHERE,
    other: EVERYWHERE,
  },
  {
    name: 'in one namespace',
    values: ({ watched }) => ({ watchNamespaces: [watched] }),
    own: LEASE,
    watched: WITHIN,
    other: [],
  },
  {
    name: 'in one namespace, with global services',
    values: ({ watched }) => ({ watchNamespaces: [watched], rbac: { clusterServiceDefinitions: true } }),
    own: [...overKinds(...GLOBAL), ...LEASE, ...CONFIG_MAPS],
    watched: [...overKinds(...GLOBAL), ...WITHIN],
    other: overKinds(...GLOBAL),
  },
]

test.runIf(HAS.helm).each(LISTS)('kubectl auth can-i lists the rights $name', async ({ values, ...expected }) => {
  const world = testWorld()
  const place = { own: await world.freshNamespace(), watched: await world.freshNamespace() }
  await world.apply(...renderQuick(values(place), { namespace: place.own }).filter(isOfAccess))
  const kubeconfig = await world.kubeconfigFor({ serviceAccount: `${place.own}/tenon` })
  const listed = async (namespace: string): Promise<readonly string[]> => {
    const { stdout } = await world.kubectl(['auth', 'can-i', '--list', '--no-headers', '-n', namespace], '', kubeconfig)
    const lines = stdout
      .trim()
      .split('\n')
      .map(line => line.trim().replaceAll(/\s+/g, ' ').replaceAll(' []', ''))
    // What everybody who is signed in may do: ask about itself, and the paths that are no resources.
    return lines.filter(line => !line.startsWith('[/') && !line.startsWith('selfsubject')).toSorted()
  }
  const other = await world.freshNamespace()
  const found = { own: await listed(place.own), watched: await listed(place.watched), other: await listed(other) }
  expect(found).toEqual({
    own: expected.own.toSorted(),
    watched: expected.watched.toSorted(),
    other: expected.other.toSorted(),
  })
})

/** One object of each kind and what they name: those that are referred to come first. */
function objectsIn({ own, watched }: Place, isGlobal: boolean): readonly KubeObject[] {
  const name = `global-${watched}`
  const global = [
    configMap(own, name),
    { ...service('ClusterServiceDefinition', { name, key: 'api' }), metadata: { name } },
  ]
  const jira = { service: { kind: 'ClusterServiceDefinition', name: 'jira' } }
  const billing = { kind: 'ServiceDefinition', name: 'billing' }
  const acknowledgement = { terms: '2026-01', by: 'cto@acme.example', date: '2026-10-01' }
  const local = service('ServiceDefinition', { name: 'api', key: 'api' })
  return [
    ...(isGlobal ? global : []),
    configMap(watched, 'api'),
    { ...local, metadata: { name: 'billing', namespace: watched } },
    group(watched, 'support'),
    labelled(secret(watched, 'values', { username: 'bot', password: 'first' })),
    credential(watched, 'plain', { ...jira, secretRef: { name: 'values' } }),
    credential(watched, 'sealed', { ...jira, sops: sealed({ username: 'bot', password: 'p' }) }),
    integration(watched, 'jira', { credentials: ['plain', 'sealed'] }),
    integration(watched, 'billing', { service: billing, acknowledgement, endpoint: undefined, permissions: [ANY] }),
    consumer(watched, 'desk', ['jira', 'billing']),
    guardrail(watched, 'asked'),
  ]
}

const ANY = { methods: ['get'], effect: 'allow' }
const API = { openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/a': { get: { operationId: 'getA' } } } }

function labelled(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object['metadata'], labels: { 'tenon.dev/watch': 'true' } } }
}

function configMap(namespace: string, name: string): KubeObject {
  const metadata = { name, namespace }
  return labelled({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { api: JSON.stringify(API) } })
}

function service(kind: string, configMapRef: object): KubeObject {
  const spec = {
    displayName: 'Billing',
    description: 'The billing API.',
    category: 'finance',
    type: 'openapi',
    endpoint: 'https://billing.acme.example',
    openapi: { configMapRef },
    auth: [{ type: 'bearer' }],
  }
  return { apiVersion: 'tenon.dev/v1alpha1', kind, spec }
}

/** What was asked, as a right in a namespace or in all. */
function rightUsed({ verb, group: of, resource, subresource, namespace, name }: AuditEvent): Right {
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const only = resource === 'leases' && verb !== 'create' ? ` ${name}` : ''
  // The namespace of a namespace is itself.
  return `${verb} ${of}/${what}${only} in ${namespace === '' ? '*' : namespace}`
}

/** Every single right that roles give where they are bound. */
function rightsIn(manifests: readonly Manifest[]): readonly Right[] {
  return manifests
    .filter(({ kind }) => kind.endsWith('Binding'))
    .flatMap(({ kind, metadata, roleRef }) => {
      const { rules } = manifests.find(
        role =>
          role.kind === roleRef.kind && role.metadata.name === roleRef.name && sameNamespace(role.metadata, metadata),
      )
      const where = kind === 'ClusterRoleBinding' ? '*' : metadata.namespace
      return rules.flatMap(rightsInRule).map((right: string) => `${right} in ${where}`)
    })
}

function sameNamespace(one: Manifest, other: Manifest): boolean {
  return one.namespace === other.namespace
}

function rightsInRule({ apiGroups, resources, verbs, resourceNames = [] }: Manifest): readonly string[] {
  const names = resourceNames.length === 0 ? [''] : resourceNames.map((name: string) => ` ${name}`)
  const whats = apiGroups.flatMap((of: string) => resources.map((resource: string) => `${of}/${resource}`))
  return verbs.flatMap((verb: string) =>
    whats.flatMap((what: string) => names.map((name: string) => `${verb} ${what}${name}`)),
  )
}

/** Whether a right that was given is the one that was used: one for all namespaces holds in each. */
function covers(given: Right, used: Right): boolean {
  return given === used || (given.endsWith(' in *') && withoutPlace(given) === withoutPlace(used))
}

function withoutPlace(right: Right): string {
  return right.replace(/ in \S+$/, '')
}
