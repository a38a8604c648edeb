import type { Refusal } from '../model/plan.ts'
import type { Limits, Store } from '../model/store.ts'
import { DEFAULT_LIMITS } from '../model/store.ts'
import { labelSelector } from '../plan/selector.ts'
import type { Run } from '../reconcile.ts'
import { approvedDigests } from './approved.ts'
import { UsageError } from './exit.ts'
import type { Io } from './io.ts'
import type { SourceOptions, StoreOptions } from './options.ts'
import { addresses, decrypter, openSession, type Session } from './session.ts'

/** The flags of `plan` and `apply` that shape a plan. */
export interface PlanFlags extends Omit<SourceOptions, 'namespace'>, StoreOptions {
  readonly prune: boolean
  readonly replace: readonly string[]
  readonly adopt: readonly string[]
  readonly acceptOlder: readonly string[]
  readonly force: readonly Refusal['rule'][]
  readonly maxDeletes?: number
  readonly maxDeletePercent?: number
  readonly allowEmpty: boolean
  readonly namespace: readonly string[]
  readonly selector?: string
  readonly decrypt: boolean
  readonly approved: readonly string[]
}

/** A session whose run is shaped by the flags of a plan. Throws `UsageError` for flags that contradict each other. */
export function planSession(flags: PlanFlags, io: Io): Session {
  const { namespace: namespaces, ...rest } = flags
  const session = openSession(rest, io)
  if (flags.prune && !session.isOwnerExplicit) {
    throw new UsageError(
      '--prune needs to know whose resources may be deleted: pass --owner, or set owner in tenon.yaml',
    )
  }
  const matches = flags.selector === undefined ? undefined : labelSelector(flags.selector)
  if (typeof matches === 'string') throw new UsageError(`--selector ${matches}`)
  const wanted = new Set(namespaces)
  const run: Run = {
    ...session.run,
    prune: flags.prune,
    adopt: addresses(flags.adopt, '--adopt'),
    allowEmpty: flags.allowEmpty,
    decrypt: flags.decrypt ? decrypter(io) : undefined,
    selects: ({ namespace, labels }) =>
      (wanted.size === 0 || (namespace !== undefined && wanted.has(namespace))) &&
      (matches === undefined || matches(labels)),
    ...(flags.approved.length > 0 && { approved: approvedDigests(flags.approved) }),
    guards: {
      ...session.run.guards,
      replace: addresses(flags.replace, '--replace'),
      acceptOlder: addresses(flags.acceptOlder, '--accept-older'),
      force: new Set(flags.force),
    },
  }
  return { ...session, run }
}

/** The run with the limits of its guards: a flag wins; what tenon.yaml loosens counts only once it was recorded. */
export async function withLimits(session: Session, flags: PlanFlags, store: Store): Promise<Run> {
  const { run, config } = session
  const { limits: recorded = DEFAULT_LIMITS } = await store.position(run.owner)
  const limits: Limits = {
    maxDeletes:
      flags.maxDeletes ?? Math.min(config.guards?.maxDeletes ?? DEFAULT_LIMITS.maxDeletes, recorded.maxDeletes),
    maxDeletePercent:
      flags.maxDeletePercent ??
      Math.min(config.guards?.maxDeletePercent ?? DEFAULT_LIMITS.maxDeletePercent, recorded.maxDeletePercent),
  }
  return { ...run, guards: { ...run.guards, limits } }
}

/** The limits that an apply has to record: those of tenon.yaml, where they differ from the recorded ones. */
export async function limitsToRecord({ run, config }: Session, store: Store): Promise<Limits | undefined> {
  const { limits: recorded } = await store.position(run.owner)
  const wanted: Limits = { ...DEFAULT_LIMITS, ...config.guards }
  const known = recorded ?? DEFAULT_LIMITS
  const same = known.maxDeletes === wanted.maxDeletes && known.maxDeletePercent === wanted.maxDeletePercent
  return same ? undefined : wanted
}
