import { jointTable, operationsOfBoth } from '../access/table.ts'
import { compareAddresses, type Address } from '../model/address.ts'
import type { ReviewedOperation, ServiceRevision } from '../model/finding.ts'
import { isWrite, type Operation } from '../model/operation.ts'
import { decisions } from './decisions.ts'
import { asService, operationsOf, type OutsideInput, type Service } from './outside/input.ts'

/** The operations of one service on both sides, joined. */
export interface Revised {
  readonly service: Address
  readonly before: Service | undefined
  readonly after: Service
  readonly operations: readonly ReviewedOperation[]
}

/** The changed services whose operations differ, or wait to be accepted; those that are gone are told elsewhere. */
export function revisedServices(input: OutsideInput): readonly Revised[] {
  return input.changes
    .flatMap(({ address, before: was, after: is }) => {
      const [before, after] = [asService(was), asService(is)]
      if (after === undefined || before?.spec.operations === after.spec.operations) return []
      const operations = operationsOfBoth(
        jointTable(operationsOf(input.before, before), operationsOf(input.after, after)),
      )
      return { service: address, before, after, operations }
    })
    .toSorted((a, b) => compareAddresses(a.service, b.service))
}

/** The services whose operations differ, each with the decisions that somebody has to take. */
export function serviceRevisions(input: OutsideInput): readonly ServiceRevision[] {
  return revisedServices(input).flatMap(revised => {
    const { service, before, after, operations } = revised
    const moved = movedIn(operations)
    const hasMoved = new Set(moved.flatMap(({ was, is }) => [was, is]))
    const stays = operations.filter(operation => !hasMoved.has(operation))
    const revision = {
      service,
      added: before === undefined ? [] : stays.filter(each => each.before === undefined),
      removed: stays.filter(each => each.after === undefined),
      renamed: renamedIn(operations),
      moved: moved.map(({ was, is }) => ({ id: is.after!.id, from: endpoint(was.before!), to: endpoint(is.after!) })),
      decisions: decisions(revised, newIn(operations), input),
      isLocked: input.guards.after.lock !== undefined || operationsOf(input.after, after).some(({ isNew }) => isNew),
    }
    const isSame = [revision.added, revision.removed, revision.renamed, revision.moved, revision.decisions].every(
      list => list.length === 0,
    )
    return isSame ? [] : [revision]
  })
}

/** Operations that keep their endpoint under another id. */
export function renamedIn(operations: readonly ReviewedOperation[]): readonly ReviewedOperation[] {
  return operations.filter(({ before, after }) => before !== undefined && after !== undefined && before.id !== after.id)
}

/** An id that names another endpoint than before: its operation as it was, and as it is. */
export interface MovedOperation {
  readonly was: ReviewedOperation
  readonly is: ReviewedOperation
}

/** Operations that keep their id at another endpoint. */
export function movedIn(operations: readonly ReviewedOperation[]): readonly MovedOperation[] {
  const gone = new Map(operations.flatMap(each => (each.after === undefined ? [[each.before!.id, each] as const] : [])))
  return operations.flatMap(is => {
    const was = is.before === undefined ? gone.get(is.after!.id) : undefined
    return was === undefined ? [] : [{ was, is }]
  })
}

/** Operations that nobody has accepted, and that were not waiting already; writes first. */
export function newIn(operations: readonly ReviewedOperation[]): readonly ReviewedOperation[] {
  const found = operations.filter(({ before, after }) => after?.isNew === true && before?.isNew !== true)
  return [...found.filter(({ after }) => isWrite(after!)), ...found.filter(({ after }) => !isWrite(after!))]
}

/** Method and path as the document writes them. */
export function endpoint({ method, path }: Operation): string {
  return `${method.toUpperCase()} ${path}`
}
