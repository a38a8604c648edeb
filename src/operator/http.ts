import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { WorldError } from '../model/errors.ts'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly type?: string
}

export type Handler = (request: IncomingMessage, url: URL) => Answer | Promise<Answer>

/** Serves a few paths at an address such as `127.0.0.1:8080` or `:8080`. Throws `WorldError` when it is taken. */
export async function serve(address: string, routes: Readonly<Record<string, Handler>>): Promise<Server> {
  const server = createServer((request, response) => void respond(routes, request, response))
  // A client that never finishes its request must not hold a connection for ever.
  server.requestTimeout = 10_000
  server.headersTimeout = 5000
  await listening(server, address)
  return server
}

/** Listens at an address. Throws `WorldError` `address-unusable`. */
export async function listening(server: Server, address: string): Promise<void> {
  const { host, port } = parsed(address)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  try {
    server.listen(port, host, resolve)
    await promise
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new WorldError('address-unusable', `Nothing can listen at ${address}: ${code}.`, {
      cure: 'Choose another address, or 0 for none.',
      cause,
    })
  }
}

function parsed(address: string): { readonly host: string | undefined; readonly port: number } {
  const match = /^(?<host>.*):(?<port>\d{1,5})$/.exec(address)
  if (match?.groups === undefined) {
    throw new WorldError('address-unusable', `"${address}" is no address.`, { cure: 'Write host:port, :port, or 0.' })
  }
  const host = match.groups['host']!.replace(/^\[(.*)\]$/, '$1')
  return { host: host === '' ? undefined : host, port: Number(match.groups['port']) }
}

async function respond(
  routes: Readonly<Record<string, Handler>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await answerTo(routes, request).catch(() => BROKEN)
  response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain; charset=utf-8' })
  response.end(answer.text)
}

async function answerTo(routes: Readonly<Record<string, Handler>>, request: IncomingMessage): Promise<Answer> {
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (url === null || !Object.hasOwn(routes, url.pathname)) return NOT_FOUND
  return await routes[url.pathname]!(request, url)
}

const NOT_FOUND: Answer = { status: 404, text: 'not found\n' }
const BROKEN: Answer = { status: 500, text: 'failed\n' }
