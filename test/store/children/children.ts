/** Starts the programs of this folder as processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { onTestFinished } from 'vitest'

export interface Child {
  readonly process: ChildProcess
  /** What it printed, line by line, so far. */
  readonly lines: string[]
  /** Its exit code, or the signal that ended it. */
  readonly end: Promise<number | NodeJS.Signals | null>
  /** What it wrote to stderr. */
  complaint(): string
}

export type Program = 'count' | 'write' | 'open' | 'fill'

/** Starts a program; `wrap` is a command to put in front of it. */
export function start(name: Program, args: readonly string[], wrap: readonly string[] = []): Child {
  const script = path.join(import.meta.dirname, `${name}.ts`)
  const [command = process.execPath, ...before] = wrap
  const program = wrap.length === 0 ? [script] : [...before, process.execPath, script]
  const child = spawn(command, [...program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  let complaint = ''
  let partial = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const found = (partial + text).split('\n')
    partial = found.pop() ?? ''
    lines.push(...found)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals | null>()
  child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal))
  return { process: child, lines, end: promise, complaint: () => complaint }
}
