import type { ClusterRead, ClusterReader } from '../model/cluster.ts'
import { Secret } from '../model/secret.ts'
import { ApiError, type Api, type KubeObject } from '../source/cluster/api.ts'

type Entries = Readonly<Record<string, string>>

interface Holder extends KubeObject {
  readonly data?: Entries
  readonly binaryData?: Entries
}

/**
 * Reads Secrets and ConfigMaps by name. One reader serves one run: what several resources name is asked for once. What a
 * cluster-wide service names lies in the operator's own namespace.
 */
export function clusterReader(api: Api, ownNamespace: string): ClusterReader {
  const asked = new Map<string, Promise<ClusterRead<Holder>>>()
  const read = (plural: string, namespace: string | undefined, name: string): Promise<ClusterRead<Holder>> => {
    const path = `/api/v1/namespaces/${namespace ?? ownNamespace}/${plural}/${name}`
    let found = asked.get(path)
    if (found === undefined) asked.set(path, (found = readObject(api, path)))
    return found
  }
  return {
    secret: async (namespace, name) =>
      withValue(await read('secrets', namespace, name), ({ data = {} }) => {
        return new Map(Object.entries(data).map(([key, text]) => [key, new Secret(Buffer.from(text, 'base64'))]))
      }),
    configMap: async (namespace, name) =>
      withValue(await read('configmaps', namespace, name), ({ data = {}, binaryData = {} }) => {
        const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text)] as const)
        const bytes = Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const)
        return new Map<string, Uint8Array>([...texts, ...bytes])
      }),
  }
}

async function readObject(api: Api, path: string): Promise<ClusterRead<Holder>> {
  try {
    const value = await api.call<Holder>(path)
    return { kind: 'read', version: `${value.metadata.uid}:${value.metadata.resourceVersion}`, value }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 404) return { kind: 'missing' }
    return { kind: error.status === 403 ? 'denied' : 'failed', message: error.message }
  }
}

function withValue<From, To>(read: ClusterRead<From>, value: (from: From) => To): ClusterRead<To> {
  return read.kind === 'read' ? { ...read, value: value(read.value) } : read
}
