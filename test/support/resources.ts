import { addressOf, type Address, type Kind } from '../../src/model/address.ts'
import type { Resource, ResourceOf, ResourceSpecs } from '../../src/model/state.ts'
import { digestOf } from '../../src/model/digest.ts'

const SPECS: { readonly [K in Kind]: ResourceSpecs[K] } = {
  clusterServiceDefinition: {
    displayName: 'A',
    description: 'A service.',
    type: 'http',
    auth: [],
    operations: 'sha256:none',
  },
  serviceDefinition: { displayName: 'A', description: 'A service.', type: 'http', auth: [], operations: 'sha256:none' },
  accessGroup: { displayName: 'A', members: [], groups: [], idpGroups: [] },
  credential: {
    service: { kind: 'ClusterServiceDefinition', name: 'jira' },
    type: 'basic',
    scope: 'company',
    label: 'A',
    isDefault: false,
  },
  integration: {
    title: 'A',
    description: 'An integration.',
    service: { kind: 'ClusterServiceDefinition', name: 'jira' },
    enabled: true,
    settings: {},
    access: { level: 'group', groups: ['support'] },
    permissions: [],
    credentials: [],
    dataClasses: [],
    deletionPolicy: 'Delete',
  },
  consumer: { type: 'assistant', displayName: 'A', integrations: [] },
  guardrail: { description: 'A guardrail.', actions: ['Deny'], failurePolicy: 'Fail', waivers: [] },
}

/** A resource of namespace `acme` as a stage would hand it on: give only what a test is about. */
export function resource<K extends Kind>(
  kind: K,
  name: string,
  spec: Partial<ResourceSpecs[K]> = {},
): ResourceOf<K> & Resource {
  const whole = { ...SPECS[kind], ...spec }
  const namespace = kind === 'clusterServiceDefinition' ? undefined : 'acme'
  const resourceOf = {
    kind,
    address: addressOf(kind, 'acme', name),
    namespace,
    name,
    labels: {},
    annotations: {},
    spec: whole,
    digest: digestOf({ labels: {}, annotations: {}, spec: whole }),
    origin: { file: `${name}.yaml`, line: 1, permissions: [] },
  }
  return resourceOf as unknown as ResourceOf<K> & Resource
}

/** Resources by address. */
export function stateOf(...resources: readonly Resource[]): ReadonlyMap<Address, Resource> {
  return new Map(resources.map(item => [item.address, item]))
}
