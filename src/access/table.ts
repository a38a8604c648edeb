import type { ReviewedOperation } from '../model/finding.ts'
import { endpointOf, type Operation } from '../model/operation.ts'
import { bitsOf, equalBits, hashBits, hashText, numbersIn, type Bits } from './bits.ts'
import { rememberHash } from './hashes.ts'

/**
 * The operations of two tables together, by endpoint: those of the later table in its order, then those that it dropped.
 * Where a table has several of one endpoint, the first of them is the first of the other table, and so on.
 */
export interface JointTable {
  readonly before: readonly Operation[]
  readonly after: readonly Operation[]
  /** How many operations there are. */
  readonly size: number
  /** For each operation of the earlier table its position here; absent where the positions are the same. */
  readonly fromBefore: readonly number[] | undefined
  /** Positions in the earlier table; absent where they are the same. */
  readonly inBefore: ReadonlyMap<number, number> | undefined
  /** Operations that were asked for, by position, and hashes of them. */
  readonly asked: ReviewedOperation[]
  readonly hashes: number[]
  /** Sets that were asked for, by a hash of them: thousands of integrations permit the same operations. */
  readonly lists: Map<number, KnownList[]>
}

interface KnownList {
  readonly bits: Bits
  readonly list: readonly ReviewedOperation[]
}

/** Beyond this, lists are made anew: tables live long, and what was once compared must not live as long. */
const MAX_LISTS = 4096

const NO_OPERATIONS: readonly Operation[] = []
// Thousands of integrations share the same two tables.
const joints = new WeakMap<readonly Operation[], WeakMap<readonly Operation[], JointTable>>()

/** Joins two tables; an absent one has no operations. */
export function jointTable(before = NO_OPERATIONS, after = NO_OPERATIONS): JointTable {
  let known = joints.get(after)
  if (known === undefined) joints.set(after, (known = new WeakMap()))
  let joint = known.get(before)
  if (joint === undefined) known.set(before, (joint = join(before, after)))
  return joint
}

const aparts: typeof joints = new WeakMap()

/** The tables of two services beside each other: what is asked of one of them is not what is asked of the other. */
export function apartTable(before = NO_OPERATIONS, after = NO_OPERATIONS): JointTable {
  let known = aparts.get(after)
  if (known === undefined) aparts.set(after, (known = new WeakMap()))
  let table = known.get(before)
  if (table === undefined) known.set(before, (table = setApart(before, after)))
  return table
}

function setApart(before: readonly Operation[], after: readonly Operation[]): JointTable {
  const fromBefore = before.map((_, position) => after.length + position)
  const inBefore = new Map(fromBefore.map((at, position) => [at, position]))
  const made = { before, after, asked: [], hashes: [], lists: new Map() }
  return { ...made, size: after.length + before.length, fromBefore, inBefore }
}

function join(before: readonly Operation[], after: readonly Operation[]): JointTable {
  const made = { before, after, asked: [], hashes: [], lists: new Map() }
  if (before === after) return { ...made, size: after.length, fromBefore: undefined, inBefore: undefined }
  const positions = new Map(keysOf(after).map((key, position) => [key, position]))
  let size = after.length
  const fromBefore = keysOf(before).map(key => positions.get(key) ?? size++)
  const isSame = fromBefore.every((at, position) => at === position)
  return {
    ...made,
    size,
    fromBefore: isSame ? undefined : fromBefore,
    inBefore: isSame ? undefined : new Map(fromBefore.map((at, position) => [at, position])),
  }
}

/** All operations of both tables, by position. */
export function operationsOfBoth(table: JointTable): readonly ReviewedOperation[] {
  let all = whole.get(table)
  if (all === undefined) {
    whole.set(table, (all = Array.from({ length: table.size }, (_, position) => operationAt(table, position))))
  }
  return all
}

const whole = new WeakMap<JointTable, readonly ReviewedOperation[]>()

function operationAt({ before, after, inBefore, asked }: JointTable, position: number): ReviewedOperation {
  let operation = asked[position]
  if (operation === undefined) {
    const earlier = inBefore === undefined ? position : inBefore.get(position)
    const [was, is] = [earlier === undefined ? undefined : before[earlier], after[position]]
    const key = is === undefined ? keysOf(before)[earlier!]! : keysOf(after)[position]!
    asked[position] = operation = { key, before: was, after: is }
  }
  return operation
}

const keys = new WeakMap<readonly Operation[], readonly string[]>()

/** What each operation is known by on both sides: its endpoint; where the table has that twice, `GET#2 /path` the second. */
function keysOf(operations: readonly Operation[]): readonly string[] {
  let found = keys.get(operations)
  if (found === undefined) keys.set(operations, (found = makeKeys(operations)))
  return found
}

function makeKeys(operations: readonly Operation[]): readonly string[] {
  const endpoints = operations.map(endpointOf)
  if (new Set(endpoints).size === endpoints.length) return endpoints
  const counts = new Map<string, number>()
  return endpoints.map(endpoint => {
    const count = (counts.get(endpoint) ?? 0) + 1
    counts.set(endpoint, count)
    return count === 1 ? endpoint : endpoint.replace(' ', `#${count} `)
  })
}

/** A set over one table as one over another, which holds `size`; without positions they are the same in both. */
export function renumber(bits: Bits, positions: readonly number[] | undefined, size: number): Bits {
  if (positions === undefined) return bits
  return bitsOf(
    numbersIn(bits).map(number => positions[number]!),
    size,
  )
}

/** The operations of a set over both tables, in order; the same array for the same set. */
export function operationsIn(bits: Bits, table: JointTable): readonly ReviewedOperation[] {
  const { lists } = table
  const hash = hashBits(bits)
  const known = lists.get(hash)
  const same = known?.find(each => equalBits(each.bits, bits))
  if (same !== undefined) return same.list
  const made = { bits, list: listOf(bits, table) }
  if (lists.size >= MAX_LISTS) lists.clear()
  lists.set(hash, known === undefined ? [made] : [...known, made])
  return made.list
}

function listOf(bits: Bits, table: JointTable): readonly ReviewedOperation[] {
  const list: ReviewedOperation[] = []
  let hash = 0
  for (const position of numbersIn(bits)) {
    const operation = operationAt(table, position)
    hash += table.hashes[position] ??= hashOperation(operation)
    list.push(operation)
  }
  rememberHash(list, (hash + list.length) | 0)
  return list
}

/** A number that operations have in common that are equal in the eyes of a reader. */
export function hashOperation({ key }: ReviewedOperation): number {
  return hashText(key)
}
