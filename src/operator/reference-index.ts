import type { Address } from '../model/address.ts'
import type { CustomResource } from './custom-resource.ts'
import { referencesOf, type Reference } from './references.ts'

/** Who refers to whom among the custom resources of a cluster, and did. */
export interface ReferenceIndex {
  link(resource: CustomResource): void
  unlink(resource: CustomResource): void
  /** All that refer to one thing directly. */
  referrers(to: Reference): readonly Address[]
  /** What a resource referred to in versions that were unlinked since this was asked last. */
  takeFormer(address: Address): readonly Reference[]
}

const MOST_FORMER = 1000

export function referenceIndex(): ReferenceIndex {
  const referrers = new Map<Reference, Set<Address>>()
  const former = new Map<Address, Set<Reference>>()
  return {
    link: resource => {
      for (const to of referencesOf(resource)) addTo(referrers, to, resource.address)
    },
    unlink: ({ address, ...rest }) => {
      for (const to of referencesOf({ address, ...rest })) {
        const known = referrers.get(to)
        known?.delete(address)
        if (known?.size === 0) referrers.delete(to)
        addTo(former, address, to)
        // Nobody asks for those of a resource that never succeeds: what is forgotten is looked at once an interval.
        if (former.size > MOST_FORMER) former.delete(former.keys().next().value!)
      }
    },
    referrers: to => [...(referrers.get(to) ?? [])],
    takeFormer: address => {
      const found = former.get(address) ?? []
      former.delete(address)
      return [...found]
    },
  }
}

function addTo<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const known = sets.get(key)
  if (known === undefined) sets.set(key, new Set([value]))
  else known.add(value)
}
