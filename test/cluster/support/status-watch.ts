/** Records every version of every object of Tenon's kinds, and checks each status that the operator writes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused, type Client, type KubeObject } from './client.ts'
import { condition, kstatus } from './kstatus.ts'
import { pathOf, TENON_KINDS } from './objects.ts'
import { statusFaults, successionFaults } from './status-rules.ts'
import { isSuspended } from './status-table.ts'

export interface StatusWrite {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly object: KubeObject
  /** What is wrong with it. */
  readonly faults: readonly string[]
}

export interface StatusWatch {
  /** Every status write so far, in the order of the server for each kind. */
  readonly writes: readonly StatusWrite[]
  /** How many objects changed while nothing could be seen of them, so that writes may have been missed. */
  readonly gaps: number
  /** What is wrong, one line for each fault: a test expects none. */
  faults(): readonly string[]
  end(): Promise<void>
}

export interface StatusWatchOptions {
  /** How long after a change of spec the status of the generation before it may still arrive, in milliseconds. */
  readonly overtakenWithin?: number
}

/** What is known of an object between its versions. */
interface Known {
  readonly object: KubeObject
  /** When its generation was first seen. */
  readonly since: number
}

/** Starts to watch from the objects as they are now. */
export async function watchStatuses(client: Client, options: StatusWatchOptions = {}): Promise<StatusWatch> {
  const { overtakenWithin = 5000 } = options
  const stop = new AbortController()
  const known = new Map<string, Known>()
  const writes: StatusWrite[] = []
  let gaps = 0

  const see = (object: KubeObject, isNext = true): void => {
    const before = known.get(object.metadata.uid)
    const same = before?.object.metadata.generation === object.metadata.generation
    const now: Known = { object, since: same ? before!.since : performance.now() }
    known.set(object.metadata.uid, now)
    if (sameStatus(before?.object, object)) return
    const faults = [
      ...statusFaults(object),
      ...(before === undefined || !isNext ? [] : successionFaults(before.object, object)),
      ...generationFaults(now, overtakenWithin),
    ]
    const { namespace = '', name } = object.metadata
    writes.push({ kind: object.kind, namespace, name, object, faults })
  }
  const list = async (kind: string, visit: (item: KubeObject) => void): Promise<string> => {
    const { items, metadata } = await client.get(pathOf(kind))
    for (const item of items) visit({ ...item, kind })
    return metadata.resourceVersion
  }
  /** What is there before the watch is where comparison begins, and no write of now. */
  const begin = (item: KubeObject): void =>
    void known.set(item.metadata.uid, { object: item, since: performance.now() })
  /** After a time in which nothing could be seen. */
  const catchUp = (item: KubeObject): void => {
    const { uid, resourceVersion } = item.metadata
    if (known.get(uid)?.object.metadata.resourceVersion === resourceVersion) return
    gaps += 1
    see(item, false)
  }
  /** Sees the events of one watch; gives the version to go on from, and nothing where that is gone. */
  const watchOnce = async (kind: string, from: string): Promise<string | undefined> => {
    let version = from
    const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=${from}`
    try {
      for await (const { type, object } of client.watch(`${pathOf(kind)}?${query}`, stop.signal)) {
        if (type === 'ERROR') return object.code === 410 ? undefined : version
        version = object.metadata.resourceVersion
        if (type === 'ADDED' || type === 'MODIFIED') see(object)
      }
    } catch (error) {
      // Anything else means that the server went away, as tests make it do.
      if (error instanceof Refused && error.status === 410) return undefined
    }
    return version
  }
  const follow = async (kind: string, start: string): Promise<void> => {
    let version: string | undefined = start
    while (!stop.signal.aborted) {
      version ??= await list(kind, catchUp).catch(() => undefined)
      if (version !== undefined) version = await watchOnce(kind, version)
      await sleep(100)
    }
  }
  const starts = await Promise.all(TENON_KINDS.map(async kind => [kind, await list(kind, begin)] as const))
  const running = starts.map(async ([kind, version]) => follow(kind, version))
  return {
    writes,
    get gaps() {
      return gaps
    },
    faults: () => writes.flatMap(write => write.faults.map(fault => line(write, fault))),
    async end() {
      stop.abort()
      await Promise.all(running)
    },
  }
}

/** A status that says done, of a generation that has been history for longer than a run takes. */
function generationFaults({ object, since }: Known, overtakenWithin: number): readonly string[] {
  const { metadata, status = {} } = object
  if (status.observedGeneration === metadata.generation) return []
  if (performance.now() - since < overtakenWithin || isSuspended(object)) return []
  const final = ['Ready', 'Stalled'].find(type => condition(object, type)?.status === 'True')
  return final === undefined ? [] : [`${final} of generation ${status.observedGeneration}, not ${metadata.generation}`]
}

function sameStatus(before: KubeObject, after: KubeObject): boolean {
  // A new object comes with the default, which nobody wrote.
  if (before === undefined) return after.status === undefined || after.status.conditions === undefined
  return JSON.stringify(before.status) === JSON.stringify(after.status)
}

function line({ kind, namespace, name, object }: StatusWrite, fault: string): string {
  const { resourceVersion, generation } = object.metadata
  return `${kind} ${namespace}/${name}@${resourceVersion} (generation ${generation}, ${kstatus(object)}): ${fault}`
}
