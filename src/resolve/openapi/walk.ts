import { type Fault, type Path, pointer } from './fault.ts'
import { type Fields, isFields, own } from './fields.ts'

export const MAX_DEPTH = 100
export const MAX_NODES = 1_000_000
export const MAX_REFS = 50_000
/** Checks write the path of keys to what they look at, again and again. */
const MAX_KEY = 4096

/** A `$ref` where it means a reference. */
export interface Ref {
  readonly target: string
  readonly path: Path
  /** What a pointer starts from: the document, or (OpenAPI 3.1) the schema with an `$id` around it. */
  readonly resource: unknown
}

export interface Walked {
  readonly faults: readonly Fault[]
  readonly refs: readonly Ref[]
  readonly anchors: ReadonlySet<string>
  /** A copy without prose, examples and extensions: all that the library below needs, and nothing shared with ours. */
  readonly lean: unknown
}

/**
 * How to read the keys of an object. `object`: keywords of the specification; `names`: the document's own names, so that
 * a schema property called `default` or `$ref` is no keyword; `data`: anything goes, and nothing in it is a reference.
 */
type Mode = 'object' | 'paths' | 'pathItem' | 'names' | 'data'

const NAME_MAPS = new Set(
  `additionalOperations callbacks content definitions dependentSchemas $defs encoding examples headers links mapping
  parameters pathItems patternProperties properties requestBodies responses schemas scopes securityDefinitions
  securitySchemes variables webhooks`.split(/\s+/),
)
const DATA = new Set(['const', 'default', 'enum', 'example', 'value'])
const PROSE = new Set(['description', 'summary', 'externalDocs'])
const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef']

interface Walk {
  readonly swagger: boolean
  readonly path: (string | number)[]
  readonly faults: Fault[]
  readonly refs: Ref[]
  readonly anchors: Set<string>
  nodes: number
  resource: unknown
}

/** A limit is passed: nothing more is looked at. */
class LimitPassed extends Error {
  override readonly name = 'LimitPassed'
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.code)
    this.fault = fault
  }
}

/**
 * Goes through every value of a parsed document once, never into a reference, and collects the references. Aliases are
 * counted each time they occur, so shared and even cyclic values end at the limits.
 */
export function walk(document: unknown, swagger: boolean): Walked {
  const state: Walk = { swagger, path: [], faults: [], refs: [], anchors: new Set(), nodes: 0, resource: document }
  try {
    const lean = visit(state, document, 'object')
    const { faults, refs, anchors } = state
    return { faults, refs, anchors, lean }
  } catch (error) {
    if (!(error instanceof LimitPassed)) throw error
    return { faults: [error.fault], refs: [], anchors: new Set(), lean: undefined }
  }
}

function visit(state: Walk, value: unknown, mode: Mode): unknown {
  state.nodes += 1
  if (state.nodes > MAX_NODES) throw tooMany(`more than ${MAX_NODES} values`, state)
  const list = Array.isArray(value)
  if (!list && !isFields(value)) return value
  if (state.path.length >= MAX_DEPTH) throw new LimitPassed(tooDeep(state.path))
  return list ? visitList(state, value, mode) : visitObject(state, value, mode)
}

function visitList(state: Walk, list: readonly unknown[], mode: Mode): unknown[] {
  const copy: unknown[] = []
  for (const [index, item] of list.entries()) {
    state.path.push(index)
    copy.push(visit(state, item, mode === 'data' ? 'data' : 'object'))
    state.path.pop()
  }
  return copy
}

function visitObject(state: Walk, object: Fields, mode: Mode): Record<string, unknown> {
  const around = state.resource
  if (mode !== 'data') note(state, object, mode)
  const lone = mode === 'object' && typeof own(object, '$ref') === 'string'
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    if (key.length > MAX_KEY) throw tooMany(`a key of more than ${MAX_KEY} characters`, state)
    state.path.push(key)
    if (key === '__proto__') state.faults.push(forbidden(state.path))
    const next = modeOf(state, mode, key, value)
    const child = visit(state, value, next)
    if (key !== '__proto__' && kept({ lone, mode, next, key })) copy[key] = child
    state.path.pop()
  }
  state.resource = around
  return copy
}

/** Collects what an object says about references before its members are looked at. */
function note(state: Walk, object: Fields, mode: Mode): void {
  const id = own(object, '$id')
  if (mode === 'object' && !state.swagger && typeof id === 'string' && !id.startsWith('#')) state.resource = object
  for (const keyword of ['$anchor', '$dynamicAnchor']) {
    const anchor = own(object, keyword)
    if (mode === 'object' && typeof anchor === 'string') state.anchors.add(anchor)
  }
  for (const keyword of REFERENCES) {
    const target = own(object, keyword)
    if (typeof target === 'string')
      state.refs.push({ target, path: [...state.path, keyword], resource: state.resource })
  }
  if (state.refs.length > MAX_REFS) throw tooMany(`more than ${MAX_REFS} references`, state)
}

function modeOf(state: Walk, mode: Mode, key: string, value: unknown): Mode {
  if (mode === 'data') return 'data'
  if (mode === 'paths') return key.startsWith('x-') ? 'data' : 'pathItem'
  if (mode === 'names') return 'object'
  if (isData(state, key, value)) return 'data'
  if (key === 'paths' && state.path.length === 1) return 'paths'
  return NAME_MAPS.has(key) && !Array.isArray(value) ? 'names' : 'object'
}

function isData(state: Walk, key: string, value: unknown): boolean {
  if (key === 'examples') return state.swagger || Array.isArray(value)
  return key.startsWith('x-') || DATA.has(key)
}

function kept(member: { lone: boolean; mode: Mode; next: Mode; key: string }): boolean {
  if (member.next === 'data') return false
  // Beside a reference everything else is ignored (3.0) or only annotates (3.1), and would make the library copy the
  // target once for each use.
  if (member.lone) return member.key === '$ref'
  return !(member.mode === 'object' || member.mode === 'pathItem') || !PROSE.has(member.key)
}

function forbidden(path: Path): Fault {
  return {
    severity: 'error',
    code: 'openapi-forbidden-key',
    message: `the key "__proto__" at ${pointer(path)} is not accepted: programs that copy it change themselves`,
    cure: 'Rename or remove the key.',
    path: [...path],
    key: true,
  }
}

/** The fault of a document nested more deeply than any real one. */
export function tooDeep(path?: Path): Fault {
  return {
    severity: 'error',
    code: 'openapi-too-deep',
    message: `the document nests deeper than ${MAX_DEPTH} levels`,
    cure: 'Move inner schemas to named ones and refer to them with "$ref".',
    ...(path && { path: [...path] }),
  }
}

function tooMany(what: string, state: Walk): LimitPassed {
  return new LimitPassed({
    severity: 'error',
    code: 'openapi-too-large',
    message: `the document holds ${what}`,
    cure: 'Split the service, or keep only the paths that your integrations use.',
    path: [...state.path],
  })
}
