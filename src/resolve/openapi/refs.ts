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
  /** What is known of the references of each resource. */
  readonly known: Map<unknown, Map<string, Reached>>
}

/** The end of a chain of references, and how many lead there. */
interface Reached {
  readonly target: Target
  readonly hops: number
}

/** A follower for one document; each distinct reference is followed once. */
export function follower(document: unknown, anchors: ReadonlySet<string>): Follow {
  const world: World = { document, anchors, known: new Map() }
  return (ref, resource = document) => {
    const { target, hops } = reach(ref, resource, world, 0)
    return target.kind === 'found' && hops > MAX_CHAIN ? { kind: 'long' } : target
  }
}

/**
 * Every reference that leads out of the document, to nothing, or round in a circle; of those that pass through too many
 * others only the first, for each link of a chain would be one.
 */
export function checkRefs(walked: Walked, follow: Follow): Fault[] {
  const faults: Fault[] = []
  let isLong = false
  for (const ref of walked.refs) {
    const target = follow(ref.target, ref.resource)
    if (target.kind === 'found' || (target.kind === 'long' && isLong)) continue
    isLong ||= target.kind === 'long'
    faults.push(refFault(ref, target))
  }
  return faults
}

function reach(ref: string, resource: unknown, world: World, depth: number): Reached {
  const known = world.known.get(resource) ?? new Map<string, Reached>()
  world.known.set(resource, known)
  const trail = new Set<string>()
  let current = ref
  let end: Reached | undefined
  while ((end = known.get(current) ?? endless(current, trail, depth)) === undefined) {
    trail.add(current)
    const target = point(current, resource, world, depth)
    const next = target.kind === 'found' ? refOf(target.value) : undefined
    if (next === undefined) {
      end = { target, hops: 0 }
      break
    }
    current = next
  }
  for (const passed of [...trail].toReversed()) {
    end = { target: end.target, hops: end.hops + 1 }
    known.set(passed, end)
  }
  return end
}

/** Why a reference is not followed at all. */
function endless(ref: string, trail: ReadonlySet<string>, depth: number): Reached | undefined {
  if (!ref.startsWith('#')) return { target: { kind: 'external' }, hops: 0 }
  if (trail.has(ref)) return { target: { kind: 'loop' }, hops: 0 }
  return depth > MAX_CHAIN ? { target: { kind: 'long' }, hops: 0 } : undefined
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
      const through = reach(ref, resource, world, depth + 1).target
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
