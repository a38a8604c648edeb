/** The policy of `examples/gitops/approvers.yaml`: who edits does not approve, and who approves need not edit. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { EXAMPLES } from '../support/tenon.ts'
import { MERGE_PATCH, type Client, type KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOf } from './support/objects.ts'
import { group } from './support/samples.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const it: { namespace: string; editor: Client; approver: Client; operator: Client } = {} as never

beforeAll(async () => {
  it.namespace = await world.freshNamespace()
  await world.apply(...policy(), ...rights(it.namespace))
  it.editor = await world.clientFor({ user: 'editor' })
  it.approver = await world.clientFor({ user: 'approver' })
  it.operator = await world.clientFor({ serviceAccount: `${it.namespace}/tenon` })
  await world.apply(group(it.namespace, 'probe'))
  // The API server takes a policy up after a moment.
  await eventually(
    async () => {
      const another = { metadata: { annotations: { 'tenon.dev/approved': `at-${performance.now()}` } } }
      const { status } = await patch(it.editor, 'probe', another)
      if (status !== 403) throw new Error(`the policy does not hold yet: ${status}`)
    },
    { within: 30_000 },
  )
})

function policy(): readonly KubeObject[] {
  const text = readFileSync(path.join(EXAMPLES, 'gitops/approvers.yaml'), 'utf8')
  return parseAllDocuments(text).map(document => document.toJS())
}

/** The editor may write everything of Tenon's in the namespace, and the namespace; the approver has the role of the file. */
function rights(namespace: string): readonly KubeObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const roleOf = (name: string, rules: readonly object[]): KubeObject => ({
    apiVersion,
    kind: 'Role',
    metadata: { name, namespace },
    rules,
  })
  const bound = (name: string, subject: object, kind = 'Role', role = name): KubeObject => ({
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects: [subject],
  })
  const user = (name: string): object => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })
  const edits = ['create', 'update', 'patch', 'get', 'delete']
  return [
    roleOf('editor', [
      { apiGroups: ['tenon.dev'], resources: ['*'], verbs: edits },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'patch', 'update'] },
    ]),
    bound('editor', user('editor')),
    bound('approver', user('approver'), 'ClusterRole', 'tenon-approver'),
    roleOf('tenon', [
      { apiGroups: ['tenon.dev'], resources: ['accessgroups', 'accessgroups/status'], verbs: ['patch', 'get'] },
    ]),
    bound('tenon', { kind: 'ServiceAccount', name: 'tenon', namespace }),
  ]
}

const APPROVAL = { metadata: { annotations: { 'tenon.dev/approved': 'sha256:1' } } }
const FORBIDDEN =
  /only who may approve integrations\.tenon\.dev in this namespace may (change the annotation|set another mode)/

async function patch(client: Client, name: string, change: object) {
  return client.ask('PATCH', pathOf('AccessGroup', it.namespace, name), change, MERGE_PATCH)
}

async function create(client: Client, object: KubeObject) {
  return client.ask('POST', pathOf('AccessGroup', it.namespace), object)
}

/** A group as the administrator left it. */
async function existing(name: string, spec: object = {}, metadata: object = {}): Promise<void> {
  const object = group(it.namespace, name, { ...spec })
  await world.apply({ ...object, metadata: { ...object.metadata, ...metadata } })
}

describe('who may edit', () => {
  const approved = { annotations: { 'tenon.dev/approved': 'sha256:0' } }

  interface Attempt {
    readonly does: string
    readonly spec?: object
    readonly metadata?: object
    readonly change: object
    readonly status: number
  }

  test.each<Attempt>([
    { does: 'may not approve', change: APPROVAL, status: 403 },
    { does: 'may not approve something else', metadata: approved, change: APPROVAL, status: 403 },
    {
      does: 'may not take an approval back',
      metadata: approved,
      change: { metadata: { annotations: { 'tenon.dev/approved': null } } },
      status: 403,
    },
    { does: 'may not enforce', change: { spec: { mode: 'Enforce' } }, status: 403 },
    { does: 'may not leave mode Approve', spec: { mode: 'Approve' }, change: { spec: { mode: null } }, status: 403 },
    {
      does: 'may not enforce what is looked at only',
      spec: { mode: 'Observe' },
      change: { spec: { mode: 'Enforce' } },
      status: 403,
    },
    { does: 'may ask for approvals', change: { spec: { mode: 'Approve' } }, status: 200 },
    {
      does: 'may change everything else',
      spec: { mode: 'Enforce' },
      metadata: approved,
      change: { metadata: { annotations: { 'tenon.dev/requestedAt': 'now' } }, spec: { members: [] } },
      status: 200,
    },
  ])('$does', async ({ does, spec = {}, metadata = {}, change, status: expected }) => {
    const name = does.replaceAll(' ', '-').toLowerCase()
    await existing(name, spec, metadata)
    const { status, body } = await patch(it.editor, name, change)
    expect(status, JSON.stringify(body)).toBe(expected)
    if (expected === 403) expect(body.message).toMatch(FORBIDDEN)
  })

  test('creates nothing that is approved or enforced', async () => {
    const annotated = group(it.namespace, 'new')
    const named = { ...annotated, metadata: { ...annotated['metadata'], ...APPROVAL.metadata } }
    for (const object of [named, group(it.namespace, 'new', { mode: 'Enforce' })])
      expect((await create(it.editor, object)).body.message).toMatch(FORBIDDEN)
    expect((await create(it.editor, annotated)).status).toBe(201)
    expect((await create(it.editor, group(it.namespace, 'asking', { mode: 'Approve' }))).status).toBe(201)
  })

  test('does not approve by the namespace, whose other annotations are free', async () => {
    const refused = await it.editor.ask('PATCH', pathOf('Namespace', undefined, it.namespace), APPROVAL, MERGE_PATCH)
    expect(refused.body.message).toMatch(FORBIDDEN)
    const other = { metadata: { annotations: { team: 'a' }, labels: { team: 'a' } } }
    expect(
      (await it.editor.ask('PATCH', pathOf('Namespace', undefined, it.namespace), other, MERGE_PATCH)).status,
    ).toBe(200)
  })
})

test('who may approve does so, and sets modes', async () => {
  await existing('approved')
  expect((await patch(it.approver, 'approved', APPROVAL)).status).toBe(200)
  expect((await patch(it.approver, 'approved', { spec: { mode: 'Enforce' } })).status).toBe(200)
})

test('the operator writes finalizers and statuses of whatever is approved', async () => {
  await existing('written', { mode: 'Enforce' }, APPROVAL.metadata)
  expect((await patch(it.operator, 'written', { metadata: { finalizers: ['tenon.dev/finalizer'] } })).status).toBe(200)
  const status = await it.operator.ask(
    'PATCH',
    `${pathOf('AccessGroup', it.namespace, 'written')}/status`,
    { status: { observedGeneration: 1 } },
    MERGE_PATCH,
  )
  expect(status.status).toBe(200)
})
