import type { Item } from './attempt.ts'
import type { CustomResource } from './custom-resource.ts'
import type { Happening } from './events.ts'
import { factsOfAddress } from './log.ts'
import type { Running } from './operation.ts'
import type { Result } from './result.ts'
import { isSameStatus, statusAfter, statusOf, type StoredFacts } from './status.ts'

/** Writes the status if it says anything new, and records an event for what is worth one. Throws `ApiError`. */
export async function tell(
  { resource }: Item,
  result: Result,
  stored: StoredFacts | undefined,
  running: Running,
): Promise<void> {
  const { writes, cache, recorder, log, now } = running
  const seen = withNewestStatus(resource, running)
  const facts = { ...factsOfAddress(seen.address), generation: seen.object.metadata.generation }
  log.debug({ ...facts, result: result.kind }, 'reconciled')
  const happening = happeningOf(seen, result)
  for (const each of [...(happening === undefined ? [] : [happening]), ...warningsOf(result)]) {
    recorder.record(seen, each)
    log.info({ ...facts, reason: each.reason }, each.note)
  }
  const status = statusAfter(seen, result, stored, now())
  if (isSameStatus(statusOf(seen), status)) return
  const written = await writes.status(seen, status)
  if (written !== undefined) cache.renew(seen.kind, written)
}

/** The status may be newer than what was planned with; the generation that was planned stays. */
function withNewestStatus(planned: CustomResource, { cache }: Running): CustomResource {
  const current = cache.get(planned.address)?.object ?? planned.object
  const { status } = current.metadata.uid === planned.object.metadata.uid ? current : planned.object
  return { ...planned, object: { ...planned.object, ...(status && { status }) } }
}

/** What is worth an event: a row that was written, a failure that is new, a recovery. */
export function happeningOf(resource: CustomResource, result: Result): Happening | undefined {
  const before = statusOf(resource).conditions.find(({ type }) => type === 'Ready')
  if (result.kind !== 'done') {
    const isKnown = before?.status === 'False' && before.reason === result.reason && before.message === result.message
    return isKnown ? undefined : { type: 'Warning', reason: result.reason, note: result.message }
  }
  if (result.action === undefined) {
    const isRecovery = before !== undefined && before.status !== 'True'
    if (!isRecovery) return undefined
    return { type: 'Normal', reason: 'Succeeded', note: 'The store has what this resource asks for.' }
  }
  return { type: 'Normal', ...eventOf(result.action, result, isDrift(resource, result)) }
}

type Done = Extract<Result, { kind: 'done' }>

function eventOf(
  action: NonNullable<Done['action']>,
  { fields, approved }: Done,
  isCorrection: boolean,
): Pick<Happening, 'reason' | 'note'> {
  const where = fields.length === 0 ? '' : `: ${fields.slice(0, 10).join(', ')}`
  if (approved !== undefined) return { reason: 'Approved', note: `${PAST[action]} as approved by ${approved}${where}` }
  if (!isCorrection) return { reason: 'Applied', note: `${PAST[action]}${where}` }
  const note = action === 'create' ? 'The store had lost the row.' : `The store differed${where}`
  return { reason: 'DriftCorrected', note }
}

const MOST_WARNED = 5

/** What guardrails say of what was written although they warn of it. */
function warningsOf(result: Result): readonly Happening[] {
  const { warned = [] } = result.kind === 'done' ? result : {}
  return warned.slice(0, MOST_WARNED).map(note => ({ type: 'Warning', reason: 'GuardrailWarned', note }))
}

const PAST = { create: 'Created', update: 'Updated', replace: 'Replaced', delete: 'Deleted' } as const

/** The row was changed by somebody else: the resource is as it was when it was applied, and so are its values. */
export function isDrift(resource: CustomResource, result: Result): boolean {
  if (result.kind !== 'done' || result.action === undefined) return false
  const { observedGeneration, lastAppliedRevision, conditions } = statusOf(resource)
  const wasApplied = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  const isUnchanged = observedGeneration === resource.object.metadata.generation
  return wasApplied && isUnchanged && lastAppliedRevision !== undefined && !result.fields.some(isOurs)
}

/** Fields that change without a new generation: labels, values that a Secret holds, operations that a ConfigMap holds. */
function isOurs(field: string): boolean {
  return field === '/data' || field === '/sops' || field === '/spec/operations' || field.startsWith('/metadata')
}
