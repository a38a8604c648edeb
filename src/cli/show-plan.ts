import type { Source } from '../source/files.ts'
import type { Planned } from '../reconcile.ts'
import type { Io } from './io.ts'
import type { Log } from './log.ts'
import type { CommonOptions } from './options.ts'
import { quotable } from './session.ts'
import { painter } from './style.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'
import { counts, planJson } from './view/plan-json.ts'
import { planMarkdown } from './view/plan-markdown.ts'
import { planText } from './view/plan-text.ts'

/** How to show a plan, and what its JSON says beside it. */
interface Shown {
  readonly options: CommonOptions
  readonly io: Io
  readonly extra?: object
}

/** Shows a plan: diagnostics on standard error, the plan on standard output in the format asked for. */
export async function showPlanned(planned: Planned, source: Source, { options, io, extra = {} }: Shown): Promise<void> {
  const paint = painter(io, io.stderr, options.color)
  io.stderr.write(renderDiagnostics(planned.diagnostics, quotable(source), paint))
  const plan = planned.kind === 'invalid' ? undefined : planned.plan
  const refusals = planned.kind === 'invalid' ? [] : planned.refusals
  const json = { ...planJson(plan, planned.diagnostics, refusals), ...extra }
  if (options.output === 'json') io.stdout.write(toJson(json))
  else if (options.output === 'yaml') io.stdout.write((await import('../decode/write.ts')).toYaml(json))
  else if (plan !== undefined && options.output === 'markdown') io.stdout.write(planMarkdown(plan, refusals))
  else if (plan !== undefined && !(options.quiet && refusals.length === 0)) {
    io.stdout.write(planText(plan, refusals, painter(io, io.stdout, options.color)))
  }
}

/** One line of log about what was planned. */
export function logPlanned(planned: Planned, log: Log): void {
  if (planned.kind === 'invalid') {
    log.info({ diagnostics: planned.diagnostics.length }, 'invalid')
    return
  }
  const { owner, digest, changes, unchanged, storeRevision } = planned.plan
  log.info(
    { owner, digest, storeRevision, ...counts(changes), unchanged, refusals: planned.refusals.length },
    planned.kind,
  )
}
