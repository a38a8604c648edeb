import { hasBit, type Bits } from '../../access/bits.ts'
import type { Rule } from '../../access/rule.ts'
import { jointTable } from '../../access/table.ts'
import type { ReviewedOperation } from '../../model/finding.ts'
import { acceptanceKey, isWrite, type Operation } from '../../model/operation.ts'
import type { Edit } from './edits.ts'
import type { PermissionSlot } from './integration.ts'
import type { OperationSlots } from './operation.ts'
import type { Service } from './services.ts'
import type { Subject } from './subject.ts'

/** Operations of one integration that all its permissions, in whatever mixture of both sides, treat alike. */
export interface Scope {
  readonly subject: Subject
  /** Of the row, in its order. */
  readonly operations: readonly ReviewedOperation[]
  /** One of them, a write where there is one, as each service has it. */
  readonly witness: ReviewedOperation
  readonly slots: readonly { readonly service: Service; readonly operation: OperationSlots }[]
  /** The permissions that select them in some mixture of both sides. */
  readonly permissions: readonly PermissionSlot[]
  /** The edits of the operation. */
  readonly edits: readonly Edit[]
}

/** Divides operations by what can decide about them; the first scope holds the operation that proves the row. */
export function scopesOf(subject: Subject, operations: readonly ReviewedOperation[]): readonly Scope[] {
  const witness = witnessOf(operations)
  const [service] = subject.services
  const parts =
    service !== undefined && subject.services.length === 1 && service.edited === 'no'
      ? partsOfTable({ subject, service }, operations)
      : partsByText(subject, operations)
  return parts
    .map(part => scopeOf(subject, part))
    .toSorted((a, b) => Number(b.witness.key === witness.key) - Number(a.witness.key === witness.key))
}

type Part = Pick<Scope, 'witness' | 'operations'>

/** Where no operation was edited: by the sets that permissions select. */
function partsOfTable(
  { subject, service }: { readonly subject: Subject; readonly service: Service },
  operations: readonly ReviewedOperation[],
): readonly Part[] {
  const classes = tableClasses(subject, service.tables.after)
  const positions = positionsOf(operations, service)
  const parts: ReviewedOperation[][] = []
  for (const [index, operation] of operations.entries()) {
    const position = positions[index]
    if (position !== undefined) (parts[classes[position]!] ??= []).push(operation)
  }
  return parts.filter(part => part !== undefined).map(partOf)
}

function partOf(operations: readonly ReviewedOperation[]): Part {
  return { witness: witnessOf(operations), operations }
}

const classes = new WeakMap<Subject, Uint32Array>()

/** For each operation of a table a number: the same for those that the same permissions select. */
function tableClasses(subject: Subject, table: readonly Operation[]): Uint32Array {
  let made = classes.get(subject)
  if (made === undefined) classes.set(subject, (made = classify(new Set(columns(subject, table).flat()), table.length)))
  return made
}

function classify(sets: ReadonlySet<Bits | undefined>, size: number): Uint32Array {
  const made = new Uint32Array(size)
  let count = 1
  for (const selected of sets) {
    if (selected === undefined) continue
    // The number of each class with those that this set selects.
    const split = new Map<number, number>()
    for (let position = 0; position < size; position++) {
      if (!hasBit(selected, position)) continue
      const old = made[position]!
      if (!split.has(old)) split.set(old, count++)
      made[position] = split.get(old)!
    }
  }
  return made
}

/** Where operations are in the table of a service: most often they are the very same objects, in its order. */
function positionsOf(operations: readonly ReviewedOperation[], service: Service): readonly (number | undefined)[] {
  const table = service.tables.after
  const known = jointTable(table, table).operations
  let at = 0
  return operations.map(operation => {
    while (at < table.length && known[at] !== operation) at++
    return at < table.length ? at : service.position(operation.key)
  })
}

function partsByText(subject: Subject, operations: readonly ReviewedOperation[]): readonly Part[] {
  const parts = Map.groupBy(operations, operation => signature(subject, operation))
  return [...parts.values()].map(partOf)
}

