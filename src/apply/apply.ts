import type { Change, Plan } from '../model/plan.ts'
import type { Desired } from '../model/state.ts'
import type { Fence, Limits, Put, StoreWriter, WriteBatch } from '../model/store.ts'

/** Who applies, from which commit, and when: recorded with every change. */
export interface Signature {
  readonly actor: string
  readonly commit: string | undefined
  /** RFC 3339. */
  readonly at: string
}

interface Meta extends Signature {
  /** Recorded for the owner's next plans; absent: as they are. */
  readonly limits: Limits | undefined
  /** Whose turn it has to be. */
  readonly fence?: Fence
}

/** What an apply did. */
export interface Outcome {
  readonly applied: boolean
  /** The store's revision afterwards. */
  readonly revision: number
}

/**
 * Carries out a plan in one transaction, with its audit records: all of it or nothing. A plan without changes writes
 * nothing. Throws `StaleState` when the store is no longer what the plan was made against.
 */
export async function apply(plan: Plan, desired: Desired, store: StoreWriter, meta: Meta): Promise<Outcome> {
  if (plan.changes.length === 0 && meta.limits === undefined) return { applied: false, revision: plan.storeRevision }
  const { revision } = await store.write(batch(plan, desired, meta))
  return { applied: true, revision }
}

function batch(plan: Plan, desired: Desired, meta: Meta): WriteBatch {
  const gone = plan.changes.filter(change => change.action === 'delete')
  return {
    owner: plan.owner,
    expectedRevision: plan.storeRevision,
    puts: plan.changes.flatMap(change => put(change, desired)),
    deletes: gone.filter(({ orphan }) => !orphan).map(({ address }) => address),
    orphans: gone.filter(({ orphan }) => orphan).map(({ address }) => address),
    tables: tablesOf(plan, desired),
    limits: meta.limits,
    actor: meta.actor,
    commit: meta.commit,
    at: meta.at,
    planDigest: plan.digest,
    ...(meta.fence && { fence: meta.fence }),
  }
}

function put(change: Change, desired: Desired): readonly Put[] {
  if (change.action === 'delete') return []
  const { action, address, after: resource } = change
  const values = desired.values.get(address)
  const fields = change.action === 'create' ? [] : change.fields.map(({ path }) => path)
  return [{ action, resource, fields, ...(values && { values }) }]
}

/** Only the tables that a changed service names; the others are in the store or ship with the program. */
function tablesOf(plan: Plan, desired: Desired): WriteBatch['tables'] {
  const digests = new Set<string>()
  for (const change of plan.changes) {
    if ('after' in change && 'operations' in change.after.spec) digests.add(change.after.spec.operations)
  }
  return new Map([...desired.tables].filter(([digest]) => digests.has(digest)))
}
