import type { Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Refusal } from '../model/plan.ts'
import type { Reason, Result } from './result.ts'

type Failure = Exclude<Result, { kind: 'done' }>

const SHOWN = 5
/** Kubernetes takes up to 32 KiB; nobody reads that. */
const LONGEST = 4096

/** What the errors of an invalid plan mean for the resources they are about. Their file is the resource's address. */
export function blameDiagnostics(diagnostics: readonly Diagnostic[]): ReadonlyMap<Address, Failure> {
  const errors = diagnostics.filter(({ severity, file }) => severity === 'error' && file !== undefined)
  const byAddress = Map.groupBy(errors, ({ file }) => file as Address)
  return new Map([...byAddress].map(([address, found]) => [address, failureOf(found)]))
}

/** What the refusals of a plan mean for the resources that they name first. */
export function blameRefusals(refusals: readonly Refusal[]): ReadonlyMap<Address, Failure> {
  const byAddress = Map.groupBy(refusals, ({ addresses }) => addresses[0]!)
  return new Map([...byAddress].map(([address, found]) => [address, refused(found)]))
}

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
  return code.startsWith('sops-') ? 'DecryptFailed' : 'ValidationFailed'
}

const REFUSED = {
  'owned-by-another': 'Conflict',
  'credential-not-bound': 'ValidationFailed',
  'not-selected': 'DependencyNotReady',
} as const satisfies Partial<Record<Refusal['rule'], Reason>>

/** What lifts a guard in a cluster, where there are no flags. */
const CURES: Partial<Record<Refusal['rule'], string>> = {
  'owned-by-another': 'Delete this resource, or annotate it with tenon.dev/adopt: "true" to take the row over.',
  'in-use': 'Take it out of what uses it first, or annotate it with tenon.dev/force: in-use.',
  'last-member':
    'Leave somebody in the group, take it out of the access, or annotate what was changed with tenon.dev/force: last-member.',
  'replace-not-named': 'Put the old access back, or annotate it with tenon.dev/replace: "true" to create it anew.',
  replay: 'Restore the newer values, or annotate it with tenon.dev/accept-older: "true".',
}

function refused(refusals: readonly Refusal[]): Failure {
  const [first] = refusals
  const reason: Reason = (REFUSED as Partial<Record<Refusal['rule'], Reason>>)[first!.rule] ?? 'GuardRefused'
  const message = sentences(
    refusals.map(({ rule, message: text, cure }) => ({ code: rule, message: text, cure: CURES[rule] ?? cure })),
  )
  return { kind: 'stalled', reason, message }
}

/** Up to five problems with their cures, cut where they are too long. */
export function sentences(problems: readonly Pick<Diagnostic, 'code' | 'message' | 'cure'>[]): string {
  const shown = problems.slice(0, SHOWN).map(({ code, message, cure }) => {
    return `${code}: ${/[.!?]$/.test(message) ? message : `${message}.`}${cure === undefined ? '' : ` ${cure}`}`
  })
  const more = problems.length > SHOWN ? [`${problems.length - SHOWN} more problems.`] : []
  const text = [...shown, ...more].join(' ')
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}
