import { pino } from 'pino'
import type { Address } from '../model/address.ts'
import { WorldError } from '../model/errors.ts'
import { controllerOf } from './metrics.ts'

type Facts = Readonly<Record<string, string | number | boolean | undefined>>

/** Logs of the operator, JSON lines on standard error. Facts are named one by one: an object could hold anything. */
export interface Log {
  trace(facts: Facts, message: string): void
  debug(facts: Facts, message: string): void
  info(facts: Facts, message: string): void
  warn(facts: Facts, message: string): void
  error(facts: Facts, message: string): void
  /** A log whose lines all carry these facts. */
  child(facts: Facts): Log
  level: string
}

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

export function openLog(level: string, write: (line: string) => void): Log {
  // No name of the program: `name` is that of a resource, as in other controllers' logs.
  return wrapped(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write: line => write(line) }))
}

/** Sets how much is logged, and says so while more of the two is. */
export function changeLevel(log: Log, level: string): void {
  const say = (): void => log.info({ to: level }, 'the log level changed')
  const order: readonly string[] = LEVELS
  const isLess = order.indexOf(level) > order.indexOf(log.level)
  if (isLess) say()
  log.level = level
  if (!isLess) say()
}

function wrapped(log: pino.Logger): Log {
  return {
    trace: (facts, message) => log.trace(facts, message),
    debug: (facts, message) => log.debug(facts, message),
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
    child: facts => wrapped(log.child(facts)),
    get level() {
      return log.level
    },
    set level(level) {
      log.level = level
    },
  }
}

/** A resource as logs name it: in Tenon's way, and in that of other controllers. */
export function factsOfAddress(address: Address): Facts {
  const [kind = '', ...rest] = address.split('/')
  const name = rest.pop()
  return { address, controller: controllerOf(kind), namespace: rest[0], name }
}

/** What may be said of an error: ours carry messages that were written for people; of others only the kind is known. */
export function factsOfError(error: unknown): Facts {
  if (error instanceof WorldError) return { code: error.code, error: error.message }
  if (!(error instanceof Error)) return { error: 'unknown' }
  return { error: error.name, stack: stackOf(error) }
}

/** Where a bug is, without its message, which might quote a value. */
function stackOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .slice(0, 12)
    .map(line => line.trim())
    .join(' | ')
}
