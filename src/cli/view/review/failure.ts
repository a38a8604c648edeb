import type { Diagnostic } from '../../../model/diagnostic.ts'
import { toJson } from '../json.ts'
import type { ErrorJson } from '../plan-json.ts'
import { VERSION } from '../../version.ts'
import { data, property } from './annotations.ts'
import { reviewFailureJson } from './json.ts'
import { xmlText } from './junit.ts'
import { markdownWriter } from './writer.ts'
import { shown } from './names.ts'

/** Why nothing could be compared: what is wrong with the files, or what failed. */
export interface ReviewFailure {
  readonly errors: readonly ErrorJson[]
  readonly diagnostics: readonly Diagnostic[]
  readonly environment: string | undefined
}

/** One reason, with the line where somebody has to look. */
interface Reason {
  readonly code: string
  readonly text: string
  readonly file: string | undefined
  readonly line: number
}

/** More are counted instead of shown; JSON has them all. */
const MAX_REASONS = 20

/** What each format says where nothing could be compared: never empty, and never green. */
export const FAILURES: Readonly<Record<string, (failure: ReviewFailure) => string>> = {
  json: ({ errors, diagnostics }) => toJson(reviewFailureJson(errors, diagnostics)),
  markdown,
  sarif: failure => toJson(sarif(failure)),
  'gitlab-codequality': failure => toJson(reasonsOf(failure).map(gitlabEntry)),
  'github-annotations': failure => reasonsOf(failure).slice(0, MAX_REASONS).map(annotation).join(''),
  junit,
}

function reasonsOf({ errors, diagnostics }: ReviewFailure): readonly Reason[] {
  const wrong = diagnostics.filter(({ severity }) => severity === 'error')
  return [
    ...errors.map(({ code, message, cure }) => ({ code, text: sentences(message, cure), file: undefined, line: 1 })),
    ...wrong.map(({ code, message, cure, file, line = 1 }) => ({ code, text: sentences(message, cure), file, line })),
  ]
}

function sentences(message: string, cure: string | undefined): string {
  return shown(cure === undefined ? message : `${message}. ${cure}`)
}

function markdown(failure: ReviewFailure): string {
  const write = markdownWriter({ name: 200, sentence: 2000, list: 3 })
  const all = reasonsOf(failure)
  const told = all.slice(0, MAX_REASONS).map(({ code, text, file, line }) => {
    const place = file === undefined ? '' : `${write.name(`${file}:${line}`)} `
    return `- ${place}${write.name(code)}: ${write.sentence(text)}\n`
  })
  const more = all.length > MAX_REASONS ? `- and ${all.length - MAX_REASONS} more\n` : ''
  const key = encodeURIComponent(failure.environment ?? '').slice(0, 60)
  return [
    `<!-- tenon-review v1 env=${key.replaceAll(/--+|-$/g, '')} -->\n`,
    '## Access review: NOT EVALUATED\n\n',
    'Nothing can be said about this change until this is put right:\n\n',
    ...told,
    more,
  ].join('')
}

function notification({ code, text, file, line }: Reason): object {
  const said = { descriptor: { id: code }, level: 'error', message: { text } }
  if (file === undefined) return said
  const artifactLocation = { uri: encodeURI(file.toWellFormed()) }
  return { ...said, locations: [{ physicalLocation: { artifactLocation, region: { startLine: line } } }] }
}

function sarif(failure: ReviewFailure): object {
  const notifications = reasonsOf(failure).map(notification)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tenon', version: VERSION, informationUri: 'https://tenon.dev/' } },
        invocations: [{ executionSuccessful: false, toolExecutionNotifications: notifications }],
        results: [],
      },
    ],
  }
}

function gitlabEntry({ code, text, file = 'tenon.yaml', line }: Reason): object {
  const fingerprint = `${code}:${file}:${line}:${text}`
  return {
    description: `not evaluated: ${text}`,
    check_name: code,
    fingerprint,
    severity: 'blocker',
    location: { path: file, lines: { begin: line } },
  }
}

function annotation({ code, text, file, line }: Reason): string {
  const place = file === undefined ? '' : `file=${property(shown(file))},line=${line},`
  return `::error ${place}title=${property(`tenon: not evaluated (${code})`)}::${data(text)}\n`
}

function junit(failure: ReviewFailure): string {
  const cases = reasonsOf(failure).map(({ code, text, file, line }) => {
    const name = file === undefined ? code : `${file}:${line} ${code}`
    const head = `    <testcase classname="evaluation" name="${xmlText(name)}">\n`
    return `${head}      <error type="${xmlText(code)}" message="${xmlText(text)}"/>\n    </testcase>\n`
  })
  const counts = `tests="${cases.length}" failures="0" errors="${cases.length}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="tenon review" ${counts}>\n  <testsuite name="evaluation" ${counts}>\n`,
    ...cases,
    '  </testsuite>\n</testsuites>\n',
  ].join('')
}
