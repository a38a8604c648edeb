import { createServer } from 'node:net'

/**
 * A loopback port that nobody uses, below the range that systems take outgoing ports from: a client that keeps trying a
 * server that is down would otherwise now and then connect to itself, and keep the server from coming back.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const listener = createServer()
  listener.once('error', () => resolve(false))
  listener.listen(port, '127.0.0.1', () => listener.close(() => resolve(true)))
  return promise
}
