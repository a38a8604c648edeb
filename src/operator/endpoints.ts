import type { Server } from 'node:http'
import { serve, type Answer, type Handler } from './http.ts'
import { changeLevel, LEVELS, type Log } from './log.ts'
import type { Metrics } from './metrics.ts'

export interface EndpointParts {
  /** `0`: none. */
  readonly healthAddress: string
  readonly metricsAddress: string
  readonly metrics: Metrics
  readonly log: Log
  /** Whether everything was listed once: readiness depends on nothing that a third party may break. */
  readonly isReady: () => boolean
  /** Brings gauges up to date before they are read. */
  readonly refresh: () => void
}

/** Starts the endpoints for probes and metrics. Throws `WorldError` when an address cannot be used. */
export async function startEndpoints(parts: EndpointParts): Promise<readonly Server[]> {
  const { healthAddress, metricsAddress, metrics, log, isReady, refresh } = parts
  const health: Readonly<Record<string, Handler>> = {
    '/healthz': () => OK,
    '/readyz': () => (isReady() ? OK : { status: 503, text: 'the custom resources have not been listed yet\n' }),
    '/log-level': ({ method, socket }, url) => {
      if (method !== 'POST' || !isLoopback(socket.remoteAddress))
        return { status: 405, text: 'POST from this host only\n' }
      return setLevel(log, url.searchParams.get('level') ?? '')
    },
  }
  const exposed: Readonly<Record<string, Handler>> = {
    '/metrics': async () => {
      refresh()
      return { status: 200, text: await metrics.registry.metrics(), type: metrics.registry.contentType }
    },
  }
  const servers: Server[] = []
  if (healthAddress !== '0') servers.push(await serve(healthAddress, health))
  if (metricsAddress !== '0') servers.push(await serve(metricsAddress, exposed))
  return servers
}

const OK: Answer = { status: 200, text: 'ok\n' }

function setLevel(log: Log, level: string): Answer {
  if (!(LEVELS as readonly string[]).includes(level)) return { status: 400, text: `level takes ${LEVELS.join(', ')}\n` }
  changeLevel(log, level)
  return { status: 200, text: `${level}\n` }
}

function isLoopback(address: string | undefined): boolean {
  return address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1'
}
