/** A server of a test's making, which answers as it is told: for what a real API server cannot be made to say. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { api, type Api } from '../../src/source/cluster/api.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly token: string | undefined
  /** By the monotonic clock. */
  readonly at: number
}

export type Answer = (asked: Asked, response: ServerResponse, times: number) => void

export interface Stub {
  readonly api: Api
  /** Everything that it was asked, in order. */
  readonly asked: readonly Asked[]
  /** The token that requests carry from the next `forget` on. */
  renewToken(token: string): void
}

/** Starts a server for one test; `times` says how many requests came before. */
export async function stubServer(answer: Answer): Promise<Stub> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const now: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      token: request.headers.authorization,
      at: performance.now(),
    }
    asked.push(now)
    answer(now, response, asked.length - 1)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  let [token, renewed] = ['first', 'first']
  const credentials = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespace: undefined,
    sign: async () => ({ headers: { authorization: token }, dispatcher: undefined }),
    forget: () => void (token = renewed),
    close: async () => {},
  }
  return { api: api(credentials), asked, renewToken: next => void (renewed = next) }
}

/** Answers whole, in JSON. */
export function say(response: ServerResponse, body: object, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** An error as Kubernetes puts it. */
export function refuse(response: ServerResponse, code: number, headers: Record<string, string> = {}): void {
  say(response, { kind: 'Status', code, message: `no, ${code}`, reason: 'Because' }, code, headers)
}
