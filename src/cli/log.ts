import type { Io } from './io.ts'

/** Logs for whoever operates Tenon: JSON lines on standard error, from the level that `--log-level` names. */
export interface Log {
  readonly info: (facts: Readonly<Record<string, string | number | boolean | undefined>>, message: string) => void
}

/** Levels at which anything is logged by the command line, which has nothing to warn of that it does not print anyway. */
const SPEAKING = new Set(['trace', 'debug', 'info'])

/** The log of a run; the library is loaded only where it has something to write. Facts are named one by one: no objects. */
export async function openLog(level: string, io: Io): Promise<Log> {
  if (!SPEAKING.has(level)) return { info: () => {} }
  const { pino } = await import('pino')
  const time = (): string => `,"time":"${io.now().toISOString()}"`
  const log = pino(
    { level, base: { name: 'tenon' }, timestamp: time },
    { write: (line: string) => io.stderr.write(line) },
  )
  return { info: (facts, message) => log.info(facts, message) }
}
