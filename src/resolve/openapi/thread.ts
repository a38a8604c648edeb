import { Worker } from 'node:worker_threads'
import type { Answer } from './check.ts'
import type { Reply } from './worker.ts'

// Node runs the sources as they are, and the compiler rewrites imports but not this name.
const ENTRY = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

export interface Limits {
  /** For one document, from the moment the thread is ready. */
  readonly deadlineMs: number
  /** Heap of the thread. */
  readonly memoryMb: number
}

/** What became of one document. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'too-slow' | 'too-big' | 'too-deep' }

/**
 * One thread that reads documents one after another, kept warm between them. A document that takes too long or too much
 * memory costs the thread its life; the next one gets a new thread.
 */
export class OpenApiThread {
  readonly #limits: Limits
  #worker: Worker | undefined

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /**
   * Reads a document that nobody else reads at the same time.
   *
   * @throws whatever a mistake of ours made the thread throw.
   */
  async read(bytes: Uint8Array): Promise<Outcome> {
    try {
      const worker = this.#worker ?? (await this.#start())
      const outcome = await ask(worker, bytes, this.#limits.deadlineMs)
      if (outcome.kind !== 'answer') await this.#end()
      return outcome
    } catch (error) {
      await this.#end()
      throw error
    }
  }

  async #start(): Promise<Worker> {
    const resourceLimits = { maxOldGenerationSizeMb: this.#limits.memoryMb }
    const worker = new Worker(ENTRY, { resourceLimits, env: {}, execArgv: [] })
    this.#worker = worker
    const ready = await outcomeOf(worker)
    if (ready.kind !== 'ready') throw new Error(`the thread does not start with ${this.#limits.memoryMb} MB`)
    // Whoever waits for an answer hears of an error as well; without this listener an idle thread could end the process.
    worker.on('error', () => undefined).on('exit', () => this.#forget(worker))
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

async function ask(worker: Worker, bytes: Uint8Array, deadlineMs: number): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Outcome>(resolve => {
    timer = setTimeout(() => resolve({ kind: 'too-slow' }), deadlineMs)
  })
  try {
    const reply = outcomeOf(worker)
    worker.postMessage(bytes, [])
    const outcome = await Promise.race([reply, late])
    return outcome.kind === 'ready' ? { kind: 'too-slow' } : outcome
  } finally {
    clearTimeout(timer)
  }
}

/** The next thing that a thread says, or how it ends. */
function outcomeOf(worker: Worker): Promise<Reply | { readonly kind: 'too-big' }> {
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
