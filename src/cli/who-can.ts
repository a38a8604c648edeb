import { whoCan } from '../access/who.ts'
import { dayOf } from './day.ts'
import { question, type Asked } from './decision.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { reading, type Reading } from './reading.ts'
import type { ReadingOptions } from './reading-options.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'
import { whoCanJson, whoCanText, type WhoCanAnswer } from './view/who-can.ts'

interface WhoCanOptions extends ReadingOptions {
  readonly asOf?: string
}

/** `tenon who-can OPERATION INTEGRATION` */
export function run(call: Call<WhoCanOptions>): Promise<ExitCode> {
  return reading(call, answer, diagnostics => whoCanJson(undefined, diagnostics, []))
}

/** Complete JSON also when nothing could be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return whoCanJson(undefined, [], errors)
}

async function answer(from: Reading, { args, options, io }: Call<WhoCanOptions>): Promise<ExitCode> {
  const [operation = '', integration = ''] = args
  const found = await everybody(from, { operation, integration, asOf: dayOf(options.asOf, io) })
  io.stdout.write(
    options.output === 'json'
      ? toJson(whoCanJson(found, from.diagnostics, []))
      : whoCanText(found, painter(io, io.stdout, options.color)),
  )
  return EXIT.ok
}

async function everybody(from: Reading, asked: Asked): Promise<WhoCanAnswer> {
  const found = await question(from, asked)
  const about = { integration: found.integration, from: from.from }
  if (found.kind === 'denied')
    return { ...about, operation: asked.operation, people: [], open: [], refused: found.reason }
  const { people, open } = whoCan(found.compiled, found.index)
  return { ...about, operation: found.operation, people, open }
}
