import { addressOf } from '../../src/model/address.ts'
import type { Operation } from '../../src/model/operation.ts'
import type { ResourceOf, ResourceSpecs } from '../../src/model/state.ts'
import { compile, type CompiledAccess } from '../../src/access/compile.ts'
import type { World } from './reference.ts'

type IntegrationSpec = ResourceSpecs['integration']
type GroupSpec = ResourceSpecs['accessGroup']

/** An integration `acme/jira-support` whose permissions stand on lines 11, 12 and so on of `jira.yaml`. */
export function integration(
  spec: Pick<IntegrationSpec, 'access'> & Partial<IntegrationSpec>,
): ResourceOf<'integration'> {
  const permissions = spec.permissions ?? []
  return {
    kind: 'integration',
    address: addressOf('integration', 'acme', 'jira-support'),
    namespace: 'acme',
    name: 'jira-support',
    labels: {},
    annotations: {},
    digest: 'sha256:of-no-consequence',
    origin: { file: 'jira.yaml', line: 1, permissions: permissions.map((_, index) => 11 + index) },
    spec: {
      title: 'Jira',
      description: 'Jira.',
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      enabled: true,
      settings: {},
      permissions,
      credentials: [],
      dataClasses: [],
      deletionPolicy: 'Delete',
      ...spec,
    },
  }
}

export function accessGroup(name: string, spec: Partial<GroupSpec>): ResourceOf<'accessGroup'> {
  return {
    kind: 'accessGroup',
    address: addressOf('accessGroup', 'acme', name),
    namespace: 'acme',
    name,
    labels: {},
    annotations: {},
    digest: 'sha256:of-no-consequence',
    origin: { file: 'groups.yaml', line: 1, permissions: [] },
    spec: { displayName: name, members: [], groups: [], idpGroups: [], ...spec },
  }
}

export function groupsOf(specs: Readonly<Record<string, Partial<GroupSpec>>>): World['groups'] {
  return new Map(Object.entries(specs).map(([name, spec]) => [name, accessGroup(name, spec)]))
}

export function compiled(world: World): CompiledAccess {
  const { operations, groups } = world
  return compile({ integration: world.integration, operations, group: name => groups.get(name) })
}

/** A small part of an issue tracker's API. */
export const JIRA: readonly Operation[] = [
  { id: 'searchIssues', method: 'get', path: '/issues', tags: ['issues'] },
  { id: 'createIssue', method: 'post', path: '/issues', tags: ['issues', 'write'] },
  { id: 'getIssue', method: 'get', path: '/issues/{id}', tags: ['issues'] },
  { id: 'deleteIssue', method: 'delete', path: '/issues/{id}', tags: ['issues', 'write'] },
  { id: 'getMine', method: 'get', path: '/issues/mine', tags: ['issues'] },
  { id: 'listUsers', method: 'get', path: '/admin/users', tags: ['admin'] },
  { id: 'GET /admin', method: 'get', path: '/admin', tags: [] },
]

export function position(operations: readonly Operation[], id: string): number {
  return operations.findIndex(operation => operation.id === id)
}
