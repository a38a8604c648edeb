import { parentPort, workerData } from 'node:worker_threads'
import { evaluate, type Question } from './evaluate.ts'

// One answer at a time, so that those given before the deadline count.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a port, not a window
for (const question of workerData as readonly Question[]) parentPort?.postMessage(evaluate(question))
