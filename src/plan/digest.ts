import { digestOf } from '../model/digest.ts'
import type { Change, Plan } from '../model/plan.ts'
import type { Resource } from '../model/state.ts'

/**
 * The digest by which a saved plan is recognised: `sha256:` and hex over what each change does to what, and over how access
 * changes. Nothing in it comes from a secret but the digest of its ciphertext, and nothing from a clock.
 */
export function planDigest(plan: Pick<Plan, 'owner' | 'changes' | 'withheld' | 'access'>): string {
  const { owner, access } = plan
  const facts = { owner, access, changes: plan.changes.map(facet), withheld: plan.withheld.map(facet) }
  return digestOf(facts)
}

function facet(change: Change): unknown {
  const { action, address } = change
  const before = 'before' in change ? contents(change.before) : null
  const after = 'after' in change ? contents(change.after) : null
  return { action, address, before, after, orphan: 'orphan' in change && change.orphan }
}

function contents({ digest, secret }: Resource): unknown {
  return { digest, source: secret?.source ?? null }
}
