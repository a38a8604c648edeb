import { ApiError, type Api } from '../source/cluster/api.ts'

/** One Lease, as far as taking turns needs it. */
export interface Turn {
  /** Takes or renews the turn. Throws `ApiError` when the API server does not answer. */
  take(): Promise<'held' | 'taken'>
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

/** What was seen of a lease, and since when by our own clock: others' clocks are not compared with it. */
interface Seen {
  readonly version: string | undefined
  readonly at: number
}

const TIMEOUT_MS = 5000

export function turnAt(api: Api, options: TurnOptions): Turn {
  const { namespace, name, identity } = options
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const read = (): Promise<Lease> => api.call<Lease>(`${path}/${name}`, { timeout: TIMEOUT_MS })
  let seen: Seen | undefined
  return {
    take: async () => {
      const lease = (await read().catch(orAbsent)) ?? { metadata: { name, namespace } }
      const version = lease.metadata.resourceVersion
      if (seen?.version !== version) seen = { version, at: performance.now() }
      if (isOthers(lease, identity) && performance.now() - seen!.at < durationOf(lease)) return 'taken'
      return await write(api, path, held(lease, identity, options.duration))
    },
    release: async () => {
      const lease = await read()
      if (!isOthers(lease, identity)) await write(api, path, held(lease, '', 1000))
    },
  }
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

/** Writes a lease if it is still as it was read: of two who take it at once, one finds it taken. */
async function write(api: Api, path: string, lease: Lease): Promise<'held' | 'taken'> {
  const isNew = lease.metadata.resourceVersion === undefined
  try {
    await api.call(isNew ? path : `${path}/${lease.metadata.name}`, {
      method: isNew ? 'POST' : 'PUT',
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...lease },
      timeout: TIMEOUT_MS,
    })
    return 'held'
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return 'taken'
    throw error
  }
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
