import type { Operation } from '../model/operation.ts'
import { bitsOf, numbersIn, type Bits } from './bits.ts'

/** The operations of two tables together, by id: those of the later table in its order, then those it dropped. */
export interface JointTable {
  readonly ids: readonly string[]
  /** For each operation of the earlier table its position here; absent where the positions are the same. */
  readonly fromBefore: readonly number[] | undefined
  /** Ids of sets that were asked for: thousands of integrations permit the same operations. */
  readonly lists: Map<string, readonly string[]>
}

const MAX_LISTS = 1000

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
  const positions = new Map(after.map(({ id }, position) => [id, position]))
  if (before === after) return { ids: [...positions.keys()], fromBefore: undefined, lists: new Map() }
  for (const { id } of before) if (!positions.has(id)) positions.set(id, positions.size)
  return { ids: [...positions.keys()], fromBefore: before.map(({ id }) => positions.get(id)!), lists: new Map() }
}

/** A set over the earlier table as one over both; `size` is the number of all operations. */
export function renumber(bits: Bits, { ids, fromBefore }: JointTable): Bits {
  if (fromBefore === undefined) return bits
  return bitsOf(
    numbersIn(bits).map(position => fromBefore[position]!),
    ids.length,
  )
}

/** The ids of a set over both tables, in order; the same array for the same set. */
export function idsOf(bits: Bits, { ids, lists }: JointTable): readonly string[] {
  const key = bits.join(',')
  const known = lists.get(key)
  if (known !== undefined) return known
  const list = numbersIn(bits).map(position => ids[position]!)
  if (lists.size >= MAX_LISTS) lists.clear()
  lists.set(key, list)
  return list
}
