import { jointTable, operationsOfBoth } from '../../access/table.ts'
import type { Address } from '../../model/address.ts'
import { LOCK_FILE } from '../../model/lock.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import { DEFAULT_LIMITS } from '../../model/store.ts'
import { nameIn } from '../describe.ts'
import { operationsOf, editedServices, integrationsUsing, type GuardSettings, type OutsideInput } from './input.ts'
import { counted, finding, listed, type Said } from './say.ts'

/** The findings about what guards a source: its limits, its owner, and the operations that it has accepted. */
export function guardFindings(input: OutsideInput): readonly ResourceFinding[] {
  const { before, after } = input.guards
  const limits = LIMITS.flatMap(each => limited(each, before, after))
  return [...limits, ...lockRemoved(before, after), ...accepted(input)].map(said => finding(said, input))
}

/** No resource: the file at the top of the source. */
const CONFIG = 'guardrail/tenon.yaml' satisfies Address
const LOCK = `guardrail/${LOCK_FILE}` satisfies Address

interface Limit {
  readonly name: string
  valueOf(settings: GuardSettings): string
  /** Whether what is there after the change guards less; `undefined` where that cannot be said. */
  isLooser(before: GuardSettings, after: GuardSettings): boolean | undefined
}

const LIMITS: readonly Limit[] = [
  limit('guards.maxDeletes', ({ limits }) => limits?.maxDeletes ?? DEFAULT_LIMITS.maxDeletes),
  limit('guards.maxDeletePercent', ({ limits }) => limits?.maxDeletePercent ?? DEFAULT_LIMITS.maxDeletePercent),
  {
    name: 'credentials.requireBinding',
    valueOf: ({ requireBinding }) => String(requireBinding),
    isLooser: (before, after) => before.requireBinding && !after.requireBinding,
  },
  { name: 'owner', valueOf: ({ owner }) => owner ?? 'local', isLooser: () => undefined },
]

function limit(name: string, numberOf: (settings: GuardSettings) => number): Limit {
  return {
    name,
    valueOf: settings => String(numberOf(settings)),
    isLooser: (before, after) => numberOf(after) > numberOf(before),
  }
}

function limited(each: Limit, before: GuardSettings, after: GuardSettings): readonly Said[] {
  const { name } = each
  const [was, is] = [each.valueOf(before), each.valueOf(after)]
  if (was === is) return []
  const looser = each.isLooser(before, after)
  return [
    {
      kind: 'limits-changed',
      address: CONFIG,
      severity: looser === false ? 'low' : 'medium',
      direction: looser === undefined ? 'unclear' : looser ? 'widens' : 'narrows',
      summary: `tenon.yaml: ${name} is ${is} instead of ${was}`,
      before: was,
      after: is,
      facts: { name, before: was, after: is },
      edits: [],
    },
  ]
}

function lockRemoved({ lock: before }: GuardSettings, { lock: after }: GuardSettings): readonly Said[] {
  if ((before === undefined) === (after === undefined)) return []
  const isGone = after === undefined
  const services = [...(before ?? after ?? new Map<Address, readonly string[]>()).keys()].toSorted()
  return [
    {
      kind: 'lock-changed',
      address: LOCK,
      severity: isGone ? 'high' : 'low',
      direction: isGone ? 'widens' : 'narrows',
      summary: isGone
        ? `${LOCK_FILE} is gone: operations that a service adds are covered by broad permissions at once`
        : `${LOCK_FILE} is new: operations that a service adds stay denied until somebody accepts them`,
      before: isGone ? counted(services.length, 'service') : 'no lock file',
      after: isGone ? 'no lock file' : counted(services.length, 'service'),
      facts: { isGone, services },
      edits: [],
    },
  ]
}

/** What was new before and is accepted now, service by service, and what is no longer. What that gives is in the cells. */
function accepted(input: OutsideInput): readonly Said[] {
  // Without a lock nothing is new any more, which is said of the lock.
  if (input.guards.before.lock !== undefined && input.guards.after.lock === undefined) return []
  return editedServices(input).flatMap(({ address, before, after }) => {
    const operations = operationsOfBoth(
      jointTable(operationsOf(input.before, before), operationsOf(input.after, after)),
    )
    const kept = operations.flatMap(each => (each.before && each.after ? [{ was: each.before, is: each.after }] : []))
    const now = kept.filter(({ was, is }) => was.isNew === true && is.isNew !== true)
    const noLonger = kept.filter(({ was, is }) => was.isNew !== true && is.isNew === true)
    const all = [
      { ids: now.map(({ is }) => is.id), isAccepted: true },
      { ids: noLonger.map(({ is }) => is.id), isAccepted: false },
    ]
    return all.flatMap(({ ids, isAccepted }) => (ids.length === 0 ? [] : [acceptance(address, ids, isAccepted, input)]))
  })
}

function acceptance(address: Address, ids: readonly string[], isAccepted: boolean, input: OutsideInput): Said {
  const what = `${counted(ids.length, 'operation')} of service ${nameIn(address)}`
  return {
    kind: 'lock-changed',
    address,
    severity: 'low',
    direction: isAccepted ? 'widens' : 'narrows',
    integrations: integrationsUsing(input, address),
    summary: isAccepted
      ? `${what} ${ids.length === 1 ? 'is' : 'are'} accepted: ${listed(ids)}`
      : `${what} count as new now: ${listed(ids)}`,
    before: isAccepted ? 'new' : 'accepted',
    after: isAccepted ? 'accepted' : 'new',
    facts: { isAccepted, operations: ids },
    edits: [],
  }
}
