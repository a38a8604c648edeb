import { EFFECTS, type Effect } from '../model/effect.ts'
import type { Direction, FindingSeverity, ReviewedOperation } from '../model/finding.ts'
import { isWrite } from '../model/operation.ts'

interface Step {
  readonly before: Effect
  readonly after: Effect
  readonly operations: readonly ReviewedOperation[]
}

/** Whether a step gives or takes: the sign of the text that was edited says nothing about it. */
export function directionOf({ before, after }: Pick<Step, 'before' | 'after'>): Direction {
  return EFFECTS.indexOf(after) > EFFECTS.indexOf(before) ? 'widens' : 'narrows'
}

/** High: a write that nobody is asked about any more. Medium: whatever else somebody can newly do. Low: the rest. */
export function accessSeverity(step: Step): FindingSeverity {
  if (directionOf(step) === 'narrows') return 'low'
  return step.after === 'allow' && countWrites(step.operations) > 0 ? 'high' : 'medium'
}

/** How many of the operations change something at the service. */
export function countWrites(operations: readonly ReviewedOperation[]): number {
  return operations.reduce((count, operation) => count + (isWrite(operationOf(operation)) ? 1 : 0), 0)
}

/** An operation as it is after the change, or as it was where it is gone. */
export function operationOf({ before, after }: ReviewedOperation): NonNullable<ReviewedOperation['after']> {
  const operation = after ?? before
  if (operation === undefined) throw new Error('an operation is on neither side')
  return operation
}
