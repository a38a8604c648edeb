import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { WorldError } from '../model/errors.ts'
import type { ReviewReport } from '../model/review.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { InvalidInput, showInvalid } from './invalid-input.ts'
import type { Io } from './io.ts'
import { reviewReport, type ReviewOptions } from './review-run.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'
import { makeFolder } from './write-files.ts'
import { reviewAnnotations } from './view/review/annotations.ts'
import { FAILURES, type ReviewFailure } from './view/review/failure.ts'
import { reviewGitlab } from './view/review/gitlab.ts'
import { reviewFailureJson, reviewJson } from './view/review/json.ts'
import { reviewJunit } from './view/review/junit.ts'
import { MIN_MAX_BYTES, reviewMarkdown } from './view/review/markdown.ts'
import { reviewSarif } from './view/review/sarif.ts'
import { reviewText } from './view/review/text.ts'

interface Options extends ReviewOptions {
  readonly maxBytes: number
  readonly out?: string
  readonly detailedExitcode: boolean
}

/** `tenon review` */
export async function run({ options, io }: Call<Options>): Promise<ExitCode> {
  if (options.maxBytes < MIN_MAX_BYTES) {
    throw new UsageError(`--max-bytes is ${options.maxBytes}; a comment needs at least ${MIN_MAX_BYTES}`)
  }
  try {
    const report = await reviewReport(options, io)
    if (!options.quiet) {
      io.stderr.write(renderDiagnostics(report.diagnostics, [], painter(io, io.stderr, options.color)))
    }
    if (options.out !== undefined)
      saveAll(format => RENDERINGS[format]!(report, options), path.resolve(io.cwd, options.out))
    io.stdout.write(await shown(report, options, io))
    return exitOf(report, options.detailedExitcode)
  } catch (error) {
    if (error instanceof WorldError) failed({ errors: [errorJson(error)], diagnostics: [] }, options, io)
    if (!(error instanceof InvalidInput)) throw error
    failed({ errors: [], diagnostics: error.diagnostics }, options, io)
    return showInvalid(error, reviewFailureJson([], error.diagnostics), io, options)
  }
}

/** Complete JSON also when nothing could be compared: never green. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return reviewFailureJson(errors, [])
}

function errorJson({ code, message, cure }: WorldError): ErrorJson {
  return { code, message, ...(cure !== undefined && { cure }) }
}

/** Says in every format that nothing could be compared; what an earlier run left would be taken for an answer. */
function failed(why: Omit<ReviewFailure, 'environment'>, options: Options, io: Io): void {
  const whole = { ...why, environment: options.env }
  if (options.out !== undefined) saveAll(format => FAILURES[format]!(whole), path.resolve(io.cwd, options.out))
  // JSON is told by what calls this.
  if (options.output !== 'json') io.stdout.write(FAILURES[options.output]?.(whole) ?? '')
}

function exitOf({ verdict, review }: ReviewReport, detailed: boolean): ExitCode {
  if (verdict.kind === 'blocked') return EXIT.refused
  return detailed && review.findings.length > 0 ? EXIT.changes : EXIT.ok
}

/** The formats besides text and YAML: all made from one value, each by a function of its own. */
const RENDERINGS: Readonly<Record<string, (report: ReviewReport, options: Options) => string>> = {
  json: report => toJson(reviewJson(report)),
  markdown: (report, { maxBytes }) => reviewMarkdown(report, { maxBytes }),
  sarif: report => toJson(reviewSarif(report)),
  'gitlab-codequality': report => toJson(reviewGitlab(report)),
  'github-annotations': report => reviewAnnotations(report),
  junit: report => reviewJunit(report),
}

async function shown(report: ReviewReport, options: Options, io: Io): Promise<string> {
  const render = RENDERINGS[options.output]
  if (render !== undefined) return render(report, options)
  if (options.output === 'yaml') return (await import('../decode/write.ts')).toYaml(reviewJson(report))
  if (options.quiet && report.verdict.kind === 'passed') return ''
  return reviewText(report, painter(io, io.stdout, options.color))
}

const FILES: Readonly<Record<string, string>> = {
  json: 'review.json',
  markdown: 'review.md',
  sarif: 'review.sarif',
  'gitlab-codequality': 'gl-code-quality-report.json',
  'github-annotations': 'annotations.txt',
  junit: 'junit.xml',
}

function saveAll(render: (format: string) => string, folder: string): void {
  try {
    makeFolder(folder)
    for (const [format, name] of Object.entries(FILES)) {
      writeFileSync(path.join(folder, name), render(format))
    }
  } catch (cause) {
    throw new WorldError('file-unwritable', `the review could not be written to "${folder}"`, {
      cure: 'Check the folder given with --out.',
      cause,
    })
  }
}
