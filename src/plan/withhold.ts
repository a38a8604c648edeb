import type { Address } from '../model/address.ts'
import type { Change, Refusal } from '../model/plan.ts'
import type { State } from '../model/state.ts'
import type { Heads } from './diff.ts'

/** Moves deletes aside where nobody asked to prune; preview and apply share this line, so they cannot differ. */
export function withhold(
  changes: readonly Change[],
  prune: boolean,
): { made: readonly Change[]; withheld: readonly Change[] } {
  if (prune) return { made: changes, withheld: [] }
  return {
    made: changes.filter(({ action }) => action !== 'delete'),
    withheld: changes.filter(({ action }) => action === 'delete'),
  }
}

/** A refusal for every address that is declared here and recorded as somebody else's. */
export function ownedByOthers(addresses: readonly Address[], heads: Heads, desired: State): readonly Refusal[] {
  return addresses.map(address => {
    const owner = heads.get(address)?.owner
    const whose = owner === undefined ? 'is an orphan in the store, owned by nobody' : `belongs to ${owner}`
    const cure = `Remove the document here, or pass --adopt ${address} to take it over.`
    const { file, line } = desired.get(address)!.origin
    return {
      rule: 'owned-by-another',
      message: `${address}, declared at ${file}:${line}, ${whose}`,
      cure,
      addresses: [address],
    }
  })
}
