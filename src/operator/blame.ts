import type { Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Change, Refusal } from '../model/plan.ts'
import { visible } from '../model/visible.ts'
import type { Reason, Result } from './result.ts'

/** Why a resource was not applied. */
export type Failure = Exclude<Result, { kind: 'done' }>

/** What a plan that failed says of one resource. */
export interface Blame {
  readonly failure: Failure
  /** Whether it holds whatever else is planned; otherwise another resource of the same plan may be the cause. */
  readonly isOwn: boolean
}

export type Blamed = ReadonlyMap<Address, Blame>

const SHOWN = 5
/** Kubernetes takes up to 32 KiB; nobody reads that. */
const LONGEST = 4096

/** What the errors of an invalid plan mean for the resources they are about. Their file is the resource's address. */
export function blameDiagnostics(diagnostics: readonly Diagnostic[]): Blamed {
  const errors = diagnostics.filter(({ severity, file }) => severity === 'error' && file !== undefined)
  const byAddress = Map.groupBy(errors, ({ file }) => file as Address)
  return new Map(
    [...byAddress].map(([address, found]) => {
      return [address, { failure: failureOf(found), isOwn: found.some(({ code }) => !SHARED.has(code)) }]
    }),
  )
}

/** Of two resources that contradict each other, these name one. */
const SHARED = new Set<string>(['duplicate-default', 'group-cycle'])

/** What the refusals of a plan mean for the resources that they name. */
export function blameRefusals(refusals: readonly Refusal[], changes: readonly ChangeHead[]): Blamed {
  const named = refusals.flatMap(refusal => namedBy(refusal, changes).map(address => ({ address, refusal })))
  const byAddress = Map.groupBy(named, ({ address }) => address)
  return new Map(
    [...byAddress].map(([address, found]) => {
      const own = found.map(({ refusal }) => refusal)
      return [address, { failure: refused(own), isOwn: own.some(({ rule }) => !SHARED_RULES.has(rule)) }]
    }),
  )
}

/** These are about what a plan leads to, which a change of something else may have brought about. */
const SHARED_RULES = new Set<Refusal['rule']>(['last-member', 'credential-not-bound', 'guardrail'])

/** As much of a step of a plan as says whom to blame for it. */
type ChangeHead = Pick<Change, 'action' | 'address'>

/**
 * The first that a refusal names is what it is about; a limit is about everything that is to go, and a guardrail, which is
 * named first, about those of the integrations after it that change.
 */
function namedBy({ rule, addresses }: Refusal, changes: readonly ChangeHead[]): readonly Address[] {
  if (COUNTED.has(rule)) return changes.filter(({ action }) => action === 'delete').map(({ address }) => address)
  if (rule !== 'guardrail') return addresses.slice(0, 1)
  const changing = new Set(changes.map(({ address }) => address))
  return addresses.slice(1).filter(address => changing.has(address))
}

const COUNTED = new Set<Refusal['rule']>(['max-deletes', 'max-delete-percent'])

/** Problems that pass when something else appears or answers. */
const PASSING = new Set([
  'unknown-reference',
  'cluster-object-missing',
  'cluster-object-unreadable',
  'identity-unreadable',
])

function failureOf(errors: readonly Diagnostic[]): Failure {
  const lasting = errors.filter(({ code }) => !PASSING.has(code))
  if (lasting.length === 0) return { kind: 'retry', reason: 'DependencyNotReady', message: sentences(errors) }
  return { kind: 'stalled', reason: reasonOf(lasting[0]!), message: sentences(lasting) }
}

function reasonOf({ code }: Diagnostic): Reason {
  if (code === 'cluster-object-denied') return 'AccessDenied'
  return code.startsWith('sops-') || code.startsWith('identity-') ? 'DecryptFailed' : 'ValidationFailed'
}

const REFUSED: Partial<Record<Refusal['rule'], Reason>> = {
  'owned-by-another': 'Conflict',
  'credential-not-bound': 'ValidationFailed',
}

/** What lifts a guard in a cluster, where there are no flags. */
const CURES: Partial<Record<Refusal['rule'], string>> = {
  'owned-by-another': 'Delete this resource, or annotate it with tenon.dev/adopt: "true" to take the row over.',
  'in-use': 'Take it out of what uses it first, or annotate it with tenon.dev/force: in-use.',
  'last-member':
    'Leave somebody in the group, take it out of the access, or annotate what was changed with tenon.dev/force: last-member.',
  'replace-not-named': 'Put the old access back, or annotate it with tenon.dev/replace: "true" to create it anew.',
  replay: 'Restore the newer values, or annotate it with tenon.dev/accept-older: "true".',
}

/** What several refusals mean for a resource that they are about. */
export function refused(refusals: readonly Refusal[]): Failure {
  const message = sentences(
    refusals.map(({ rule, message: text, cure }) => ({ code: rule, message: text, cure: CURES[rule] ?? cure })),
  )
  // What it refers to went away while the plan was made.
  if (refusals.every(({ rule }) => rule === 'not-selected'))
    return { kind: 'retry', reason: 'DependencyNotReady', message }
  return { kind: 'stalled', reason: REFUSED[refusals[0]!.rule] ?? 'GuardRefused', message }
}

/** Up to five problems with their cures, cut where they are too long. Names of any kind may stand in them. */
export function sentences(problems: readonly Pick<Diagnostic, 'code' | 'message' | 'cure'>[]): string {
  const shown = problems.slice(0, SHOWN).map(({ code, message, cure }) => {
    return `${code}: ${/[.!?]$/.test(message) ? message : `${message}.`}${cure === undefined ? '' : ` ${cure}`}`
  })
  const more = problems.length > SHOWN ? [`${problems.length - SHOWN} more problems.`] : []
  return cut(visible([...shown, ...more].join(' ')), LONGEST)
}

/** Text of a length that is bounded; what the API server would not take for text is not left at the end. */
export function cut(text: string, longest: number): string {
  return (text.length <= longest ? text : `${text.slice(0, longest - 1)}…`).toWellFormed()
}
