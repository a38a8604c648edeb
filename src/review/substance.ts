import { isDeepStrictEqual } from 'node:util'
import type { World } from '../access/consequences.ts'
import type { Address, Kind } from '../model/address.ts'
import { digestOf } from '../model/digest.ts'
import { endpointOf, type Operation } from '../model/operation.ts'
import type { Changed } from '../model/review.ts'
import type { Resource } from '../model/state.ts'

/** A part of a resource that means something, and differs between the sides. */
export interface Part {
  readonly address: Address
  readonly field: string
  /** Names the part with its values on both sides. */
  readonly digest: string
}

interface Sides {
  readonly changes: readonly Changed[]
  readonly before: World
  readonly after: World
}

/**
 * All that differs in what a change creates or edits, but for wording: the same parts for the same edit, wherever it is
 * made. What is deleted has no parts.
 */
export function substance({ changes, before, after }: Sides): readonly Part[] {
  return changes.flatMap(({ address, before: was, after: is }) => {
    if (is === undefined) return []
    const [old, made] = [was === undefined ? {} : fieldsOf(was, before), fieldsOf(is, after)]
    return [...new Set([...Object.keys(old), ...Object.keys(made)])].toSorted().flatMap(field => {
      const values = [old[field] ?? null, made[field] ?? null]
      return isDeepStrictEqual(values[0], values[1])
        ? []
        : [{ address, field, digest: digestOf({ address, field, values }) }]
    })
  })
}

/** A digest of everything in a resource but its wording; operations by the digest of their table. */
export function substanceDigest(resource: Resource): string {
  return digestOf(fieldsOf(resource, undefined))
}

type Fields = Readonly<Record<string, unknown>>

/** What only people read. */
const WORDING = {
  clusterServiceDefinition: ['displayName', 'description', 'category', 'docs'],
  serviceDefinition: ['displayName', 'description', 'category', 'docs'],
  accessGroup: ['displayName', 'description'],
  credential: ['label'],
  integration: ['title', 'description'],
  consumer: ['displayName', 'description'],
  guardrail: ['description'],
} as const satisfies Record<Kind, readonly string[]>

function fieldsOf(resource: Resource, world: World | undefined): Fields {
  const fields: Record<string, unknown> = { ...withoutWording(resource) }
  if (Object.keys(resource.labels).length > 0) fields['labels'] = resource.labels
  if (world !== undefined && typeof fields['operations'] === 'string')
    fields['operations'] = tableFacts(world.table(fields['operations'])?.operations ?? [])
  return fields
}

function withoutWording(resource: Resource): Fields {
  const wording = new Set<string>(WORDING[resource.kind])
  const fields = Object.fromEntries(Object.entries(resource.spec).filter(([field]) => !wording.has(field)))
  if (resource.kind === 'credential' && resource.spec.account !== undefined) {
    const { purpose: _purpose, notes: _notes, ...account } = resource.spec.account
    return { ...fields, account }
  }
  if ('auth' in resource.spec) {
    const auth = resource.spec.auth.map(({ description: _description, scopes, ...way }) =>
      scopes === undefined ? way : { ...way, scopes: Object.keys(scopes).toSorted() },
    )
    return { ...fields, auth }
  }
  return fields
}

const tables = new WeakMap<readonly Operation[], string>()

/** Operations without what is said about them, nor what a lock file says of them. */
function tableFacts(operations: readonly Operation[]): string {
  let digest = tables.get(operations)
  if (digest === undefined) tables.set(operations, (digest = digestOf(operations.map(operationFacts).toSorted())))
  return digest
}

function operationFacts(operation: Operation): string {
  const { id, tags, security, isNew } = operation
  return digestOf({ endpoint: endpointOf(operation), id, tags, security: security ?? null, isNew: isNew ?? false })
}
