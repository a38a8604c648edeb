import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import { WorldError } from '../../model/errors.ts'

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
 * Reads a kubeconfig; without a path that of the environment (`KUBECONFIG`, the pod's service account, the home folder).
 * Throws `WorldError` `kubeconfig-invalid`.
 */
export function clusterCredentials(kubeconfig: string | undefined): ClusterCredentials {
  const config = loaded(kubeconfig)
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw invalid('it names no cluster', undefined)
  const server = cluster.server.replace(/\/+$/, '')
  const pool = connectionPool(config)
  let signed: { readonly at: number; readonly value: Promise<Signed> } | undefined
  return {
    server,
    namespace: config.getContextObject(config.currentContext)?.namespace ?? podNamespace(),
    sign: () => {
      if (signed === undefined || performance.now() - signed.at > KEPT_MS) {
        const value = sign(config, server, pool)
        signed = { at: performance.now(), value }
        value.catch(() => (signed = undefined))
      }
      return signed.value
    },
    forget: () => void (signed = undefined),
    close: () => pool.close(),
  }
}

function loaded(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig()
  try {
    if (kubeconfig === undefined) config.loadFromDefault()
    else config.loadFromFile(kubeconfig)
  } catch (cause) {
    throw invalid(
      cause instanceof Error && 'code' in cause ? `it cannot be read (${String(cause.code)})` : 'it is malformed',
      cause,
    )
  }
  return config
}

function invalid(why: string, cause: unknown): WorldError {
  return new WorldError('kubeconfig-invalid', `The kubeconfig cannot be used: ${why}.`, {
    cure: 'Name one with --kubeconfig or KUBECONFIG; in a pod leave both out.',
    cause,
  })
}

async function sign(config: KubeConfig, server: string, pool: ConnectionPool): Promise<Signed> {
  const context = new RequestContext(server, HttpMethod.GET)
  await config.applySecurityAuthentication(context)
  return { headers: context.getHeaders(), dispatcher: pool.of(context.getDispatcher()) }
}

interface ConnectionPool {
  of(fresh: Dispatcher | undefined): Dispatcher | undefined
  close(): Promise<void>
}

/**
 * Keeps one pool for as long as certificates stay the same. The library makes a new one for every request, which opens
 * nothing before it is used, but would then open a connection for every call (kubernetes-client/javascript#2893).
 */
function connectionPool(config: KubeConfig): ConnectionPool {
  let key = ''
  let current: Dispatcher | undefined
  return {
    of: fresh => {
      const now = fingerprint(config)
      if (current !== undefined && now === key) return current
      // Lets running requests finish.
      void current?.close()
      key = now
      current = fresh
      return fresh
    },
    close: async () => current?.destroy(),
  }
}

/** Of everything that a connection is made with; the token is a header and does not count. */
function fingerprint(config: KubeConfig): string {
  const cluster = config.getCurrentCluster()
  const user = config.getCurrentUser()
  const hash = createHash('sha256')
  hash.update(JSON.stringify([cluster, user?.name, user?.certData, user?.keyData]))
  for (const file of [cluster?.caFile, user?.certFile, user?.keyFile])
    hash.update(file === undefined ? '-' : bytesOf(file))
  return hash.digest('hex')
}

function bytesOf(file: string): Buffer | string {
  try {
    return readFileSync(file)
  } catch {
    return 'unreadable'
  }
}

function podNamespace(): string | undefined {
  try {
    return readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim()
  } catch {
    return undefined
  }
}
