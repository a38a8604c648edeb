import type { Diagnostic } from '../model/diagnostic.ts'
import type { Facts, Reason, Result } from './result.ts'

/** A condition as Kubernetes has it (metav1.Condition), its time apart. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
  /** RFC 3339, without fractions of a second. */
  readonly lastTransitionTime: string
}

type Fresh = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>

const APPLIED = 'The store has what this resource asks for.'

/**
 * The three conditions that tell tools how far a resource is, after a run. kstatus reads them: `Stalled` means that
 * somebody has to act, `Reconciling` that it is tried again, neither with `Ready=True` that all is well.
 */
function progressConditions(result: Result): readonly Fresh[] {
  switch (result.kind) {
    case 'done':
      return [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: APPLIED }]
    case 'stalled':
      return [notReady(result), { type: 'Stalled', status: 'True', reason: result.reason, message: result.message }]
    case 'retry':
      return [
        notReady(result),
        { type: 'Reconciling', status: 'True', reason: 'ProgressingWithRetry', message: result.message },
      ]
    default:
      return result satisfies never
  }
}

function notReady({ reason, message }: { readonly reason: Reason; readonly message: string }): Fresh {
  return { type: 'Ready', status: 'False', reason, message }
}

/** Warnings that are conditions of their own; they never decide about `Ready`. */
const STATED: Readonly<Record<string, { readonly type: string; readonly reason: string }>> = {
  'rotation-due': { type: 'RotationDue', reason: 'Overdue' },
  'credential-expired': { type: 'Expired', reason: 'Expired' },
  'review-due': { type: 'ReviewDue', reason: 'Overdue' },
  'personal-account': { type: 'PersonalAccount', reason: 'PersonalAccount' },
  'admin-level': { type: 'AdminLevel', reason: 'AdminLevel' },
}

/** The warnings that no condition states. */
export function unstated(warnings: readonly Diagnostic[]): readonly Diagnostic[] {
  return warnings.filter(({ code }) => !(code in STATED))
}

function statedConditions(warnings: readonly Diagnostic[]): readonly Fresh[] {
  return warnings.flatMap(({ code, message, cure }) => {
    const stated = STATED[code]
    if (stated === undefined) return []
    return [{ ...stated, status: 'True' as const, message: cure === undefined ? message : `${message}. ${cure}` }]
  })
}

/** A service that says how its credentials are tested waits for the first test without a condition. */
function testedCondition({ isTestable }: Facts): readonly Fresh[] {
  if (isTestable !== false) return []
  const message = 'The service does not say how its credentials are tested.'
  return [{ type: 'Tested', status: 'Unknown', reason: 'NotTestable', message }]
}

/** What was said before, as far as this run does not say it anew. */
export interface Before {
  readonly conditions: readonly Condition[]
  readonly generation: number
  /** RFC 3339, from the driver's clock. */
  readonly now: string
}

/**
 * All conditions after a run, sorted by type. The time of one moves only when its status does. A run that failed says
 * nothing new about what a run that succeeded stated.
 */
export function conditionsAfter(result: Result, before: Before): readonly Condition[] {
  const fresh =
    result.kind === 'done'
      ? [...progressConditions(result), ...statedConditions(result.warnings), ...testedCondition(result.facts)]
      : progressConditions(result)
  const dates = fresh.map(condition => dated(condition, before))
  return sortedByType(result.kind === 'done' ? dates : [...dates, ...standing(before)])
}

const WORKING: readonly Fresh[] = [
  { type: 'Ready', status: 'Unknown', reason: 'Progressing', message: 'A run is under way.' },
  { type: 'Reconciling', status: 'True', reason: 'Progressing', message: 'A run is under way.' },
]

/** The conditions while a run takes long, sorted by type. */
export function conditionsWhileWorking(before: Before): readonly Condition[] {
  return sortedByType([...WORKING.map(condition => dated(condition, before)), ...standing(before)])
}

/** What was stated of an earlier generation, and was not judged since: it stands as it was. */
function standing({ conditions }: Before): readonly Condition[] {
  return conditions.filter(({ type }) => !PROGRESS.has(type))
}

function sortedByType(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.toSorted((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0))
}

const PROGRESS = new Set(['Ready', 'Reconciling', 'Stalled'])

function dated({ type, status, reason, message }: Fresh, { conditions, generation, now }: Before): Condition {
  const last = conditions.find(condition => condition.type === type)
  const lastTransitionTime = last?.status === status ? last.lastTransitionTime : now
  return { type, status, reason, message, observedGeneration: generation, lastTransitionTime }
}
