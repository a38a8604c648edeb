import { decide } from '../access/decide.ts'
import { principal } from '../model/effect.ts'
import { dayOf } from './day.ts'
import { question, type Asked } from './decision.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { reading, type Reading } from './reading.ts'
import type { ReadingOptions } from './reading-options.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { canJson, canText, type CanAnswer } from './view/can.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'

interface CanOptions extends ReadingOptions {
  readonly idpGroup: readonly string[]
  readonly asOf?: string
}

/** `tenon can PERSON OPERATION INTEGRATION` */
export function run(call: Call<CanOptions>): Promise<ExitCode> {
  return reading(call, answer, diagnostics => canJson(undefined, diagnostics, []))
}

/** A question that could not be answered is never answered with a yes. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return canJson(undefined, [], errors)
}

async function answer(from: Reading, { args, options, io }: Call<CanOptions>): Promise<ExitCode> {
  const [person = '', operation = '', integration = ''] = args
  if (person.trim() === '') throw new UsageError('PERSON is an e-mail address or a subject, and it is empty')
  const asOf = dayOf(options.asOf, io)
  const found = await decision(from, { person, operation, integration, idpGroups: options.idpGroup, asOf })
  io.stdout.write(
    options.output === 'json'
      ? toJson(canJson(found, from.diagnostics, []))
      : canText(found, painter(io, io.stdout, options.color), options.quiet),
  )
  return EXIT.ok
}

interface AskedOf extends Asked {
  readonly person: string
  readonly idpGroups: readonly string[]
}

async function decision(from: Reading, asked: AskedOf): Promise<CanAnswer> {
  const found = await question(from, asked)
  const person = principal(asked.person, asked.idpGroups)
  const about = { person: person.id, integration: found.integration, from: from.from }
  if (found.kind === 'denied') {
    return { ...about, operation: asked.operation, effect: 'deny', reasons: [], refused: found.reason }
  }
  const { effect, reasons } = decide(found.compiled, person, found.index)
  return { ...about, operation: found.operation, effect, reasons }
}
