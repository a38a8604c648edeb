import { ApiError, pause, type Api } from '../source/cluster/api.ts'

/** Which Lease is held, and how. Times in milliseconds; the defaults are those of Kubernetes' own components. */
export interface LeaseOptions {
  readonly namespace: string
  readonly name: string
  /** Unlike that of any other process. */
  readonly identity: string
  /** How long others wait after the last renewal that they saw. */
  readonly duration?: number
  /** How long the holder tries to renew before it gives up. */
  readonly deadline?: number
  readonly retry?: number
}

/** A turn at leading. */
export interface Leadership {
  /** Whether the turn is held for certain: judged by the monotonic clock, which also runs while a process is frozen. */
  isHeld(): boolean
  /** Gives the turn up, so that another process need not wait for it to run out. */
  release(): Promise<void>
}

interface Lease {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion?: string }
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

/**
 * Waits until this process holds the Lease, then goes on renewing it. `onLost` is called once when it could not be renewed
 * in time or somebody else holds it: the process has to end then. Gives `undefined` when the signal comes first.
 */
export async function lead(
  api: Api,
  options: LeaseOptions,
  signal: AbortSignal,
  onLost: (why: string) => void,
): Promise<Leadership | undefined> {
  const { deadline = 10_000, retry = 2000 } = options
  const turn = turnAt(api, options)
  const acquiredAt = await acquired(turn, retry, signal)
  if (acquiredAt === undefined) return undefined
  let renewed = acquiredAt
  const stop = new AbortController()
  const isHeld = (): boolean => !stop.signal.aborted && performance.now() - renewed < deadline
  const renewing = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await pause(retry, stop.signal)
      if (stop.signal.aborted) return
      const started = performance.now()
      const answer = await turn.take().catch(() => 'failed' as const)
      if (answer === 'held') renewed = started
      if (answer === 'held' && started - renewed < deadline) continue
      if (answer !== 'taken' && isHeld()) continue
      stop.abort()
      onLost(answer === 'taken' ? 'another process holds the lease' : 'the lease could not be renewed in time')
    }
  }
  const ended = renewing()
  return {
    isHeld,
    release: async () => {
      const held = isHeld()
      stop.abort()
      await ended
      if (held) await turn.release().catch(() => {})
    },
  }
}

/** Tries until it is this process's turn; gives when that began. */
async function acquired(turn: Turn, retry: number, signal: AbortSignal): Promise<number | undefined> {
  while (!signal.aborted) {
    const started = performance.now()
    const answer = await turn.take().catch(() => 'failed' as const)
    if (answer === 'held') return started
    await pause(retry * (1 + Math.random() / 5), signal)
  }
  return undefined
}

interface Turn {
  take(): Promise<'held' | 'taken'>
  release(): Promise<void>
}

function turnAt(api: Api, { namespace, name, identity, duration = 15_000 }: LeaseOptions): Turn {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  // Others' clocks are not compared with ours: what counts is how long their last renewal has been seen unchanged.
  let seen: { readonly version: string | undefined; readonly at: number } | undefined
  const read = (): Promise<Lease> => api.call<Lease>(`${collection}/${name}`, { timeout: 5000 })
  const write = (lease: Lease): Promise<Lease> => {
    const isNew = lease.metadata.resourceVersion === undefined
    return api.call<Lease>(isNew ? collection : `${collection}/${name}`, {
      method: isNew ? 'POST' : 'PUT',
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...lease },
      timeout: 5000,
    })
  }
  const held = (lease: Lease, holder: string): Lease => {
    const now = microTime()
    const { spec = {} } = lease
    const isSame = spec.holderIdentity === holder
    return {
      metadata: lease.metadata,
      spec: {
        holderIdentity: holder,
        leaseDurationSeconds: holder === '' ? 1 : duration / 1000,
        acquireTime: isSame ? (spec.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: (spec.leaseTransitions ?? 0) + (isSame || holder === '' ? 0 : 1),
      },
    }
  }
  return {
    take: async () => {
      const lease = await read().catch(orAbsent)
      const { version, holder } = {
        version: lease?.metadata.resourceVersion,
        holder: lease?.spec?.holderIdentity ?? '',
      }
      if (seen?.version !== version) seen = { version, at: performance.now() }
      const lasts = (lease?.spec?.leaseDurationSeconds ?? 0) * 1000
      if (holder !== '' && holder !== identity && performance.now() - seen!.at < lasts) return 'taken'
      try {
        await write(held(lease ?? { metadata: { name, namespace } }, identity))
        return 'held'
      } catch (error) {
        if (error instanceof ApiError && error.status === 409) return 'taken'
        throw error
      }
    },
    release: async () => {
      const lease = await read()
      if (lease.spec?.holderIdentity === identity) await write(held(lease, ''))
    },
  }
}

function orAbsent(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined
  throw error
}

/** Kubernetes' MicroTime: RFC 3339 with six digits. */
export function microTime(date: Date = new Date()): string {
  return date.toISOString().replace('Z', '000Z')
}
