/** What the API server was asked, by its own audit log. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** A place in the log. */
export type AuditMark = number

export interface AuditEvent {
  readonly verb: string
  readonly user: string
  readonly userAgent: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly code: number
  readonly uri: string
}

/** Which events count; a text matches where it is part of the value. */
export interface AuditFilter {
  readonly user?: string
  readonly userAgent?: string
}

interface Logged {
  readonly auditID: string
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username?: string }
  readonly userAgent?: string
  readonly objectRef?: Partial<Record<'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name', string>>
  readonly responseStatus?: { readonly code?: number }
}

/** The end of the log as it is now. */
export function auditMark(file: string): AuditMark {
  return statSync(file).size
}

/** The requests since a mark, each once; a watch counts from its beginning. */
export function auditSince(file: string, mark: AuditMark, filter: AuditFilter = {}): readonly AuditEvent[] {
  // A line that is being written has no end yet.
  const lines = readFrom(file, mark).split('\n').slice(0, -1)
  const byId = new Map<string, AuditEvent>()
  for (const line of lines) {
    const logged = JSON.parse(line) as Logged
    byId.set(logged.auditID, eventOf(logged))
  }
  const { user = '', userAgent = '' } = filter
  return [...byId.values()].filter(event => event.user.includes(user) && event.userAgent.includes(userAgent))
}

/** How many requests there were of each kind, for instance `patch integrations/status`: the most frequent first. */
export function countRequests(events: readonly AuditEvent[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { verb, resource, subresource } of events) {
    const what = [verb, subresource === '' ? resource : `${resource}/${subresource}`].join(' ')
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].toSorted((a, b) => b[1] - a[1]))
}

function eventOf({ verb, user, userAgent = '', objectRef = {}, responseStatus, requestURI }: Logged): AuditEvent {
  const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = objectRef
  const caller = { user: user.username ?? '', userAgent }
  const what = { group: apiGroup, resource, subresource, namespace, name }
  return { verb, ...caller, ...what, code: responseStatus?.code ?? 0, uri: requestURI }
}

function readFrom(file: string, start: number): string {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(handle).size - start))
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(handle, bytes, filled, bytes.length - filled, start + filled)
      if (read === 0) break
      filled += read
    }
    return bytes.toString('utf8', 0, filled)
  } finally {
    closeSync(handle)
  }
}
