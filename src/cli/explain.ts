import { nearest } from '../model/nearest.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { InvalidInput, showInvalid } from './invalid-input.ts'
import { reviewReport, type ReviewOptions } from './review-run.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'
import { explainText } from './view/review/explain.ts'
import { findingJson } from './view/review/json.ts'

/** `tenon explain ROW` */
export async function run({ args, options, io }: Call<ReviewOptions>): Promise<ExitCode> {
  const [row = ''] = args
  try {
    const report = await reviewReport(options, io)
    const { findings } = report.review
    const found = findings.find(({ id, fingerprint }) => id === row || fingerprint === row)
    if (found === undefined)
      throw unknownRow(
        row,
        findings.map(({ id }) => id),
      )
    const paint = painter(io, io.stdout, options.color)
    io.stdout.write(
      options.output === 'json'
        ? toJson({ finding: findingJson(found), diagnostics: report.diagnostics, errors: [] })
        : explainText(report, found, paint),
    )
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return showInvalid(error, { diagnostics: error.diagnostics, errors: [] }, io, options)
  }
}

/** Complete JSON also when nothing could be compared. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return { diagnostics: [], errors }
}

function unknownRow(row: string, ids: readonly string[]): InvalidInput {
  const meant = nearest(row, ids)
  const there = ids.length === 0 ? 'This change has no findings.' : `There is ${ids.slice(0, 10).join(', ')}.`
  const cure = meant === undefined ? there : `Did you mean "${meant}"?`
  const message = `the review has no row "${row}"`
  return new InvalidInput([{ severity: 'error', code: 'unknown-row', message, cure }])
}
