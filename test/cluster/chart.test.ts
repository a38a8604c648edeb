/** What the chart renders, judged by a real API server that writes nothing. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  caseFile,
  CASES,
  container,
  only,
  readYaml,
  render,
  renderQuick,
  type Manifest,
  type Values,
} from '../chart/helm.ts'
import { eventually } from './support/eventually.ts'
import { must, type Ran } from './support/run.ts'
import { HAS, sharedWorld } from './support/test-world.ts'

const world = sharedWorld()

const RESTRICTED = Object.fromEntries(
  ['enforce', 'warn', 'audit'].map(mode => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
)

/** Kinds of other projects, whose definitions no test installs. */
const FOREIGN = /^(monitoring\.coreos\.com|cert-manager\.io)\//

/** Applies manifests as Helm 4 does, strictly, and writes nothing. */
async function dryRun(manifests: readonly Manifest[]): Promise<Ran> {
  const args = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-f', '-']
  return world.kubectl(args, manifests.map(manifest => JSON.stringify(manifest)).join('\n---\n'))
}

describe.runIf(HAS.helm)('a real API server takes', () => {
  test.each(CASES)('every object of the values %s, and warns of none', async name => {
    const namespace = await world.freshNamespace(RESTRICTED)
    const manifests = render({ namespace, files: [caseFile(name)] }).filter(
      ({ apiVersion }) => !FOREIGN.test(apiVersion),
    )
    const others = new Set(manifests.map(({ metadata }) => metadata.namespace))
    for (const other of others) if (other !== undefined && other !== 'default') await ensureNamespace(other)
    const { code, stderr, stdout } = await dryRun(manifests)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(manifests.length)
  })

  test('the examples that the chart gives of each kind', async () => {
    const namespace = await world.freshNamespace()
    const examples = parse(readYaml('Chart.yaml').annotations['artifacthub.io/crdsExamples'])
    const placed = examples.map(({ metadata, ...rest }: Manifest) => ({
      ...rest,
      metadata: { ...metadata, namespace },
    }))
    const { code, stderr } = await dryRun(placed.map(withoutNamespaceWhereGlobal))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

function withoutNamespaceWhereGlobal(object: Manifest): Manifest {
  if (!object.kind.startsWith('Cluster')) return object
  return { ...object, metadata: { name: object.metadata.name } }
}

async function ensureNamespace(name: string): Promise<void> {
  await world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: RESTRICTED } })
}

describe.runIf(HAS.helm)('in a namespace of the level restricted, a real API server', () => {
  async function create(values: Values | undefined, files: readonly string[], change: (spec: Manifest) => void) {
    const namespace = await world.freshNamespace(RESTRICTED)
    const pod = only(render({ namespace, files, values: { crds: { enabled: false }, ...values } }), 'Deployment').spec
      .template
    change(pod.spec)
    const metadata = { ...pod.metadata, name: 'operator', namespace }
    const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: pod.spec })
    return world.kubectl(['create', '--dry-run=server', '-f', '-'], manifest)
  }

  test.each(CASES)('takes the pod of the values %s', async name => {
    const { code, stderr } = await create(undefined, [caseFile(name)], () => {})
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  // That the level is really judged: the same pod with one thing less.
  test.each<[string, string, (spec: Manifest) => void]>([
    [
      'runs as root',
      'runAsNonRoot != true',
      spec => {
        delete spec.securityContext.runAsNonRoot
        delete spec.containers[0].securityContext.runAsNonRoot
      },
    ],
    [
      'may gain privileges',
      'allowPrivilegeEscalation != false',
      spec => delete spec.containers[0].securityContext.allowPrivilegeEscalation,
    ],
    ['has capabilities', 'unrestricted capabilities', spec => delete spec.containers[0].securityContext.capabilities],
    [
      'has no seccomp profile',
      'seccompProfile',
      spec => {
        delete spec.securityContext.seccompProfile
        delete spec.containers[0].securityContext.seccompProfile
      },
    ],
    ['sees the host', 'restricted volume types', spec => spec.volumes.push({ name: 'host', hostPath: { path: '/' } })],
  ])('refuses a pod that %s', async (_, says, change) => {
    const { code, stderr } = await create({}, [], change)
    expect(code).toBe(1)
    expect(stderr).toContain('violates PodSecurity "restricted')
    expect(stderr).toContain(says)
  })
})

describe.runIf(HAS.helm)('a real API server lets the operator', () => {
  interface Question {
    readonly verb: string
    readonly group?: string
    readonly resource: string
    readonly subresource?: string
    readonly name?: string
    /** `release` is the operator's own, `watched` one that it watches, `other` neither. */
    readonly where?: 'release' | 'watched' | 'other'
  }

  const INTEGRATIONS = { group: 'tenon.dev', resource: 'integrations' }
  const GLOBAL = { group: 'tenon.dev', resource: 'clusterservicedefinitions' }
  const LEASES = { group: 'coordination.k8s.io', resource: 'leases' }

  const TABLE: readonly [Question, everywhere: boolean, namespaced: boolean][] = [
    [{ verb: 'watch', ...INTEGRATIONS }, true, false],
    [{ verb: 'watch', ...INTEGRATIONS, where: 'watched' }, true, true],
    [{ verb: 'watch', ...INTEGRATIONS, where: 'other' }, true, false],
    [{ verb: 'patch', ...INTEGRATIONS, subresource: 'status', where: 'watched' }, true, true],
    [{ verb: 'update', ...INTEGRATIONS, where: 'watched' }, false, false],
    [{ verb: 'create', ...INTEGRATIONS, where: 'watched' }, false, false],
    [{ verb: 'delete', ...INTEGRATIONS, where: 'watched' }, false, false],
    [{ verb: 'list', ...GLOBAL }, true, false],
    [{ verb: 'get', resource: 'secrets', name: 'x', where: 'watched' }, true, true],
    [{ verb: 'get', resource: 'secrets', name: 'x', where: 'other' }, true, false],
    [{ verb: 'get', resource: 'secrets', name: 'x', where: 'release' }, true, false],
    [{ verb: 'list', resource: 'secrets', where: 'watched' }, false, false],
    [{ verb: 'list', resource: 'secrets' }, false, false],
    [{ verb: 'watch', resource: 'configmaps', where: 'watched' }, true, true],
    // The right of a Role to read namespaces is the right to read its own.
    [{ verb: 'get', resource: 'namespaces', where: 'watched' }, true, true],
    [{ verb: 'get', resource: 'namespaces', where: 'other' }, true, false],
    [{ verb: 'list', resource: 'namespaces' }, false, false],
    [{ verb: 'create', group: 'events.k8s.io', resource: 'events', where: 'watched' }, true, true],
    [{ verb: 'create', ...LEASES, where: 'release' }, true, true],
    [{ verb: 'update', ...LEASES, name: 'tenon', where: 'release' }, true, true],
    [{ verb: 'update', ...LEASES, name: 'kube-scheduler', where: 'release' }, false, false],
    [{ verb: 'update', ...LEASES, name: 'tenon', where: 'other' }, false, false],
    [{ verb: 'create', resource: 'pods', where: 'release' }, false, false],
    [{ verb: 'get', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }, false, false],
  ]

  test.each([
    ['everywhere', 1, false],
    ['in namespaced mode', 2, true],
  ] as const)('do what it has to %s, and nothing else', async (_, column, isNamespaced) => {
    const places = {
      release: await world.freshNamespace(),
      watched: await world.freshNamespace(),
      other: await world.freshNamespace(),
    }
    const values = isNamespaced ? { watchNamespaces: [places.watched] } : {}
    const manifests = renderQuick(values, { namespace: places.release })
    await world.apply(...manifests.filter(({ kind }) => /Role(Binding)?$|^ServiceAccount$/.test(kind)))
    const user = `system:serviceaccount:${places.release}:tenon`
    for (const row of TABLE) {
      const [question] = row
      const asked = { ...question, namespace: question.where === undefined ? undefined : places[question.where] }
      expect({ question, allowed: await isAllowed(user, asked) }).toEqual({ question, allowed: row[column] })
    }
  })

  async function isAllowed(user: string, question: Question & { readonly namespace: string | undefined }) {
    const { where: _, namespace, ...rest } = question
    const name = question.resource === 'namespaces' ? { name: namespace } : {}
    const resourceAttributes = { ...rest, namespace, ...name }
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes },
    }
    const { status } = await world.client.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', review)
    return status.allowed as boolean
  }
})

