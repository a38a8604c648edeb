import { show } from '../openapi/fault.ts'
import type { SettingsFault } from './run.ts'

/** An object of the settings or of their schema, untrusted. */
export type Fields = Readonly<Record<string, unknown>>

export interface Bounds {
  /** UTF-16 code units of its JSON, about. */
  readonly size: number
  readonly depth: number
  readonly nodes: number
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What keeps a value from being looked at: too large, too deep, a key that is not accepted, or no JSON at all. */
export function boundsFault(value: unknown, bounds: Bounds): SettingsFault | undefined {
  const walk: Walk = { bounds, path: [], size: 0, nodes: 0 }
  const said = measure(value, walk)
  if (said === undefined) return undefined
  return { path: walk.path, message: `${subject(walk.path)} ${said}`, cure: 'Keep it small and flat.' }
}

interface Walk {
  readonly bounds: Bounds
  readonly path: (string | number)[]
  size: number
  nodes: number
}

function measure(value: unknown, walk: Walk): string | undefined {
  const { bounds, path } = walk
  walk.nodes += 1
  walk.size += typeof value === 'string' ? value.length + 3 : 5
  if (walk.nodes > bounds.nodes) return `holds more than ${bounds.nodes} values`
  if (walk.size > bounds.size) return `is larger than ${bounds.size} characters`
  if (typeof value !== 'object' || value === null) return isScalar(value) ? undefined : 'is not JSON'
  return path.length >= bounds.depth ? `nests deeper than ${bounds.depth} levels` : measureMembers(value, walk)
}

function measureMembers(value: object, walk: Walk): string | undefined {
  const list = Array.isArray(value)
  for (const [key, member] of Object.entries(value)) {
    walk.path.push(list ? Number(key) : key)
    walk.size += list ? 0 : key.length + 3
    if (key === '__proto__') return 'is a key that is not accepted'
    const said = measure(member, walk)
    if (said !== undefined) return said
    walk.path.pop()
  }
  return undefined
}

/** A text that two values share exactly if JSON Schema holds them equal: key order and 1 or 1.0 make no difference. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (isFields(value)) {
    const members = Object.keys(value).toSorted()
    return `{${members.map(key => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value === 0 ? 0 : value)
}

/** The work of comparing a value, about one step for each member and 64 characters. */
export function weight(value: unknown): number {
  if (typeof value === 'string') return 1 + (value.length >> 6)
  if (typeof value !== 'object' || value === null) return 1
  let sum = 1
  for (const [key, member] of Object.entries(value)) sum += (key.length >> 6) + weight(member)
  return sum
}

/** How a message names the value at a path. */
export function subject(path: readonly (string | number)[]): string {
  const [first, ...rest] = path
  if (first === undefined) return 'the value'
  return show(
    rest.reduce<string>((text, part) => text + (typeof part === 'number' ? `[${part}]` : `.${part}`), `${first}`),
  )
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'boolean', 'number', 'bigint'].includes(typeof value)
}
