import { Worker } from 'node:worker_threads'
import { WorldError } from '../../model/errors.ts'
import type { Answer } from './check.ts'
import type { Fault } from './fault.ts'
import type { Reply } from './worker.ts'

// Node runs the sources as they are, and the compiler rewrites imports but not this name.
const ENTRY = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

export interface ThreadLimits {
  /** For one document, from the moment the thread is ready. */
  readonly deadlineMs: number
  readonly memoryMb: number
}

/**
 * One thread that reads documents one after another, kept warm between them. A document that takes too long or too much
 * memory costs the thread its life; the next one gets a new thread.
 */
export class OpenApiThread {
  readonly #limits: ThreadLimits
  #worker: Worker | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(limits: ThreadLimits) {
    this.#limits = limits
  }

  /**
   * The answer for a document's bytes, after all documents asked for before.
   *
   * @throws WorldError when no thread can be started.
   */
  read(bytes: Uint8Array): Promise<Answer> {
    const answer = this.#turn.then(() => this.#read(bytes))
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  /** Waits for what is being read and ends the thread; nothing can be read afterwards. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#turn
    await this.#end()
  }

  async #read(bytes: Uint8Array): Promise<Answer> {
    if (this.#closed) throw new Error('an OpenAPI document is read after the reader was closed')
    const worker = this.#worker ?? (await this.#start())
    // An idle thread keeps no process alive, a busy one does.
    worker.ref()
    const reply = await ask(worker, bytes, this.#limits.deadlineMs).finally(() => worker.unref())
    if (reply.kind === 'answer') return reply.answer
    await this.#end()
    return { kind: 'invalid', faults: [tooExpensive(reply.kind, this.#limits)] }
  }

  async #start(): Promise<Worker> {
    const resourceLimits = { maxOldGenerationSizeMb: this.#limits.memoryMb }
    const worker = new Worker(ENTRY, { resourceLimits, env: {}, execArgv: [] })
    const first = await outcome(worker)
    if (first.kind !== 'ready') {
      await worker.terminate()
      throw new WorldError('openapi-reader-not-started', 'The thread that reads OpenAPI documents does not start', {
        cure: `Allow it more memory than ${this.#limits.memoryMb} MB.`,
      })
    }
    // Whoever waits for an answer hears of an error as well; without this listener an idle thread could end the program.
    worker.on('error', () => undefined).on('exit', () => this.#forget(worker))
    this.#worker = worker
    return worker
  }

  #forget(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}

type Outcome = Reply | { readonly kind: 'too-slow' | 'too-big' }

function tooExpensive(kind: Exclude<Outcome['kind'], 'answer'>, { deadlineMs, memoryMb }: ThreadLimits): Fault {
  const limit = { 'too-slow': `${deadlineMs / 1000} s`, 'too-big': `${memoryMb} MB of memory` }
  return {
    severity: 'error',
    code: 'openapi-too-expensive',
    message: `reading the document takes more than ${kind === 'too-slow' || kind === 'too-big' ? limit[kind] : 'the stack of a thread'}`,
    cure: 'Split the service, or keep only the paths that your integrations use.',
  }
}

async function ask(worker: Worker, bytes: Uint8Array, deadlineMs: number): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Outcome>(resolve => {
    timer = setTimeout(() => resolve({ kind: 'too-slow' }), deadlineMs)
  })
  try {
    const reply = outcome(worker)
    // `slice` of a Buffer would be a view, and the buffer itself belongs to the caller.
    const copy = new Uint8Array(bytes)
    worker.postMessage(copy, [copy.buffer])
    return await Promise.race([reply, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The next thing that a thread says, or how it ends. */
function outcome(worker: Worker): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
    const onMessage = (reply: Reply): void => settle(() => resolve(reply))
    const onError = (error: Error): void => {
      const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      settle(() => (outOfMemory ? resolve({ kind: 'too-big' }) : reject(error)))
    }
    const onExit = (): void => settle(() => resolve({ kind: 'too-big' }))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
}
