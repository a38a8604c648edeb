import type { Address } from '../model/address.ts'
import { ApiError } from '../source/cluster/api.ts'
import { letGo, skipped } from './admit.ts'
import type { Operation } from './controller.ts'
import { intervalOf, type CustomResource } from './custom-resource.ts'
import type { Group } from './due.ts'
import type { Happening } from './events.ts'
import { eachLimited } from './limited.ts'
import { factsOfAddress, factsOfError } from './log.ts'
import { referencesOf } from './references.ts'
import type { Result, Results } from './result.ts'
import type { Item } from './settle.ts'
import { isSameStatus, statusAfter, statusOf, type StoredFacts } from './status.ts'

/** Tells the cluster what came of a group: statuses, finalizers, events; and says when each is looked at again. */
export async function finish(group: Group, results: Results, operation: Operation): Promise<void> {
  const stored = await storedFacts(group, results, operation)
  await eachLimited(group.items, operation.concurrent, async item => {
    const { address } = item.resource
    const result = results.get(address)
    if (result === undefined) return
    if (stored === undefined && result.kind === 'done') {
      operation.queue.retry(address)
      return
    }
    try {
      await (item.wants === 'delete' && result.kind === 'done'
        ? deleted(item, operation)
        : told(item, result, stored?.get(address), operation))
      again(item, result, operation)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status !== 409)
        operation.log.warn({ ...factsOfError(error), ...factsOfAddress(address) }, 'the status cannot be written')
      operation.queue.retry(address)
    }
    if (result.kind === 'done' && result.action !== undefined) wakeNeighbours(address, operation)
  })
}

/** Which revision wrote each row, and who refers to it; one question for the whole group, and nothing if it fails. */
async function storedFacts(
  { items }: Group,
  results: Results,
  { store, log }: Operation,
): Promise<ReadonlyMap<Address, StoredFacts> | undefined> {
  const addresses = items
    .map(({ resource }) => resource.address)
    .filter(address => results.get(address)?.kind === 'done')
  if (addresses.length === 0) return new Map()
  try {
    const reader = await store()
    const [heads, referrers] = [await reader.heads(undefined, addresses), await reader.referrers(addresses)]
    return new Map(
      addresses.map(address => [
        address,
        { revision: heads.get(address)?.revision, referencedBy: referrers.get(address) ?? [] },
      ]),
    )
  } catch (error) {
    log.warn(factsOfError(error), 'the store does not say what it wrote')
    return undefined
  }
}

async function deleted({ resource, isGone }: Item, operation: Operation): Promise<void> {
  if (isGone === true) return
  await letGo(resource, operation)
  operation.log.info(factsOfAddress(resource.address), 'deleted')
}

/** Writes the status if it says anything new, and records an event for a change. */
async function told(item: Item, result: Result, stored: StoredFacts | undefined, operation: Operation): Promise<void> {
  const { cache, writes, recorder, log, now } = operation
  const { address } = item.resource
  // Labels and status may be newer than what was planned with; the generation that was planned stays.
  const current = cache.get(address)
  const resource = current?.object.metadata.uid === item.resource.object.metadata.uid ? current : item.resource
  const seen = { ...resource, object: { ...item.resource.object, status: resource?.object.status } } as CustomResource
  const facts = { ...factsOfAddress(address), generation: item.resource.object.metadata.generation }
  log.debug({ ...facts, result: result.kind }, 'reconciled')
  if (item.isGone === true) return log.warn({ ...facts, message: messageOf(result) }, 'a row stays in the store')
  const status = statusAfter(seen, result, stored, now())
  const happening = happeningOf(seen, result)
  if (happening !== undefined) {
    recorder.record(seen, happening)
    log.info({ ...facts, reason: happening.reason }, happening.note)
  }
  if (isSameStatus(statusOf(seen), status)) return
  const written = await writes.status(seen, status)
  if (written !== undefined) cache.put(seen.kind, written)
}

