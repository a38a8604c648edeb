import { addressOf, type Address, type Kind } from '../model/address.ts'
import { millisecondsIn } from '../model/period.ts'
import type { KubeObject } from '../source/cluster/api.ts'
import { authored } from '../source/cluster/document.ts'

export const FINALIZER = 'tenon.dev/finalizer'

/** Annotations with which people tell the operator something about one resource. */
export const ANNOTATIONS = {
  requestedAt: 'tenon.dev/requestedAt',
  reconcile: 'tenon.dev/reconcile',
  adopt: 'tenon.dev/adopt',
  replace: 'tenon.dev/replace',
  acceptOlder: 'tenon.dev/accept-older',
  force: 'tenon.dev/force',
  skipCleanup: 'tenon.dev/skip-cleanup',
  approved: 'tenon.dev/approved',
} as const

/** In the order of runs: what is approved builds on what is enforced, and what is only looked at needs nothing of its own. */
const MODES = ['Enforce', 'Approve', 'Observe'] as const
export type Mode = (typeof MODES)[number]

/** A custom resource of one of our kinds. */
export interface CustomResource {
  readonly kind: Kind
  readonly address: Address
  readonly object: KubeObject
}

export function customResource(kind: Kind, object: KubeObject): CustomResource {
  return { kind, address: addressOf(kind, object.metadata.namespace, object.metadata.name), object }
}

/** What an annotation says, or nothing. */
export function annotation({ object }: CustomResource, name: keyof typeof ANNOTATIONS): string | undefined {
  return object.metadata.annotations?.[ANNOTATIONS[name]]
}

export function isOn(resource: CustomResource, name: keyof typeof ANNOTATIONS): boolean {
  return annotation(resource, name) === 'true'
}

export function isDeleting({ object }: CustomResource): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

export function hasFinalizer({ object }: CustomResource): boolean {
  return object.metadata.finalizers?.includes(FINALIZER) ?? false
}

/** Nothing is done for a suspended resource until it goes or is resumed. */
export function isSuspended(resource: CustomResource): boolean {
  return resource.object.spec?.['suspend'] === true || annotation(resource, 'reconcile') === 'disabled'
}

export function modeOf({ object }: CustomResource, otherwise: Mode): Mode {
  const asked = object.spec?.['mode']
  return MODES.find(mode => mode === asked) ?? otherwise
}

/** Where a mode that comes earlier is brought about first. */
export function rankOf(mode: Mode): number {
  return MODES.indexOf(mode)
}

const LEAST_INTERVAL_MS = 60_000

/** A duration such as `1h30m` in milliseconds, or `undefined` for text that is none. */
export function milliseconds(text: string): number | undefined {
  return /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/.test(text) ? millisecondsIn(text) : undefined
}

/** How long after a run this resource is looked at again, in milliseconds; at least a minute. */
export function intervalOf({ object }: CustomResource, otherwise: number): number {
  const given = object.spec?.['interval']
  const ms = (typeof given === 'string' ? milliseconds(given) : undefined) ?? otherwise
  return Math.max(LEAST_INTERVAL_MS, ms)
}

/**
 * Everything about a resource whose change calls for a run. Status is not in it: an operator that wakes up by what it
 * wrote itself never sleeps again.
 */
export function triggerOf({ object }: CustomResource): string {
  const { uid, generation, deletionTimestamp, labels = {}, annotations = {} } = object.metadata
  const ours = Object.values(ANNOTATIONS).map(name => annotations[name] ?? null)
  return JSON.stringify([uid, generation, deletionTimestamp, authored(labels), authored(annotations), ours])
}
