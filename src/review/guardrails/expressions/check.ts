import type { Environment, ParseResult, TypeCheckResult } from '@marcbachmann/cel-js'
import type { GuardrailSpec } from '../../../model/manifest.gen.ts'
import type { GuardrailProblem } from '../problem.ts'
import { environmentOf } from './environment.ts'
import { bound, childrenOf, misuse, withoutHas, type Node } from './syntax.ts'

/** The fields of a guardrail that hold expressions. */
export type Expressions = Pick<GuardrailSpec, 'over' | 'matchConditions' | 'variables' | 'validations'>

/** An expression that can be evaluated, with the names of the lists that it goes through. */
export interface Expression {
  readonly text: string
  readonly run: ParseResult
}

/** A rule made of expressions, ready to be evaluated. */
export interface CompiledRule {
  readonly over: 'finding' | 'change'
  readonly conditions: readonly (Expression & { readonly name: string })[]
  readonly variables: readonly (Expression & { readonly name: string })[]
  readonly validations: readonly (Expression & {
    readonly message: string | undefined
    readonly messageExpression: Expression | undefined
  })[]
}

/** Everything that is wrong with the expressions of a guardrail. */
export function checkExpressions(spec: Expressions): readonly GuardrailProblem[] {
  const problems: GuardrailProblem[] = []
  compileRule(spec, problem => problems.push(problem))
  return problems
}

interface Compiling {
  readonly over: CompiledRule['over']
  readonly take: (problem: GuardrailProblem) => void
  /** The types of the variables so far. */
  readonly types: Record<string, string>
  environment: Environment
}

/** Parses and types all expressions; those with problems are reported and left out. */
export function compileRule(spec: Expressions, take: (problem: GuardrailProblem) => void): CompiledRule {
  const over = spec.over ?? (readsFindings(spec) ? 'finding' : 'change')
  const compiling: Compiling = { over, take, types: {}, environment: environmentOf(over) }
  const variables = (spec.variables ?? []).flatMap((variable, index) => {
    const compiled = compileVariable(variable, index, compiling)
    return compiled === undefined ? [] : [{ ...compiled, name: variable.name }]
  })
  const conditions = (spec.matchConditions ?? []).flatMap(({ name, expression }, index) => {
    const compiled = compileAs('bool', expression, ['matchConditions', index, 'expression'], compiling)
    return compiled === undefined ? [] : [{ ...compiled, name }]
  })
  const validations = (spec.validations ?? []).flatMap(({ expression, message, messageExpression }, index) => {
    const at = ['validations', index] as const
    const compiled = compileAs('bool', expression, [...at, 'expression'], compiling)
    const text =
      messageExpression === undefined
        ? undefined
        : compileAs('string', messageExpression, [...at, 'messageExpression'], compiling)
    return compiled === undefined ? [] : [{ ...compiled, message, messageExpression: text }]
  })
  return { over, conditions, variables, validations }
}

function readsFindings({ matchConditions = [], variables = [], validations = [] }: Expressions): boolean {
  const texts = [
    ...[...matchConditions, ...variables].map(({ expression }) => expression),
    ...validations.flatMap(({ expression, messageExpression = '' }) => [expression, messageExpression]),
  ]
  return texts.some(text => /\b(?:finding|integration)\b/.test(text))
}

function compileVariable(
  { name, expression }: { readonly name: string; readonly expression: string },
  index: number,
  compiling: Compiling,
): Expression | undefined {
  const compiled = compile(expression, ['variables', index, 'expression'], compiling)
  if (Object.hasOwn(compiling.types, name)) {
    const message = `two variables are called ${name}`
    report(['variables', index, 'name'], message, 'Give each variable a name of its own.', compiling)
    return undefined
  }
  // A variable whose expression is wrong has any type, so that what reads it is not reported as well.
  compiling.types[name] = compiled?.type ?? 'dyn'
  compiling.environment = environmentOf(compiling.over, compiling.types)
  return compiled
}

type Path = readonly (string | number)[]

