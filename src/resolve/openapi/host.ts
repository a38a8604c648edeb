import { OpenApiThread, type Outcome } from './thread.ts'

// The process around the thread that reads documents, one at a time. It holds no secret and no variable of its parent,
// and it never computes, so that it hears at once when its parent is gone.

/** What the process answers. */
export type HostReply = Outcome | { readonly kind: 'failed'; readonly said: string }

const [deadlineMs = 0, memoryMb = 0] = process.argv.slice(2).map(Number)
const thread = new OpenApiThread({ deadlineMs, memoryMb })

process.on('message', (bytes: Uint8Array) => {
  void answer(bytes).then(reply => process.send?.(reply))
})
process.on('disconnect', () => {
  // oxlint-disable-next-line unicorn/no-process-exit -- a busy thread would keep the process alive.
  process.exit()
})

async function answer(bytes: Uint8Array): Promise<HostReply> {
  try {
    return await thread.read(bytes)
  } catch (error) {
    return { kind: 'failed', said: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
