import { hasBit, type Bits } from '../../access/bits.ts'
import type { ReviewedOperation } from '../../model/finding.ts'
import { acceptanceKey, isWrite, type Operation } from '../../model/operation.ts'
import { operationOf } from '../severity.ts'
import type { Edit } from './edits.ts'
import type { PermissionSlot } from './integration.ts'
import type { OperationSlots } from './operation.ts'
import type { Service } from './services.ts'
import { columns } from './rules.ts'
import type { Subject } from './subject.ts'

/** Operations of one integration that all its permissions, in whatever mixture of both sides, treat alike. */
export interface Scope {
  readonly subject: Subject
  /** Of the row, in its order. */
  readonly operations: readonly ReviewedOperation[]
  /** One of them, a write where there is one, as each service has it. */
  readonly witness: ReviewedOperation
  /** Of the witness in the table, where neither its operations nor the service were edited. */
  readonly position: number | undefined
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

type Part = Pick<Scope, 'witness' | 'operations' | 'position'> & { readonly class?: number }

/** Where no operation was edited: by the sets that permissions select. */
function partsOfTable(
  { subject, service }: { readonly subject: Subject; readonly service: Service },
  operations: readonly ReviewedOperation[],
): readonly Part[] {
  const classes = tableClasses(subject, service.tables.after)
  const positions = positionsOf(operations, service)
  const parts: { operations: ReviewedOperation[]; position: number; class: number }[] = []
  for (const [index, operation] of operations.entries()) {
    const position = positions[index]
    if (position === undefined) continue
    const number = classes[position]!
    ;(parts[number] ??= { operations: [], position, class: number }).operations.push(operation)
  }
  return parts
    .filter(part => part !== undefined)
    .map(part => ({
      witness: witnessOf(part.operations),
      operations: part.operations,
      position: part.position,
      class: part.class,
    }))
}

function partOf(operations: readonly ReviewedOperation[]): Part {
  return { witness: witnessOf(operations), operations, position: undefined }
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
  const known = service.operations()
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

/** After the change, or before it where it is gone. */
export function idOf(operation: ReviewedOperation): string {
  return operationOf(operation).id
}

/** What an operation is called where an edit speaks of it. */
export function nameOf(operation: ReviewedOperation): string {
  return acceptanceKey(operationOf(operation))
}

function scopeOf(subject: Subject, { witness, operations, position, class: number }: Part): Scope {
  return {
    subject,
    witness,
    operations,
    position,
    ...(number === undefined ? coreOf(subject, witness) : coreOfClass(subject, number, witness)),
  }
}

type Core = Pick<Scope, 'slots' | 'permissions' | 'edits'>
const cores = new WeakMap<Subject, Map<number, Core>>()

/** What operations of one class have in common. */
function coreOfClass(subject: Subject, number: number, witness: ReviewedOperation): Core {
  const all = cores.get(subject) ?? new Map<number, Core>()
  cores.set(subject, all)
  let core = all.get(number)
  if (core === undefined) all.set(number, (core = coreOf(subject, witness)))
  return core
}

function coreOf(subject: Subject, witness: ReviewedOperation): Core {
  const slots = servicesWith(subject, witness).flatMap(service => {
    const operation = service.operation(witness.key)
    return operation === undefined ? [] : [{ service, operation }]
  })
  const edits = slots.flatMap(({ operation }) => operation.edits)
  return { slots, permissions: permissionsFor(subject, slots), edits }
}

/** The services that an operation is of: where an integration changes its service, one that it leaves or one that it finds. */
function servicesWith({ services }: Subject, { before }: ReviewedOperation): readonly Service[] {
  if (services.length < 2) return services
  return before === undefined ? services.slice(1) : services.slice(0, 1)
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
function signature(subject: Subject, reviewed: ReviewedOperation): string {
  const { key } = reviewed
  let text = ''
  for (const service of servicesWith(subject, reviewed)) {
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
