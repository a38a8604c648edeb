import type { KindFile } from './load.ts'

/** How a kind is called in a cluster, and what `kubectl get` shows of it. */
export interface ResourceNames {
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly scope: 'Cluster' | 'Namespaced'
  readonly columns: readonly Column[]
}

interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly description: string
  readonly jsonPath: string
  /** 1 is shown by `-o wide` only. */
  readonly priority?: 1
}

const TYPE = text('Type', 'The type of the service.', '.spec.type')
const OPERATIONS = count('Operations', 'How many operations the service has.', '.status.operations.total')

export const RESOURCES: Readonly<Record<KindFile, ResourceNames>> = {
  'cluster-service-definition': {
    plural: 'clusterservicedefinitions',
    shortNames: ['csvcdef'],
    scope: 'Cluster',
    columns: columns(TYPE, OPERATIONS),
  },
  'service-definition': {
    plural: 'servicedefinitions',
    shortNames: ['svcdef'],
    scope: 'Namespaced',
    columns: columns(TYPE, OPERATIONS),
  },
  'access-group': {
    plural: 'accessgroups',
    shortNames: ['agrp'],
    scope: 'Namespaced',
    columns: columns(count('People', 'How many people are known to be in the group.', '.status.people')),
  },
  credential: {
    plural: 'credentials',
    shortNames: ['tcred'],
    scope: 'Namespaced',
    columns: columns(
      text('Service', 'The service that the credential is for.', '.spec.service.name'),
      text('Type', 'How the credential authenticates.', '.spec.type'),
      wide(text('Scope', 'Whether the company or one person owns it.', '.spec.scope')),
      wide(condition('RotationDue', 'Whether the values have to be replaced.', 'RotationDue', 'status')),
    ),
  },
  integration: {
    plural: 'integrations',
    shortNames: ['intg'],
    scope: 'Namespaced',
    columns: columns(
      text('Service', 'The service that the integration connects to.', '.spec.service.name'),
      text('Level', 'The level of the access.', '.spec.access.level'),
      wide(count('Allow', 'How many operations somebody may call without being asked.', '.status.operations.allow')),
      wide(count('Confirm', 'How many operations have to be confirmed.', '.status.operations.confirm')),
    ),
  },
  consumer: {
    plural: 'consumers',
    shortNames: ['cons'],
    scope: 'Namespaced',
    columns: columns(text('Type', 'What kind of consumer it is.', '.spec.type')),
  },
  guardrail: {
    plural: 'guardrails',
    shortNames: ['grdl'],
    scope: 'Namespaced',
    columns: columns(
      text('Rule', 'The built-in rule; none where expressions judge.', '.spec.rule'),
      wide(text('Owner', 'Who answers for the guardrail.', '.spec.owner')),
    ),
  },
}

function columns(...own: readonly Column[]): readonly Column[] {
  return [
    condition('Ready', 'Whether the store holds what the object says.', 'Ready', 'status'),
    condition('Status', 'What the operator says of the object.', 'Ready', 'message'),
    ...own,
    { name: 'Age', type: 'date', description: 'When the object was created.', jsonPath: '.metadata.creationTimestamp' },
  ]
}

function text(name: string, description: string, jsonPath: string): Column {
  return { name, type: 'string', description, jsonPath }
}

function count(name: string, description: string, jsonPath: string): Column {
  return { name, type: 'integer', description, jsonPath }
}

function condition(name: string, description: string, type: string, field: 'status' | 'message'): Column {
  return text(name, description, `.status.conditions[?(@.type=="${type}")].${field}`)
}

function wide(column: Column): Column {
  return { ...column, priority: 1 }
}
