import { setFlagsFromString } from 'node:v8'
import { WorldError } from '../model/errors.ts'
import type { Store } from '../model/store.ts'
import { ApiError, pause, type KubeObject } from '../source/cluster/api.ts'
import { collectionPath } from '../source/cluster/kinds.ts'
import { approvedOn } from './approved-on.ts'
import type { Scope } from './cache.ts'
import { control } from './controller.ts'
import { startEndpoints } from './endpoints.ts'
import { recorder } from './events.ts'
import { lead, type Leadership } from './lease.ts'
import { changeLevel, factsOfError, openLog, type Log } from './log.ts'
import { controllerOf } from './metrics.ts'
import { followNamed } from './named-objects.ts'
import { annotationsOf, isTerminating } from './namespaces.ts'
import type { Operation } from './operation.ts'
import { checkFlags, durationOf, type OperatorFlags, type OperatorWorld } from './options.ts'
import { partsOf, type Parts } from './parts.ts'
import { reflect } from './reflector.ts'
import { statusOf } from './status.ts'
import { startWebhook } from './webhook.ts'
import { writes } from './writes.ts'

/** What ended the operator: it was asked to, or it is no longer its turn and it has to be started anew. */
export type Ended = 'stopped' | 'lost'

/**
 * Runs until it is stopped: lists and watches the custom resources, waits for its turn, and then keeps the store equal to
 * them. A process whose turn it is not keeps its lists warm and answers admission reviews.
 *
 * Throws `WorldError` for what no waiting would cure: an invalid kubeconfig or flag, an address that is taken.
 */
export async function operate(flags: OperatorFlags, world: OperatorWorld): Promise<Ended> {
  checkFlags(flags)
  // What is cached lives as long as the process, and requests leave much behind: a heap that grows by a fifth at most before
  // it is swept needs two thirds of the memory, for a few per cent of the time.
  setFlagsFromString('--heap-growing-percent=20')
  const log = openLog(flags.logLevel, line => world.stderr.write(line))
  const parts = partsOf(flags, world, log)
  const stop = new AbortController()
  world.onStop(() => stop.abort())
  toggleLevel(log, flags.logLevel)
  const { promise: lost, resolve: lose } = Promise.withResolvers<Ended>()
  const onLost = (why: string): void => {
    log.error({ why }, 'this process may no longer write, and ends')
    lose('lost')
  }
  await parts.identities.refresh()
  const refresh = (): void => countResources(parts)
  const endpoints = await startEndpoints({ ...flags, ...parts, log, isReady: () => parts.readiness.isReady, refresh })
  const webhook = await startWebhook(flags, parts, log)
  log.info({ cluster: flags.clusterName, namespaces: flags.namespace.join(',') || 'all' }, 'watching')
  const following = follow(flags, parts, stop.signal, log)
  const working = work(flags, parts, { signal: stop.signal, log, onLost }).then((): Ended => 'stopped')
  const ended = await Promise.race([working, lost])
  if (ended === 'lost') return ended
  for (const server of [...endpoints, ...webhook]) server.close()
  await following
  await parts.close()
  log.info({}, 'stopped')
  return ended
}

/** Follows everything until the signal comes. */
async function follow(flags: OperatorFlags, parts: Parts, signal: AbortSignal, log: Log): Promise<void> {
  const { api, cache, metrics, scopes, identities, wake, lease } = parts
  const failed = (what: string, error: unknown): void => {
    metrics.watchFailures.inc({ kind: controllerOf(what) })
    log.warn({ ...factsOfError(error), watching: what }, 'a watch failed, and is tried again')
  }
  const namespaces = flags.namespace.length === 0 ? [undefined] : flags.namespace
  const ownNamespace = lease.namespace
  const named = { api, cache, namespaces, ownNamespace, signal, wake, failed }
  // What cluster-wide services name lies there, whether or not it is watched for anything else.
  const beside = flags.clusterServices && flags.namespace.length > 0 ? [ownNamespace] : []
  const keys = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(KEYS_EVERY_MS, signal)
      if (!signal.aborted && (await identities.refresh())) wakeCredentials(parts, log)
    }
  }
  await Promise.all([
    ...scopes.map(scope => followScope(scope, parts, signal, failed)),
    followNamed('configMap', { ...named, namespaces: [...new Set([...namespaces, ...beside])] }),
    ...(flags.watchSecrets ? [followNamed('secret', named)] : []),
    keys(),
  ])
}

const KEYS_EVERY_MS = 30_000

function followScope(
  scope: Scope,
  { api, cache, denied }: Parts,
  signal: AbortSignal,
  failed: (what: string, error: unknown) => void,
): Promise<void> {
  const { kind, namespace } = scope
  const sink = {
    replace: (...seen: readonly [readonly KubeObject[], boolean]) => {
      denied.delete(scope)
      cache.replace(scope, ...seen)
    },
    put: cache.put.bind(cache, kind),
    remove: cache.remove.bind(cache, kind),
    failed: (error: unknown) => {
      if (error instanceof ApiError && error.status === 403) denied.add(scope)
      failed(kind, error)
    },
  }
  return reflect(api, { path: collectionPath(kind, namespace) }, sink, { signal })
}

