/** Resources and batches for the store's tests: small, and valid as far as a store can see. */
import { createHash } from 'node:crypto'
import { addressOf, type Kind } from '../../src/model/address.ts'
import { digestOf } from '../../src/model/digest.ts'
import { Secret } from '../../src/model/secret.ts'
import type { OperationTable } from '../../src/model/operation.ts'
import type { Resource, ResourceOf, SecretState, SecretValues } from '../../src/model/state.ts'
import type { Put, WriteBatch } from '../../src/model/store.ts'

export const OWNER = 'git:acme/integrations'

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

function resource<K extends Kind>(
  kind: K,
  name: string,
  spec: ResourceOf<K>['spec'],
  namespace = 'acme',
): ResourceOf<K> {
  return {
    kind,
    address: addressOf(kind, namespace, name),
    namespace: kind === 'clusterServiceDefinition' ? undefined : namespace,
    name,
    labels: { team: 'support' },
    annotations: {},
    spec,
    digest: digestOf({ labels: { team: 'support' }, annotations: {}, spec }),
    origin: { file: `${name}.yaml`, line: 1, permissions: [9] },
  }
}

export function integration(
  name: string,
  spec: Partial<ResourceOf<'integration'>['spec']> = {},
  namespace?: string,
): ResourceOf<'integration'> {
  return resource(
    'integration',
    name,
    {
      title: `Title of ${name}`,
      description: 'Lets assistants read issues, and file them once the user agrees.',
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      enabled: true,
      settings: {},
      access: { level: 'group', groups: ['support', 'sales'] },
      permissions: [{ methods: ['get'], effect: 'allow' }],
      credentials: ['jira-bot'],
      dataClasses: [],
      deletionPolicy: 'Delete',
      ...spec,
    },
    namespace,
  )
}

export function group(name: string, spec: Partial<ResourceOf<'accessGroup'>['spec']> = {}): ResourceOf<'accessGroup'> {
  return resource('accessGroup', name, {
    displayName: name,
    members: ['ana@acme.example'],
    groups: [],
    idpGroups: [],
    ...spec,
  })
}

export function service(name: string, { digest }: OperationTable): ResourceOf<'serviceDefinition'> {
  return resource('serviceDefinition', name, {
    displayName: name,
    description: 'In-house.',
    type: 'openapi',
    auth: [],
    operations: digest,
  })
}

export function table(...ids: string[]): OperationTable {
  const operations = ids.map(id => ({ id, method: 'get', path: `/${id}`, tags: [] }))
  return { digest: sha256(JSON.stringify(operations)), operations }
}

export function credential(
  name: string,
  options: { label?: string; source?: string } = {},
): ResourceOf<'credential'> & { readonly secret: SecretState } {
  const { label = 'Bot', source = 'first' } = options
  const jira = { kind: 'ClusterServiceDefinition', name: 'jira' } as const
  return {
    ...resource('credential', name, { service: jira, type: 'bearer', scope: 'company', label, isDefault: false }),
    secret: {
      source: sha256(source),
      fingerprint: undefined,
      fields: ['token'],
      lastModified: '2026-01-02T03:04:05Z',
      binding: undefined,
    },
  }
}

export function values(fields: Readonly<Record<string, string>>): SecretValues {
  return new Map(Object.entries(fields).map(([field, value]) => [field, new Secret(value)]))
}

export function revealed(secrets: SecretValues | undefined): Record<string, string> {
  return Object.fromEntries([...(secrets ?? [])].map(([field, value]) => [field, value.reveal()]))
}

export function put(of: Resource, action: Put['action'] = 'create', secrets?: SecretValues): Put {
  const fields = action === 'create' ? [] : ['/spec/title']
  return { resource: of, action, fields, ...(secrets === undefined ? {} : { values: secrets }) }
}

export function batch(parts: Partial<WriteBatch>): WriteBatch {
  return {
    owner: OWNER,
    expectedRevision: 0,
    puts: [],
    deletes: [],
    orphans: [],
    tables: new Map(),
    limits: undefined,
    actor: 'ana@acme.example',
    commit: 'c0ffee',
    at: '2026-03-04T05:06:07Z',
    planDigest: sha256('plan'),
    ...parts,
  }
}
