import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { WorldError } from '../model/errors.ts'
import { makePlan, type Planned } from '../reconcile.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { progress } from './io.ts'
import { openLog } from './log.ts'
import { planSession, withLimits, type PlanFlags } from './plan-options.ts'
import { savedPlan } from './saved-plan.ts'
import { openStoreOf } from './session.ts'
import { logPlanned, showPlanned } from './show-plan.ts'
import type { Call } from './verbs.ts'
import { planJson, type ErrorJson } from './view/plan-json.ts'

interface PlanOptions extends PlanFlags {
  readonly out?: string
  readonly detailedExitcode: boolean
}

/** `tenon plan` */
export async function run({ options, io }: Call<PlanOptions>): Promise<ExitCode> {
  const session = planSession(options, io)
  const store = await openStoreOf(options, io, false)
  const shown = progress(io, options.quiet)
  try {
    const planned = await makePlan({ ...(await withLimits(session, options, store)), say: shown.say }, store)
    shown.done()
    logPlanned(planned, await openLog(options.logLevel, io))
    if (options.out !== undefined && planned.kind !== 'planned')
      io.stderr.write('The plan was not saved: it cannot be applied.\n')
    if (options.out !== undefined && planned.kind === 'planned')
      save(path.resolve(io.cwd, options.out), savedPlan(planned.plan, options))
    await showPlanned(planned, session.source, { options, io })
    return exitOf(planned, options.detailedExitcode)
  } finally {
    shown.done()
    await store.close()
    await session.close()
  }
}

/** Complete JSON also when the store could not be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return planJson(undefined, [], [], errors)
}

/** The exit code of a plan that was made, refused, or found invalid; a conflict of owners says more than a guard. */
export function exitOf(planned: Planned, detailed: boolean): ExitCode {
  if (planned.kind === 'invalid') return EXIT.invalid
  if (planned.refusals.some(({ rule }) => rule === 'owned-by-another')) return EXIT.conflict
  if (planned.kind === 'refused') return EXIT.refused
  return detailed && planned.plan.changes.length > 0 ? EXIT.changes : EXIT.ok
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 })
  } catch (cause) {
    throw new WorldError('file-unwritable', `the plan could not be written to "${file}"`, {
      cure: 'Check the folder given with --out.',
      cause,
    })
  }
}
