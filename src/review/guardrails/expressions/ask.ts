import { Worker } from 'node:worker_threads'
import type { Answer, Question } from './evaluate.ts'

// Node runs the sources as they are, and the compiler rewrites imports but not this name.
const ENTRY = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** For all rules of a change together. */
export const DEADLINE_MS = 5000
const MEMORY_MB = 256
/** For starting, which says nothing of the rules. */
const PATIENCE_MS = 20_000

/**
 * The answers to all questions, in their order. They are found in a thread of their own, which is ended at the deadline:
 * what is not answered by then has failed.
 */
export async function ask(questions: readonly Question[], deadlineMs = DEADLINE_MS): Promise<readonly Answer[]> {
  if (questions.length === 0) return []
  const worker = new Worker(ENTRY, {
    workerData: questions,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  const answers: Answer[] = []
  const ended = await answered(worker, { answers, count: questions.length, deadlineMs })
  await worker.terminate()
  return questions.map((_, index) => answers[index] ?? { kind: 'failed', reason: REASONS[ended] })
}

type Ended = 'done' | 'late' | 'died'

const REASONS: Readonly<Record<Ended, string>> = {
  done: 'its expressions gave no answer',
  late: 'its expressions were not evaluated in time',
  died: 'its expressions took too much memory, or could not be evaluated',
}

interface Waiting {
  readonly answers: Answer[]
  readonly count: number
  readonly deadlineMs: number
}

function answered(worker: Worker, { answers, count, deadlineMs }: Waiting): Promise<Ended> {
  return new Promise(resolve => {
    let timer = setTimeout(() => resolve('late'), PATIENCE_MS)
    const end = (ended: Ended): void => {
      clearTimeout(timer)
      resolve(ended)
    }
    worker.on('message', (said: Answer | 'ready') => {
      if (said === 'ready') {
        clearTimeout(timer)
        timer = setTimeout(() => resolve('late'), deadlineMs)
      } else if (answers.push(said) === count) end('done')
    })
    worker.on('error', () => end('died')).on('exit', () => end('died'))
  })
}
