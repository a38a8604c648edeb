import { createHash } from 'node:crypto'
import type { Api } from '../source/cluster/api.ts'
import { typeOf } from '../source/cluster/kinds.ts'
import type { CustomResource } from './custom-resource.ts'
import { microTime } from './lease-turn.ts'

export interface Happening {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly note: string
  /** Told of the resource's namespace: in one that is being deleted no event can be made any more. */
  readonly isOfNamespace?: boolean
}

/** Tells people who look at a resource what happened to it. */
export interface Recorder {
  record(this: void, resource: CustomResource, happening: Happening): void
  /** Waits until what was recorded is sent. */
  flush(this: void): Promise<void>
}

interface Series {
  readonly name: string
  count: number
  /** When it was sent last, by the monotonic clock. */
  sent: number
}

const MOST_WAITING = 1000
const MOST_REMEMBERED = 5000
/** In bytes of UTF-8: the API server counts those. */
const LONGEST_NOTE = 1024
/** A repeat within this time raises the count of the event that is there. */
const SAME_MS = 600_000
/** The count is raised on the server so often at most. */
const RAISED_MS = 60_000

/**
 * Sends events one after the other, beside the work, for as long as this process may; an event that cannot be sent is given
 * up, for it is no promise.
 */
export function recorder(api: Api, instance: string, mayWrite: () => boolean): Recorder {
  const known = new Map<string, Series>()
  const waiting: (() => Promise<unknown>)[] = []
  let sending: Promise<void> = Promise.resolve()

  const send = (work: () => Promise<unknown>): void => {
    if (waiting.length >= MOST_WAITING) return
    waiting.push(work)
    if (waiting.length === 1) sending = drain()
  }
  const drain = async (): Promise<void> => {
    for (let work = waiting[0]; work !== undefined; work = waiting[0]) {
      if (mayWrite()) await work().catch(() => {})
      waiting.shift()
    }
  }
  return {
    record: (resource, happening) => {
      const key = keyOf(resource, happening)
      const series = known.get(key)
      const now = performance.now()
      if (series !== undefined && now - series.sent < SAME_MS) {
        series.count++
        if (now - series.sent < RAISED_MS) return
        series.sent = now
        return send(() => raise(api, eventsPath(resource, happening), series))
      }
      const name = `${resource.object.metadata.name.slice(0, 200).replace(/[-.]+$/, '')}.${createHash('sha256').update(`${key}${Date.now()}`).digest('hex').slice(0, 16)}`
      if (known.size >= MOST_REMEMBERED) known.delete(known.keys().next().value!)
      known.set(key, { name, count: 1, sent: now })
      send(() =>
        api.call(eventsPath(resource, happening), {
          method: 'POST',
          body: eventOf(resource, happening, { name, instance }),
        }),
      )
    },
    flush: () => sending,
  }
}

function keyOf({ object }: CustomResource, { type, reason, note }: Happening): string {
  return JSON.stringify([object.metadata.uid, type, reason, note])
}

/** Events of what is cluster-wide live in the namespace `default`. */
function namespaceOf({ object }: CustomResource, { isOfNamespace = false }: Happening): string {
  return isOfNamespace ? 'default' : (object.metadata.namespace ?? 'default')
}

function eventsPath(resource: CustomResource, happening: Happening): string {
  return `/apis/events.k8s.io/v1/namespaces/${namespaceOf(resource, happening)}/events`
}

function regarding({ kind, object }: CustomResource, { isOfNamespace = false }: Happening): unknown {
  const { name, namespace, uid, resourceVersion } = object.metadata
  if (isOfNamespace) return { apiVersion: 'v1', kind: 'Namespace', name: namespace }
  return { ...typeOf(kind), name, namespace, uid, resourceVersion }
}

function eventOf(
  resource: CustomResource,
  happening: Happening,
  { name, instance }: { readonly name: string; readonly instance: string },
): unknown {
  const { type, reason, note } = happening
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: namespaceOf(resource, happening) },
    eventTime: microTime(),
    reportingController: 'tenon.dev/operator',
    reportingInstance: instance.slice(0, 128),
    action: 'Reconcile',
    type,
    reason,
    note: cutBytes(note, LONGEST_NOTE),
    regarding: regarding(resource, happening),
  }
}

function raise(api: Api, path: string, { name, count }: Series): Promise<unknown> {
  return api.call(`${path}/${name}`, {
    method: 'PATCH',
    type: 'application/merge-patch+json',
    body: { series: { count, lastObservedTime: microTime() } },
  })
}

/** A text of no more than so many bytes, which ends with an ellipsis where something is missing. */
function cutBytes(text: string, longest: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= longest) return bytes.toString()
  const room = longest - Buffer.byteLength('…')
  // A character that was cut through is left out.
  return `${bytes.toString('utf8', 0, room).replace(/\uFFFD$/, '')}…`
}
