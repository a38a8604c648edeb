import { METHODS, type Operation } from '../../model/operation.ts'
import { type Fault, type Path, pointer, show } from './fault.ts'
import { type Fields, isFields, own, strings } from './fields.ts'
import { type Follow, refFault, refOf } from './refs.ts'
import type { Version } from './version.ts'

/** A path item can be referred to a thousand times: the table may not grow without bound (UTF-16 code units). */
const MAX_TABLE = 16 * 1024 * 1024
const MAX_SUMMARY = 200

export interface Extracted {
  readonly operations: readonly Operation[]
  readonly faults: readonly Fault[]
}

interface Extraction {
  readonly follow: Follow
  readonly methods: ReadonlySet<string>
  readonly security: Operation['security']
  readonly operations: Operation[]
  readonly faults: Fault[]
  /** Who has an id, or a template with its names left out. */
  readonly ids: Map<string, string>
  readonly templates: Map<string, string>
  size: number
}

/** The operations of a document in its own order, from the text as written: nothing is dereferenced but path items. */
export function extract(document: Fields, version: Version, follow: Follow): Extracted {
  const security = securityOf(document)
  const state: Extraction = {
    follow,
    // `query` came with 3.2; before, it is no method.
    methods: new Set<string>(version === '3.2' ? [...METHODS, 'query'] : METHODS),
    security,
    operations: [],
    faults: [],
    ids: new Map(),
    templates: new Map(),
    size: 0,
  }
  const paths = own(document, 'paths')
  if (isFields(paths)) eachPath(state, paths)
  else if (paths !== undefined || version < '3.1') state.faults.push(error('openapi-no-paths', ['paths'], NO_PATHS))
  if (state.operations.length === 0 && state.faults.length === 0) state.faults.push(noOperations())
  return { operations: state.operations, faults: state.faults }
}

const NO_PATHS = { message: '"paths" is not an object', cure: 'List the paths of the service under "paths".' }

function eachPath(state: Extraction, paths: Fields): void {
  for (const [path, item] of Object.entries(paths)) {
    if (path.startsWith('x-')) continue
    const at = ['paths', path]
    if (!path.startsWith('/')) {
      const cure = 'Begin it with a slash.'
      state.faults.push(
        error('openapi-path-invalid', at, { message: `the path ${show(path)} has no slash`, cure }, true),
      )
      continue
    }
    for (const [method, operation, place] of methodsOf(state, item, at)) add(state, { path, method, operation, place })
    if (state.size > MAX_TABLE) return void state.faults.push(tooLarge(at))
  }
}

/** Two templates that differ only in the names of their parameters answer the same requests. */
function noteTemplate(state: Extraction, found: Found): void {
  const { path, method, place } = found
  const template = `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`
  const other = state.templates.get(template)
  state.templates.set(template, other ?? path)
  if (other === undefined || other === path) return
  state.faults.push({
    severity: 'warning',
    code: 'openapi-path-ambiguous',
    message: `${show(nameOf(found))} and ${show(nameOf({ path: other, method }))} answer the same requests`,
    cure: 'Give both the same permissions, or merge them in the document.',
    path: place,
    key: true,
  })
}

type MethodEntry = readonly [method: string, operation: unknown, place: Path]

/** The methods of a path item and of the one it refers to; both may have some, but not the same. */
function methodsOf(state: Extraction, item: unknown, at: Path): MethodEntry[] {
  if (!isFields(item)) return []
  const here = ownMethods(state, item, at)
  const ref = refOf(item)
  if (ref === undefined) return here
  const target = state.follow(ref)
  if (target.kind !== 'found') {
    state.faults.push(refFault({ target: ref, path: [...at, '$ref'] }, target))
    return here
  }
  if (!isFields(target.value)) return here
  const referred = ownMethods(state, target.value, target.path)
  const twice = here.filter(([method]) => referred.some(entry => entry[0] === method))
  for (const [method, , place] of twice) state.faults.push(twoMeanings(method, place))
  return [...here, ...referred.filter(([method]) => !twice.some(entry => entry[0] === method))]
}

function ownMethods(state: Extraction, item: Fields, at: Path): MethodEntry[] {
  const plain = Object.entries(item).filter(([key]) => state.methods.has(key))
  const more = own(item, 'additionalOperations')
  const additional = state.methods.has('query') && isFields(more) ? Object.entries(more).filter(isAdditional) : []
  return [
    ...plain.map(([method, operation]): MethodEntry => [method, operation, [...at, method]]),
    ...additional.map(([method, operation]): MethodEntry => [
      method.toLowerCase(),
      operation,
      [...at, 'additionalOperations', method],
    ]),
  ]
}

