import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { testCases, type CasesOptions } from './guardrails-test.ts'
import { InvalidInput, showInvalid } from './invalid-input.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { guardrailRulesJson, guardrailRulesMarkdown, guardrailRulesText } from './view/guardrail-rules.ts'
import { guardrailTestJson, guardrailTestText } from './view/guardrail-test.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'

type GuardrailsCall = Call<CasesOptions>

/** `tenon guardrails list`, `tenon guardrails test [PATH…]` */
export async function run(call: GuardrailsCall): Promise<ExitCode> {
  const [action, ...paths] = call.args
  if (action === 'test') return await test(call, paths)
  if (action !== 'list' || paths.length > 0) {
    throw new UsageError(`guardrails takes \`list\`, or \`test\` with files or folders; not "${call.args.join(' ')}"`)
  }
  return list(call)
}

/** Complete JSON also when the files could not be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return guardrailTestJson([], [], errors)
}

const LISTS: Readonly<Record<string, () => string>> = {
  json: () => toJson(guardrailRulesJson()),
  markdown: guardrailRulesMarkdown,
}

function list({ options, io }: GuardrailsCall): ExitCode {
  const shown = LISTS[options.output] ?? (() => guardrailRulesText(painter(io, io.stdout, options.color)))
  io.stdout.write(shown())
  return EXIT.ok
}

async function test({ options, io }: GuardrailsCall, paths: readonly string[]): Promise<ExitCode> {
  if (options.output === 'markdown') throw new UsageError('`guardrails test` gives text or json')
  try {
    const files = await testCases(paths.length === 0 ? ['.'] : paths, options, io)
    const isPassed = files.every(({ cases }) => cases.every(({ problems }) => problems.length === 0))
    const paint = painter(io, io.stdout, options.color)
    if (options.output === 'json') io.stdout.write(toJson(guardrailTestJson(files, [], [])))
    else if (!options.quiet || !isPassed) io.stdout.write(guardrailTestText(files, paint))
    return isPassed ? EXIT.ok : EXIT.refused
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return showInvalid(error, guardrailTestJson([], error.diagnostics, []), io, options)
  }
}
