import { ApiError, type Api, type KubeObject } from '../source/cluster/api.ts'

/** Whether a namespace is being deleted. Throws `ApiError`. */
export async function isTerminating(api: Api, namespace: string): Promise<boolean> {
  const { status } = await api.call<KubeObject>(pathOf(namespace))
  return status?.['phase'] === 'Terminating'
}

/** The annotations of a namespace; none where this process may not read it, or it is gone. Throws `ApiError`. */
export async function annotationsOf(api: Api, namespace: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { metadata } = await api.call<KubeObject>(pathOf(namespace))
    return metadata.annotations ?? {}
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return {}
    throw error
  }
}

function pathOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}`
}
