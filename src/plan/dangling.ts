import type { Address } from '../model/address.ts'
import type { Change, Refusal } from '../model/plan.ts'
import { references } from '../model/references.ts'
import type { State } from '../model/state.ts'
import type { StoreReader } from '../model/store.ts'

/**
 * Refuses a change that refers to what `--namespace` or `--selector` leaves out and no store has: references lead
 * somewhere in the documents, but would not in the store.
 */
export async function danglingReferences(
  changes: readonly Change[],
  states: { readonly desired: State; readonly catalogue: State },
  store: Pick<StoreReader, 'load'>,
): Promise<readonly Refusal[]> {
  const found: { readonly from: Address; readonly to: Address }[] = []
  for (const change of changes) {
    if (change.action === 'delete') continue
    for (const to of references(change.after)) {
      if (!states.desired.has(to) && !states.catalogue.has(to)) found.push({ from: change.address, to })
    }
  }
  const rows = found.length === 0 ? new Map() : await store.load(new Set(found.map(({ to }) => to)))
  return found
    .filter(({ to }) => !rows.has(to))
    .map(({ from, to }) => ({
      rule: 'not-selected' as const,
      message: `${from} refers to ${to}, which is not selected and not in the store`,
      cure: 'Select both, or apply the other one first.',
      addresses: [from, to],
    }))
}
