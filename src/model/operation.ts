/** The HTTP methods of an OpenAPI path item. */
export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/** One method of a service's API. */
export interface Operation {
  /** The `operationId`; without one (or where it is not unique) `METHOD /path`, which names it just as stably. */
  readonly id: string
  /** Lower-case HTTP method; `query`, `execute` for databases and `deliver` for webhooks have theirs in the definition. */
  readonly method: string
  /** The template as written under `paths`, without the server's base path. */
  readonly path: string
  readonly tags: readonly string[]
  readonly summary?: string
  readonly deprecated?: boolean
  /** OAuth scopes that some way of authenticating needs: the alternatives of `security`, each by scheme name. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  /** The service names the operations that were accepted, and this is none of them; absent for all others. */
  readonly isNew?: true
}

/** All operations of one service at one version, in document order. */
export interface OperationTable {
  /** `sha256:` and 64 hex digits over the canonical JSON of `operations`. */
  readonly digest: string
  readonly operations: readonly Operation[]
}

/** `METHOD /path` as the document writes the path: how somebody says that they accept an operation. */
export function acceptanceKey({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method.toUpperCase()} ${path}`
}

/** `METHOD /path` without the names of its parameters: operations of which this is the same answer the same requests. */
export function endpointOf(operation: Pick<Operation, 'method' | 'path'>): string {
  return endpointNamed(acceptanceKey(operation))
}

/** The endpoint that `METHOD /path` names. */
export function endpointNamed(key: string): string {
  return key.replaceAll(/\{[^{}]*\}/g, '{}')
}

const READING: ReadonlySet<string> = new Set(['get', 'head', 'options', 'trace', 'query'])

/** Whether an operation may change something: every method but those that only read. */
export function isWrite({ method }: Pick<Operation, 'method'>): boolean {
  return !READING.has(method)
}
