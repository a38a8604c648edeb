import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Git over HTTP on loopback, by git's own program: repositories of a folder, for those who know the password. */
export interface GitServer {
  readonly url: string
  /** The credentials that were shown, in clear; an empty one where none were. */
  readonly shown: readonly string[]
  close(): Promise<void>
}

export async function gitServer(folder: string, credentials: string): Promise<GitServer> {
  const shown: string[] = []
  const server = createServer((request, response) => {
    const given = Buffer.from((request.headers.authorization ?? '').replace(/^basic /i, ''), 'base64').toString()
    shown.push(given)
    if (given === credentials) return serve(folder, request, response)
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, shown, close: () => closed(server) }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

/** Runs the program as CGI: variables and the body in, headers and the body out. */
function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: folder,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_USER: 'somebody',
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  })
  request.pipe(child.stdin)
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  child.once('close', () => answer(Buffer.concat(parts), response))
}

function answer(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf('\r\n\r\n')
  const headers = output
    .subarray(0, end)
    .toString()
    .split('\r\n')
    .map(line => /^([^:]+): (.*)$/.exec(line))
  const status = headers.find(header => header?.[1] === 'Status')?.[2] ?? '200'
  response.statusCode = Number.parseInt(status, 10)
  for (const [, name, value] of headers.filter(header => header !== null)) {
    if (name !== 'Status') response.setHeader(name!, value!)
  }
  response.end(output.subarray(end + 4))
}
