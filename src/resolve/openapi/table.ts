import { createHash } from 'node:crypto'
import stringify from 'fast-json-stable-stringify'
import type { Operation, OperationTable } from '../../model/operation.ts'

/** A table of these operations under the digest of their canonical JSON (keys sorted, no white space). */
export function operationTable(operations: readonly Operation[]): OperationTable {
  return { digest: `sha256:${createHash('sha256').update(stringify(operations)).digest('hex')}`, operations }
}
