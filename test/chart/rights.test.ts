/** What the operator may do in a cluster: exactly what it does there, and nothing more. */
import { describe, expect, test } from 'vitest'
import { hasHelm, ofKind, renderQuick, type Manifest, type Values } from './helm.ts'

const NAMESPACED = ['accessgroups', 'consumers', 'credentials', 'guardrails', 'integrations', 'servicedefinitions']

/** A guardrail limits what who may edit a namespace can do in it. */
const EDITED = NAMESPACED.filter(kind => kind !== 'guardrails')

/** One right per line: verb, API group, resource. */
function rightsOver(kinds: readonly string[]): readonly string[] {
  return kinds.flatMap(kind => [
    ...['list', 'watch', 'patch'].map(verb => `${verb} tenon.dev/${kind}`),
    `patch tenon.dev/${kind}/status`,
  ])
}

const SURROUNDINGS = [
  'create events.k8s.io/events',
  'patch events.k8s.io/events',
  'get /secrets',
  'get /configmaps',
  'list /configmaps',
  'watch /configmaps',
  'get /namespaces',
]
const WATCHED_SECRETS = ['list /secrets', 'watch /secrets']
const LEASE = [
  'create coordination.k8s.io/leases',
  'get coordination.k8s.io/leases tenon',
  'update coordination.k8s.io/leases tenon',
]

/** The rights of the ServiceAccount `tenon`, by where they hold: a namespace, or `*`. */
function rightsOf(manifests: readonly Manifest[]): Readonly<Record<string, readonly string[]>> {
  const rights: Record<string, string[]> = {}
  for (const binding of manifests.filter(({ kind }) => kind.endsWith('RoleBinding') || kind === 'ClusterRoleBinding')) {
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'tenon', namespace: 'tenon-system' }])
    const { namespace } = binding.metadata
    const role = manifests.find(
      ({ kind, metadata }) =>
        kind === binding.roleRef.kind && metadata.name === binding.roleRef.name && metadata.namespace === namespace,
    )
    const where = (rights[namespace ?? '*'] ??= [])
    for (const rule of role.rules) where.push(...rightsIn(rule))
  }
  return Object.fromEntries(Object.entries(rights).map(([where, list]) => [where, list.toSorted()]))
}

function rightsIn({ apiGroups, resources, verbs, resourceNames = [] }: Manifest): readonly string[] {
  const names = resourceNames.length === 0 ? [''] : resourceNames.map((name: string) => ` ${name}`)
  return apiGroups.flatMap((group: string) =>
    resources.flatMap((resource: string) =>
      verbs.flatMap((verb: string) => names.map((name: string) => `${verb} ${group}/${resource}${name}`)),
    ),
  )
}

const all = (...lists: readonly (readonly string[])[]): readonly string[] => lists.flat().toSorted()

interface Row {
  readonly name: string
  readonly values: Values
  readonly rights: Readonly<Record<string, readonly string[]>>
}

const EVERYWHERE = [...rightsOver(['clusterservicedefinitions', ...NAMESPACED]), ...SURROUNDINGS]
const WITHIN = [...rightsOver(NAMESPACED), ...SURROUNDINGS]

const TABLE: readonly Row[] = [
  { name: 'in all namespaces', values: {}, rights: { '*': all(EVERYWHERE), 'tenon-system': all(LEASE) } },
  {
    name: 'in all namespaces, with Secrets watched',
    values: { operator: { watchSecrets: true } },
    rights: { '*': all(EVERYWHERE, WATCHED_SECRETS), 'tenon-system': all(LEASE) },
  },
  {
    name: 'in two namespaces',
    values: { watchNamespaces: ['a', 'b'] },
    rights: { a: all(WITHIN), b: all(WITHIN), 'tenon-system': all(LEASE) },
  },
  {
    name: 'in its own namespace, with Secrets watched',
    values: { watchNamespaces: ['tenon-system'], operator: { watchSecrets: true } },
    rights: { 'tenon-system': all(WITHIN, WATCHED_SECRETS, LEASE) },
  },
  {
    name: 'in one namespace, and global services',
    values: { watchNamespaces: ['a'], rbac: { clusterServiceDefinitions: true } },
    rights: {
      '*': all(rightsOver(['clusterservicedefinitions'])),
      a: all(WITHIN),
      default: ['create events.k8s.io/events', 'patch events.k8s.io/events'],
      'tenon-system': all(LEASE, ['get /configmaps', 'list /configmaps', 'watch /configmaps']),
    },
  },
  { name: 'without a Lease', values: { leaderElection: { enabled: false } }, rights: { '*': all(EVERYWHERE) } },
  { name: 'with roles of somebody else', values: { rbac: { create: false } }, rights: {} },
]

describe.skipIf(!hasHelm)('the operator has these rights', () => {
  test.each(TABLE)('$name', ({ values, rights }) => {
    expect(rightsOf(renderQuick(values))).toEqual(rights)
  })

  test.each(TABLE)('no wildcard: $name', ({ values }) => {
    const rules = renderQuick(values).flatMap(({ kind, rules: list = [] }) => (kind.endsWith('Role') ? list : []))
    expect(JSON.stringify(rules)).not.toContain('*')
  })

  test.each([
    ['in namespaced mode there is no ClusterRole', { watchNamespaces: ['a', 'b'] }],
    ['nor with aggregated roles wished for', { watchNamespaces: ['a'], rbac: { aggregatedRoles: true } }],
    ['nor with a webhook', { watchNamespaces: ['a'], webhook: { enabled: true } }],
  ])('%s', (_, values) => {
    const manifests = renderQuick(values)
    expect([...ofKind(manifests, 'ClusterRole'), ...ofKind(manifests, 'ClusterRoleBinding')]).toEqual([])
  })
})

describe.skipIf(!hasHelm)('people get rights by the roles that every cluster has', () => {
  const rolesOf = (values: Values) =>
    ofKind(renderQuick(values), 'ClusterRole').filter(({ metadata }) =>
      JSON.stringify(metadata).includes('aggregate-to'),
    )

  test.each([
    ['view', ['view', 'edit', 'admin'], ['get', 'list', 'watch'], ['clusterservicedefinitions', ...NAMESPACED]],
    ['edit', ['edit', 'admin'], ['create', 'update', 'patch', 'delete', 'deletecollection'], EDITED],
    [
      'admin',
      ['admin'],
      ['create', 'update', 'patch', 'delete', 'deletecollection'],
      ['clusterservicedefinitions', 'guardrails'],
    ],
  ])('%s', (name, aggregatedTo, verbs, resources) => {
    const role = rolesOf({}).find(({ metadata }) => metadata.name === `tenon-tenon-system-${name}`)
    const labels = Object.keys(role.metadata.labels).filter(label => label.includes('aggregate-to-'))
    expect(labels.map(label => label.replace(/.*aggregate-to-/, '')).toSorted()).toEqual(aggregatedTo.toSorted())
    expect(role.rules).toEqual([{ apiGroups: ['tenon.dev'], resources, verbs }])
  })

  test('unless they are switched off', () => {
    expect(rolesOf({})).toHaveLength(3)
    expect(rolesOf({ rbac: { aggregatedRoles: false } })).toEqual([])
  })
})
