import assert from 'node:assert/strict'
import { apply } from '../apply/apply.ts'
import type { Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { StaleState, WorldError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { State } from '../model/state.ts'
import type { Fence, Store } from '../model/store.ts'
import { makePlan, type Planned, type Run } from '../reconcile.ts'
import { blameDiagnostics, blameRefusals } from './blame.ts'
import type { CustomResource } from './custom-resource.ts'
import { factsOf } from './facts.ts'
import type { Result } from './result.ts'

/** One resource that is due, and what is wanted of it. */
export interface Item {
  readonly resource: CustomResource
  readonly wants: 'apply' | 'delete'
  /** It is gone from the cluster already, without having waited for us. */
  readonly isGone?: boolean
}

/** Everything that settling needs of the driver. All items of one call have one owner. */
export interface Settling {
  readonly store: Store
  readonly runOf: (items: readonly Item[]) => Run
  /** Whether differences are applied, or only reported. */
  readonly enforce: boolean
  readonly catalogue: State
  readonly fence: Fence | undefined
  readonly actor: string
  readonly now: () => string
  /** Our own mistakes, met while one resource was settled; the others go on. */
  readonly onBug: (address: Address, error: unknown) => void
}

const MOST_TRIES = 5

/**
 * Applies what is due in one transaction. A resource that is to blame for an invalid or refused plan is left out, and the
 * rest is planned again: one bad document holds up nobody else. Where nobody can be named, halves are tried.
 *
 * Throws `WorldError` when the store fails: then it says nothing about any of them.
 */
export async function settle(items: readonly Item[], settling: Settling): Promise<ReadonlyMap<Address, Result>> {
  const results = new Map<Address, Result>()
  let rest = items
  while (rest.length > 0) {
    const blamed = await attempt(rest, settling, results)
    const found = blamed === 'halves' ? await settleHalves(rest, settling) : blamed
    for (const [address, result] of found) results.set(address, result)
    rest = rest.filter(({ resource }) => !results.has(resource.address))
  }
  return results
}

async function settleHalves(items: readonly Item[], settling: Settling): Promise<Blamed> {
  const middle = Math.ceil(items.length / 2)
  const first = await settle(items.slice(0, middle), settling)
  return new Map([...first, ...(await settle(items.slice(middle), settling))])
}

type Blamed = ReadonlyMap<Address, Result>
/** A plan that could be drawn up, refused or not. */
type Made = Exclude<Planned, { kind: 'invalid' }>

/** Plans and applies; fills `results` when that went well, and otherwise says who is to blame. */
async function attempt(
  items: readonly Item[],
  settling: Settling,
  results: Map<Address, Result>,
): Promise<Blamed | 'halves'> {
  try {
    const planned = await plannedAndApplied(items, settling)
    const blamed = blame(planned, items)
    if (blamed.size > 0) return blamed
    if (planned.kind === 'invalid' || planned.kind === 'refused')
      return items.length > 1 ? 'halves' : blameAlone(planned, items)
    for (const [address, result] of succeeded(items, planned, settling)) results.set(address, result)
    return new Map()
  } catch (error) {
    if (error instanceof WorldError) throw error
    if (items.length > 1) return 'halves'
    const { address } = items[0]!.resource
    settling.onBug(address, error)
    return new Map([
      [
        address,
        { kind: 'retry', reason: 'ApplyFailed', message: 'This is a bug in Tenon; please report it with the log.' },
      ],
    ])
  }
}

/** Makes the plan, and applies it if it can be; when another writer came between, all of that again. */
async function plannedAndApplied(items: readonly Item[], settling: Settling): Promise<Planned> {
  const { store, enforce, fence, actor } = settling
  for (let tries = 1; ; tries++) {
    const planned = await makePlan(settling.runOf(items), store)
    if (planned.kind !== 'planned' || !enforce || planned.plan.changes.length === 0) return planned
    try {
      const at = settling.now()
      await apply(planned.plan, planned.desired, store, {
        actor,
        commit: undefined,
        at,
        limits: undefined,
        ...(fence && { fence }),
      })
      return planned
    } catch (error) {
      if (!(error instanceof StaleState) || tries === MOST_TRIES) throw error
    }
  }
}

function blame(planned: Planned, items: readonly Item[]): Blamed {
  if (planned.kind === 'planned') return new Map()
  const found = planned.kind === 'invalid' ? blameDiagnostics(planned.diagnostics) : blameRefusals(planned.refusals)
  const ours = new Set(items.map(({ resource }) => resource.address))
  return new Map([...found].filter(([address]) => ours.has(address)))
}

/** A single resource is to blame whatever the plan names. */
function blameAlone(planned: Planned, items: readonly Item[]): Blamed {
  const { address } = items[0]!.resource
  const [found] = (
    planned.kind === 'invalid' ? blameDiagnostics(planned.diagnostics) : blameRefusals(planned.refusals)
  ).values()
  if (found !== undefined) return new Map([[address, found]])
  const error = planned.diagnostics.find(({ severity }) => severity === 'error')
  assert(error !== undefined, 'a plan that is not made says why')
  return new Map([
    [address, { kind: 'stalled', reason: 'ValidationFailed', message: `${error.code}: ${error.message}` }],
  ])
}

function* succeeded(
  items: readonly Item[],
  { plan, desired, diagnostics }: Made,
  { enforce, catalogue }: Settling,
): Generator<readonly [Address, Result]> {
  const changes = new Map(plan.changes.map(change => [change.address, change]))
  const warnings = Map.groupBy(diagnostics, ({ file }) => file)
  const facts = factsOf(desired, catalogue)
  for (const { resource } of items) {
    const { address } = resource
    const change = changes.get(address)
    if (!enforce && change !== undefined) {
      yield [address, drifted(change)]
      continue
    }
    const state = desired.state.get(address)
    yield [
      address,
      {
        kind: 'done',
        action: change?.action,
        fields: change !== undefined && 'fields' in change ? change.fields.map(({ path }) => path) : [],
        warnings: (warnings.get(address) ?? []).filter(isWarning),
        facts: state === undefined ? {} : facts(state),
      },
    ]
  }
}

function isWarning({ severity }: Diagnostic): boolean {
  return severity === 'warning'
}

const MOST_FIELDS = 10

function drifted(change: Plan['changes'][number]): Result {
  const fields = 'fields' in change ? change.fields.map(({ path }) => path) : []
  const more = fields.length > MOST_FIELDS ? ` and ${fields.length - MOST_FIELDS} more` : ''
  const where = fields.length === 0 ? '' : ` of ${fields.slice(0, MOST_FIELDS).join(', ')}${more}`
  const message = `The store differs from this resource: a run would ${change.action} it${where}. Nothing is written in mode Observe.`
  return { kind: 'stalled', reason: 'Drifted', message }
}
