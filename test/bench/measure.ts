/** Runs the built program as its user does, and measures what the user waits for. */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const MAIN = path.join(import.meta.dirname, '../../dist/main.js')
/** The flags of the program's first line, which the shell would hand to Node. */
export const FLAGS = readFileSync(MAIN, 'utf8')
  .split('\n', 1)[0]!
  .split(' ')
  .filter(part => part.startsWith('--'))
const REPORT = path.join(import.meta.dirname, 'report-memory.ts')

export interface Measured {
  readonly seconds: number
  /** Peak resident memory. */
  readonly megabytes: number
  readonly stdout: string
}

/** Runs `tenon` in a folder; throws when it does not exit as expected. */
export function tenon(
  args: readonly string[],
  cwd: string,
  options: { env?: Record<string, string>; exit?: number } = {},
): Measured {
  const memory = path.join(tmpdir(), `tenon-memory-${process.pid}`)
  const env = { ...process.env, ...options.env, TENON_BENCH_MEMORY: memory }
  const start = performance.now()
  const result = spawnSync(process.execPath, [...FLAGS, '--import', REPORT, MAIN, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  const seconds = (performance.now() - start) / 1000
  if (result.status !== (options.exit ?? 0))
    throw new Error(`tenon ${args.join(' ')} exited ${result.status}: ${result.stderr.slice(0, 2000)}`)
  const megabytes = Number(readFileSync(memory, 'utf8')) / 1024
  rmSync(memory)
  return { seconds, megabytes, stdout: result.stdout }
}

/** The fastest of several runs: the others were disturbed by something else. */
export function fastest(runs: number, run: () => Measured): Measured {
  return Array.from({ length: runs }, run).reduce((best, next) => (next.seconds < best.seconds ? next : best))
}
