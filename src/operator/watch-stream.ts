import { ApiError, type KubeObject } from '../source/cluster/api.ts'

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: KubeObject
}

interface StatusObject {
  readonly code?: number
  readonly message?: string
  readonly reason?: string
}

/** The events of a watch, a JSON object a line. Throws `ApiError` for an error that comes in the stream. */
export async function* readEvents(body: AsyncIterable<Uint8Array> | null, path: string): AsyncGenerator<WatchEvent> {
  for await (const line of linesOf(body ?? [], path)) {
    const event = JSON.parse(line) as { readonly type: string; readonly object: KubeObject & StatusObject }
    if (event.type !== 'ERROR') {
      yield event as WatchEvent
      continue
    }
    const { code = 500, message = 'the watch failed', reason } = event.object
    throw new ApiError(code, `watching ${path}: ${message}`, reason === undefined ? {} : { reason })
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      yield* lines.filter(line => line !== '')
    }
  } catch (cause) {
    throw new ApiError(0, `the watch of ${path} broke`, { cause })
  }
}
