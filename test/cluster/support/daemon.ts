/** A program that runs until it is told to end. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { guarded } from './guard.ts'

export interface Daemon {
  readonly pid: number
  signal(signal: NodeJS.Signals): void
  /** Stops it, so that it does nothing any more until it gets SIGCONT. */
  freeze(): void
  /** Sends a signal and waits for the end; five seconds later the end is forced. */
  end(signal?: NodeJS.Signals): Promise<void>
  /** Throws, with what the program said last, if it has ended. */
  mustRun(): void
}

/** Starts a program whose output goes to a file. */
export function startDaemon(program: string, args: readonly string[], log: string): Daemon {
  const output = openSync(log, 'a')
  const child = guarded(spawn(program, args, { stdio: ['ignore', output, output] }))
  closeSync(output)
  // A program that cannot be started is reported by `mustRun`.
  child.on('error', () => {})
  return {
    pid: child.pid ?? 0,
    signal: signal => void child.kill(signal),
    freeze: () => freezeChild(child),
    end: async (signal = 'SIGTERM') => endChild(child, signal, 5000),
    mustRun() {
      if (child.pid !== undefined && !hasEnded(child)) return
      throw new Error(`${program} has ended:\n${readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')}`)
    },
  }
}

/** Sends a signal, waits for the end, and forces it after the grace. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals, grace: number): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  child.kill(signal)
  // A stopped process takes no other signal before it goes on.
  if (signal !== 'SIGKILL') child.kill('SIGCONT')
  const late = setTimeout(() => child.kill('SIGKILL'), grace)
  await promise
  clearTimeout(late)
}

/** Stops a process, and returns when all of its threads have stopped: one of them could still answer a while. */
export function freezeChild(child: ChildProcess): void {
  child.kill('SIGSTOP')
  const deadline = performance.now() + 5000
  while (child.pid !== undefined && isRunning(child.pid) && performance.now() < deadline) pause(2)
}

/** Whether a thread of a process runs; elsewhere than on Linux it is taken to have stopped in a moment. */
function isRunning(pid: number): boolean {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return pause(50)
  try {
    return readdirSync(tasks).some(task => !/\) [TtZ] /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')))
  } catch {
    // A thread ended between the two reads.
    return true
  }
}

function pause(milliseconds: number): false {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
  return false
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
