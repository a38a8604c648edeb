import type { Address, Kind } from '../model/address.ts'
import type { KubeObject } from '../source/cluster/api.ts'
import { customResource, triggerOf, type CustomResource } from './custom-resource.ts'
import { referenceIndex, type ReferenceIndex } from './reference-index.ts'

/** The custom resources as the API server last showed them. */
export interface Cache extends Pick<ReferenceIndex, 'referrers' | 'takeFormer'> {
  get(address: Address): CustomResource | undefined
  all(): Iterable<CustomResource>
  /** Takes a newer version of a resource; an older one is passed over. */
  put(kind: Kind, object: KubeObject): void
  /** Takes what a write of our own gave back, unless the resource went, or another took its name, before that was known. */
  renew(kind: Kind, object: KubeObject): void
  /** A resource went, unless that was before the version that is known. */
  remove(kind: Kind, object: KubeObject): void
  /** Everything that one scope holds now; `isRewound`: although it may be older than what is known. */
  replace(scope: Scope, objects: readonly KubeObject[], isRewound?: boolean): void
  /** The scopes that were not listed yet: of those, absent means nothing. */
  missing(this: void): readonly Scope[]
  /** The last that was seen of a resource that is gone; once. */
  takeRemoved(address: Address): CustomResource | undefined
}

/** A collection that is followed: a kind, in all namespaces or in one. */
export interface Scope {
  readonly kind: Kind
  readonly namespace: string | undefined
}

const MOST_REMOVED = 1000

/** Told of every change that calls for a run. */
export type OnChange = (address: Address) => void

export function resourceCache(scopes: readonly Scope[], onChange: OnChange): Cache {
  const resources = new Map<Address, CustomResource>()
  const removed = new Map<Address, CustomResource>()
  const listed = new Set<Scope>()
  const index = referenceIndex()

  const put = (kind: Kind, object: KubeObject, isTrue = false): void => {
    const now = customResource(kind, trimmed(object))
    const before = resources.get(now.address)
    if (before !== undefined && !isTrue && isOlder(object, before.object)) return
    resources.set(now.address, now)
    if (before !== undefined && triggerOf(before) === triggerOf(now)) return
    if (before !== undefined) index.unlink(before)
    index.link(now)
    removed.delete(now.address)
    onChange(now.address)
  }
  const remove = (address: Address): void => {
    const before = resources.get(address)
    if (before === undefined) return
    resources.delete(address)
    index.unlink(before)
    removed.set(address, before)
    // A process that waits for its turn asks for none of them: whoever takes over looks through the store in any case.
    if (removed.size > MOST_REMOVED) removed.delete(removed.keys().next().value!)
    onChange(address)
  }
  return {
    get: address => resources.get(address),
    all: () => resources.values(),
    put: (kind, object) => put(kind, object),
    renew: (kind, object) => {
      const before = resources.get(customResource(kind, object).address)
      if (before?.object.metadata.uid === object.metadata.uid) put(kind, object)
    },
    remove: (kind, object) => {
      const { address } = customResource(kind, object)
      const before = resources.get(address)
      if (before !== undefined && !isOlder(object, before.object)) remove(address)
    },
    replace: (scope, objects, isRewound) => {
      const present = new Set(objects.map(object => customResource(scope.kind, object).address))
      for (const resource of resources.values()) {
        if (isInside(resource, scope) && !present.has(resource.address)) remove(resource.address)
      }
      for (const object of objects) put(scope.kind, object, isRewound)
      listed.add(scope)
    },
    missing: () => scopes.filter(scope => !listed.has(scope)),
    referrers: to => index.referrers(to),
    takeFormer: address => index.takeFormer(address),
    takeRemoved: address => {
      const found = removed.get(address)
      removed.delete(address)
      return found
    },
  }
}

function isInside({ kind, object }: CustomResource, scope: Scope): boolean {
  return kind === scope.kind && (scope.namespace === undefined || object.metadata.namespace === scope.namespace)
}

/**
 * Whether one version is older than another, of the same object or of one that had its name before. Versions are numbers
 * that grow (Kubernetes 1.35 promises so, and etcd's always were); others are taken as they come.
 */
function isOlder(one: KubeObject, other: KubeObject): boolean {
  const [a, b] = [Number(one.metadata.resourceVersion), Number(other.metadata.resourceVersion)]
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && a < b
}

/** Without what only the server and kubectl read, which is more than half of a small object. */
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

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
