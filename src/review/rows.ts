import type { AccessStep } from '../access/compare.ts'
import type { Difference } from '../access/consequences.ts'
import type { Address } from '../model/address.ts'

/** One step that the same people take on the same operations of one integration or several. */
export interface AccessRow extends AccessStep {
  /** Sorted; never empty. */
  readonly integrations: readonly Address[]
}

/** Joins the steps of all integrations without losing any. */
export function accessRows(differences: readonly Difference[]): readonly AccessRow[] {
  return differences.flatMap(({ integration, steps }) => steps.map(step => ({ ...step, integrations: [integration] })))
}
