import { nearest } from '../../model/nearest.ts'
import { type Fault, type Path, pointer, show } from './fault.ts'
import { fields, isFields, own } from './fields.ts'
import type { Ref, Walked } from './walk.ts'

const MAX_CHAIN = 100

/** What a reference leads to, after all references on the way. */
export type Target =
  | { readonly kind: 'found'; readonly value: unknown; readonly path: Path }
  | { readonly kind: 'missing'; readonly segment: string; readonly names: readonly string[] }
  | { readonly kind: 'external' | 'loop' | 'long' }

/** Follows `#…` references from the top of one document, never out of it. */
export type Follow = (target: string, resource?: unknown) => Target

interface World {
  readonly document: unknown
  readonly anchors: ReadonlySet<string>
}

/** A follower for one document; each distinct reference is followed once. */
export function follower(document: unknown, anchors: ReadonlySet<string>): Follow {
  const known = new Map<unknown, Map<string, Target>>()
  return (ref, resource = document) => {
    const ofResource = known.get(resource) ?? new Map<string, Target>()
    known.set(resource, ofResource)
    const found = ofResource.get(ref) ?? chain(ref, resource, { document, anchors }, 0)
    ofResource.set(ref, found)
    return found
  }
}

/** Every reference that leads out of the document, to nothing, round in a circle, or through too many others. */
export function checkRefs(walked: Walked, follow: Follow): Fault[] {
  const faults: Fault[] = []
  for (const ref of walked.refs) {
    const target = follow(ref.target, ref.resource)
    if (target.kind !== 'found') faults.push(refFault(ref, target))
  }
  return faults
}

function chain(first: string, resource: unknown, world: World, depth: number): Target {
  const seen = new Set<string>()
  let current = first
  for (;;) {
    if (!current.startsWith('#')) return { kind: 'external' }
    if (seen.has(current)) return { kind: 'loop' }
    if (seen.size + depth >= MAX_CHAIN) return { kind: 'long' }
    seen.add(current)
    const found = point(current, resource, world, depth)
    if (found.kind !== 'found') return found
    const next = refOf(found.value)
    if (next === undefined) return found
    current = next
  }
}

/** Where a reference points itself: to an anchor, or by a pointer from the schema with an `$id`, else from the top. */
function point(ref: string, resource: unknown, world: World, depth: number): Target {
  const fragment = decoded(ref.slice(1))
  if (fragment === undefined) return { kind: 'missing', segment: ref, names: [] }
  if (fragment !== '' && !fragment.startsWith('/')) {
    if (!world.anchors.has(fragment)) return { kind: 'missing', segment: fragment, names: [...world.anchors] }
    // Only schemas have anchors, and what a schema says is not needed further.
    return { kind: 'found', value: undefined, path: [] }
  }
  const segments = fragment.split('/').slice(1)
  const inner = descend(segments.map(unescaped), resource, world, depth)
  if (inner.kind === 'found' || resource === world.document) return inner
  return descend(segments.map(unescaped), world.document, world, depth)
}

function descend(segments: readonly string[], resource: unknown, world: World, depth: number): Target {
  let value = resource
  let path: Path = []
  for (const segment of segments) {
    const ref = refOf(value)
    if (ref !== undefined && !has(value, segment)) {
      const through = chain(ref, resource, world, depth + 1)
      if (through.kind !== 'found') return through
      value = through.value
      path = through.path
    }
    if (!has(value, segment)) return { kind: 'missing', segment, names: Object.keys(fields(value)) }
    value = Array.isArray(value) ? value[Number(segment)] : own(fields(value), segment)
    path = [...path, segment]
  }
  return { kind: 'found', value, path }
}

/** Own members only: an inherited `constructor` or `length` is nothing that the document says. */
function has(value: unknown, segment: string): boolean {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d{0,7})$/.test(segment) && Number(segment) < value.length
  return isFields(value) && Object.hasOwn(value, segment)
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** The target that an object refers to, or `undefined` for any other value. */
export function refOf(value: unknown): string | undefined {
  const target = own(fields(value), '$ref')
  return typeof target === 'string' ? target : undefined
}

function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return undefined
  }
}

/** The fault of a reference that cannot be followed. */
export function refFault(ref: Pick<Ref, 'target' | 'path'>, target: Exclude<Target, { kind: 'found' }>): Fault {
  const at = `the reference ${show(ref.target)} at ${pointer(ref.path)}`
  const [code, said, cure] = target.kind === 'missing' ? missing(target) : FAULTS[target.kind]
  return { severity: 'error', code, message: `${at} ${said}`, cure, path: ref.path }
}

const FAULTS = {
  external: [
    'openapi-external-ref',
    'leads out of the document; no other file and no address is read',
    'Bundle the parts into one document, so that every "$ref" begins with "#/".',
  ],
  loop: [
    'openapi-ref-loop',
    'leads back to itself without reaching a value',
    'Let one of the references in the circle become the value itself.',
  ],
  long: ['openapi-ref-chain', `passes through more than ${MAX_CHAIN} other references`, 'Refer to the value directly.'],
} as const

function missing({ segment, names }: Extract<Target, { kind: 'missing' }>): readonly [string, string, string] {
  const near = nearest(segment, names)
  const cure = near === undefined ? 'Add what it refers to, or remove the reference.' : `Did you mean ${show(near)}?`
  return ['openapi-ref-missing', `leads to nothing: there is no ${show(segment)}`, cure]
}
