import type { Address } from '../../model/address.ts'
import type { ReviewedOperation, SideName } from '../../model/finding.ts'
import { acceptanceKey, type Operation } from '../../model/operation.ts'
import { pick, sideOf, type Edit, type Made, type Slot } from './edits.ts'
import type { What } from './words.ts'

/** One operation of one service on both sides. */
export interface OperationSlots {
  readonly whole: Slot<Operation>
  /** What permissions select by, where it changed apart from the operation itself. */
  readonly fields: readonly Field[]
  readonly edits: readonly Edit[]
}

/** One edit of an operation that is there. */
interface Field {
  readonly edit: Edit
  /** Puts the edit back. */
  readonly undo: (operation: Operation) => Operation
}

/** What an operation's service says of it. */
export interface Around {
  readonly address: Address
  readonly list: 'openapi' | 'operations'
  readonly definition: Edit | undefined
  /** The operation of a key on both sides. */
  readonly at: (key: string) => ReviewedOperation | undefined
  readonly byId: Readonly<Record<SideName, () => ReadonlyMap<string, Operation>>>
  /** Whether the change accepts an operation that it adds. */
  readonly isLocked: (operation: Operation) => boolean
}

/** The two sides of an operation, edit by edit. */
export function operationSlots(both: ReviewedOperation, around: Around): OperationSlots {
  const { before, after } = both
  if (before === undefined || after === undefined) return onOneSide(both, around)
  const fields = fieldsOf(before, after, around)
  return { whole: { before, after, edit: undefined }, fields, edits: fields.map(({ edit }) => edit) }
}

function onOneSide({ key, before, after }: ReviewedOperation, around: Around): OperationSlots {
  const only = (after ?? before)!
  const name = acceptanceKey(only)
  const change = after === undefined ? 'removed' : 'added'
  const edit: Edit = around.definition ?? {
    address: around.address,
    side: sideOf(change),
    at: { path: ['spec', around.list], item: name },
    what: { kind: 'operation', change, name, moved: movedFrom(key, only, around) },
  }
  const isLocked = after !== undefined && after.isNew === undefined && around.isLocked(after)
  const fields = isLocked ? [acceptance({ ...only, isNew: true }, only, around.address)] : []
  return { whole: { before, after, edit }, fields, edits: [edit, ...fields.map(field => field.edit)] }
}

/** Where the operation of this id is on the other side, if it is not here: the same operation, elsewhere. */
function movedFrom(key: string, { id }: Operation, { at, byId }: Around): string | undefined {
  const other = at(key)?.after === undefined ? byId.after : byId.before
  const same = other().get(id)
  return same === undefined || id === acceptanceKey(same) ? undefined : acceptanceKey(same)
}

function fieldsOf(before: Operation, after: Operation, { address, list }: Around): readonly Field[] {
  const name = acceptanceKey(after)
  const edit = (what: What): Edit => ({ address, side: 'after', at: { path: ['spec', list], item: name }, what })
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
