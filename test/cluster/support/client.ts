/** A small client of the Kubernetes API that knows nothing but HTTP, so that tests do not lean on what they test. */
import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Proof } from './kubeconfig.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- objects of any kind, as the server gives them
export type KubeObject = any

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: KubeObject
}

export interface Client {
  /** Asks, and gives every answer, a refusal too. */
  ask(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>
  get(path: string): Promise<KubeObject>
  post(path: string, body: unknown): Promise<KubeObject>
  put(path: string, body: unknown): Promise<KubeObject>
  /** A merge patch, unless another content type is named. */
  patch(path: string, body: unknown, contentType?: string): Promise<KubeObject>
  del(path: string, body?: unknown): Promise<KubeObject>
  /** The events of a watch, until the server ends it or the signal comes; throws where the connection is cut. */
  watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent>
  close(): void
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubeObject
}

/** An answer that was no success. */
export class Refused extends Error {
  readonly status: number
  readonly body: KubeObject

  constructor(what: string, { status, body }: Answer) {
    super(`${what}: ${status} ${body?.message ?? ''}`)
    this.status = status
    this.body = body
  }
}

export const MERGE_PATCH = 'application/merge-patch+json'
export const APPLY_PATCH = 'application/apply-patch+yaml'

/** A client with a pool of connections of its own. */
export function createClient(server: string, ca: string, proof: Exclude<Proof, { tokenFile: string }>): Client {
  const tls = 'cert' in proof ? { cert: proof.cert, key: proof.key } : {}
  const agent = new Agent({ keepAlive: true, ca, ...tls })
  const authorization = 'token' in proof ? { authorization: `Bearer ${proof.token}` } : {}

  async function send(method: string, path: string, body?: unknown, contentType = 'application/json') {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = { ...authorization, accept: 'application/json', ...(text && { 'content-type': contentType }) }
    const sent = request(new URL(path, server), { method, agent, headers: { ...headers, 'user-agent': 'tenon-test' } })
    sent.end(text)
    const [incoming] = (await once(sent, 'response')) as [IncomingMessage]
    return incoming
  }

  async function ask(...[method, path, body, type]: Parameters<Client['ask']>): Promise<Answer> {
    const incoming = await send(method, path, body, type)
    const answer = await json(incoming)
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer }
  }

  async function must(...[method, path, body, type]: Parameters<Client['ask']>): Promise<KubeObject> {
    for (let left = 10; ; left -= 1) {
      const answer = await ask(method, path, body, type)
      if (answer.status < 400) return answer.body
      // A server that has just started asks to wait, as every client of Kubernetes does.
      if (answer.status !== 429 || left === 0) throw new Refused(`${method} ${path}`, answer)
      await sleep(500)
    }
  }

  async function* watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent> {
    const incoming = await send('GET', path)
    const status = incoming.statusCode ?? 0
    if (status !== 200) throw new Refused(`GET ${path}`, { status, headers: {}, body: await json(incoming) })
    const stop = (): void => void incoming.destroy()
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      for await (const line of linesOf(incoming)) yield JSON.parse(line) as WatchEvent
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  return {
    ask,
    get: async path => must('GET', path),
    post: async (path, body) => must('POST', path, body),
    put: async (path, body) => must('PUT', path, body),
    patch: async (path, body, type = MERGE_PATCH) => must('PATCH', path, body, type),
    del: async (path, body) => must('DELETE', path, body),
    watch,
    close: () => agent.destroy(),
  }
}

/** The lines of a stream. Unlike `node:readline`, it throws when the stream is cut. */
async function* linesOf(stream: IncomingMessage): AsyncIterable<string> {
  let rest = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
