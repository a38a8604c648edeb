/** A wire between a client and a server that tests can cut, hold and slow down. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Proxy {
  /** The target's URL, by way of the proxy. */
  readonly url: string
  /** How many connections are open. */
  readonly connections: number
  /** How many connections there have been. */
  readonly accepted: number
  /** Resets every connection; new ones are taken again at once. */
  cut(): void
  /** Lets nothing pass any more, in both directions, while connections stay open and new ones are taken. */
  hold(): void
  /** Lets nothing pass any more through the connections that are open, and everything through new ones. */
  strand(): void
  /** Resets every connection, and every new one as soon as it comes. */
  refuse(): void
  /** Waits so long before each chunk. */
  delay(milliseconds: number): void
  /** Lets everything pass again; what was held arrives. */
  release(): void
  end(): Promise<void>
}

/** Listens on a loopback port and passes everything on to a URL's host and port. */
export async function startProxy(target: string): Promise<Proxy> {
  const goal = new URL(target)
  const open = new Set<Socket>()
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  let stranding = new AbortController()
  let refusing = false
  let accepted = 0
  let wait = 0

  const pump = async (from: Socket, to: Socket, stranded: AbortSignal): Promise<void> => {
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      await gate.promise
      if (stranded.aborted) await once(from, 'close')
      if (wait > 0) await sleep(wait)
      if (!to.write(chunk as Buffer)) await once(to, 'drain')
    }
    to.end()
  }
  const join = async (client: Socket): Promise<void> => {
    await gate.promise
    if (client.destroyed) return
    const server = connect(Number(goal.port), goal.hostname)
    track(open, server)
    const { signal } = stranding
    await Promise.all([pump(client, server, signal), pump(server, client, signal)]).catch(() => {
      client.resetAndDestroy()
      server.resetAndDestroy()
    })
  }
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, client => {
    track(open, client)
    accepted += 1
    if (refusing) client.resetAndDestroy()
    else void join(client)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const url = new URL(target)
  url.host = `127.0.0.1:${(listener.address() as AddressInfo).port}`

  const cut = (): void => open.forEach(socket => socket.resetAndDestroy())
  return {
    url: url.href.replace(/\/$/, ''),
    get connections() {
      return open.size / 2
    },
    get accepted() {
      return accepted
    },
    cut,
    strand() {
      stranding.abort()
      stranding = new AbortController()
    },
    hold() {
      gate.resolve()
      gate = Promise.withResolvers()
    },
    refuse() {
      refusing = true
      cut()
    },
    delay(milliseconds) {
      wait = milliseconds
    },
    release() {
      refusing = false
      wait = 0
      gate.resolve()
    },
    async end() {
      gate.resolve()
      cut()
      listener.close()
      await once(listener, 'close')
    },
  }
}

function track(open: Set<Socket>, socket: Socket): void {
  open.add(socket)
  socket.on('error', () => {}).once('close', () => open.delete(socket))
}
