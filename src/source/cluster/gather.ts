import { isNamespaced, KINDS, type Kind } from '../../model/address.ts'
import { WorldError } from '../../model/errors.ts'
import { ApiError, type Api, type KubeObject } from './api.ts'
import { collectionPath, typeOf } from './kinds.ts'

export interface Wanted {
  readonly kinds?: readonly Kind[] | undefined
  /** Only resources of this namespace; then global ones are none of them. */
  readonly namespace?: string | undefined
}

const PAGE = 500

/**
 * All custom resources of a cluster, with the ConfigMaps that they name, each read by its name. Throws `WorldError` when
 * the API server refuses, and when it does not know the kinds.
 */
export async function gather(api: Api, { kinds = KINDS, namespace }: Wanted): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = []
  for (const kind of kinds) {
    if (namespace === undefined || isNamespaced(kind)) found.push(...(await listed(api, kind, namespace)))
  }
  for (const service of found.slice()) found.push(...(await configMapsOf(api, service)))
  return found
}

interface Page {
  readonly items: readonly KubeObject[]
  readonly metadata?: { readonly continue?: string }
}

async function listed(api: Api, kind: Kind, namespace: string | undefined): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = []
  let next: string | undefined
  do {
    const page = await pageOf(api, collectionPath(kind, namespace), next)
    for (const item of page.items) found.push({ ...item, ...typeOf(kind) })
    next = page.metadata?.continue || undefined
  } while (next !== undefined)
  return found
}

async function pageOf(api: Api, path: string, next: string | undefined): Promise<Page> {
  try {
    return await api.call<Page>(path, { query: { limit: PAGE, continue: next } })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    throw new WorldError('no-custom-resources', "the cluster does not know Tenon's kinds", {
      cure: 'Install their definitions with the chart, or name another cluster with --kubeconfig.',
      cause: error,
    })
  }
}

interface Naming {
  readonly openapi?: { readonly configMapRef?: { readonly name?: string } }
}

/** What a global service names lies in the operator's namespace, which only the operator knows: all of that name. */
async function configMapsOf(api: Api, { metadata, spec }: KubeObject): Promise<readonly KubeObject[]> {
  const name = (spec as Naming | undefined)?.openapi?.configMapRef?.name
  if (name === undefined) return []
  if (metadata.namespace === undefined) {
    const query = { fieldSelector: `metadata.name=${name}` }
    const { items } = await api.call<Page>('/api/v1/configmaps', { query })
    return items.map(asConfigMap)
  }
  try {
    const path = `/api/v1/namespaces/${metadata.namespace}/configmaps/${name}`
    return [asConfigMap(await api.call<KubeObject>(path))]
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return []
    throw error
  }
}

/** Items of a list do not say what they are. */
function asConfigMap(object: KubeObject): KubeObject {
  return { ...object, apiVersion: 'v1', kind: 'ConfigMap' }
}
