import { compileRule, type CompiledRule, type Expression, type Expressions } from './check.ts'
import { causeOf } from './environment.ts'
import { costOf, MAX_COST, type Values } from './cost.ts'
import { MAX_TEXT } from './functions.ts'

/** What a rule is evaluated over: facts about one finding on one integration, or about the change. */
export interface Subject {
  /** The position in the list of findings; absent for the change. */
  readonly finding: number | undefined
  /** The position in the list of integrations; absent where the finding is about none. */
  readonly integration: number | undefined
}

/** Facts for many evaluations, each of them once. */
export interface Facts {
  readonly findings: readonly Values[]
  readonly integrations: readonly Values[]
  readonly diff: Values
  readonly asOf: string
}

/** One rule with all that it is evaluated over. */
export interface Question {
  readonly rule: Expressions
  readonly subjects: readonly Subject[]
  readonly facts: Facts
}

/** A validation that is not true for a subject. */
export interface Objection {
  readonly subject: number
  readonly validation: number
  readonly message: string
}

export type Answer =
  | { readonly kind: 'judged'; readonly objections: readonly Objection[] }
  | { readonly kind: 'failed'; readonly reason: string }

/** Evaluates one rule over everything; what cannot be evaluated fails the whole rule. */
export function evaluate({ rule, subjects, facts }: Question): Answer {
  const problems: string[] = []
  const compiled = compileRule(rule, ({ message }) => problems.push(message))
  if (problems[0] !== undefined) return { kind: 'failed', reason: problems[0] }
  try {
    const objections = subjects.flatMap((subject, index) =>
      judge(compiled, { index, values: valuesOf(subject, facts) }),
    )
    return { kind: 'judged', objections }
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) }
  }
}

/** Whether a rule is evaluated for each finding, or once for the whole change. */
export function subjectOf(rule: Expressions): CompiledRule['over'] {
  return compileRule(rule, () => undefined).over
}

const NO_INTEGRATION: Values = {
  name: '',
  title: '',
  service: '',
  accessLevel: '',
  enabled: false,
  labels: {},
  dataClasses: [],
  credentials: [],
}

function valuesOf({ finding, integration }: Subject, { findings, integrations, diff, asOf }: Facts): Values {
  if (finding === undefined) return { diff, asOf }
  const on = integration === undefined ? NO_INTEGRATION : integrations[integration]!
  const { causes, ...found } = findings[finding]!
  const entries = Array.isArray(causes) ? causes.map(causeOf) : []
  return { diff, asOf, integration: on, finding: { ...found, causes: entries, integration: on['name'] } }
}

interface Judged {
  readonly index: number
  readonly values: Values
}

/** What the expressions of one rule read, and how many steps they have left together. */
interface Budget {
  readonly values: Values
  left: number
}

function judge(compiled: CompiledRule, { index, values }: Judged): readonly Objection[] {
  const variables: Record<string, unknown> = {}
  const all: Budget = { values: { ...values, variables }, left: MAX_COST }
  for (const variable of compiled.variables) variables[variable.name] = bounded(run(variable, all), variable.name)
  if (!compiled.conditions.every(condition => isTrue(run(condition, all), condition.name))) return []
  const objections: Objection[] = []
  for (const [number, validation] of compiled.validations.entries()) {
    if (isTrue(run(validation, all), `validation ${number + 1}`)) continue
    objections.push({ subject: index, validation: number, message: messageOf(validation, all) })
  }
  return objections
}

function run(expression: Expression, budget: Budget): unknown {
  budget.left -= costOf(expression.run.ast, budget.values)
  if (budget.left < 0) throw new Error(`the expression would take too many steps here: ${shortened(expression.text)}`)
  return expression.run(budget.values) as unknown
}

function isTrue(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`${name} is neither true nor false`)
  return value
}

/** Variables may read each other: without a bound on each, they could double in length from one to the next. */
function bounded(value: unknown, name: string): unknown {
  if (typeof value === 'string' && value.length > MAX_TEXT) {
    throw new Error(`variables.${name} is longer than ${MAX_TEXT} characters`)
  }
  if (Array.isArray(value) && value.length > MAX_COST / 10) throw new Error(`variables.${name} has too many entries`)
  return value
}

const MAX_MESSAGE = 500

function messageOf({ text, message, messageExpression }: CompiledRule['validations'][number], budget: Budget): string {
  const made = messageExpression === undefined ? '' : madeMessage(messageExpression, budget)
  return made === '' ? (message ?? `is not true: ${shortened(text)}`) : made
}

/** As in Kubernetes: a message that fails, is empty or goes over several lines is not used. */
function madeMessage(expression: Expression, budget: Budget): string {
  try {
    const made = run(expression, budget)
    return typeof made !== 'string' || made.trim() === '' || /[\r\n]/.test(made) ? '' : made.slice(0, MAX_MESSAGE)
  } catch {
    return ''
  }
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}

function reasonOf(error: unknown): string {
  const { summary, message } = error as { readonly summary?: string; readonly message?: string }
  return summary ?? message?.split('\n')[0] ?? 'an expression could not be evaluated'
}
