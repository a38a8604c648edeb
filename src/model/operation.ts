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

/** What nobody could see, or tell apart, in a list of accepted operations; and what an escape begins with. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2065\uFFFE\uFFFF\u{E0000}-\u{E007F}\\]/gu

const PLAIN = /^[!-[\]-~]*$/

/**
 * How somebody says that they accept an operation: `METHOD /path` with the template as the document writes it, characters
 * that cannot be seen as escapes.
 */
export function acceptanceKey({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  // Almost all paths are plain, and tables are long.
  if (PLAIN.test(path)) return `${method.toUpperCase()} ${path}`
  const shown = path.replaceAll(UNSEEN, character => `\\u${character.codePointAt(0)!.toString(16).padStart(6, '0')}`)
  return `${method.toUpperCase()} ${shown}`
}

/** `METHOD /path` without the names of its parameters: operations of which this is the same answer the same requests. */
export function endpointOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return withoutNames(`${method.toUpperCase()} ${path}`)
}

/** What an accepted operation is compared by: a parameter that is called otherwise makes no new operation. */
export function accepting(key: string): string {
  return withoutNames(key)
}

const [OPEN, CLOSE] = ['{', '}'].map(brace => brace.charCodeAt(0))

/** Without what stands between `{` and the next `}`; by hand, since tables are long and there are many. */
function withoutNames(key: string): string {
  let text = ''
  let from = 0
  let open = -1
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at)
    if (code === OPEN) open = at
    if (code !== CLOSE || open < 0) continue
    text += key.slice(from, open + 1)
    from = at
    open = -1
  }
  return from === 0 ? key : text + key.slice(from)
}

const READING: ReadonlySet<string> = new Set(['get', 'head', 'options', 'trace', 'query'])

/** Whether an operation may change something: every method but those that only read. */
export function isWrite({ method }: Pick<Operation, 'method'>): boolean {
  return !READING.has(method)
}
