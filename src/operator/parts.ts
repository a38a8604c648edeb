import { randomUUID } from 'node:crypto'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { KINDS, namespaceOf, type Address } from '../model/address.ts'
import { openApiReader, type OpenApiReader } from '../resolve/openapi/operations.ts'
import { catalogue } from '../source/catalogue.ts'
import { api as apiOf, type Api } from '../source/cluster/api.ts'
import { clusterCredentials } from '../source/cluster/credentials.ts'
import { resourceCache, type Cache, type Scope } from './cache.ts'
import { clusterReader } from './cluster-reader.ts'
import type { Surroundings } from './due.ts'
import { identitiesIn, type Identities } from './identities.ts'
import { beginAtZero, controllerOf, controllerOfAddress, operatorMetrics, type Metrics } from './metrics.ts'
import type { Log } from './log.ts'
import type { OperatorFlags, OperatorWorld } from './options.ts'
import { keyQueue, type KeyQueue, type QueueWatcher } from './queue.ts'
import { storeDoor, type StoreDoor } from './store-door.ts'

/** Everything that lives as long as the process. */
export interface Parts {
  readonly api: Api
  readonly metrics: Metrics
  readonly scopes: readonly Scope[]
  /** Scopes that this process may not list: a watched namespace that is gone takes its rights along. */
  readonly denied: Set<Scope>
  /** Whether everything was listed that can be. */
  readonly readiness: { isReady: boolean }
  readonly cache: Cache
  readonly queue: KeyQueue<Address>
  /** Makes a resource due, in the process whose turn it is: in the others nothing would ever take it. */
  readonly wake: (this: void, address: Address) => void
  /** From now on it is this process's turn, and everything is due. */
  readonly takeTurn: () => void
  readonly door: StoreDoor
  readonly identities: Identities
  readonly lease: { readonly namespace: string; readonly name: string; readonly identity: string }
  /** What one batch of runs is made in. */
  readonly around: () => Surroundings
  readonly now: () => string
  close(): Promise<void>
}

/** Puts the parts together; nothing is asked of the cluster or the store yet. Throws `WorldError` for a bad kubeconfig. */
export function partsOf(flags: OperatorFlags, world: OperatorWorld, log: Log): Parts {
  const credentials = clusterCredentials(flags.kubeconfig)
  const metrics = operatorMetrics()
  const host = new URL(credentials.server).host
  const api = apiOf(credentials, (method, status, asked) => {
    metrics.requests.inc({ method, code: String(status), host })
    log.trace({ method, status, path: asked }, 'asked the API server')
  })
  const queue = keyQueue<Address>({ shareOf: address => namespaceOf(address) ?? '', ...queueMetrics(metrics) })
  const scopes = scopesOf(flags)
  beginAtZero(metrics, new Set(scopes.map(({ kind }) => controllerOf(kind))), flags.concurrent)
  const lease = {
    namespace: flags.leaseNamespace ?? world.env['POD_NAMESPACE'] ?? credentials.namespace ?? 'default',
    name: flags.leaseName,
    identity: `${world.env['POD_NAME'] ?? hostname()}_${randomUUID()}`,
  }
  const now = (): string => world.now().toISOString()
  const fenceName = `cluster:${flags.clusterName} ${lease.namespace}/${lease.name}`
  const { store: url, keyFile } = flags
  const door = storeDoor({ url, keyFile, fenceName, holder: lease.identity, now, log })
  const openApi = openApiReader({ cacheFolder: flags.cacheDir ?? path.join(tmpdir(), 'tenon-operations') })
  const identities = identitiesIn(flags.ageKeyFile)
  const turn = { isOurs: false }
  const wake = (address: Address): void => {
    if (turn.isOurs) queue.add(address)
  }
  const cache = resourceCache(scopes, wake)
  return {
    api,
    metrics,
    scopes,
    denied: new Set(),
    readiness: { isReady: false },
    cache,
    queue,
    wake,
    takeTurn: () => {
      turn.isOurs = true
      for (const { address } of cache.all()) queue.add(address)
    },
    door,
    identities,
    lease,
    around: () => surroundings({ flags, api, openApi, identities, lease, now }),
    now,
    close: async () => {
      await openApi.close()
      await door.close()
      await api.close()
    },
  }
}

/** Cluster-wide services belong to nobody's namespace: a namespaced operator reads them only if it is told to. */
function scopesOf({ namespace, clusterServices }: OperatorFlags): readonly Scope[] {
  const isEverywhere = namespace.length === 0
  return KINDS.flatMap((kind): readonly Scope[] => {
    if (kind === 'clusterServiceDefinition')
      return isEverywhere || clusterServices ? [{ kind, namespace: undefined }] : []
    return isEverywhere ? [{ kind, namespace: undefined }] : namespace.map(one => ({ kind, namespace: one }))
  })
}

function queueMetrics({ adds, depth, waited, retries }: Metrics): QueueWatcher<Address> {
  return {
    added: (key: Address): void => {
      adds.inc(nameOf(key))
      depth.inc(nameOf(key))
    },
    retried: (key: Address): void => retries.inc(nameOf(key)),
    taken: (key: Address, ms: number): void => {
      depth.dec(nameOf(key))
      waited.observe(nameOf(key), ms / 1000)
    },
  }
}

function nameOf(key: Address): { readonly name: string } {
  return { name: controllerOfAddress(key) }
}

function surroundings({
  flags,
  api,
  openApi,
  identities,
  lease,
  now,
}: {
  readonly flags: OperatorFlags
  readonly api: Api
  readonly openApi: OpenApiReader
  readonly identities: Identities
  readonly lease: Parts['lease']
  readonly now: () => string
}): Surroundings {
  const shipped = catalogue()
  return {
    decrypt: identities.decrypt,
    context: {
      catalogue: shipped.state,
      tables: shipped.tables,
      templates: shipped.templates,
      readBeside: () => Promise.resolve(NO_FILES),
      openApi,
      allowedEndpoints: new Set(flags.allowEndpoint.map(host => host.toLowerCase())),
      requireBinding: flags.requireBinding,
      today: now().slice(0, 10),
      cluster: clusterReader(api, lease.namespace),
    },
  }
}

const NO_FILES = {
  kind: 'refused',
  code: 'file-not-found',
  message: 'there are no files beside a custom resource',
  cure: '`tenon render` turns files into custom resources that hold what the files held.',
} as const
