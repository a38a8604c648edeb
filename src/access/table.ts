import type { ReviewedOperation } from '../model/finding.ts'
import { endpointOf, type Operation } from '../model/operation.ts'
import { bitsOf, equalBits, hashBits, hashText, mix, numbersIn, type Bits } from './bits.ts'
import { rememberHash } from './hashes.ts'

/**
 * The operations of two tables together, by endpoint: those of the later table in its order, then those that it dropped.
 * Where a table has several of one endpoint, the first of them is the first of the other table, and so on.
 */
export interface JointTable {
  readonly operations: readonly ReviewedOperation[]
  /** For each operation of the earlier table its position here; absent where the positions are the same. */
  readonly fromBefore: readonly number[] | undefined
  /** Sets that were asked for, by a hash of them: thousands of integrations permit the same operations. */
  readonly lists: Map<number, KnownList[]>
  /** Hashes of the operations, made when they are first asked for. */
  readonly hashes: number[]
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

function join(before: readonly Operation[], after: readonly Operation[]): JointTable {
  const [was, is] = [keysOf(before), keysOf(after)]
  const positions = new Map(is.map((key, position) => [key, position]))
  const operations = is.map((key, position) => ({
    key,
    before: undefined as Operation | undefined,
    after: after[position],
  }))
  const fromBefore = was.map((key, position) => {
    const at = positions.get(key)
    if (at === undefined) return operations.push({ key, before: before[position], after: undefined }) - 1
    operations[at]!.before = before[position]
    return at
  })
  const isSame = fromBefore.every((at, position) => at === position)
  return { operations, fromBefore: isSame ? undefined : fromBefore, lists: new Map(), hashes: [] }
}

/** What each operation is known by on both sides: its endpoint; where the table has that twice, `GET#2 /path` the second. */
function keysOf(operations: readonly Operation[]): readonly string[] {
  let found = keys.get(operations)
  if (found === undefined) keys.set(operations, (found = makeKeys(operations)))
  return found
}

const keys = new WeakMap<readonly Operation[], readonly string[]>()

function makeKeys(operations: readonly Operation[]): readonly string[] {
  const counts = new Map<string, number>()
  return operations.map(operation => {
    const endpoint = endpointOf(operation)
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

function listOf(bits: Bits, { operations, hashes }: JointTable): readonly ReviewedOperation[] {
  const positions = numbersIn(bits)
  let hash = positions.length
  for (const position of positions) hash = (hash + (hashes[position] ??= hashOperation(operations[position]!))) | 0
  const list = positions.map(position => operations[position]!)
  rememberHash(list, hash)
  return list
}

/** A hash of what an operation is, and of what it is called on both sides. */
export function hashOperation({ key, before, after }: ReviewedOperation): number {
  return mix(mix(hashText(key), hashText(before?.id ?? '')), hashText(after?.id ?? ''))
}
