import type { Address, Kind } from '../model/address.ts'
import type { KubeObject } from '../source/cluster/api.ts'
import { customResource, triggerOf, type CustomResource } from './custom-resource.ts'
import { referencesOf, type Reference } from './references.ts'

/** The custom resources as the API server last showed them, and who refers to whom. */
export interface Cache {
  get(address: Address): CustomResource | undefined
  /** All that refer to one thing directly. */
  referrers(to: Reference): readonly Address[]
  /** Takes a newer version of a resource; an older one is passed over. */
  put(kind: Kind, object: KubeObject): void
  remove(kind: Kind, object: KubeObject): void
  /** Everything that one scope holds now. */
  replace(scope: Scope, objects: readonly KubeObject[]): void
  /** Whether every scope was listed once: before that, absent means nothing. */
  isSynced(): boolean
  all(): Iterable<CustomResource>
  /** The last that was seen of a resource that is gone, and what resources referred to before they changed; once each. */
  takeRemoved(address: Address): CustomResource | undefined
  takeFormer(address: Address): readonly Reference[]
  count(kind: Kind): number
}

/** A collection that is followed: a kind, in all namespaces or in one. */
export interface Scope {
  readonly kind: Kind
  readonly namespace: string | undefined
}

/** Told of every change that calls for a run. */
export type OnChange = (address: Address) => void

export function resourceCache(scopes: readonly Scope[], onChange: OnChange): Cache {
  const resources = new Map<Address, CustomResource>()
  const counts = new Map<Kind, number>()
  const referrers = new Map<Reference, Set<Address>>()
  const listed = new Set<Scope>()
  const removed = new Map<Address, CustomResource>()
  const former = new Map<Address, Set<Reference>>()

  const link = (resource: CustomResource): void => {
    for (const to of referencesOf(resource)) {
      const known = referrers.get(to)
      if (known === undefined) referrers.set(to, new Set([resource.address]))
      else known.add(resource.address)
    }
  }
  const unlink = (resource: CustomResource): void => {
    for (const to of referencesOf(resource)) {
      const known = referrers.get(to)
      known?.delete(resource.address)
      if (known?.size === 0) referrers.delete(to)
      const left = former.get(resource.address)
      if (left === undefined) former.set(resource.address, new Set([to]))
      else left.add(to)
    }
  }
  const put = (kind: Kind, object: KubeObject): void => {
    const now = customResource(kind, object)
    const before = resources.get(now.address)
    if (before !== undefined && isOlder(object, before.object)) return
    const isSame = before !== undefined && triggerOf(before) === triggerOf(now)
    resources.set(now.address, now)
    if (before === undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    if (isSame) return
    if (before !== undefined) unlink(before)
    link(now)
    removed.delete(now.address)
    onChange(now.address)
  }
  const remove = (address: Address): void => {
    const before = resources.get(address)
    if (before === undefined) return
    resources.delete(address)
    counts.set(before.kind, (counts.get(before.kind) ?? 1) - 1)
    unlink(before)
    removed.set(address, before)
    onChange(address)
  }
  return {
    get: address => resources.get(address),
    referrers: to => [...(referrers.get(to) ?? [])],
    put,
    remove: (kind, object) => remove(customResource(kind, object).address),
    replace: (scope, objects) => {
      const { kind, namespace } = scope
      const present = new Set(objects.map(object => customResource(kind, object).address))
      for (const { address, kind: theirs, object } of resources.values()) {
        const isInside = theirs === kind && (namespace === undefined || object.metadata.namespace === namespace)
        if (isInside && !present.has(address)) remove(address)
      }
      for (const object of objects) put(kind, object)
      listed.add(scope)
    },
    isSynced: () => scopes.every(scope => listed.has(scope)),
    all: () => resources.values(),
    takeRemoved: address => {
      const found = removed.get(address)
      removed.delete(address)
      return found
    },
    takeFormer: address => {
      const found = former.get(address) ?? []
      former.delete(address)
      return [...found]
    },
    count: kind => counts.get(kind) ?? 0,
  }
}

/**
 * Whether a version is older than another of the same object. Versions are numbers that grow (Kubernetes 1.35 promises so,
 * and etcd's always were); others are taken as they come.
 */
function isOlder(one: KubeObject, other: KubeObject): boolean {
  if (one.metadata.uid !== other.metadata.uid) return false
  const [a, b] = [Number(one.metadata.resourceVersion), Number(other.metadata.resourceVersion)]
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && a < b
}
