import type { Address } from '../model/address.ts'
import type { Item } from './attempt.ts'
import { referencesOf } from './references.ts'

/**
 * Items in groups, so that each refers only to items of groups before its own. Those that refer to each other in a circle
 * come in one group, at last.
 */
export function levelsOf(items: readonly Item[]): readonly (readonly Item[])[] {
  const levels: Item[][] = []
  let pending = new Map(items.map(item => [item.resource.address, item]))
  while (pending.size > 0) {
    const ready = [...pending.values()].filter(item => !refersInto(item, pending))
    const level = ready.length > 0 ? ready : [...pending.values()]
    levels.push(level)
    const taken = new Set(level.map(({ resource }) => resource.address))
    pending = new Map([...pending].filter(([address]) => !taken.has(address)))
  }
  return levels
}

function refersInto({ resource }: Item, pending: ReadonlyMap<Address, Item>): boolean {
  return referencesOf(resource).some(to => to !== resource.address && pending.has(to as Address))
}