/** Methods of HTTP (RFC 9110 tokens, here of letters and dashes) that path items have no field for. */
function isAdditional([method]: readonly [string, unknown]): boolean {
  const known: readonly string[] = [...METHODS, 'query']
  return /^[A-Za-z-]{1,40}$/.test(method) && !known.includes(method.toLowerCase())
}

interface Found {
  readonly path: string
  readonly method: string
  readonly operation: unknown
  readonly place: Path
}

function nameOf({ path, method }: Pick<Found, 'path' | 'method'>): string {
  return `${method.toUpperCase()} ${path}`
}

function add(state: Extraction, found: Found): void {
  const { path, method, operation, place } = found
  const name = nameOf(found)
  if (!isFields(operation)) {
    const cure = 'Describe the operation, or remove it.'
    state.faults.push(error('openapi-operation-invalid', place, { message: `${show(name)} is not an object`, cure }))
    return
  }
  noteTemplate(state, found)
  const id = idOf(state, operation, name, place)
  if (id === undefined) return
  const security = securityOf(operation) ?? state.security
  const summary = summaryOf(operation)
  const entry: Operation = {
    id,
    method,
    path,
    tags: strings(own(operation, 'tags')),
    ...(summary !== undefined && { summary }),
    ...(own(operation, 'deprecated') === true && { deprecated: true }),
    ...(security && { security }),
  }
  state.size += sizeOf(entry)
  if (state.size <= MAX_TABLE) state.operations.push(entry)
}

/** The operation's id if nobody has it yet; otherwise a fault that names both. */
function idOf(state: Extraction, operation: Fields, name: string, place: Path): string | undefined {
  const declared = own(operation, 'operationId')
  const at = [...place, ...(declared === undefined ? [] : ['operationId'])]
  if (declared !== undefined && typeof declared !== 'string') {
    const cure = 'Write it in quotes.'
    const message = `the "operationId" of ${show(name)} is not text`
    state.faults.push(error('openapi-operation-id', at, { message, cure }))
    return undefined
  }
  const id = declared === undefined || declared === '' ? name : declared
  const other = state.ids.get(id)
  if (other === undefined) {
    state.ids.set(id, name)
    return id
  }
  const message = `the operationId ${show(id)} belongs to ${show(other)} and to ${show(name)}`
  const cure = 'Give each operation an id of its own: permissions name operations by it.'
  state.faults.push(error('openapi-duplicate-operation', at, { message, cure }))
  return undefined
}

/** The first line of the summary, or where there is none of the description. */
function summaryOf(operation: Fields): string | undefined {
  for (const field of ['summary', 'description']) {
    const text = own(operation, field)
    const line = typeof text === 'string' ? (/[^\s][^\r\n\u2028\u2029]*/.exec(text)?.[0] ?? '').trim() : ''
    if (line.length > MAX_SUMMARY) return `${line.slice(0, MAX_SUMMARY - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
    if (line !== '') return line
  }
  return undefined
}

/** The alternatives of `security`; an empty list means that no authentication is needed, which is not the same as none. */
function securityOf(holder: Fields): Operation['security'] {
  const list = own(holder, 'security')
  if (!Array.isArray(list)) return undefined
  return list
    .filter(isFields)
    .map(item => Object.fromEntries(Object.entries(item).map(([scheme, scopes]) => [scheme, strings(scopes)])))
}

function sizeOf(operation: Operation): number {
  let size = 100 + operation.id.length + operation.path.length
  for (const tag of operation.tags) size += tag.length + 3
  for (const alternative of operation.security ?? []) {
    for (const [scheme, scopes] of Object.entries(alternative)) {
      size += scheme.length + 5
      for (const scope of scopes) size += scope.length + 3
    }
  }
  return size
}

function error(code: string, path: Path, said: { message: string; cure: string }, key = false): Fault {
  const place = pointer(path)
  return { severity: 'error', code, message: `${said.message} (${place})`, cure: said.cure, path, ...(key && { key }) }
}

function twoMeanings(method: string, place: Path): Fault {
  const message = `"${method}" is described here and in the path item that "$ref" names`
  return error('openapi-path-item-conflict', place, { message, cure: 'Keep one of the two.' }, true)
}

function tooLarge(path: Path): Fault {
  const cure = 'Shorten tags and security requirements, or keep only the paths that your integrations use.'
  return error('openapi-too-large', path, { message: 'the list of operations grows beyond 16 MiB', cure })
}

function noOperations(): Fault {
  return {
    severity: 'warning',
    code: 'openapi-no-operations',
    message: 'the document describes no operations',
    cure: 'Add them under "paths"; without them only permissions by method and path can apply.',
    path: [],
  }
}
