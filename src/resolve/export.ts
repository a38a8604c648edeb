import { API_VERSION, KIND_NAMES, type Kind, type KindName } from '../model/address.ts'
import { acceptanceKey, METHODS, type Operation } from '../model/operation.ts'
import type { Resource, ResourceOf, ResourceSpecs } from '../model/state.ts'

/** A resource as the document that declares it; keys in the order in which people read them. */
export interface ExportedDocument {
  readonly apiVersion: typeof API_VERSION
  readonly kind: KindName
  readonly metadata: Fields
  readonly spec: Fields
}

type Fields = Readonly<Record<string, unknown>>

/** What the normal form of a service names only by its digest. */
export interface ExportOptions {
  /** The operations of a service; without them the document lists none. */
  readonly operations?: readonly Operation[]
  /** As an inline OpenAPI document, for operations that no list may hold: ids with line breaks, paths with spaces. */
  readonly inline?: boolean
}

const SERVICE = [
  'displayName',
  'description',
  'category',
  'type',
  'endpoint',
  'docs',
  'auth',
  'settingsSchema',
  'test',
  'operations',
  'acceptedOperations',
] as const

/** The order of the fields of a spec: what it is, what it refers to, what it permits. */
const ORDER = {
  clusterServiceDefinition: SERVICE,
  serviceDefinition: SERVICE,
  accessGroup: ['displayName', 'description', 'owner', 'members', 'groups', 'idpGroups', 'expires'],
  credential: ['service', 'type', 'scope', 'label', 'isDefault', 'account', 'rotation', 'review'],
  integration: [
    'title',
    'description',
    'service',
    'enabled',
    'endpoint',
    'settings',
    'access',
    'permissions',
    'credentials',
    'acknowledgement',
    'dataClasses',
    'deletionPolicy',
  ],
  consumer: ['type', 'displayName', 'description', 'owner', 'integrations'],
  guardrail: [
    'description',
    'owner',
    'actions',
    'match',
    'rule',
    'parameters',
    'over',
    'matchConditions',
    'variables',
    'validations',
    'failurePolicy',
    'waivers',
  ],
} as const satisfies { readonly [K in Kind]: readonly (keyof ResourceSpecs[K])[] }

/**
 * The document that declares a resource: its normal form without what is there by default. Resolving it gives a resource
 * of the same digest. A credential's values are not in it, nor where they come from: that is the caller's to add.
 */
export function documentOf(resource: Resource, options: ExportOptions = {}): ExportedDocument {
  const { kind, namespace, name, labels, annotations } = resource
  const metadata = { name, namespace, labels: filled(labels), annotations: filled(annotations) }
  return {
    apiVersion: API_VERSION,
    kind: KIND_NAMES[kind],
    metadata: withoutUndefined(metadata),
    spec: withoutUndefined(inReadingOrder(kind, specOf(resource, options))),
  }
}

/** The fields of a spec in the order in which people read them; those that it does not know stand last. */
export function inReadingOrder(kind: Kind, spec: Fields): Fields {
  return ordered(spec, ORDER[kind])
}

function specOf(resource: Resource, options: ExportOptions): Fields {
  switch (resource.kind) {
    case 'clusterServiceDefinition':
    case 'serviceDefinition':
      return service(resource.spec, options)
    case 'accessGroup': {
      const { members, groups, idpGroups } = resource.spec
      return { ...resource.spec, members: filled(members), groups: filled(groups), idpGroups: filled(idpGroups) }
    }
    case 'credential':
      return { ...resource.spec, isDefault: resource.spec.isDefault || undefined }
    case 'integration':
      return integration(resource.spec)
    case 'consumer':
      return { ...resource.spec, integrations: filled(resource.spec.integrations) }
    case 'guardrail':
      return guardrail(resource.spec)
    default:
      return resource satisfies never
  }
}

function service(
  { auth, operations: _digest, acceptedOperations, ...rest }: ResourceOf<'serviceDefinition'>['spec'],
  { operations = [], inline = false }: ExportOptions,
): Fields {
  const listed = operations.length === 0 || inline ? undefined : operations.map(listedOperation)
  const openapi = inline ? { inline: openApiDocument(rest.displayName, operations) } : undefined
  return {
    ...rest,
    auth: filled(auth),
    openapi,
    operations: listed,
    acceptedOperations: accepted(operations, acceptedOperations),
  }
}

/**
 * The operations that are not new, where some are or the definition says what it accepts, and what else it accepts. Even an
 * empty list says something: that nobody accepted any.
 */
function accepted(
  operations: readonly Operation[],
  others: readonly string[] | undefined,
): readonly string[] | undefined {
  if (others === undefined && !operations.some(({ isNew }) => isNew)) return undefined
  return [...new Set([...operations.filter(({ isNew }) => !isNew).map(acceptanceKey), ...(others ?? [])])]
}

function integration(spec: ResourceOf<'integration'>['spec']): Fields {
  const { enabled, settings, permissions, credentials, dataClasses, deletionPolicy } = spec
  return {
    ...spec,
    enabled: enabled ? undefined : enabled,
    settings: filled(settings),
    permissions: filled(permissions),
    credentials: filled(credentials),
    dataClasses: filled(dataClasses),
    deletionPolicy: deletionPolicy === 'Delete' ? undefined : deletionPolicy,
  }
}

function guardrail(spec: ResourceOf<'guardrail'>['spec']): Fields {
  const { actions, waivers } = spec
  const isDefault = actions.length === 1 && actions[0] === 'Deny'
  return { ...spec, actions: isDefault ? undefined : actions, failurePolicy: undefined, waivers: filled(waivers) }
}

/** An id that says only method and path is what an operation without one is called. */
function ownId({ id, method, path }: Operation): string | undefined {
  return id === `${method.toUpperCase()} ${path}` ? undefined : id
}

function listedOperation(operation: Operation): Fields {
  const { id: _id, method, path, tags, isNew: _isNew, ...rest } = operation
  return withoutUndefined({ id: ownId(operation), method, path, tags: filled(tags), ...rest })
}

/** The smallest OpenAPI document that lists these operations in this order. */
function openApiDocument(title: string, operations: readonly Operation[]): Fields {
  const paths = new Map<string, Record<string, unknown>>()
  for (const operation of operations) {
    const { id: _id, method, path, tags, isNew: _isNew, ...rest } = operation
    const item = paths.get(path) ?? {}
    paths.set(path, item)
    const described = withoutUndefined({ operationId: ownId(operation), tags: filled(tags), ...rest })
    if (isField(method)) item[method] = described
    else item['additionalOperations'] = { ...Object(item['additionalOperations']), [method.toUpperCase()]: described }
  }
  return { openapi: '3.2.0', info: { title, version: '1' }, paths: Object.fromEntries(paths) }
}

/** Whether a path item has a field for this method (OpenAPI 3.2, "Path Item Object"). */
function isField(method: string): boolean {
  return method === 'query' || METHODS.some(known => known === method)
}

/** `undefined` for an empty list or map, which means as much as none. */
function filled<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value
}

function ordered(fields: Fields, order: readonly string[]): Fields {
  return Object.fromEntries([...new Set([...order, ...Object.keys(fields)])].map(key => [key, fields[key]]))
}

function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