describe.runIf(HAS.helm)('an administrator’s limits', () => {
  const service = (name: string, spec: object, labels: object = { team: 'a' }): Manifest => ({
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ServiceDefinition',
    metadata: { name, labels },
    spec: {
      displayName: 'X',
      description: 'A service.',
      category: 'x',
      type: 'http',
      auth: [{ type: 'bearer' }],
      ...spec,
    },
  })
  const signIn = (urls: object) => ({
    auth: [{ type: 'oauth2', flow: 'authorizationCode', scopes: {}, ...urls }],
  })
  const group: Manifest = {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'AccessGroup',
    metadata: { name: 'g' },
    spec: { displayName: 'G', owner: 'a@acme.example', members: ['a@acme.example'] },
  }

  const TABLE: readonly [string, Manifest, string | undefined][] = [
    ['a host that is named', service('a', { endpoint: 'https://api.partner.example/v1' }), undefined],
    ['a host in other letters', service('b', { endpoint: 'https://API.Partner.example/v1' }), undefined],
    ['a host below a named one', service('c', { endpoint: 'https://x.y.acme.example' }), undefined],
    ['no host at all', service('d', {}), undefined],
    ['the named one of a wildcard itself', service('e', { endpoint: 'https://acme.example' }), 'acme.example'],
    ['another host', service('f', { endpoint: 'https://evil.example' }), 'https://evil.example'],
    ['a host that only ends alike', service('g', { endpoint: 'https://evilacme.example' }), 'evilacme.example'],
    [
      'another host to sign in at',
      service('i', {
        endpoint: 'https://api.partner.example',
        ...signIn({ authorizationUrl: 'https://x.acme.example', tokenUrl: 'https://evil.example/token' }),
      }),
      'https://evil.example/token',
    ],
    ['no label', service('j', {}, {}), 'lacks the label team'],
    ['a kind without hosts, and a label', { ...group, metadata: { name: 'g', labels: { team: 'a' } } }, undefined],
    ['a kind without hosts, and no label', group, 'lacks the label team'],
  ]

  test('are kept for everybody but the operator', async () => {
    const namespace = await world.freshNamespace()
    const values = {
      watchNamespaces: [namespace],
      admissionPolicy: {
        enabled: true,
        allowedEndpointHosts: ['*.acme.example', 'api.partner.example'],
        requiredLabels: ['team'],
      },
    }
    const manifests = renderQuick(values, { namespace }).filter(
      ({ kind, metadata }) => kind.startsWith('Validating') || metadata.name === 'tenon-limits',
    )
    expect(manifests).toHaveLength(3)
    const text = manifests.map(manifest => JSON.stringify(manifest)).join('\n---\n')
    must(await world.kubectl(['apply', '--server-side', '-f', '-'], text))
    try {
      await untilJudged(namespace, { ...group, metadata: { name: 'g' } })
      for (const [name, object, refusal] of TABLE) {
        const { code, stderr } = await create(namespace, object)
        expect({ name, code, stderr }).toEqual({
          name,
          code: refusal === undefined ? 0 : 1,
          stderr: refusal === undefined ? '' : expect.stringContaining(refusal),
        })
        if (refusal !== undefined) expect(stderr).toContain('ValidatingAdmissionPolicy')
      }
    } finally {
      must(await world.kubectl(['delete', '--ignore-not-found', '-f', '-'], text))
    }
  })

  const create = async (namespace: string, object: Manifest): Promise<Ran> =>
    world.kubectl(['create', '--dry-run=server', '-n', namespace, '-f', '-'], JSON.stringify(object))

  /** The API server takes a policy up after a moment. */
  async function untilJudged(namespace: string, object: Manifest): Promise<void> {
    await eventually(async () => expect((await create(namespace, object)).code).toBe(1), { within: 30_000, every: 500 })
  }
})

test.runIf(HAS.helm)('the variables of the container are names of the pod that Kubernetes knows', () => {
  const fields = container(renderQuick()).env.flatMap(({ valueFrom }: Manifest) => valueFrom?.fieldRef?.fieldPath ?? [])
  expect(fields).toEqual(['metadata.name', 'metadata.namespace'])
})
