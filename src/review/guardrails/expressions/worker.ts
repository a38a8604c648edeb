import { parentPort, workerData } from 'node:worker_threads'
import { evaluate, type Question } from './evaluate.ts'

/* oxlint-disable unicorn/require-post-message-target-origin -- this is a port, not a window */

parentPort?.postMessage('ready')
// One answer at a time, so that those given before the deadline count.
for (const question of workerData as readonly Question[]) parentPort?.postMessage(evaluate(question))