function compileAs(type: 'bool' | 'string', text: string, path: Path, compiling: Compiling): Expression | undefined {
  const compiled = compile(text, path, compiling)
  if (compiled === undefined || compiled.type === type) return compiled
  const message = `the expression is of type ${compiled.type}, and has to be ${type}`
  report(path, message, 'Correct the expression.', compiling)
  return undefined
}

function compile(text: string, path: Path, compiling: Compiling): (Expression & { readonly type: string }) | undefined {
  const { environment } = compiling
  const parsed = parse(text, environment)
  if ('summary' in parsed) return reportError(path, parsed, compiling)
  const misused = misuse(parsed.ast)
  if (misused !== undefined) {
    const message = `${misused.message}, at character ${misused.at + 1}`
    return report(path, message, 'Write it in another way; see "Expressions" in the documentation.', compiling)
  }
  const run = bound(parsed)
  const checked = firstError(run.check(), () => checkInsideHas(text, run.ast, environment))
  if (checked.error !== undefined) return reportError(path, checked.error, compiling)
  return { text, run, type: checked.type ?? 'dyn' }
}

interface Wrong {
  readonly summary: string
  readonly range?: { readonly start: number }
}

function parse(text: string, environment: Environment): ParseResult | Wrong {
  try {
    return environment.parse(text)
  } catch (error) {
    return wrong(error)
  }
}

/** The library's limits as authors should read of them. */
const LIMITS_IN_WORDS: Readonly<Record<string, string>> = {
  maxAstNodes: 'it has too many parts',
  maxDepth: 'it is nested too deeply',
  maxListElements: 'it holds too long a list',
  maxMapEntries: 'it holds too large a map',
  maxCallArguments: 'it calls something with too many arguments',
}

/** What authors call the functions that were put in place of others. */
const WRITTEN: Readonly<Record<string, string>> = { linearMatch: 'matches', joined: 'join', parts: 'split' }

function wrong(error: unknown): Wrong {
  const { summary, range } = error as Partial<Wrong>
  const words = summary ?? (error instanceof Error ? error.message.split('\n')[0]! : 'cannot be read')
  const limit = Object.keys(LIMITS_IN_WORDS).find(name => words.includes(name))
  if (limit !== undefined) return { summary: LIMITS_IN_WORDS[limit]! }
  const said = words.replaceAll(/\b(?:linearMatch|joined|parts)(?=\()/g, name => WRITTEN[name] ?? name)
  return range === undefined ? { summary: said } : { summary: said, range }
}

function firstError(
  checked: TypeCheckResult,
  also: () => TypeCheckResult | undefined,
): { readonly type?: string | undefined; readonly error?: Wrong } {
  if (!checked.valid) return { error: wrong(checked.error) }
  const second = also()
  return second === undefined || second.valid ? { type: checked.type } : { error: wrong(second.error) }
}

function checkInsideHas(text: string, root: Node, environment: Environment): TypeCheckResult | undefined {
  if (!mentionsHas(root)) return undefined
  const parsed = parse(withoutHas(text, root), environment)
  return 'summary' in parsed ? undefined : bound(parsed).check()
}

function mentionsHas(node: Node): boolean {
  return (node.op === 'call' && node.args[0] === 'has') || childrenOf(node).some(mentionsHas)
}

function reportError(path: Path, { summary, range }: Wrong, compiling: Compiling): undefined {
  const where = range === undefined ? '' : `, at character ${range.start + 1}`
  const isUnknown = /^Unknown variable: (?:finding|integration)$/.test(summary)
  const cure =
    isUnknown && compiling.over === 'change'
      ? 'Remove over: change; with it only diff and asOf are known.'
      : 'Correct the expression; the fields that there are stand under "Expressions" in the documentation.'
  return report(path, `the expression is wrong: ${summary}${where}`, cure, compiling)
}

function report(path: Path, message: string, cure: string, { take }: Compiling): undefined {
  take({ path: ['spec', ...path], code: 'invalid-expression', message, cure })
}
