import { Command, CommanderError } from 'commander'
import { StaleState, WorldError } from '../model/errors.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { onInterrupt } from './interrupt.ts'
import type { Io } from './io.ts'
import { applyEnvironment, withCommon } from './options.ts'
import { VERSION } from './version.ts'
import { VERBS, type Call, type Drivers, type Verb } from './verbs.ts'
import { painter, visible } from './style.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'

/** Runs one command line (without `node` and the program) and gives its exit code; output is complete by then. */
export async function cli(argv: readonly string[], io: Io, drivers: Drivers = {}): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok
  const program = programFor(io, drivers, result => {
    code = result
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr.write(`error: ${visible(error.message)}\n\nRun \`tenon --help\`, or \`tenon VERB --help\`.\n`)
      return EXIT.usage
    }
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
}

function programFor(io: Io, drivers: Drivers, done: (code: ExitCode) => void): Command {
  const program = new Command('tenon')
    .description(
      'Integrations as code: which services assistants, agents and flows may use, who may call what, with which credentials.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: text => io.stdout.write(text), writeErr: text => io.stderr.write(text) })
    .showSuggestionAfterError()
    .helpCommand(true)
    .addHelpText(
      'after',
      '\nEvery flag has a variable: --max-deletes is TENON_MAX_DELETES.\nExit codes: 0 ok, 1 error, 2 changes (with --detailed-exitcode), 3 invalid input, 4 refused, 5 conflict, 64 usage, 130 interrupted.',
    )
  for (const verb of VERBS) addVerb(program, verb, { io, drivers }, done)
  return program
}

function addVerb(
  program: Command,
  verb: Verb,
  { io, drivers }: Pick<Call, 'io' | 'drivers'>,
  done: (code: ExitCode) => void,
): void {
  const command = program.command(verb.args === undefined ? verb.name : `${verb.name} ${verb.args}`)
  verb.define(withCommon(command.summary(verb.summary).description(verb.summary), verb.formats))
  command
    .allowExcessArguments(false)
    .addHelpText('after', `\nExamples:\n${verb.examples.map(example => `  $ ${example}\n`).join('')}`)
    .action(async () => {
      applyEnvironment(command, io)
      const args = command.processedArgs.flat().filter(argument => argument !== undefined) as string[]
      done(await runVerb(verb, { args, options: command.opts(), io, drivers }))
    })
}

/** Failures that are another writer's doing: trying again later helps. */
const CONFLICTS = new Set(['store-locked'])

/** The world's failures end here: one line for people, and the verb's complete JSON for machines, also for our own faults. */
async function runVerb(verb: Verb, call: Call): Promise<ExitCode> {
  const { io, options } = call as Call<{ readonly output: string; readonly color: boolean }>
  const code = await verb.load()
  const tell = (failed: ErrorJson): void => {
    if (options.output === 'json') io.stdout.write(toJson(code.failure?.([failed]) ?? { errors: [failed] }))
  }
  let hasWritten = false
  const stdout = {
    ...io.stdout,
    write: (text: string): void => {
      hasWritten = true
      io.stdout.write(text)
    },
  }
  const ended = (failed: ErrorJson): void => void (hasWritten || tell(failed))
  onInterrupt(() => ended({ code: 'interrupted', message: 'what was not yet applied was not applied' }))
  try {
    return await code.run({ ...call, io: { ...io, stdout } })
  } catch (error) {
    if (!(error instanceof WorldError)) {
      if (error instanceof UsageError) ended({ code: 'usage', message: error.message })
      else ended({ code: 'internal', message: 'this is a bug in Tenon; please report it' })
      throw error
    }
    const { message, cure } = error
    ended({ code: error.code, message, ...(cure !== undefined && { cure }) })
    const paint = painter(io, io.stderr, options.color)
    const advice = cure === undefined ? '' : `  ${paint('cyan', visible(cure))}\n`
    io.stderr.write(`${paint('red', 'error')} ${error.code}: ${visible(message)}\n${advice}`)
    return error instanceof StaleState || CONFLICTS.has(error.code) ? EXIT.conflict : EXIT.error
  } finally {
    onInterrupt(undefined)
  }
}
