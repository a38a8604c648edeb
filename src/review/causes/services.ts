import type { World } from '../../access/consequences.ts'
import { jointTable, operationsOfBoth } from '../../access/table.ts'
import type { Address } from '../../model/address.ts'
import type { ReviewedOperation, SideName } from '../../model/finding.ts'
import { acceptanceKey, accepting, type Operation } from '../../model/operation.ts'
import type { Resource } from '../../model/state.ts'
import type { Edit } from './edits.ts'
import { operationSlots, type OperationSlots } from './operation.ts'

/** A service on both sides. */
export interface Service {
  readonly address: Address
  readonly tables: Readonly<Record<SideName, readonly Operation[]>>
  /** Whether operations differ, and if so, whether only because the service as a whole is there on one side alone. */
  readonly edited: 'no' | 'whole' | 'operations'
  /** All of both tables. */
  operations(): readonly ReviewedOperation[]
  /** The position of an operation in the table after the change. */
  position(key: string): number | undefined
  /** Absent for a key that neither side knows. */
  operation(key: string): OperationSlots | undefined
}

/** What lock files accept on each side, by service; absent where there is none. */
export type Locks = Readonly<Record<SideName, { readonly lock: ReadonlyMap<Address, readonly string[]> | undefined }>>

interface Services {
  readonly before: World
  readonly after: World
  readonly guards?: Locks
}

/** Services as they are first asked for. */
export function services({ before, after, guards }: Services): (address: Address) => Service {
  const known = new Map<Address, Service>()
  return address => {
    let made = known.get(address)
    if (made === undefined) {
      const found = { before: before.find(address), after: after.find(address) }
      const tables = tablesOf({ before, after }, found)
      known.set(address, (made = serviceOn(address, { found, tables, accepted: acceptedIn(address, guards) })))
    }
    return made
  }
}

const NONE: readonly Operation[] = []

/** The same array on both sides where they have the same operations: the one that the comparison knows already. */
function tablesOf(worlds: Pick<Services, SideName>, found: Found['found']): Service['tables'] {
  const [was, is] = [digestOf(found.before), digestOf(found.after)]
  const before = tableOf(worlds.before, was)
  return { before, after: was === is ? before : tableOf(worlds.after, is) }
}

function digestOf(service: Resource | undefined): string | undefined {
  return service !== undefined && 'operations' in service.spec ? service.spec.operations : undefined
}

function tableOf(world: World, digest: string | undefined): readonly Operation[] {
  return (digest === undefined ? undefined : world.table(digest)?.operations) ?? NONE
}

/** What the change accepts: the lock file lists it only after it. */
function acceptedIn(address: Address, guards: Locks | undefined): ReadonlySet<string> {
  const [before, after] = [guards?.before.lock, guards?.after.lock?.get(address)]
  if (before === undefined || after === undefined) return new Set()
  const old = new Set(before.get(address)?.map(accepting))
  return new Set(after.map(accepting).filter(key => !old.has(key)))
}

interface Found {
  readonly found: Readonly<Record<SideName, Resource | undefined>>
  readonly tables: Service['tables']
  readonly accepted: ReadonlySet<string>
}

function serviceOn(address: Address, { found, tables, accepted }: Found): Service {
  const operations = once(() => operationsOfBoth(jointTable(tables.before, tables.after)))
  const positions = once(() => new Map(operations().map(({ key }, index) => [key, index])))
  const at = (key: string): ReviewedOperation | undefined => operations()[positions().get(key) ?? -1]
  const definition = definitionEdit(address, found)
  const byId = { before: idsIn(tables.before), after: idsIn(tables.after) }
  const isLocked = (operation: Operation): boolean => accepted.has(accepting(acceptanceKey(operation)))
  const known = new Map<string, OperationSlots>()
  const kind = (found.after ?? found.before)?.spec
  const list = kind !== undefined && 'type' in kind && kind.type === 'openapi' ? 'openapi' : 'operations'
  return {
    address,
    tables,
    operations,
    edited: tables.before === tables.after ? 'no' : definition && accepted.size === 0 ? 'whole' : 'operations',
    position(key) {
      const position = positions().get(key)
      return position === undefined || position >= tables.after.length ? undefined : position
    },
    operation(key) {
      let made = known.get(key)
      const both = made === undefined ? at(key) : undefined
      if (both === undefined) return made
      made = operationSlots(both, { address, list, definition, at, byId, isLocked })
      known.set(key, made)
      return made
    },
  }
}

function idsIn(operations: readonly Operation[]): () => ReadonlyMap<string, Operation> {
  return once(() => new Map(operations.map(operation => [operation.id, operation])))
}

/** Makes a value when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** The edit that makes all operations of a service appear, or disappear. */
function definitionEdit(
  address: Address,
  { before, after }: Readonly<Record<SideName, Resource | undefined>>,
): Edit | undefined {
  const only = before === undefined ? after : after === undefined ? before : undefined
  if (only === undefined) return undefined
  const [change, side] = only === after ? (['created', 'after'] as const) : (['deleted', 'before'] as const)
  return { address, side, at: { path: [] }, what: { kind: 'definition', change, name: only.name } }
}
