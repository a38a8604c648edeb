import { ApiError, type Api, type Call } from '../source/cluster/api.ts'

/** One Lease, as far as taking turns needs it. */
export interface Turn {
  /** Takes or renews the turn. Throws `ApiError` when the API server does not answer, or somebody wrote at the same time. */
  take(signal?: AbortSignal): Promise<'held' | 'taken'>
  /** Milliseconds until the turn that was seen last runs out, unless it is renewed; 0 where nobody else's was. */
  left(): number
  release(): Promise<void>
}

export interface TurnOptions {
  readonly namespace: string
  readonly name: string
  /** Unlike that of any other process. */
  readonly identity: string
  /** How long others wait after the last renewal that they saw, in milliseconds. */
  readonly duration: number
}

interface Lease {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion?: string }
  readonly spec?: LeaseSpec
}

interface LeaseSpec {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}

/** What was seen of a lease, and when it runs out by our own clock: others' clocks are not compared with it. */
interface Seen {
  readonly version: string | undefined
  readonly until: number
}

/** Two tries fit into the time that a holder has to renew. */
const TIMEOUT_MS = 4000

export function turnAt(api: Api, options: TurnOptions): Turn {
  const { namespace, name, identity } = options
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const read = (signal?: AbortSignal): Promise<Lease> => api.call<Lease>(`${path}/${name}`, within(signal))
  let seen: Seen = { version: undefined, until: 0 }
  const left = (): number => Math.max(0, seen.until - performance.now())
  return {
    left,
    take: async signal => {
      const lease = (await read(signal).catch(orAbsent)) ?? { metadata: { name, namespace } }
      const version = lease.metadata.resourceVersion
      const until = isOthers(lease, identity) ? performance.now() + durationOf(lease) : 0
      if (seen.version !== version) seen = { version, until }
      if (left() > 0) return 'taken'
      // Only if it is still as it was read: of two who take it at once, one is refused.
      await write(api, path, held(lease, identity, options.duration), within(signal))
      return 'held'
    },
    release: async () => {
      const lease = await read()
      if (!isOthers(lease, identity)) await write(api, path, held(lease, '', 1000), within())
    },
  }
}

function within(signal?: AbortSignal): Call {
  return { timeout: TIMEOUT_MS, ...(signal && { signal }) }
}

function orAbsent(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined
  throw error
}

function isOthers({ spec }: Lease, identity: string): boolean {
  const holder = spec?.holderIdentity ?? ''
  return holder !== '' && holder !== identity
}

function durationOf({ spec }: Lease): number {
  return (spec?.leaseDurationSeconds ?? 0) * 1000
}

async function write(api: Api, path: string, lease: Lease, call: Call): Promise<void> {
  const isNew = lease.metadata.resourceVersion === undefined
  await api.call(isNew ? path : `${path}/${lease.metadata.name}`, {
    ...call,
    method: isNew ? 'POST' : 'PUT',
    body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...lease },
  })
}

function held({ metadata, spec = {} }: Lease, holder: string, duration: number): Lease {
  const now = microTime()
  const isNew = spec.holderIdentity !== holder
  const transitions = spec.leaseTransitions ?? 0
  return {
    metadata,
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: duration / 1000,
      acquireTime: isNew ? now : (spec.acquireTime ?? now),
      renewTime: now,
      leaseTransitions: isNew && holder !== '' ? transitions + 1 : transitions,
    },
  }
}

/** Kubernetes' MicroTime: RFC 3339 with six digits. */
export function microTime(date: Date = new Date()): string {
  return date.toISOString().replace('Z', '000Z')
}
