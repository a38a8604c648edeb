import path from 'node:path'
import { apply, type Outcome, type Signature } from '../apply/apply.ts'
import { StaleState } from '../model/errors.ts'
import type { Refusal } from '../model/plan.ts'
import type { Store } from '../model/store.ts'
import { makePlan, type Planned } from '../reconcile.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { progress, type Io } from './io.ts'
import { openLog } from './log.ts'
import { limitsToRecord, planSession, withLimits, type PlanFlags } from './plan-options.ts'
import { exitOf } from './plan.ts'
import { readSavedPlan, withSavedFlags, type SavedPlan } from './saved-plan.ts'
import { openStoreOf, type Session } from './session.ts'
import { logPlanned, showPlanned } from './show-plan.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { planJson, type ErrorJson } from './view/plan-json.ts'
import { planText } from './view/plan-text.ts'

interface ApplyOptions extends PlanFlags {
  readonly yes: boolean
  readonly actor?: string
  readonly commit?: string
  readonly detailedExitcode: boolean
}

type Made = Exclude<Planned, { kind: 'invalid' }>

/** `tenon apply [PLAN]` */
export async function run({ args, options: given, io }: Call<ApplyOptions>): Promise<ExitCode> {
  const saved = args[0] === undefined ? undefined : readSavedPlan(path.resolve(io.cwd, args[0]))
  const options = saved === undefined ? given : withSavedFlags(given, saved)
  if (!options.yes && saved === undefined && io.ask === undefined) {
    throw new UsageError('apply asks before it changes anything, and there is no terminal to ask on: pass --yes')
  }
  const session = planSession(options, io)
  const store = await openStoreOf(options, io, true)
  try {
    return await planAndApply({ session, store, options, saved, io })
  } finally {
    await store.close()
    await session.close()
  }
}

/** Complete JSON also when the store failed: nothing was applied then. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return { ...planJson(undefined, [], [], errors), applied: false, revision: 0 }
}

interface Work {
  readonly session: Session
  readonly store: Store
  readonly options: ApplyOptions
  readonly saved: SavedPlan | undefined
  readonly io: Io
}

async function planAndApply(work: Work): Promise<ExitCode> {
  const { session, store, options, saved, io } = work
  const shown = progress(io, options.quiet)
  const { ownerRevision } = await store.position(session.run.owner)
  const limited = { ...(await withLimits(session, options, store)), say: shown.say }
  const planned = unverified(await makePlan(limited, store), saved?.verified !== false)
  shown.done()
  const log = await openLog(options.logLevel, io)
  logPlanned(planned, log)
  const show = async (outcome: Outcome | undefined): Promise<void> => {
    const revision = outcome?.revision ?? (planned.kind === 'invalid' ? 0 : planned.plan.storeRevision)
    const extra = { applied: outcome?.applied ?? false, revision }
    await showPlanned(planned, session.source, { options, io, extra })
  }
  if (planned.kind !== 'planned') {
    await show(undefined)
    return exitOf(planned, false)
  }
  if (saved !== undefined && saved.digest !== planned.plan.digest) {
    throw new StaleState(
      `the saved plan is not what would happen now: the files or the store, which is at revision ${planned.plan.storeRevision}, changed since`,
    )
  }
  const isText = options.output === 'text'
  if (isText) await show(undefined)
  if (!(await agreed(planned, work))) {
    if (!isText) await show(undefined)
    io.stderr.write('Nothing was applied.\n')
    return EXIT.ok
  }
  shown.say(`Applying ${planned.plan.changes.length} changes`)
  const outcome = await applied(planned, ownerRevision, work)
  shown.done()
  log.info({ applied: outcome.applied, revision: outcome.revision, digest: planned.plan.digest }, 'applied')
  if (!isText) await show(outcome)
  else if (!options.quiet) io.stdout.write(outcomeText(planned, outcome))
  return options.detailedExitcode && outcome.applied ? EXIT.changes : EXIT.ok
}

/** What was compared by digest only may not be applied. */
function unverified(planned: Planned, isVerified: boolean): Planned {
  if (planned.kind === 'invalid' || (isVerified && planned.plan.verified)) return planned
  const refusal: Refusal = {
    rule: 'not-verified',
    message: 'SOPS files were not verified',
    cure: 'Apply without --no-decrypt, where a key can be reached.',
    addresses: [],
  }
  return { ...planned, kind: 'refused', refusals: [...planned.refusals, refusal] }
}

async function agreed({ plan }: Made, { options, saved, io }: Work): Promise<boolean> {
  if (options.yes || saved !== undefined || plan.changes.length === 0) return true
  // Nobody can agree to what was not shown.
  if (options.output !== 'text') io.stderr.write(planText(plan, [], painter(io, io.stderr, options.color)))
  const answer = await io.ask!(
    `\nApply ${plan.changes.length} ${plan.changes.length === 1 ? 'change' : 'changes'}? Only "yes" is taken for a yes: `,
  )
  return answer.trim() === 'yes'
}

const MAX_TRIES = 5

/**
 * Writes the plan. When another owner wrote in between, the plan is made again, and applied if it still does the same; a
 * plan that would now do something else is stale, as is any plan when its own owner wrote.
 */
async function applied(first: Made, ownerRevision: number, work: Work): Promise<Outcome> {
  const { session, store, options } = work
  const signature = await sign(work)
  let { plan, desired } = first
  for (let tries = 1; ; tries++) {
    try {
      return await apply(plan, desired, store, { ...signature, limits: await limitsToRecord(session, store) })
    } catch (error) {
      if (!(error instanceof StaleState) || tries === MAX_TRIES) throw error
      if ((await store.position(session.run.owner)).ownerRevision !== ownerRevision) throw error
      const again = await makePlan(await withLimits(session, options, store), store)
      if (again.kind !== 'planned' || again.plan.digest !== first.plan.digest) throw error
      plan = again.plan
      desired = again.desired
    }
  }
}

async function sign({ session, options, io }: Work): Promise<Signature> {
  const { commitOf } = await import('../source/git.ts')
  const root = session.source.documents[0]?.root
  const commit = options.commit ?? (root === undefined ? undefined : await commitOf(root))
  return { actor: options.actor ?? io.user, commit, at: io.now().toISOString() }
}

function outcomeText({ plan }: Made, { applied: wrote, revision }: Outcome): string {
  if (!wrote) return ''
  const changes = plan.changes.length
  return `\nApplied: ${changes} ${changes === 1 ? 'change' : 'changes'}, now at revision ${revision}.\n`
}
