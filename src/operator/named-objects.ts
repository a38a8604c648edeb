import type { Address } from '../model/address.ts'
import type { Api, KubeObject } from '../source/cluster/api.ts'
import type { Cache } from './cache.ts'
import { reflect, type Sink } from './reflector.ts'
import type { Reference } from './references.ts'

/** Of Secrets and ConfigMaps that carry this label, changes are noticed at once; of others at the next interval. */
const WATCHED = 'tenon.dev/watch=true'

export interface Following {
  readonly api: Api
  readonly cache: Pick<Cache, 'referrers'>
  readonly namespaces: readonly (string | undefined)[]
  /** Where the objects lie that cluster-wide resources name. */
  readonly ownNamespace: string
  readonly signal: AbortSignal
  readonly wake: (address: Address) => void
  readonly failed: (plural: string, error: unknown) => void
}

/** Wakes whatever refers to a labelled Secret or ConfigMap when that changes, comes or goes; never ends by itself. */
export async function followNamed(kind: 'secret' | 'configMap', following: Following): Promise<void> {
  const { api, namespaces, signal } = following
  const plural = kind === 'secret' ? 'secrets' : 'configmaps'
  const each = namespaces.map(namespace => {
    const path = `/api/v1${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`
    const what = { path, query: { labelSelector: WATCHED }, metadataOnly: true }
    return reflect(api, what, sinkFor(kind, plural, following), { signal })
  })
  await Promise.all(each)
}

function sinkFor(kind: 'secret' | 'configMap', plural: string, following: Following): Sink {
  const { cache, ownNamespace, wake, failed } = following
  const versions = new Map<string, string | undefined>()
  const wakeAll = (key: string): void => {
    const [namespace, name] = key.split('/')
    const references = [`${kind}/${key}`, ...(namespace === ownNamespace ? [`${kind}//${name}`] : [])]
    for (const to of references) for (const address of cache.referrers(to as Reference)) wake(address)
  }
  const put = (object: KubeObject): void => {
    const key = keyOf(object)
    if (versions.get(key) === object.metadata.resourceVersion) return
    versions.set(key, object.metadata.resourceVersion)
    wakeAll(key)
  }
  const remove = (key: string): void => {
    if (versions.delete(key)) wakeAll(key)
  }
  return {
    put,
    remove: object => remove(keyOf(object)),
    replace: objects => {
      const present = new Set(objects.map(keyOf))
      for (const key of versions.keys()) if (!present.has(key)) remove(key)
      for (const object of objects) put(object)
    },
    failed: error => failed(plural, error),
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
