/** Runs the command line as a user does: in this process with captured output, or as a process of its own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { cli } from '../../src/cli/cli.ts'
import type { Io } from '../../src/cli/io.ts'

export const PROJECT = path.join(import.meta.dirname, '../..')
export const EXAMPLES = path.join(PROJECT, 'examples')
/** The examples' one key, which is public on purpose. */
export const THROWAWAY_KEY = path.join(EXAMPLES, 'throwaway-key.txt')

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
  readonly terminal?: boolean
  /** What a person answers to a question; only then there is a terminal to ask on. */
  readonly answer?: string
}

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenon-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs `tenon` in this process. There is no environment but the one given. */
export async function tenon(args: readonly string[], options: RunOptions): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const { answer } = options
  const io: Io = {
    cwd: options.cwd,
    env: options.env ?? {},
    stdout: { write: text => void out.push(text), isTerminal: options.terminal ?? false },
    stderr: { write: text => void err.push(text), isTerminal: options.terminal ?? false },
    stdin: () => Buffer.from(options.stdin ?? ''),
    ask: answer === undefined ? undefined : () => Promise.resolve(answer),
    now: () => new Date('2026-11-01T12:00:00Z'),
    onStop: () => {},
    home: path.join(options.cwd, 'no-such-home'),
    user: 'tester',
  }
  const code = await cli(args, io)
  return { code, stdout: out.join(''), stderr: err.join('') }
}

/** Runs `tenon` from its sources as a process of its own. */
export async function tenonProcess(args: readonly string[], options: RunOptions): Promise<Ran> {
  const child = spawn(process.execPath, [path.join(PROJECT, 'src/main.ts'), ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], HOME: options.cwd, ...options.env },
  })
  child.stdin.end(options.stdin ?? '')
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const code = await new Promise<number>(resolve => {
    child.once('close', (status, signal) => resolve(status ?? (signal === 'SIGKILL' ? 137 : 1)))
  })
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
}
