import type { Diagnostic } from '../model/diagnostic.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { progress } from './io.ts'
import type { SourceOptions } from './options.ts'
import { renderForCluster } from './render-cluster.ts'
import { renderForFiles } from './render-files.ts'
import { deliver, type OutputOptions, type Rendered } from './render-output.ts'
import { openSession, quotable, type Session } from './session.ts'
import { painter } from './style.ts'
import { NO_DOCUMENTS } from './validate.ts'
import type { Call } from './verbs.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'

interface RenderOptions extends SourceOptions, OutputOptions {}

/** What a direction comes to; with an error among the diagnostics, nothing is written. */
export interface Rendering {
  readonly rendered: readonly Rendered[]
  /** How many documents there were at all. */
  readonly documents: number
  readonly diagnostics: readonly Diagnostic[]
}

export interface Rules {
  /** Says which stage begins, for people who wait. */
  readonly say: (stage: string) => void
  /** Whether a document can have another file beside it. */
  readonly hasFolder: boolean
}

const DIRECTIONS: Readonly<Record<RenderOptions['to'], (session: Session, rules: Rules) => Promise<Rendering>>> = {
  cluster: renderForCluster,
  files: renderForFiles,
}

/** `tenon render` */
export async function run({ options, io }: Call<RenderOptions>): Promise<ExitCode> {
  const session = openSession(options, io)
  try {
    const shown = progress(io, options.quiet)
    const rendering = await DIRECTIONS[options.to](session, { say: shown.say, hasFolder: options.out !== undefined })
    shown.done()
    const { rendered } = rendering
    const isEmpty = rendering.documents === 0 && !hasErrors(rendering.diagnostics)
    const diagnostics = isEmpty ? [...rendering.diagnostics, NO_DOCUMENTS] : rendering.diagnostics
    const say = (told: readonly Diagnostic[]): void => {
      io.stderr.write(renderDiagnostics(told, quotable(session.source), painter(io, io.stderr, options.color)))
    }
    say(diagnostics)
    if (!hasErrors(diagnostics)) return deliver(rendered, diagnostics, { options, io, say })
    if (options.output === 'json') io.stdout.write(toJson(nothing(diagnostics, [])))
    return EXIT.invalid
  } finally {
    await session.close()
  }
}

/** Complete JSON also when nothing could be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return nothing([], errors)
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error')
}

function nothing(diagnostics: readonly Diagnostic[], errors: readonly ErrorJson[]): unknown {
  return { complete: false, diagnostics, errors }
}
