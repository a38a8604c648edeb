import { nearest } from '../../model/nearest.ts'
import { show } from '../openapi/fault.ts'
import { KEYWORDS } from './keywords.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { apply, fault, MAX_FAULTS, type SettingsFault, type Slot } from './run.ts'
import type { Site } from './site.ts'
import { type Fields, isFields, subject } from './value.ts'

/** Instructions of all patterns together: compiling them takes time as well. */
const MAX_PATTERNS = 20_000
/** References and combined schemas in a row, all about one value. */
const MAX_CHAIN = 100

type Path = readonly (string | number)[]

interface Compiler {
  readonly faults: SettingsFault[]
  readonly slots: Map<string, Slot>
  readonly refs: { readonly from: Slot; readonly target: string; readonly path: Path }[]
  /** Each once, with those that cannot be used. */
  readonly patterns: Map<string, Pattern | undefined>
  patternSize: number
}

/** Compiles a bounded schema to closures: either it has faults, or the slot can be applied. */
export function compile(schema: unknown): { readonly root: Slot; readonly faults: readonly SettingsFault[] } {
  const compiler: Compiler = { faults: [], slots: new Map(), refs: [], patterns: new Map(), patternSize: 0 }
  const root = compileAt(compiler, schema, [])
  for (const ref of compiler.refs) linkRef(compiler, ref)
  if (compiler.faults.length === 0) checkChains(compiler)
  return { root, faults: compiler.faults }
}

function compileAt(compiler: Compiler, schema: unknown, path: Path): Slot {
  const slot: Slot = { pointer: pointerTo(path), checks: [], inPlace: [] }
  compiler.slots.set(slot.pointer, slot)
  if (schema === false) slot.checks.push(refuse)
  else if (isFields(schema)) compileKeywords(compiler, slot, schema, path)
  else if (schema !== true) complain(compiler, path, 'must be a schema: an object, true or false')
  return slot
}

function refuse(_: unknown, run: Parameters<typeof fault>[0]): void {
  fault(run, () => ({ message: `${subject(run.path)} is not allowed here`, cure: 'Remove it.' }))
}

function compileKeywords(compiler: Compiler, slot: Slot, schema: Fields, path: Path): void {
  for (const [name, argument] of Object.entries(schema)) {
    const keyword = KEYWORDS.get(name)
    if (keyword !== undefined) keyword(argument, siteOf(compiler, slot, schema, [...path, name]))
    else if (!name.startsWith('x-')) unknownKeyword(compiler, [...path, name], name)
  }
}

function siteOf(compiler: Compiler, slot: Slot, schema: Fields, path: Path): Site {
  const sub = (inner: unknown, at: Path, same?: 'same'): Slot => {
    const compiled = compileAt(compiler, inner, at)
    if (same !== undefined) slot.inPlace.push(compiled.pointer)
    return compiled
  }
  return {
    schema,
    check: check => void slot.checks.push(check),
    sub: (inner, segments, same) => sub(inner, [...path, ...segments], same),
    neighbour: keyword =>
      Object.hasOwn(schema, keyword) ? sub(schema[keyword], [...path.slice(0, -1), keyword], 'same') : undefined,
    refer: target => void compiler.refs.push({ from: slot, target, path }),
    pattern: (source, ...segments) => patternAt(compiler, source, [...path, ...segments]),
    complain: (said, cure) => complain(compiler, path, said, cure),
  }
}

function patternAt(compiler: Compiler, source: string, path: Path): Pattern | undefined {
  const { patterns } = compiler
  if (patterns.has(source) || compiler.patternSize > MAX_PATTERNS) return patterns.get(source)
  const compiled = compilePattern(source)
  patterns.set(source, typeof compiled === 'string' ? undefined : compiled)
  if (typeof compiled === 'string') {
    complain(compiler, path, compiled, 'Write it for RE2, which runs in linear time.')
    return undefined
  }
  compiler.patternSize += compiled.size
  if (compiler.patternSize <= MAX_PATTERNS) return compiled
  complain(compiler, path, 'is one pattern too many', 'Write fewer patterns, with smaller counts.')
  return undefined
}

function linkRef(compiler: Compiler, { from, target, path }: Compiler['refs'][number]): void {
  if (!target.startsWith('#')) {
    complain(
      compiler,
      path,
      'leads out of the schema; no other file and no address is read',
      'Put the schema under "$defs".',
    )
    return
  }
  const slot = compiler.slots.get(decoded(target))
  if (slot === undefined) {
    const near = nearest(target, compiler.slots.keys())
    const cure = near === undefined ? 'Refer to a schema under "$defs".' : `Did you mean ${show(near)}?`
    complain(compiler, path, `leads to nothing: ${show(target)}`, cure)
    return
  }
  from.inPlace.push(slot.pointer)
  from.checks.push((value, run) => apply(slot, value, run))
}

/** Schemas that apply to one value in a circle would never end, and in a long row would exhaust the stack. */
function checkChains({ slots, faults }: Compiler): void {
  const lengths = new Map<string, number>()
  const length = (pointer: string): number => {
    const known = lengths.get(pointer)
    if (known !== undefined) return known
    lengths.set(pointer, Infinity)
    let longest = 0
    for (const next of slots.get(pointer)?.inPlace ?? []) longest = Math.max(longest, length(next))
    lengths.set(pointer, longest + 1)
    return longest + 1
  }
  for (const pointer of slots.keys()) {
    const found = length(pointer)
    if (found <= MAX_CHAIN) continue
    const said = found === Infinity ? 'lead back to themselves' : `pass through more than ${MAX_CHAIN} others`
    const cure = 'Refer to the schema that is meant directly.'
    faults.push({ path: [], message: `the references from ${show(pointer)} ${said}`, cure })
    return
  }
}

function unknownKeyword(compiler: Compiler, path: Path, name: string): void {
  const near = nearest(name, KEYWORDS.keys())
  const cure = near === undefined ? `Remove it; known are ${KNOWN}.` : `Did you mean "${near}"?`
  complain(compiler, path, 'is not a keyword that settings may use', cure)
}

const KNOWN = [...KEYWORDS.keys()].filter(name => /^[a-z]/.test(name)).join(', ')

function complain(compiler: Compiler, path: Path, said: string, cure?: string): void {
  if (compiler.faults.length >= MAX_FAULTS) return
  const name = path.length === 0 ? 'the schema' : show(pointerTo(path))
  compiler.faults.push({ path, message: `${name} ${said}`, ...(cure !== undefined && { cure }) })
}

function pointerTo(path: Path): string {
  return `#${path.map(segment => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`
}

function decoded(target: string): string {
  try {
    return decodeURIComponent(target)
  } catch {
    return target
  }
}
