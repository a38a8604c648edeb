/** The table of the status contract: how Ready, Reconciling and Stalled go together, and for which reasons. */
import { condition, type Observed } from './kstatus.ts'

/** Reasons that only a person can remove: they stall, and are not tried again. */
const FOR_PEOPLE = 'ValidationFailed|GuardRefused|ApprovalRequired|Conflict|AccessDenied'
/** Reasons that pass by themselves or with somebody else's change. */
const PASSING = 'DependencyNotReady'
const EITHER = 'DecryptFailed|ApplyFailed|PruneFailed|Drifted'

/** Ready, Reconciling and Stalled as `status/reason`, `-` where one is absent. */
const ROWS = {
  unseen: /^- - -$/,
  working: /^Unknown\/Progressing True\/Progressing -$/,
  retrying: new RegExp(`^False/(${PASSING}|${EITHER}) True/ProgressingWithRetry -$`),
  stalled: new RegExp(`^False/(${FOR_PEOPLE}|${EITHER}) - True/\\1$`),
  done: /^True\/Succeeded - -$/,
} as const

/** Suspending takes Reconciling away and leaves the rest as it was. */
const SUSPENDED = /^\S+ - \S+$/

export type Row = keyof typeof ROWS | 'suspended'

/** The row of an object; none where the conditions contradict each other. */
export function rowOf(object: Observed): Row | undefined {
  const conditions = standardConditions(object)
  const row = (Object.keys(ROWS) as (keyof typeof ROWS)[]).find(name => ROWS[name].test(conditions))
  if (row !== undefined) return row
  return isSuspended(object) && SUSPENDED.test(conditions) ? 'suspended' : undefined
}

/** The three conditions in one line. */
export function standardConditions(object: Observed): string {
  const all = ['Ready', 'Reconciling', 'Stalled'].map(type => condition(object, type))
  return all.map(found => (found === undefined ? '-' : `${found.status}/${found.reason}`)).join(' ')
}

/** Whether its author asked that nothing be done for it. */
export function isSuspended({ metadata, spec }: Observed): boolean {
  return spec?.suspend === true || metadata.annotations?.['tenon.dev/reconcile'] === 'disabled'
}
