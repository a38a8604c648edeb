/** Makes sure that child processes and temporary folders go, even when this process is killed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Writable } from 'node:stream'

let input: Writable | undefined

/** Puts a child process under the guard until it exits. */
export function guarded<Child extends ChildProcess>(child: Child): Child {
  const { pid } = child
  if (pid === undefined) return child
  tell(`+${pid}`)
  child.once('exit', () => tell(`-${pid}`))
  return child
}

/** A new folder that is gone when this process is. */
export function guardedFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `tenon-${name}-`))
  tell(folder)
  return folder
}

/** Removes a folder now. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

function tell(line: string): void {
  input ??= startGuard()
  input.write(`${line}\n`)
}

function startGuard(): Writable {
  // In a group of its own: Ctrl-C on a terminal must not end it together with its parent.
  const guard = spawn(process.execPath, [path.join(import.meta.dirname, 'guard-process.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  // Neither the guard nor the pipe to it keeps this process alive.
  const pipe = guard.stdin as unknown as Socket
  pipe.unref()
  pipe.on('error', () => {})
  return pipe
}
