import type { World } from '../../access/consequences.ts'
import { jointTable } from '../../access/table.ts'
import type { Address } from '../../model/address.ts'
import type { ReviewedOperation, SideName } from '../../model/finding.ts'
import { acceptanceKey, type Operation } from '../../model/operation.ts'
import type { Resource } from '../../model/state.ts'
import { pick, type Edit, type Made, type Slot } from './edits.ts'
import type { What } from './words.ts'

/** One operation of one service on both sides. */
export interface OperationSlots {
  readonly whole: Slot<Operation>
  /** What permissions select by, where it changed; empty for an operation that one side lacks. */
  readonly fields: readonly Field[]
  readonly edits: readonly Edit[]
}

/** One edit of an operation that stays. */
interface Field {
  readonly edit: Edit
  /** Puts the edit back. */
  readonly undo: (operation: Operation) => Operation
}

/** A service on both sides. */
export interface Service {
  readonly address: Address
  readonly tables: Readonly<Record<SideName, readonly Operation[]>>
  /** Absent for a key that neither side knows. */
  operation(key: string): OperationSlots | undefined
}

/** Services as they are first asked for. */
export function services(before: World, after: World): (address: Address) => Service {
  const known = new Map<Address, Service>()
  return address => {
    let made = known.get(address)
    if (made === undefined) {
      const found = { before: before.find(address), after: after.find(address) }
      const tables = { before: tableOf(before, found.before), after: tableOf(after, found.after) }
      known.set(address, (made = serviceOn(address, found, tables)))
    }
    return made
  }
}

const NONE: readonly Operation[] = []

function tableOf(world: World, found: Resource | undefined): readonly Operation[] {
  const digest = found !== undefined && 'operations' in found.spec ? found.spec.operations : undefined
  return (digest === undefined ? undefined : world.table(digest)?.operations) ?? NONE
}

function serviceOn(
  address: Address,
  found: Readonly<Record<SideName, Resource | undefined>>,
  tables: Service['tables'],
): Service {
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
      made = operationSlots(both, { address, list, definition, joined, byId })
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

interface Around {
  readonly address: Address
  readonly list: 'openapi' | 'operations'
  readonly definition: Edit | undefined
  readonly joined: ReadonlyMap<string, ReviewedOperation>
  readonly byId: Readonly<Record<SideName, () => ReadonlyMap<string, Operation>>>
}

function operationSlots({ key, before, after }: ReviewedOperation, around: Around): OperationSlots {
  if (before === undefined || after === undefined) {
    const only = (after ?? before)!
    const change = after === undefined ? 'removed' : 'added'
    const name = acceptanceKey(only)
    const edit = around.definition ?? {
      address: around.address,
      side: after === undefined ? ('before' as const) : ('after' as const),
      at: { path: ['spec', around.list] },
      what: { kind: 'operation' as const, change, name, moved: movedFrom(key, only, around) },
    }
    return { whole: { before, after, edit }, fields: [], edits: [edit] }
  }
  const fields = fieldsOf(before, after, around)
  return { whole: { before, after, edit: undefined }, fields, edits: fields.map(({ edit }) => edit) }
}

/** Where the operation of this id is on the other side, if it is not here: the same operation, elsewhere. */
function movedFrom(key: string, { id }: Operation, { joined, byId }: Around): string | undefined {
  const other = joined.get(key)?.after === undefined ? byId.after : byId.before
  const same = other().get(id)
  return same === undefined || id === acceptanceKey(same) ? undefined : acceptanceKey(same)
}

function fieldsOf(before: Operation, after: Operation, { address, list }: Around): readonly Field[] {
  const name = acceptanceKey(after)
  const edit = (what: What): Edit => ({ address, side: 'after', at: { path: ['spec', list] }, what })
  const { id, path, tags } = before
  // Without an id of its own an operation is named after its path, so both are one edit.
  const isNamedByPath = id === acceptanceKey(before) && after.id === name
  const fields: Field[] = []
  if (id !== after.id && !isNamedByPath)
    fields.push({ edit: edit({ kind: 'id', name, before: id, after: after.id }), undo: made => ({ ...made, id }) })
  if (path !== after.path)
    fields.push({
      edit: edit({ kind: 'path', name }),
      undo: made => ({ ...made, path, ...(isNamedByPath && { id }) }),
    })
  if (!isSameSet(tags, after.tags))
    fields.push({ edit: edit({ kind: 'tags', name }), undo: made => ({ ...made, tags }) })
  if (before.isNew !== after.isNew) fields.push(acceptance(before, after, address))
  return fields
}

function acceptance(before: Operation, after: Operation, address: Address): Field {
  const isAccepted = after.isNew === undefined
  const name = acceptanceKey(isAccepted ? after : before)
  const edit: Edit = {
    address,
    side: isAccepted ? 'after' : 'before',
    at: { path: ['spec', 'acceptedOperations'], item: name },
    what: { kind: isAccepted ? 'accepted' : 'unaccepted', name },
  }
  const undo = ({ isNew: _isNew, ...rest }: Operation): Operation => (isAccepted ? { ...rest, isNew: true } : rest)
  return { edit, undo }
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(name => b.includes(name))
}

/** The operation in a mixture of both sides. */
export function pickOperation({ whole, fields }: OperationSlots, made: Made): Operation | undefined {
  const operation = pick(whole, made)
  if (operation === undefined) return undefined
  return fields.filter(({ edit }) => !made(edit)).reduce((mixed, { undo }) => undo(mixed), operation)
}
