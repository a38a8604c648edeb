import type { World } from '../../access/consequences.ts'
import { jointTable } from '../../access/table.ts'
import type { Address } from '../../model/address.ts'
import type { SideName } from '../../model/finding.ts'
import { acceptanceKey, accepting, type Operation } from '../../model/operation.ts'
import type { Resource } from '../../model/state.ts'
import type { Edit } from './edits.ts'
import { operationSlots, type OperationSlots } from './operation.ts'

/** A service on both sides. */
export interface Service {
  readonly address: Address
  readonly tables: Readonly<Record<SideName, readonly Operation[]>>
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
      const tables = { before: tableOf(before, found.before), after: tableOf(after, found.after) }
      known.set(address, (made = serviceOn(address, { found, tables, isLocked: lockedIn(address, guards) })))
    }
    return made
  }
}

const NONE: readonly Operation[] = []

function tableOf(world: World, found: Resource | undefined): readonly Operation[] {
  const digest = found !== undefined && 'operations' in found.spec ? found.spec.operations : undefined
  return (digest === undefined ? undefined : world.table(digest)?.operations) ?? NONE
}

/** Whether the change accepts an operation: the lock file lists it only after it. */
function lockedIn(address: Address, guards: Locks | undefined): (operation: Operation) => boolean {
  const [before, after] = [guards?.before.lock, guards?.after.lock?.get(address)]
  if (before === undefined || after === undefined) return () => false
  const old = new Set(before.get(address)?.map(accepting))
  const accepted = new Set(after.map(accepting).filter(key => !old.has(key)))
  return operation => accepted.has(accepting(acceptanceKey(operation)))
}

interface Found {
  readonly found: Readonly<Record<SideName, Resource | undefined>>
  readonly tables: Service['tables']
  readonly isLocked: (operation: Operation) => boolean
}

function serviceOn(address: Address, { found, tables, isLocked }: Found): Service {
  const joined = new Map(jointTable(tables.before, tables.after).operations.map(each => [each.key, each]))
  const definition = definitionEdit(address, found)
  const byId = { before: idsIn(tables.before), after: idsIn(tables.after) }
  const known = new Map<string, OperationSlots>()
  const kind = (found.after ?? found.before)?.spec
  const list = kind !== undefined && 'type' in kind && kind.type === 'openapi' ? 'openapi' : 'operations'
  return {
    address,
    tables,
    operation(key) {
      const both = joined.get(key)
      let made = known.get(key)
      if (both === undefined || made !== undefined) return made
      made = operationSlots(both, { address, list, definition, joined, byId, isLocked })
      known.set(key, made)
      return made
    },
  }
}

function idsIn(operations: readonly Operation[]): () => ReadonlyMap<string, Operation> {
  let made: ReadonlyMap<string, Operation> | undefined
  return () => (made ??= new Map(operations.map(operation => [operation.id, operation])))
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
