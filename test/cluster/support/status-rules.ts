/** The status contract as checks on one write: what is wrong with the object that it left behind. */
import { condition, type Condition, type Observed } from './kstatus.ts'
import { rowOf, standardConditions } from './status-table.ts'

/** The reasons that the documentation of the conditions lists. */
export const REASONS: readonly string[] = [
  'Succeeded',
  'Progressing',
  'ProgressingWithRetry',
  'ValidationFailed',
  'DecryptFailed',
  'GuardRefused',
  'ApprovalRequired',
  'Conflict',
  'AccessDenied',
  'ApplyFailed',
  'PruneFailed',
  'DependencyNotReady',
  'Drifted',
  'Suspended',
]

/** The conditions that tools act on. */
const STANDARD = ['Ready', 'Reconciling', 'Stalled']

/** The conditions for people, which say nothing about whether the object is applied. */
const FURTHER = ['Tested', 'RotationDue', 'Expired', 'ReviewDue', 'PersonalAccount', 'AdminLevel']

/** Everything that is wrong with the status of an object as such. */
export function statusFaults(object: Observed): readonly string[] {
  const { status = {}, metadata } = object
  const all = status.conditions ?? []
  const types = all.map(({ type }) => type)
  return [
    ...all.flatMap(found => shapeFaults(found, metadata.generation)),
    ...('phase' in status ? ['status has a phase'] : []),
    ...(new Set(types).size < types.length ? [`a condition is there twice: ${types.join(', ')}`] : []),
    ...((status.observedGeneration ?? -1) > metadata.generation ? ['observedGeneration is of the future'] : []),
    ...tableFaults(object),
  ]
}

/** Everything that is wrong with a status as the successor of the one before. */
export function successionFaults(before: Observed, after: Observed): readonly string[] {
  const [was, is] = [generationOf(before), generationOf(after)]
  const checks: readonly (readonly [boolean, string])[] = [
    [is >= was, `observedGeneration went back from ${was} to ${is}`],
    [is === was || condition(after, 'Reconciling') === undefined, 'observedGeneration moved before the work was done'],
  ]
  return [
    ...checks.filter(([holds]) => !holds).map(([, fault]) => fault),
    ...(after.status?.conditions ?? []).flatMap(now => timeFaults(condition(before, now.type), now)),
  ]
}

function timeFaults(was: Condition | undefined, now: Condition): readonly string[] {
  if (was === undefined) return []
  const moved = Date.parse(now.lastTransitionTime) - Date.parse(was.lastTransitionTime)
  if (was.status === now.status) return moved === 0 ? [] : [`${now.type} moved its time but not its status`]
  return moved >= 0 ? [] : [`${now.type} moved its time back`]
}

function generationOf({ status }: Observed): number {
  return status?.observedGeneration ?? -1
}

function shapeFaults(found: Condition, generation: number): readonly string[] {
  const { type, status, reason, message, lastTransitionTime, observedGeneration } = found
  const known = STANDARD.includes(type) ? REASONS.includes(reason) : /^[A-Z][A-Za-z]*$/.test(reason ?? '')
  const checks: readonly (readonly [boolean, string])[] = [
    [[...STANDARD, ...FURTHER].includes(type), 'is no documented condition'],
    [['True', 'False', 'Unknown'].includes(status), `has the status ${status}`],
    [known, `has the undocumented reason ${reason}`],
    [typeof message === 'string' && message !== '', 'has no message'],
    [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(lastTransitionTime ?? ''), `has the time ${lastTransitionTime}`],
    [Number.isInteger(observedGeneration) && observedGeneration >= 1, `is of generation ${observedGeneration}`],
    [!(observedGeneration > generation), 'is of a generation of the future'],
    // Tools read these two as true by being there.
    [!['Reconciling', 'Stalled'].includes(type) || status === 'True', `is ${status} instead of absent`],
  ]
  return checks.filter(([holds]) => !holds).map(([, fault]) => `${type} ${fault}`)
}

/** What is wrong with Ready, Reconciling and Stalled together. */
function tableFaults(object: Observed): readonly string[] {
  const row = rowOf(object)
  if (row === undefined) return [`no row of the table: ${standardConditions(object)}`]
  if (row !== 'done' && row !== 'stalled') return []
  const observed = object.status?.observedGeneration
  return ['Ready', 'Stalled']
    .filter(type => (condition(object, type)?.observedGeneration ?? observed) !== observed)
    .map(type => `${type} of another generation than the status`)
}