/** What could not be decrypted before may be now. */
function wakeCredentials({ cache, wake }: Parts, log: Log): void {
  log.info({}, 'the age identities changed')
  for (const { kind, address } of cache.all()) if (kind === 'credential') wake(address)
}

interface Working {
  readonly signal: AbortSignal
  readonly log: Log
  readonly onLost: (why: string) => void
}

/** Waits for its turn, works until the signal comes, finishes what it has begun, and gives the turn up. */
async function work(flags: OperatorFlags, parts: Parts, { signal, log, onLost }: Working): Promise<void> {
  const { api, lease, queue, metrics } = parts
  signal.addEventListener('abort', () => queue.close())
  await synced(parts, signal, log)
  metrics.leader.set({ name: lease.name }, 0)
  const leading = flags.leaderElect ? await lead(api, lease, signal, onLost) : ALONE
  if (leading === undefined || signal.aborted) return await leading?.release()
  log.info({ identity: lease.identity }, 'leading')
  metrics.leader.set({ name: lease.name }, 1)
  const operation = operationOf(flags, parts, { leading, log, onLost })
  parts.takeTurn()
  const controlling = control(operation)
  await Promise.race([controlling, drained(signal)])
  await Promise.race([operation.recorder.flush(), pause(FLUSH_MS)])
  await leading.release()
  metrics.leader.set({ name: lease.name }, 0)
}

const ALONE: Leadership = { isHeld: () => true, release: () => Promise.resolve() }
const DRAIN_MS = 30_000
const FLUSH_MS = 2000
const SYNC_MS = 120_000

/** Ends so long after the signal, whatever is still under way. */
async function drained(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  await pause(DRAIN_MS)
}

/**
 * Waits until everything is listed that can be. A namespace whose rights are gone with it must not keep the others from
 * being looked after; where nothing can be listed at all, something is wrong with this installation.
 */
async function synced({ cache, denied, scopes, readiness }: Parts, signal: AbortSignal, log: Log): Promise<void> {
  const started = performance.now()
  for (;;) {
    const missing = cache.missing()
    const isLate = performance.now() - started > SYNC_MS
    const isDenied = missing.length < scopes.length && missing.every(scope => denied.has(scope))
    if (missing.length === 0 || signal.aborted || (isLate && isDenied)) {
      if (missing.length > 0)
        log.error({ scopes: missing.length }, 'some namespaces may not be listed, and are left alone')
      readiness.isReady = !signal.aborted
      return
    }
    if (isLate) {
      throw new WorldError('cluster-not-listed', 'The custom resources could not be listed within 2 minutes.', {
        cure: 'Install the CustomResourceDefinitions, and let the service account list and watch them.',
      })
    }
    await pause(50, signal)
  }
}

function operationOf(
  flags: OperatorFlags,
  parts: Parts,
  { leading, log, onLost }: { readonly leading: Leadership } & Omit<Working, 'signal'>,
): Operation {
  const { api, door, lease } = parts
  const assertMayWrite = (): void => {
    if (!leading.isHeld()) throw new WorldError('not-leading', 'It is not the turn of this process to write.')
  }
  return {
    ...parts,
    log,
    cluster: flags.clusterName,
    mode: flags.mode,
    prune: flags.prune,
    interval: durationOf('--interval', flags.interval),
    timeout: durationOf('--timeout', flags.timeout),
    concurrent: flags.concurrent,
    writes: writes(api, assertMayWrite),
    recorder: recorder(api, lease.identity, leading.isHeld),
    store: async () => guarded(await door.store(), assertMayWrite),
    fence: async () => {
      // A former leader that wakes up must not take the fence from the one that leads now.
      assertMayWrite()
      return flags.leaderElect ? await door.fence() : undefined
    },
    isTerminating: async namespace => isTerminating(api, namespace),
    approvedOn: approvedOn(async namespace => annotationsOf(api, namespace)),
    onFenced: error => onLost(error.message),
  }
}

function guarded(store: Store, assertMayWrite: () => void): Store {
  return {
    ...store,
    write: batch => {
      assertMayWrite()
      return store.write(batch)
    },
  }
}

/** More is logged while somebody looks for a fault: SIGUSR2 switches between the level given and `debug`. */
function toggleLevel(log: Log, given: string): void {
  process.on('SIGUSR2', () => {
    changeLevel(log, log.level === 'debug' ? given : 'debug')
  })
}

function countResources({ cache, metrics }: Parts): void {
  metrics.ready.reset()
  metrics.unapproved.reset()
  for (const resource of cache.all()) {
    const { status = 'Unknown', reason = 'Pending' } =
      statusOf(resource).conditions.find(({ type }) => type === 'Ready') ?? {}
    const kind = controllerOf(resource.kind)
    metrics.ready.inc({ kind, ready: status, reason })
    if (reason === 'ApprovalRequired') metrics.unapproved.inc({ kind })
  }
}
