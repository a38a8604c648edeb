import assert from 'node:assert/strict'
import { apply } from '../apply/apply.ts'
import type { Address } from '../model/address.ts'
import { StaleState, WorldError } from '../model/errors.ts'
import type { State } from '../model/state.ts'
import type { Fence, Store } from '../model/store.ts'
import { makePlan, type Planned, type Run } from '../reconcile.ts'
import { blameDiagnostics, blameRefusals, refused, sentences, type Blamed, type Failure } from './blame.ts'
import type { CustomResource } from './custom-resource.ts'
import type { Results } from './result.ts'
import { successes, type Made } from './successes.ts'
import { approvalRequired, isOnlyUnapproved } from './unapproved.ts'

/** One resource that is due, and what is wanted of it. */
export interface Item {
  readonly resource: CustomResource
  readonly wants: 'apply' | 'delete'
}

/** Everything that settling needs of the driver. All items of one call have one owner. */
export interface Settling {
  readonly store: Store
  readonly runOf: (items: readonly Item[]) => Run
  /** Whether differences are applied, or only reported. */
  readonly enforce: boolean
  /** Whether a part of the items may be applied without the others. */
  readonly mayHalve: boolean
  /** Whether nothing is written that nobody approved. */
  readonly needsApproval: boolean
  readonly catalogue: State
  readonly fence: Fence | undefined
  readonly actor: string
  readonly now: () => string
  /** Our own mistakes, met while one resource was settled; the others go on. */
  readonly onBug: (address: Address, error: unknown) => void
}

export type Attempt =
  | { readonly kind: 'settled'; readonly results: Results }
  | { readonly kind: 'blamed'; readonly blamed: Blamed }
  /** What would change waits, or is refused, as a whole; what would not is as it was without it. */
  | { readonly kind: 'held'; readonly results: Results; readonly unchanged: readonly Item[] }
  /** Something is wrong, and nobody can be named. */
  | { readonly kind: 'unclear' }

const MOST_TRIES = 5

/** Plans and applies items in one transaction, or says who is to blame. Throws `WorldError` when the store fails. */
export async function attempt(items: readonly Item[], settling: Settling): Promise<Attempt> {
  try {
    const planned = await plannedAndApplied(items, settling)
    if (planned.kind === 'planned') return { kind: 'settled', results: successes(items, planned, settling) }
    if (planned.kind === 'refused' && isOnlyUnapproved(planned.refusals))
      return held(items, planned, approvalRequired(planned.plan.review!))
    const blamed = items.length === 1 ? blameAlone(items[0]!, planned) : blame(planned, items)
    if (blamed.size > 0) return { kind: 'blamed', blamed }
    if (settling.needsApproval && planned.kind === 'refused') return held(items, planned, refused(planned.refusals))
    return { kind: 'unclear' }
  } catch (error) {
    if (error instanceof WorldError) throw error
    if (items.length > 1) return { kind: 'unclear' }
    const { address } = items[0]!.resource
    settling.onBug(address, error)
    return { kind: 'settled', results: new Map([[address, OUR_BUG]]) }
  }
}

export const OUR_BUG: Failure = {
  kind: 'retry',
  reason: 'ApplyFailed',
  message: 'This is a bug in Tenon; please report it with the log.',
}

/** Makes the plan, and applies it if it can be; when another writer came between, all of that again. */
async function plannedAndApplied(items: readonly Item[], settling: Settling): Promise<Planned> {
  const { store, enforce, fence, actor } = settling
  for (let tries = 1; ; tries++) {
    const planned = await makePlan(settling.runOf(items), store)
    if (planned.kind !== 'planned' || !enforce || planned.plan.changes.length === 0) return planned
    const meta = { actor, commit: undefined, at: settling.now(), limits: undefined, ...(fence && { fence }) }
    try {
      await apply(planned.plan, planned.desired, store, meta)
      return planned
    } catch (error) {
      if (!(error instanceof StaleState) || tries === MOST_TRIES) throw error
    }
  }
}

/** Nothing of the plan is carried out: whatever it would change is not. */
function held(items: readonly Item[], { plan }: Made, failure: Failure): Attempt {
  const changed = new Set(plan.changes.map(({ address }) => address))
  const unchanged = items.filter(({ resource }) => !changed.has(resource.address))
  if (unchanged.length === items.length) return { kind: 'unclear' }
  const results = new Map([...changed].map(address => [address, failure]))
  return { kind: 'held', results, unchanged }
}

function blame(planned: Planned, items: readonly Item[]): Blamed {
  const found = blameOf(planned)
  return new Map(
    items.flatMap(({ resource: { address } }) => {
      const one = found.get(address)
      return one === undefined ? [] : [[address, one] as const]
    }),
  )
}

function blameOf(planned: Planned): Blamed {
  if (planned.kind === 'invalid') return blameDiagnostics(planned.diagnostics)
  return blameRefusals(planned.refusals, planned.plan.changes)
}

/** A single resource is to blame whatever the plan names. */
function blameAlone({ resource: { address } }: Item, planned: Planned): Blamed {
  const found = blameOf(planned)
  const first = found.get(address) ?? found.values().next().value
  if (first !== undefined) return new Map([[address, { ...first, isOwn: true }]])
  // A guardrail may name nothing but itself.
  if (planned.kind === 'refused') return new Map([[address, { failure: refused(planned.refusals), isOwn: true }]])
  const errors = planned.diagnostics.filter(({ severity }) => severity === 'error')
  assert(errors.length > 0, 'a plan that is not made says why')
  return new Map([
    [address, { failure: { kind: 'stalled', reason: 'ValidationFailed', message: sentences(errors) }, isOwn: true }],
  ])
}
