import type { Diagnostic } from '../../model/diagnostic.ts'
import type { TriedFile } from '../guardrails-test.ts'
import type { TriedCase, TriedVerdict } from '../guardrails-verdicts.ts'
import { visible, type Paint } from '../style.ts'
import type { ErrorJson } from './plan-json.ts'

/** What `guardrails test -o json` prints, whatever happened (`schemas/guardrails-test.schema.json`). */
export function guardrailTestJson(
  files: readonly TriedFile[],
  diagnostics: readonly Diagnostic[],
  errors: readonly ErrorJson[],
): unknown {
  const { cases, failed } = counts(files)
  return {
    formatVersion: 1,
    passed: cases > 0 && failed === 0,
    summary: { files: files.length, cases, failed },
    files: files.map(({ file, cases: tried }) => ({ file, cases: tried.map(caseJson) })),
    diagnostics,
    errors,
  }
}

function counts(files: readonly TriedFile[]): { readonly cases: number; readonly failed: number } {
  const cases = files.flatMap(file => file.cases)
  return { cases: cases.length, failed: cases.filter(({ problems }) => problems.length > 0).length }
}

function caseJson({ name, verdicts, problems }: TriedCase): unknown {
  return { name, passed: problems.length === 0, problems, guardrails: verdicts.map(verdictJson) }
}

function verdictJson({ guardrail, expected, actual, violations, failure }: TriedVerdict): unknown {
  return {
    guardrail,
    expected,
    actual,
    violations: violations.map(({ message, witness, waivedBy }) => ({
      message,
      ...(witness !== undefined && { witness }),
      ...(waivedBy !== undefined && { waivedBy }),
    })),
    ...(failure !== undefined && { failure }),
  }
}

/** Every case with how it differs from what was expected, and then how many there were. */
export function guardrailTestText(files: readonly TriedFile[], paint: Paint): string {
  const { cases, failed } = counts(files)
  const lines = files.flatMap(({ file, cases: tried }) => [
    paint('bold', visible(file)),
    ...tried.flatMap(each => caseLines(each, paint)),
  ])
  const sum = `${cases} case${cases === 1 ? '' : 's'}: ${failed === 0 ? 'all as expected' : `${failed} not as expected`}.`
  return [...lines, '', paint(failed === 0 ? 'green' : 'red', sum), ''].join('\n')
}

function caseLines({ name, verdicts, problems }: TriedCase, paint: Paint): readonly string[] {
  if (problems.length === 0) return [`  ${paint('green', 'pass')} ${visible(name)}`]
  return [
    `  ${paint('red', 'FAIL')} ${visible(name)}`,
    ...problems.map(problem => `       ${visible(problem)}`),
    ...verdicts.flatMap(saidLines),
  ]
}

/** What was really said, for somebody who expected something else. */
function saidLines({ guardrail, violations, failure }: TriedVerdict): readonly string[] {
  const said = violations.map(({ message, witness, waivedBy }) => {
    const more = [
      ...(witness === undefined ? [] : [witness]),
      ...(waivedBy === undefined ? [] : [`waived by ${waivedBy}`]),
    ]
    return `${message}${more.length === 0 ? '' : ` (${more.join('; ')})`}`
  })
  return [...said, ...(failure === undefined ? [] : [failure])].map(
    text => `         ${visible(`${guardrail}: ${text}`)}`,
  )
}
