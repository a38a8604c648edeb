import { ApiError, pause, pauseAfter, type Api, type KubeObject } from '../source/cluster/api.ts'
import { backoff } from './backoff.ts'
import { readEvents, type WatchEvent } from './watch-stream.ts'

/** One collection of the API server, kept up to date by list and watch. */
export interface Reflected {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Only metadata is sent, so that no value comes into this process. */
  readonly metadataOnly?: boolean
}

/** Takes what a reflector sees. Called one at a time; does no work of its own beyond remembering. */
export interface Sink {
  /**
   * Everything that there is now; whatever else was known is gone. `isRewound`: the server went back in time, as one does
   * that was restored from a backup, and what was known of objects is newer than what is true.
   */
  readonly replace: (objects: readonly KubeObject[], isRewound: boolean) => void
  readonly put: (object: KubeObject) => void
  readonly remove: (object: KubeObject) => void
  /** A list or watch failed; it will be tried again. */
  readonly failed: (error: unknown) => void
}

export interface ReflectorOptions {
  readonly pageSize?: number
  /** A watch that says nothing for so long, bookmarks included, is taken for dead; milliseconds. */
  readonly silence?: number
  /** Everything is listed anew so often, in case that an event was lost unseen; milliseconds. */
  readonly relist?: number
}

/**
 * Follows a collection until the signal is given: a paged list, then a watch with bookmarks, which goes on where it ended
 * after any failure; a revision that the server no longer has (410) is listed anew.
 */
export async function reflect(
  api: Api,
  what: Reflected,
  sink: Sink,
  options: ReflectorOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal, relist = 3_600_000 } = options
  const pauses = backoff<string>({ base: 800, cap: 30_000 })
  const at: Place = { revision: undefined, newest: undefined }
  let listed = 0
  while (!signal.aborted) {
    let from = at.revision
    try {
      if (at.revision === undefined || performance.now() - listed > relist) {
        await list(api, what, { ...options, sink, at })
        from = at.revision
        listed = performance.now()
      }
      await watch(api, what, { ...options, sink, at })
      pauses.forget(what.path)
    } catch (error) {
      if (signal.aborted) return
      const isBreak = error instanceof ApiError && error.status === 0
      const isMoving = at.revision !== from
      if (isMoving) pauses.forget(what.path)
      // A watch that had something to say and breaks is the network's everyday life.
      if (!isMoving || !isBreak) sink.failed(error)
      if (isGone(error)) at.revision = undefined
      // Many watches end together when a server restarts: they come back one after the other.
      await pause(Math.max(pauses.next(what.path), pauseAfter(error)), signal)
    }
  }
}

/** How far a reflector is. */
interface Place {
  /** The revision to go on from; nothing before the first list, and where the server no longer has it. */
  revision: string | undefined
  /** The newest revision that was seen. */
  newest: string | undefined
}

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items: readonly KubeObject[] | null
}

interface Following extends ReflectorOptions {
  readonly signal: AbortSignal
  readonly sink: Sink
  readonly at: Place
}

async function list(api: Api, what: Reflected, { signal, sink, at, pageSize = 500 }: Following): Promise<void> {
  const objects: KubeObject[] = []
  let next: string | undefined
  for (;;) {
    const query = { ...what.query, limit: pageSize, ...(next !== undefined && { continue: next }) }
    const accept = what.metadataOnly === true ? { accept: metadataAs('PartialObjectMetadataList') } : {}
    const page = await api.call<List>(what.path, { query, signal, ...accept })
    // An empty list of metadata has no items at all.
    for (const item of page.items ?? []) objects.push(item)
    next = page.metadata.continue === '' ? undefined : page.metadata.continue
    if (next !== undefined) continue
    const { resourceVersion } = page.metadata
    sink.replace(objects, isBefore(resourceVersion, at.newest))
    at.revision = at.newest = resourceVersion
    return
  }
}

/** Watches until the server ends it, which it does after 5 to 10 minutes. */
async function watch(api: Api, what: Reflected, following: Following): Promise<void> {
  const { signal, sink, at, silence = 150_000 } = following
  const from = at.revision
  const begun = performance.now()
  const query = {
    ...what.query,
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: from,
    timeoutSeconds: 300 + Math.floor(Math.random() * 300),
  }
  // Also ends a request whose head never comes: a server that is frozen accepts connections.
  const dead = new AbortController()
  const either = AbortSignal.any([signal, dead.signal])
  const watchdog = setTimeout(() => dead.abort(), silence)
  try {
    const accept = what.metadataOnly === true ? { accept: metadataAs('PartialObjectMetadata') } : {}
    const response = await api.open(what.path, { query, signal: either, ...accept })
    for await (const event of readEvents(response.body, what.path)) {
      watchdog.refresh()
      take(event, sink)
      at.revision = at.newest = event.object.metadata.resourceVersion ?? at.revision
    }
  } finally {
    clearTimeout(watchdog)
    dead.abort()
  }
  if (at.revision === from && performance.now() - begun < SHORT_MS)
    throw new ApiError(0, `the API server ended the watch of ${what.path} at once`)
}

/** A server that is going down ends watches as soon as they begin: it is left alone for a moment. */
const SHORT_MS = 1000

function take({ type, object }: WatchEvent, sink: Sink): void {
  if (type === 'BOOKMARK') return
  if (type === 'DELETED') sink.remove(object)
  else sink.put(object)
}

/** Whether one revision is older than another; revisions are numbers that grow, and others are not compared. */
function isBefore(one: string, other: string | undefined): boolean {
  return Number(one) < Number(other)
}

function metadataAs(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired')
}
