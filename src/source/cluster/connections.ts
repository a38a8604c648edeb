import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'

/** The pool of connections to the API server. */
export interface Connections {
  /** The pool to use: the last one, or a fresh one if what connections are made with has changed since. */
  through(config: KubeConfig, fresh: Dispatcher | undefined): Dispatcher | undefined
  close(): Promise<void>
}

/**
 * Keeps one pool for as long as certificates stay the same. The library makes a new one for every request, which opens
 * nothing before it is used, but would then open a connection for every call (kubernetes-client/javascript#2893).
 */
export function connections(): Connections {
  let key = ''
  let current: { readonly pool: Dispatcher | undefined; readonly use: Dispatcher | undefined } | undefined
  return {
    through: (config, fresh) => {
      const now = fingerprint(config)
      if (current !== undefined && now === key) return current.use
      // Lets running requests finish.
      void current?.pool?.close()
      key = now
      current = { pool: fresh, use: fresh?.compose(separate) }
      return current.use
    },
    close: async () => current?.pool?.destroy(),
  }
}

/**
 * HTTP/1.1, so that each request has a connection to itself while it lasts. One that went dead unnoticed then takes a single
 * request or watch with it, which ends by its own time limit; over HTTP/2 everything would hang on it, the Lease too.
 */
function separate(dispatch: Dispatcher['dispatch']): Dispatcher['dispatch'] {
  // Known to the dispatcher, and not to its types.
  const only = { allowH2: false }
  return (options, handler) => dispatch({ ...options, ...only }, handler)
}

/** Of everything that a connection is made with; the token is a header and does not count. */
function fingerprint(config: KubeConfig): string {
  const cluster = config.getCurrentCluster()
  const user = config.getCurrentUser()
  const hash = createHash('sha256')
  hash.update(JSON.stringify([cluster, user?.name, user?.certData, user?.keyData]))
  for (const file of [cluster?.caFile, user?.certFile, user?.keyFile])
    hash.update(file === undefined || file === null ? '-' : bytesOf(file))
  return hash.digest('hex')
}

function bytesOf(file: string): Buffer | string {
  try {
    return readFileSync(file)
  } catch {
    return 'unreadable'
  }
}