function messageOf(result: Result): string {
  return result.kind === 'done' ? '' : result.message
}

/** What is worth an event: a row that was written, a failure that is new, a recovery. */
function happeningOf(resource: CustomResource, result: Result): Happening | undefined {
  const before = statusOf(resource).conditions.find(({ type }) => type === 'Ready')
  if (result.kind !== 'done') {
    if (before?.status === 'False' && before.reason === result.reason && before.message === result.message)
      return undefined
    return { type: 'Warning', reason: result.reason, note: result.message }
  }
  if (result.action === undefined) {
    return before === undefined || before.status === 'True'
      ? undefined
      : { type: 'Normal', reason: 'Succeeded', note: 'The store has what this resource asks for.' }
  }
  if (isDrift(resource, result)) {
    return { type: 'Normal', reason: 'DriftCorrected', note: `The store differed in ${result.fields.join(', ')}.` }
  }
  const where = result.fields.length === 0 ? '' : `: ${result.fields.slice(0, 10).join(', ')}`
  return { type: 'Normal', reason: 'Applied', note: `${PAST[result.action]}${where}` }
}

const PAST = { create: 'Created', update: 'Updated', replace: 'Replaced', delete: 'Deleted' } as const

/** The row was changed by somebody else: the resource is as it was when it was applied, and so are its values. */
function isDrift(resource: CustomResource, result: Extract<Result, { kind: 'done' }>): boolean {
  const { observedGeneration, lastAppliedRevision } = statusOf(resource)
  const isOurs = result.fields.some(field => field === '/data' || field === '/sops' || field.startsWith('/metadata'))
  return (
    result.action === 'update' &&
    !isOurs &&
    lastAppliedRevision !== undefined &&
    observedGeneration === resource.object.metadata.generation &&
    !result.fields.includes('/spec/operations')
  )
}

const MOST_CLEANUP_FAILURES = 6

function again(item: Item, result: Result, operation: Operation): void {
  const { queue, interval, metrics } = operation
  const { address } = item.resource
  if (result.kind === 'done' && result.action !== undefined && isDrift(item.resource, result))
    metrics.drift.inc({ kind: item.resource.kind })
  if (item.isGone === true || (item.wants === 'delete' && result.kind === 'done')) return
  if (result.kind === 'retry') {
    queue.retry(address)
    if (item.wants === 'delete' && queue.failures(address) >= MOST_CLEANUP_FAILURES)
      void escape(item.resource, operation)
    return
  }
  queue.succeed(address)
  const every = intervalOf(item.resource, interval)
  queue.addAfter(address, every * (0.9 + Math.random() / 5))
}

/** A namespace that is going must not wait for ever for a store that is gone. */
async function escape(resource: CustomResource, operation: Operation): Promise<void> {
  const { namespace } = resource.object.metadata
  try {
    if (namespace === undefined || !(await operation.isTerminating(namespace))) return
    skipped(resource, operation)
    await letGo(operation.cache.get(resource.address) ?? resource, operation)
  } catch (error) {
    operation.log.warn(
      { ...factsOfError(error), ...factsOfAddress(resource.address) },
      'the finalizer cannot be removed',
    )
  }
}

/** What a written row may change for others: those that refer to it, and what it refers or referred to. */
function wakeNeighbours(address: Address, { cache, queue }: Operation): void {
  const woken = new Set<Address>()
  const up = [address]
  for (const one of up) {
    for (const referrer of cache.referrers(one)) {
      if (woken.has(referrer)) continue
      woken.add(referrer)
      // Whoever is in a group is in those that contain it.
      if (referrer.startsWith('accessGroup/')) up.push(referrer)
    }
  }
  const resource = cache.get(address)
  const down = [...cache.takeFormer(address), ...(resource === undefined ? [] : referencesOf(resource))]
  for (const to of down) if (cache.get(to as Address) !== undefined) woken.add(to as Address)
  woken.delete(address)
  for (const key of woken) queue.add(key)
}
