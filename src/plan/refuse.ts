import type { Address } from '../model/address.ts'
import type { Refusal } from '../model/plan.ts'
import type { State } from '../model/state.ts'
import type { StoreReader } from '../model/store.ts'
import { unboundUses } from './bindings.ts'
import { danglingReferences } from './dangling.ts'
import { takenDefaults } from './defaults.ts'
import type { Heads } from './diff.ts'
import { guard, type GuardFacts } from './guards.ts'
import { emptiedGroups, type Surroundings } from './surroundings.ts'
import { ownedByOthers } from './withhold.ts'

/** What refusals depend on, beside what drivers say of the guards. */
export interface RefusalFacts
  extends
    Pick<GuardFacts, 'changes' | 'isEmpty' | 'limits' | 'counted' | 'replace' | 'acceptOlder' | 'force'>,
    Partial<Pick<GuardFacts, 'integrations'>> {
  readonly owner: string
  readonly heads: Heads
  /** Declared here, recorded as somebody else's. */
  readonly foreign: readonly Address[]
  readonly desired: State
  readonly around: Surroundings
  readonly catalogue: State
}

/** Everything that says no to a plan: other owners, a default that is taken, and the guards. */
export async function refuse(
  facts: RefusalFacts,
  store: Pick<StoreReader, 'list' | 'load'>,
): Promise<readonly Refusal[]> {
  const { owner, heads, changes, around } = facts
  // Where only a part is looked at, the driver says how many there are.
  const ours = [...heads].filter(([address, head]) => head.owner === owner && address.startsWith('integration/'))
  const { integrations = ours.length } = facts
  return [
    ...ownedByOthers(facts.foreign, heads, facts.desired),
    ...unboundUses(around, facts.catalogue),
    ...(await danglingReferences(changes, facts, store)),
    ...(await takenDefaults(changes, facts.desired, store)),
    ...guard({ ...facts, integrations, usedBy: around.usedBy, emptied: emptiedGroups(around) }),
  ]
}
