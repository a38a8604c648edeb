import { readFileSync, writeSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { WorldError } from '../model/errors.ts'
import { EXIT } from './exit.ts'
import { writePartial } from './interrupt.ts'
import type { Io, Sink } from './io.ts'

/** The real process as the command line sees it. */
export function processIo(): Io {
  process.on('SIGINT', stopped)
  process.on('SIGTERM', stopped)
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: sink(1, process.stdout.isTTY),
    stderr: sink(2, process.stderr.isTTY),
    stdin: () => readFileSync(0),
    ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
    now: () => new Date(),
    onStop: stop => (gracefully = stop),
    home: homedir(),
    user: user(),
  }
}

/** What a verb that runs for long does instead of ending at once. */
let gracefully: (() => void) | undefined

function stopped(): void {
  const stop = gracefully
  gracefully = undefined
  if (stop === undefined) interrupted()
  stop()
}

/** Writes at once: output is complete before the process ends, also into a pipe. */
function sink(descriptor: number, isTerminal: boolean | undefined): Sink {
  return { isTerminal: isTerminal ?? false, write: text => writeAll(descriptor, Buffer.from(text)) }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // The reader of a pipe went away, as `| head` does: nobody is left to tell, but the work and its exit code stand.
      if (code === 'EPIPE') return
      if (code !== 'EAGAIN')
        throw new WorldError('output-failed', `the output cannot be written: ${String(code)}`, {
          cure: 'Check where it goes to.',
          cause: error,
        })
      // A full non-blocking pipe: wait a moment for its reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  terminal.once('SIGINT', interrupted)
  try {
    return await terminal.question(question)
  } catch {
    // Ctrl+D ends the input without an answer, which is no yes.
    return ''
  } finally {
    terminal.close()
  }
}

/** A transaction that has not committed leaves nothing behind, so ending at once is safe. */
function interrupted(): never {
  writePartial()
  process.stderr.write('\ninterrupted: what was not yet applied was not applied\n')
  process.exit(EXIT.interrupted)
}

function user(): string {
  try {
    return userInfo().username
  } catch {
    return process.env['USER'] ?? 'unknown'
  }
}
