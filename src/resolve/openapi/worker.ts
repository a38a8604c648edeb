import { parentPort } from 'node:worker_threads'
import { check } from './check.ts'

// Reads one document at a time in a thread of its own, so that the one that asked can end it.

/** What the thread is sent and what it sends back. */
export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: Awaited<ReturnType<typeof check>> }
  | { readonly kind: 'too-deep' }

parentPort?.on('message', (bytes: Uint8Array) => {
  void answer(bytes).then(send)
})
send({ kind: 'ready' })

function send(reply: Reply): void {
  parentPort?.postMessage(reply, [])
}

async function answer(bytes: Uint8Array): Promise<Reply> {
  try {
    return { kind: 'answer', answer: await check(bytes) }
  } catch (error) {
    // The one error that a document, not a mistake of ours, can cause: it exhausts the stack of a library.
    if (error instanceof RangeError) return { kind: 'too-deep' }
    throw error
  }
}
