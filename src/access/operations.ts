import { nearest } from '../model/nearest.ts'
import type { Operation } from '../model/operation.ts'
import { selectorIndex } from '../model/selector.ts'
import { requestSegments, unsafePath } from './path.ts'
import { matchesTemplate, moreSpecific, readTemplate, type Template } from './template.ts'

/** What a text that names an operation means. Denied is an answer: such a request is refused whatever is permitted. */
export type FoundOperation =
  | { readonly kind: 'found'; readonly index: number }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly nearest?: string }

interface Request {
  /** Lower case. */
  readonly method: string
  readonly path: string
}

/**
 * Finds the operation that a text names: by its id, exactly; by `METHOD /template` as written under `paths`; or by
 * `METHOD /path`, where literal segments of a template win over templated ones (OpenAPI 3.1, "Path Templating
 * Matching"). A path that matches several templates none of which is more specific than all others is denied, since the
 * service may choose another one than we would; so is a path that servers read in different ways (`unsafePath`), even
 * where a template is written like that.
 */
export function findOperation(operations: readonly Operation[], text: string): FoundOperation {
  const request = readRequest(text)
  const unsafe = request && unsafePath(request.path)
  if (unsafe !== undefined) return denied(unsafe)
  const [named] = selectorIndex(operations).byId.get(text) ?? []
  if (named !== undefined) return { kind: 'found', index: named }
  if (request === undefined) return unknown(text, operations)
  return findByPath(operations, request)
}

/**
 * The operation that `METHOD /path` asks of a service that lists none, so that permissions can be judged by method and
 * path. It is no operation of any table: compile the integration with a table of this one alone.
 */
export function requestedOperation(
  text: string,
): { readonly kind: 'found'; readonly operation: Operation } | Exclude<FoundOperation, { readonly kind: 'found' }> {
  const request = readRequest(text)
  if (request === undefined) return { kind: 'unknown' }
  const reason = unsafePath(request.path) ?? notOnlyPath(request.path) ?? unclearPath(request.path)
  if (reason !== undefined) return denied(reason)
  const { method, path } = request
  const operation = {
    id: `${method.toUpperCase()} ${path}`,
    method,
    path: `/${requestSegments(path).join('/')}`,
    tags: [],
  }
  return { kind: 'found', operation }
}

function readRequest(text: string): Request | undefined {
  const space = text.indexOf(' ')
  const method = text.slice(0, Math.max(space, 0))
  const path = text.slice(space + 1)
  if (!path.startsWith('/') || !/^[a-z]+$/i.test(method)) return undefined
  return { method: method.toLowerCase(), path }
}

function denied(reason: string): FoundOperation & { readonly kind: 'denied' } {
  return { kind: 'denied', reason: `the path ${reason}, which is never let through` }
}

function unknown(text: string, operations: readonly Operation[]): FoundOperation {
  const names = operations.flatMap(({ id, method, path }) => [id, `${method.toUpperCase()} ${path}`])
  const near = nearest(text, names)
  return { kind: 'unknown', ...(near === undefined ? {} : { nearest: near }) }
}

/** A path here is only a path; templates that themselves hold one of these are found by their exact text before. */
function notOnlyPath(path: string): string | undefined {
  if (path.includes('?')) return 'holds a query'
  if (path.includes('#')) return 'holds a fragment'
  return path.includes(' ') ? 'holds a space' : undefined
}

/** Without templates to compare with, a path that servers take for another one would slip past a denial. */
function unclearPath(path: string): string | undefined {
  if (path.length > 1 && path.endsWith('/')) return 'ends in a slash, which servers may leave out'
  return /;|%3b/i.test(path) ? 'holds parameters of a segment, which servers may leave out' : undefined
}

/** The templates of one table, read once. */
interface TemplateIndex {
  readonly byText: ReadonlyMap<string, number>
  /** By method and number of segments. */
  readonly byShape: ReadonlyMap<string, readonly number[]>
  readonly templates: readonly Template[]
}

const indexes = new WeakMap<readonly Operation[], TemplateIndex>()

function templateIndex(operations: readonly Operation[]): TemplateIndex {
  const known = indexes.get(operations)
  if (known !== undefined) return known
  const byText = new Map<string, number>()
  const byShape = new Map<string, number[]>()
  const templates = operations.map(({ path }) => readTemplate(path))
  for (const [index, { method, path }] of operations.entries()) {
    const shape = `${method} ${templates[index]?.length}`
    byText.set(`${method} ${path}`, byText.get(`${method} ${path}`) ?? index)
    const sameShape = byShape.get(shape)
    if (sameShape === undefined) byShape.set(shape, [index])
    else sameShape.push(index)
  }
  const made = { byText, byShape, templates }
  indexes.set(operations, made)
  return made
}

function findByPath(operations: readonly Operation[], { method, path }: Request): FoundOperation {
  const { byText, byShape, templates } = templateIndex(operations)
  const exactly = byText.get(`${method} ${path}`)
  if (exactly !== undefined) return { kind: 'found', index: exactly }
  const more = notOnlyPath(path)
  if (more !== undefined) return denied(more)
  const segments = requestSegments(path)
  const sameShape = byShape.get(`${method} ${segments.length}`) ?? []
  const matching = sameShape.filter(index => matchesTemplate(templates[index]!, segments))
  if (matching.length === 0) return unknown(`${method} ${path}`, operations)
  const best = matching.find(index =>
    matching.every(other => other === index || moreSpecific(templates[index]!, templates[other]!)),
  )
  if (best !== undefined) return { kind: 'found', index: best }
  const ids = matching.map(index => operations[index]!.id)
  return denied(`matches ${ids.slice(0, 3).join(' and ')} equally well`)
}
