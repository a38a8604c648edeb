import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../model/address.ts'
import { visible } from '../model/visible.ts'
import { cut } from './blame.ts'
import { conditionsAfter, conditionsWhileWorking, unstated, type Condition } from './conditions.ts'
import { annotation, type CustomResource } from './custom-resource.ts'
import type { Result } from './result.ts'

/** The status of a custom resource: all of it is ours. */
export interface Status {
  readonly observedGeneration: number
  readonly conditions: readonly Condition[]
  readonly lastHandledReconcileAt?: string
  /** The digest of what waits for approval. */
  readonly approvalRequired?: string
  /** The revision of the store that last wrote this resource's row. */
  readonly lastAppliedRevision?: number
  readonly operations?: object
  readonly people?: number
  readonly unknownPeople?: boolean
  readonly fields?: readonly string[]
  readonly referencedBy?: readonly Address[]
  readonly warnings?: readonly { readonly code: string; readonly message: string }[]
}

/** What only the store knows of a row. */
export interface StoredFacts {
  readonly revision: number | undefined
  readonly referencedBy: readonly Address[]
}

/** Lists in a status are for people: the whole of them is in the store. */
const MOST_REFERRERS = 100
const MOST_WARNINGS = 20
const MOST_TEXT = 1024

/** The status after a run, from what the run gave, and what the status was. `now`: RFC 3339. */
export function statusAfter(
  resource: CustomResource,
  result: Result,
  stored: StoredFacts | undefined,
  now: string,
): Status {
  const before = statusOf(resource)
  const generation = resource.object.metadata.generation ?? 0
  const conditions = conditionsAfter(result, { conditions: before.conditions, generation, now: seconds(now) })
  const requestedAt = annotation(resource, 'requestedAt')
  const handled = requestedAt === undefined ? {} : { lastHandledReconcileAt: cut(requestedAt, MOST_TEXT) }
  const { conditions: _old, approvalRequired: _settled, ...kept } = before
  if (result.kind !== 'done') {
    const observedGeneration = result.kind === 'stalled' ? generation : before.observedGeneration
    const waits = result.kind === 'stalled' && result.digest !== undefined ? { approvalRequired: result.digest } : {}
    return { ...kept, ...handled, ...waits, conditions, observedGeneration }
  }
  const { isTestable: _testable, ...facts } = result.facts
  const warnings = unstated(result.warnings).slice(0, MOST_WARNINGS)
  return {
    ...handled,
    ...facts,
    observedGeneration: generation,
    conditions,
    ...(stored?.revision !== undefined && { lastAppliedRevision: stored.revision }),
    ...(stored !== undefined &&
      stored.referencedBy.length > 0 && { referencedBy: stored.referencedBy.slice(0, MOST_REFERRERS) }),
    ...(warnings.length > 0 && {
      warnings: warnings.map(({ code, message }) => ({ code, message: cut(visible(message), MOST_TEXT) })),
    }),
  }
}

/** The status while a run takes long: what was applied before still is. `now`: RFC 3339. */
export function statusWhileWorking(resource: CustomResource, now: string): Status {
  const before = statusOf(resource)
  const generation = resource.object.metadata.generation ?? 0
  return {
    ...before,
    conditions: conditionsWhileWorking({ conditions: before.conditions, generation, now: seconds(now) }),
  }
}

/** The status of a resource that is suspended: as it was, but not on its way. Nothing where it was not. */
export function statusAtRest(resource: CustomResource): Status | undefined {
  const before = statusOf(resource)
  const conditions = before.conditions.filter(({ type }) => type !== 'Reconciling')
  return conditions.length === before.conditions.length ? undefined : { ...before, conditions }
}

/** The status that a resource has now; whatever has another shape was not written by us, and counts for nothing. */
export function statusOf({ object }: CustomResource): Status {
  const { observedGeneration, conditions, ...rest } = (object.status ?? {}) as Partial<Status>
  return {
    ...rest,
    observedGeneration: typeof observedGeneration === 'number' ? observedGeneration : -1,
    conditions: Array.isArray(conditions) ? conditions : [],
  }
}

/** Whether a status says what another says: the order of conditions does not count. */
export function isSameStatus(one: Status, other: Status): boolean {
  return isDeepStrictEqual(ordered(one), ordered(other))
}

function ordered(status: Status): unknown {
  const conditions = [...status.conditions].toSorted((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0))
  return { ...status, conditions }
}

/** Kubernetes keeps times of conditions without fractions. */
function seconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z')
}
