import { readFileSync } from 'node:fs'
import { HttpMethod, RequestContext, type KubeConfig } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import { connections, type Connections } from './connections.ts'
import { invalidKubeconfig, openKubeconfig, type Access } from './kubeconfig.ts'

/** What a request to the API server carries: who asks, and the pool of connections to send it through. */
export interface Signed {
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher | undefined
}

/** Where the API server is, and how requests to it are signed. */
export interface ClusterCredentials {
  /** Without a slash at the end. */
  readonly server: string
  /** The namespace that the kubeconfig's context, or the pod's service account, is in. */
  readonly namespace: string | undefined
  sign(): Promise<Signed>
  /** Reads tokens and certificates again at the next `sign`: the server did not know the last ones. */
  forget(): void
  close(): Promise<void>
}

/** Tokens rotate once an hour at most, and the old one stays good for a while. */
const KEPT_MS = 10_000

/**
 * Reads a kubeconfig; without a path that of the environment (`KUBECONFIG`, the home folder, the pod's service account).
 * Throws `WorldError` `kubeconfig-invalid`.
 */
export function clusterCredentials(given: string | undefined): ClusterCredentials {
  const kubeconfig = openKubeconfig(given)
  const { config } = kubeconfig.current()
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw invalidKubeconfig('it names no cluster')
  const server = cluster.server.replace(/\/+$/, '')
  const pool = connections()
  let signed: { readonly at: number; readonly value: Promise<Signed> } | undefined
  return {
    server,
    namespace: config.getContextObject(config.currentContext)?.namespace ?? podNamespace(),
    sign: () => {
      if (signed === undefined || performance.now() - signed.at > KEPT_MS) {
        const value = sign(kubeconfig.current(), server, pool)
        signed = { at: performance.now(), value }
        value.catch(() => (signed = undefined))
      }
      return signed.value
    },
    forget: () => void (signed = undefined),
    close: () => pool.close(),
  }
}

async function sign({ config, tokenFile }: Access, server: string, pool: Connections): Promise<Signed> {
  const context = await authenticated(config, server)
  return {
    // The library reads a token again after a minute; this one may have been refused a moment ago.
    headers: {
      ...context.getHeaders(),
      ...(tokenFile !== undefined && { Authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }),
    },
    dispatcher: pool.through(config, context.getDispatcher()),
  }
}

async function authenticated(config: KubeConfig, server: string): Promise<RequestContext> {
  const context = new RequestContext(server, HttpMethod.GET)
  await config.applySecurityAuthentication(context)
  return context
}

function podNamespace(): string | undefined {
  try {
    return readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim()
  } catch {
    return undefined
  }
}
