/** The files of `examples/ci` as data. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { CI } from './world.ts'

export interface Step {
  readonly name: string
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string | number | boolean>>
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly run?: string
  readonly 'continue-on-error'?: boolean
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string | number }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

export interface Job {
  readonly name: string
  readonly needs?: string
  readonly if?: string
  readonly permissions: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
  readonly 'timeout-minutes': number
}

export interface Workflow {
  readonly on: Readonly<Record<string, { readonly types: readonly string[]; readonly branches: readonly string[] }>>
  readonly permissions: object
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean }
  readonly env: Readonly<Record<string, string>>
  readonly defaults: object
  readonly jobs: Readonly<Record<'review' | 'post' | 'sarif', Job>>
}

export interface GitlabInput {
  readonly default: string
  readonly description: string
  readonly regex?: string
  readonly options?: readonly string[]
}

export interface GitlabJob {
  readonly rules: readonly { readonly if: string }[]
  readonly script: readonly string[]
  readonly [key: string]: unknown
}

export function text(file: string): string {
  return readFileSync(path.join(CI, file), 'utf8')
}

export const action = parse(text('github/action.yml')) as Action
export const workflow = parse(text('github/review.yml')) as Workflow

const [header, configuration] = parseAllDocuments(text('gitlab/tenon-review.gitlab-ci.yml')).map(
  document => document.toJS() as unknown,
)
export const gitlabInputs = (header as { spec: { inputs: Record<string, GitlabInput> } }).spec.inputs
export const gitlabJobs = configuration as Readonly<Record<string, GitlabJob>>

export interface Hook {
  readonly id: string
  readonly entry: string
  readonly args: readonly string[]
  readonly stages: readonly string[]
  readonly [field: string]: unknown
}

export const hooks = parse(text('pre-commit/.pre-commit-hooks.yaml')) as readonly Hook[]

export function step(steps: readonly Step[], name: string): Step & { readonly run: string } {
  const found = steps.find(candidate => candidate.name === name)
  if (found?.run === undefined) throw new Error(`no step "${name}" with a script`)
  return { ...found, run: found.run }
}

/** Variables as the runner sets them: every expression in them by what it stands for. */
export function resolved(
  variables: Readonly<Record<string, string>> | undefined,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables ?? {}).map(([name, value]) => [name, value.replaceAll(EXPRESSION, valueIn(values))]),
  )
}

const EXPRESSION = /\$\{\{ *(?<name>[\w.-]+) *\}\}/g

function valueIn(values: Readonly<Record<string, string>>) {
  return (_all: string, name: string): string => {
    const value = values[name]
    if (value === undefined) throw new Error(`nothing is given for "${name}"`)
    return value
  }
}
