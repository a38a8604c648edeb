import { bitsOf, type Bits } from '../../access/bits.ts'
import type { OperationSelection } from '../../model/manifest.gen.ts'
import { isWrite, type Operation } from '../../model/operation.ts'
import { selection, selectorIndex, SELECTORS, selects } from '../../model/selector.ts'
import { isStandIn, mayHaveMethod } from './unlisted.ts'

/** What a rule selects of a table, made once for each: thousands of integrations share the same tables. */
const known = new WeakMap<readonly Operation[], Map<string, Bits>>()

/** The operations of a table that a rule is about. New ones are, too: who may call them is another question. */
export function selectBits(operations: readonly Operation[], select: OperationSelection | undefined): Bits {
  let ofTable = known.get(operations)
  if (ofTable === undefined) known.set(operations, (ofTable = new Map()))
  const key = JSON.stringify(select ?? null)
  let bits = ofTable.get(key)
  if (bits === undefined) ofTable.set(key, (bits = find(operations, select)))
  return bits
}

function find(operations: readonly Operation[], select: OperationSelection | undefined): Bits {
  const positions = select === undefined || !hasSelector(select) ? operations.keys() : namedIn(operations, select)
  const wanted = [...positions].filter(position => isOfSort(operations[position]!, select?.writes))
  return bitsOf(wanted, operations.length)
}

function hasSelector(select: OperationSelection): boolean {
  return SELECTORS.some(selector => select[selector] !== undefined)
}

function namedIn(operations: readonly Operation[], select: OperationSelection): Iterable<number> {
  const [first] = operations
  if (first === undefined || !isStandIn(first)) return selection(selectorIndex(operations), select)
  const { methods } = select
  if (needsDocument(select)) return []
  // Which paths a stand-in has is unknown, so it may be any.
  return [...operations.keys()].filter(
    position => methods === undefined || mayHaveMethod(operations[position]!, methods),
  )
}

/** Whether it selects by what only documents give operations, so that it selects nothing of a service without one. */
export function needsDocument(select: OperationSelection | undefined): boolean {
  return select?.operations !== undefined || select?.tags !== undefined
}

function isOfSort(operation: Operation, writes: boolean | undefined): boolean {
  if (writes === undefined || (isStandIn(operation) && operation.method === 'any')) return true
  return isWrite(operation) === writes
}

/** Whether one operation is among those that a rule is about. */
export function isSelected(operation: Operation, select: OperationSelection | undefined): boolean {
  if (select === undefined) return true
  if (!isOfSort(operation, select.writes)) return false
  return SELECTORS.every(selector => {
    const values = select[selector]
    return values === undefined || values.some(value => selects(selector, value, operation))
  })
}
