import type { ClusterReader } from '../model/cluster.ts'
import { EFFECTS } from '../model/effect.ts'
import type { Change, EffectChange, Refusal } from '../model/plan.ts'
import { makePlan, type Planned, type Run } from '../reconcile.ts'
import { approvedIn, openBeside } from './approvals.ts'
import type { Item } from './attempt.ts'
import { blameRefusals, refused } from './blame.ts'
import { isOn, isSuspended, modeOf } from './custom-resource.ts'
import { groupsOf, runOf } from './due.ts'
import { isTerminating } from './namespaces.ts'
import type { OperatorFlags } from './options.ts'
import type { Parts } from './parts.ts'
import type { Made } from './successes.ts'
import { guardrailWarnings, isOnlyUnapproved } from './unapproved.ts'

/** What stands against a change, and what is to be said of it. */
export interface Risks {
  /** What guardrails say that deny it. */
  readonly denied?: string | undefined
  readonly warnings: readonly string[]
}

const PATIENCE_MS = 2000

/** What the change would do to who may call what, and what refuses it; nothing where the store does not answer in time. */
export async function risks(item: Item, flags: OperatorFlags, parts: Parts): Promise<Risks> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, PATIENCE_MS)
  const inTime = async <Answer>(work: Promise<Answer>): Promise<Answer | void> =>
    Promise.race([work.catch(() => undefined), late])
  try {
    const found = (await inTime(risksAlone(item, flags, parts))) ?? { warnings: [] }
    if (found.denied !== undefined || !waits(item, flags)) return found
    const awaited = await inTime(approvalOf(item, flags, parts))
    return { warnings: [...(awaited ?? [AWAITED]), ...found.warnings] }
  } finally {
    clearTimeout(timer)
  }
}

/** The change by itself, against the store as it is. */
async function risksAlone(item: Item, flags: OperatorFlags, parts: Parts): Promise<Risks> {
  const made = await plan([item], flags, parts)
  if (made.kind === 'invalid') return { warnings: [] }
  const [guardrails, others] = [true, false].map(is =>
    made.refusals.filter(({ rule }) => (rule === 'guardrail') === is),
  ) as [Refusal[], Refusal[]]
  const isDenied = guardrails.length > 0 && (await isBinding(item, flags, parts))
  if (isDenied) return { denied: refused(guardrails).message, warnings: [] }
  return { warnings: [...refusalWarnings(made.plan.changes, guardrails, others), ...warningsOf(made)] }
}

function refusalWarnings(
  changes: readonly Change[],
  guardrails: readonly Refusal[],
  others: readonly Refusal[],
): readonly string[] {
  const failures = [...blameRefusals(others, changes).values()].map(({ failure }) => failure)
  const all = guardrails.length > 0 ? [refused(guardrails), ...failures] : failures
  return all.map(({ message }) => `the operator will refuse this: ${message}`)
}

/** Whether the change will be made by the operator, and can be kept from it. */
async function isBinding(item: Item, { mode }: OperatorFlags, { api }: Parts): Promise<boolean> {
  if (modeOf(item.resource, mode) === 'Observe' || !isWritten(item)) return false
  const { namespace } = item.resource.object.metadata
  // A namespace that is going takes its resources along.
  return item.wants === 'apply' || namespace === undefined || !(await isTerminating(api, namespace))
}

/** Nothing is done for what is suspended; and what is only let go stays in the store. */
function isWritten({ resource, wants }: Item): boolean {
  return wants === 'apply' ? !isSuspended(resource) : !isOn(resource, 'skipCleanup')
}

function waits(item: Item, { mode }: OperatorFlags): boolean {
  return modeOf(item.resource, mode) === 'Approve' && isWritten(item)
}

const AWAITED = 'mode Approve: the condition Ready will name the digest to approve, if this needs an approval'

/** What is said of the approval that a change needs, together with everything that waits beside it. */
async function approvalOf(item: Item, flags: OperatorFlags, parts: Parts): Promise<readonly string[]> {
  const open = [item, ...openBeside(item.resource, parts.cache.all(), flags.mode)]
  const part = groupsOf(open, flags.clusterName, flags.mode).find(({ items }) => items.includes(item))!
  const made = await plan(part.items, flags, parts)
  if (made.kind === 'planned') return []
  if (made.kind === 'invalid' || !isOnlyUnapproved(made.refusals)) return [AWAITED]
  return [`mode Approve: this needs an approval of ${made.plan.review!.digest}, as things stand in its namespace`]
}

async function plan(items: readonly Item[], flags: OperatorFlags, parts: Parts): Promise<Planned> {
  return makePlan(judging(items, flags, parts), await parts.door.reader())
}

/** A run that decrypts nothing, and asks for no Secret. */
export function judging(items: readonly Item[], flags: OperatorFlags, parts: Parts): Run {
  const around = parts.around()
  const [group] = groupsOf(items.slice(0, 1), flags.clusterName, flags.mode)
  const cluster: ClusterReader = {
    configMap: (namespace, name) => around.context.cluster!.configMap(namespace, name),
    secret: () => Promise.resolve({ kind: 'missing' }),
  }
  const { approved, namespace } = group!
  const others = approved === undefined ? [] : approvedIn(namespace, parts.cache.all(), flags.mode)
  return runOf({ ...group!, ...(approved && { approved: new Set([...approved, ...others]) }) }, items, {
    decrypt: undefined,
    context: { ...around.context, cluster },
  })
}

function warningsOf({ plan: { access, review } }: Made): readonly string[] {
  return [...guardrailWarnings(review).map(({ message }) => message), ...access.filter(isWider).map(widening)]
}

function isWider({ before, after }: EffectChange): boolean {
  return EFFECTS.indexOf(after) > EFFECTS.indexOf(before)
}

const MOST_OPERATIONS = 3

function widening({ integration, who, people, operations, before, after }: EffectChange): string {
  const count = people === undefined ? 'unknown number of people' : `${people} ${people === 1 ? 'person' : 'people'}`
  const shown = operations.slice(0, MOST_OPERATIONS).join(', ')
  const more = operations.length > MOST_OPERATIONS ? ` and ${operations.length - MOST_OPERATIONS} more` : ''
  return `widens access: ${who} (${count}) ${before} → ${after} on ${integration}: ${shown}${more}`
}