/** The first write, else the first of all. */
export function witnessOf(operations: readonly ReviewedOperation[]): ReviewedOperation {
  return operations.find(each => isWrite(operationOf(each))) ?? operations[0]!
}

function operationOf({ before, after }: ReviewedOperation): Operation {
  return (after ?? before)!
}

/** After the change, or before it where it is gone. */
export function idOf(operation: ReviewedOperation): string {
  return operationOf(operation).id
}

/** What an operation is called where an edit speaks of it. */
export function nameOf(operation: ReviewedOperation): string {
  return acceptanceKey(operationOf(operation))
}

function scopeOf(subject: Subject, { witness, operations }: Part): Scope {
  const slots = subject.services.flatMap(service => {
    const operation = service.operation(witness.key)
    return operation === undefined ? [] : [{ service, operation }]
  })
  const edits = slots.flatMap(({ operation }) => operation.edits)
  return { subject, operations, witness, slots, permissions: permissionsFor(subject, slots), edits }
}

/** Where several fields of an operation changed, mixtures of them are selected as neither side is: nothing is left out. */
function isMixed({ fields }: OperationSlots): boolean {
  return fields.length > 1
}

function permissionsFor(subject: Subject, slots: Scope['slots']): readonly PermissionSlot[] {
  const { permissions } = subject.slots
  if (slots.some(({ operation }) => isMixed(operation))) return permissions
  const versions = slots.flatMap(({ service, operation }) => versionsOf(service, operation))
  return permissions.filter((_, index) =>
    versions.some(({ table, position }) =>
      columns(subject, table)[index]!.some(bits => bits !== undefined && hasBit(bits, position)),
    ),
  )
}

/** Operations of equal text here are treated alike by every permission, and were edited alike. */
function signature(subject: Subject, { key }: ReviewedOperation): string {
  let text = ''
  for (const service of subject.services) {
    const operation = service.operation(key)
    if (operation === undefined) continue
    if (isMixed(operation)) return key
    text += `/${operation.edits.map(({ what: { kind }, side }) => `${kind} ${side}`).join()}`
    for (const { table, position } of versionsOf(service, operation)) {
      text += ':'
      for (const [was, is] of columns(subject, table)) {
        text += was !== undefined && hasBit(was, position) ? 'w' : '-'
        text += is !== undefined && hasBit(is, position) ? 'i' : '-'
      }
    }
  }
  return text
}

interface Version {
  readonly table: readonly Operation[]
  readonly position: number
}

/** The tables that hold an operation in different forms. */
function versionsOf({ tables }: Service, { whole: { before, after }, edits }: OperationSlots): readonly Version[] {
  const versions: Version[] = []
  if (after !== undefined) versions.push({ table: tables.after, position: positionsIn(tables.after).get(after)! })
  if (before !== undefined && edits.length > 0)
    versions.push({ table: tables.before, position: positionsIn(tables.before).get(before)! })
  return versions
}

const positions = new WeakMap<readonly Operation[], ReadonlyMap<Operation, number>>()

function positionsIn(table: readonly Operation[]): ReadonlyMap<Operation, number> {
  let known = positions.get(table)
  if (known === undefined) positions.set(table, (known = new Map(table.map((operation, index) => [operation, index]))))
  return known
}

type Column = readonly [Bits | undefined, Bits | undefined]
const known = new WeakMap<Subject, Map<readonly Operation[], readonly Column[]>>()

/** What each permission selects of a table, as it was and as it is. */
function columns(subject: Subject, table: readonly Operation[]): readonly Column[] {
  const tables = known.get(subject) ?? new Map<readonly Operation[], readonly Column[]>()
  known.set(subject, tables)
  let made = tables.get(table)
  if (made === undefined) {
    const { whole, permissions } = subject.slots
    const rules = (side: 'before' | 'after'): readonly Rule[] => {
      const integration = whole[side] ?? whole.after ?? whole.before
      return integration === undefined ? [] : subject.rules(integration, table)
    }
    const [was, is] = [rules('before'), rules('after')]
    made = permissions.map(slot => [was[slot.was ?? -1]?.operations, is[slot.is ?? -1]?.operations])
    tables.set(table, made)
  }
  return made
}
