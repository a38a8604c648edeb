/** Lets the processes of the tests steer the API server, which the process of the whole run owns. */
import { createServer, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { ApiServer } from './api-server.ts'

interface Command {
  readonly verb: 'kill' | 'restart' | 'freeze' | 'thaw'
  readonly signal?: NodeJS.Signals
  readonly flags?: readonly string[]
}

/** Serves an API server's switches on a socket; gives the function that ends that. */
export async function serveControl(socket: string, apiServer: ApiServer): Promise<() => void> {
  const server = createServer((incoming, answer) => {
    void text(incoming)
      .then(async body => obey(apiServer, JSON.parse(body) as Command))
      .then(
        () => answer.end(),
        (error: unknown) => answer.writeHead(500).end(String(error)),
      )
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(socket, resolve)
  await promise
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

/** The same switches from another process. */
export function remoteApiServer(socket: string, url: string): ApiServerSwitches {
  return {
    url,
    kill: async (signal = 'SIGKILL') => send(socket, { verb: 'kill', signal }),
    restart: async (flags = []) => send(socket, { verb: 'restart', flags }),
    freeze: async () => send(socket, { verb: 'freeze' }),
    thaw: async () => send(socket, { verb: 'thaw' }),
  }
}

/** An API server seen from another process. */
export interface ApiServerSwitches extends Omit<ApiServer, 'freeze' | 'thaw'> {
  freeze(): Promise<void>
  thaw(): Promise<void>
}

async function obey(apiServer: ApiServer, { verb, signal, flags }: Command): Promise<void> {
  if (verb === 'kill') await apiServer.kill(signal)
  else if (verb === 'restart') await apiServer.restart(flags)
  else apiServer[verb]()
}

async function send(socketPath: string, command: Command): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const sent = request({ socketPath, method: 'POST' }, answer => {
    void text(answer).then(
      said => (answer.statusCode === 200 ? resolve() : reject(new Error(said))),
      (error: unknown) => reject(error as Error),
    )
  })
  sent.on('error', reject).end(JSON.stringify(command))
  await promise
}
