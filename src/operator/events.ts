import { createHash } from 'node:crypto'
import type { Api } from '../source/cluster/api.ts'
import { typeOf } from '../source/cluster/kinds.ts'
import type { CustomResource } from './custom-resource.ts'
import { microTime } from './lease-turn.ts'

export interface Happening {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly note: string
}

/** Tells people who look at a resource what happened to it. */
export interface Recorder {
  record(resource: CustomResource, happening: Happening): void
  /** Waits until what was recorded is sent. */
  flush(): Promise<void>
}

interface Series {
  readonly name: string
  count: number
  /** When it was sent last, by the monotonic clock. */
  sent: number
}

const MOST_WAITING = 1000
const MOST_REMEMBERED = 5000
const LONGEST_NOTE = 1024
/** A repeat within this time raises the count of the event that is there. */
const SAME_MS = 600_000
/** The count is raised on the server so often at most. */
const RAISED_MS = 60_000

/** Sends events one after the other, beside the work; an event that cannot be sent is given up, for it is no promise. */
export function recorder(api: Api, instance: string): Recorder {
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
      await work().catch(() => {})
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
        return send(() => raise(api, resource, series))
      }
      const name = `${resource.object.metadata.name.slice(0, 200)}.${createHash('sha256').update(`${key}${Date.now()}`).digest('hex').slice(0, 16)}`
      if (known.size >= MOST_REMEMBERED) known.delete(known.keys().next().value!)
      known.set(key, { name, count: 1, sent: now })
      send(() =>
        api.call(eventsPath(resource), { method: 'POST', body: eventOf(resource, happening, { name, instance }) }),
      )
    },
    flush: () => sending,
  }
}

function keyOf({ object }: CustomResource, { type, reason, note }: Happening): string {
  return JSON.stringify([object.metadata.uid, type, reason, note])
}

/** Events of cluster-wide resources live in the namespace `default`. */
function eventsPath({ object }: CustomResource): string {
  return `/apis/events.k8s.io/v1/namespaces/${object.metadata.namespace ?? 'default'}/events`
}

function eventOf(
  { kind, object }: CustomResource,
  { type, reason, note }: Happening,
  { name, instance }: { readonly name: string; readonly instance: string },
): unknown {
  const { namespace, uid, resourceVersion } = object.metadata
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: namespace ?? 'default' },
    eventTime: microTime(),
    reportingController: 'tenon.dev/operator',
    reportingInstance: instance.slice(0, 128),
    action: 'Reconcile',
    type,
    reason,
    note: note.length > LONGEST_NOTE ? `${note.slice(0, LONGEST_NOTE - 1)}…` : note,
    regarding: { ...typeOf(kind), name: object.metadata.name, namespace, uid, resourceVersion },
  }
}

function raise(api: Api, resource: CustomResource, { name, count }: Series): Promise<unknown> {
  return api.call(`${eventsPath(resource)}/${name}`, {
    method: 'PATCH',
    type: 'application/merge-patch+json',
    body: { series: { count, lastObservedTime: microTime() } },
  })
}
