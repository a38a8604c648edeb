import { ApiError, pause, type Api, type KubeObject } from '../source/cluster/api.ts'
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
  /** Everything that there is now; whatever else was known is gone. */
  readonly replace: (objects: readonly KubeObject[]) => void
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
  let revision: string | undefined
  let listed = 0
  while (!signal.aborted) {
    try {
      if (revision === undefined || performance.now() - listed > relist) {
        revision = await list(api, what, sink, options)
        listed = performance.now()
      }
      revision = await watch(api, what, sink, { ...options, revision })
      pauses.forget(what.path)
    } catch (error) {
      if (signal.aborted) return
      const gone = isGone(error)
      if (error instanceof WatchEnded) {
        revision = error.revision
        pauses.forget(what.path)
      } else sink.failed(error)
      if (gone) revision = undefined
      // Many watches end together when a server restarts: they come back one after the other.
      await pause(gone ? Math.random() * 1000 : pauses.next(what.path), signal)
    }
  }
}

/** A watch that broke after it had said something: it goes on from there. */
class WatchEnded extends Error {
  override readonly name = 'WatchEnded'
  readonly revision: string

  constructor(revision: string, cause: unknown) {
    super('the watch broke', { cause })
    this.revision = revision
  }
}

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items: readonly KubeObject[] | null
}

type Following = ReflectorOptions & { readonly signal: AbortSignal }

async function list(api: Api, what: Reflected, sink: Sink, { signal, pageSize = 500 }: Following): Promise<string> {
  const objects: KubeObject[] = []
  let next: string | undefined
  for (;;) {
    const query = { ...what.query, limit: pageSize, ...(next !== undefined && { continue: next }) }
    const accept = what.metadataOnly === true ? { accept: metadataAs('PartialObjectMetadataList') } : {}
    const page = await api.call<List>(what.path, { query, signal, ...accept })
    // An empty list of metadata has no items at all.
    for (const item of page.items ?? []) objects.push(trimmed(item))
    next = page.metadata.continue === '' ? undefined : page.metadata.continue
    if (next !== undefined) continue
    sink.replace(objects)
    return page.metadata.resourceVersion
  }
}

/** Watches until the server ends it, which it does after 5 to 10 minutes, and gives the revision to go on from. */
async function watch(
  api: Api,
  what: Reflected,
  sink: Sink,
  { signal, revision, silence = 150_000 }: Following & { readonly revision: string },
): Promise<string> {
  let last = revision
  const query = {
    ...what.query,
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: revision,
    timeoutSeconds: 300 + Math.floor(Math.random() * 300),
  }
  // Also ends a request whose head never comes: a server that is frozen accepts connections.
  const dead = new AbortController()
  const either = AbortSignal.any([signal, dead.signal])
  let watchdog = setTimeout(() => dead.abort(), silence)
  try {
    const accept = what.metadataOnly === true ? { accept: metadataAs('PartialObjectMetadata') } : {}
    const response = await api.open(what.path, { query, signal: either, ...accept })
    for await (const event of readEvents(response.body, what.path)) {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => dead.abort(), silence)
      take(event, sink)
      last = event.object.metadata.resourceVersion ?? last
    }
    return last
  } catch (error) {
    if (error instanceof ApiError && error.status !== 0) throw error
    if (last !== revision) throw new WatchEnded(last, error)
    throw error
  } finally {
    clearTimeout(watchdog)
    dead.abort()
  }
}

function take({ type, object }: WatchEvent, sink: Sink): void {
  if (type === 'BOOKMARK') return
  if (type === 'DELETED') sink.remove(object)
  else sink.put(trimmed(object))
}

/** Without what only the server and kubectl read, which is half of a small object. */
function trimmed(object: KubeObject): KubeObject {
  const {
    managedFields: _fields,
    annotations,
    ...metadata
  } = object.metadata as KubeObject['metadata'] & {
    readonly managedFields?: unknown
  }
  const { [LAST_APPLIED]: _applied, ...rest } = annotations ?? {}
  return { ...object, metadata: { ...metadata, ...(annotations && { annotations: rest }) } }
}

function metadataAs(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired')
}
