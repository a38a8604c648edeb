/** What the measurements have in common: a namespace with integrations, and an operator over the built program. */
import { readFileSync } from 'node:fs'
import { countRequests, type AuditEvent, type AuditMark } from '../support/audit.ts'
import { APPLY_PATCH, type KubeObject } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { pathOf, pathOfObject } from '../support/objects.ts'
import type { Operator, OperatorOptions } from '../support/operator.ts'
import { group, integration } from '../support/samples.ts'
import type { World } from '../support/world.ts'

const CLIENTS = 8

/** Starts the built operator, which leads. */
export async function operatorIn(
  world: World,
  leaseNamespace: string,
  more: Partial<OperatorOptions> = {},
): Promise<Operator> {
  return world.startOperator({ built: true, leaseNamespace, readyWithin: 120_000, ...more })
}

/** Creates objects over several connections, without waiting for what becomes of them; gives when the last was there. */
export async function createAll(world: World, objects: readonly KubeObject[]): Promise<number> {
  const queue = [...objects]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await world.client.patch(`${pathOfObject(next)}?fieldManager=bench&force=true`, next, APPLY_PATCH)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, worker))
  return performance.now()
}

/** A group, and integrations that it has access to. */
export function integrations(namespace: string, count: number): readonly KubeObject[] {
  const numbered = Array.from({ length: count }, (_, index) => integration(namespace, `jira-${index}`))
  return [group(namespace, 'support'), ...numbered]
}

/** Waits until every integration of a namespace is ready; gives when that was seen. */
export async function allReady(world: World, namespace: string, count: number, within: number): Promise<number> {
  await eventually(
    async () => {
      const { items } = await world.client.get(pathOf('Integration', namespace))
      const ready = items.filter(isReady).length
      if (ready !== count) throw new Error(`${ready} of ${count} are ready`)
    },
    { within },
  )
  return performance.now()
}

export function isReady({ metadata, status }: KubeObject): boolean {
  const ready = status?.conditions?.find((condition: KubeObject) => condition.type === 'Ready')
  return ready?.status === 'True' && status.observedGeneration === metadata.generation
}

/** What an operator asked of the API server since a mark. */
export function askedSince(world: World, mark: AuditMark): readonly AuditEvent[] {
  return world.auditSince(mark).filter(({ userAgent }) => userAgent === 'tenon')
}

/** Writes, but for events and the Lease. */
export function writesIn(events: readonly AuditEvent[]): readonly AuditEvent[] {
  return events.filter(
    ({ verb, resource }) => !['get', 'list', 'watch'].includes(verb) && resource !== 'events' && resource !== 'leases',
  )
}

export function shown(events: readonly AuditEvent[]): string {
  return Object.entries(countRequests(events))
    .map(([what, count]) => `${what} ${count}`)
    .join(', ')
}

/** The most memory that a process had, in MB (10⁶ bytes). */
export function peakMemory(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round((Number(found?.[1]) * 1024) / 1e6)
}
