import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { WorldError } from '../../model/errors.ts'
import type { Answer } from './check.ts'
import type { Fault } from './fault.ts'
import type { HostReply } from './host.ts'
import type { Limits } from './thread.ts'

/*
 * Why a process around the thread. V8 ends a thread that passes its memory limit only if it notices in time; otherwise it
 * ends the whole program. Measured: a document of 150,000 paths did so (SIGABRT) in two of eight runs under a limit of
 * 300 MB. For an operator that would be one tenant's document ending everybody's service. The thread stays for its
 * deadline, and because a process that computes would not notice that its parent is gone.
 */

// Node runs the sources as they are, and the compiler rewrites imports but not this name.
const ENTRY = new URL(`./host.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
/** Beyond the thread's own deadline: for starting, and for a process that no longer answers. */
const PATIENCE_MS = 20_000

/** One process that reads documents one after another, kept warm between them. */
export class OpenApiProcess {
  readonly #limits: Limits
  #child: ChildProcess | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /**
   * The answer for a document's bytes, after all documents asked for before.
   *
   * @throws WorldError when no process can be started, or it ends without a document's fault.
   */
  async read(bytes: Uint8Array): Promise<Answer> {
    if (this.#closed) throw new Error('an OpenAPI document is read after the reader was closed')
    const answer = this.#turn.then(() => this.#read(bytes))
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  /** Waits for what is being read and ends the process; nothing can be read afterwards. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#turn
    await this.#end()
  }

  async #read(bytes: Uint8Array): Promise<Answer> {
    const child = this.#child ?? this.#start()
    const reply = await ask(child, bytes, this.#limits.deadlineMs + PATIENCE_MS)
    if (reply.kind === 'answer') return reply.answer
    await this.#end()
    if (reply.kind !== 'failed') return { kind: 'invalid', faults: [tooExpensive(reply.kind, this.#limits)] }
    throw new WorldError('openapi-reader-failed', 'the process that reads OpenAPI documents failed', {
      cure: 'Check that this program may start processes; otherwise please report it.',
      cause: new Error(reply.said),
    })
  }

  #start(): ChildProcess {
    const { deadlineMs, memoryMb } = this.#limits
    const child = fork(fileURLToPath(ENTRY), [String(deadlineMs), String(memoryMb)], {
      env: {},
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.on('error', () => undefined).on('exit', () => this.#forget(child))
    this.#child = child
    return child
  }

  #forget(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined
  }

  async #end(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    await new Promise<void>(resolve => {
      child.once('exit', () => resolve())
      if (!child.kill('SIGKILL')) resolve()
    })
  }
}

async function ask(child: ChildProcess, bytes: Uint8Array, patienceMs: number): Promise<HostReply> {
  // An idle process keeps its parent from nothing, a busy one does.
  keepAlive(child, true)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<HostReply>(resolve => {
    timer = setTimeout(() => resolve({ kind: 'too-slow' }), patienceMs)
  })
  try {
    return await Promise.race([replyOf(child, bytes), late])
  } finally {
    clearTimeout(timer)
    keepAlive(child, false)
  }
}

function keepAlive(child: ChildProcess, alive: boolean): void {
  for (const handle of [child, child.channel]) {
    if (alive) handle?.ref()
    else handle?.unref()
  }
}

/** What the process says, or how it ends. */
function replyOf(child: ChildProcess, bytes: Uint8Array): Promise<HostReply> {
  return new Promise(resolve => {
    const settle = (reply: HostReply): void => {
      child.off('message', onMessage).off('error', onError).off('exit', onExit)
      resolve(reply)
    }
    const onMessage = (reply: HostReply): void => settle(reply)
    const onError = (error: Error): void => settle({ kind: 'failed', said: error.message })
    const onExit = (code: number | null, signal: string | null): void => settle(endOf(code, signal))
    child.on('message', onMessage).on('error', onError).on('exit', onExit)
    child.send(bytes, error => {
      // A process that ends meanwhile says more by how it ends.
      if (error !== null && child.pid === undefined) onError(error)
    })
  })
}

/** Out of memory a process aborts, or the system kills it. */
function endOf(code: number | null, signal: string | null): HostReply {
  if (signal === 'SIGABRT' || signal === 'SIGKILL' || signal === 'SIGTRAP' || code === 134) return { kind: 'too-big' }
  return { kind: 'failed', said: `it ended with ${signal ?? `code ${code}`}` }
}

const COSTS = {
  'too-slow': ({ deadlineMs }: Limits) => `more than ${deadlineMs / 1000} s`,
  'too-big': ({ memoryMb }: Limits) => `more than ${memoryMb} MB of memory`,
  'too-deep': () => 'more nesting than a program can follow',
}

function tooExpensive(kind: keyof typeof COSTS, limits: Limits): Fault {
  return {
    severity: 'error',
    code: 'openapi-too-expensive',
    message: `reading the document takes ${COSTS[kind](limits)}`,
    cure: 'Split the service, or keep only the paths that your integrations use.',
  }
}
