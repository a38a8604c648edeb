import { ApiError, PATCHES, type Api, type KubeObject } from '../source/cluster/api.ts'
import { resourcePath, typeOf } from '../source/cluster/kinds.ts'
import { FINALIZER, type CustomResource } from './custom-resource.ts'
import type { Status } from './status.ts'

/** The name under which the API server remembers which fields are the operator's. */
const MANAGER = 'tenon-operator'

/** Writes to the API server. The first thing that each does is to ask whether this process may still write. */
export interface Writes {
  /** Places or removes our finalizer; gives the object as it is then, or nothing when it is gone. Throws `ApiError`. */
  finalizer(resource: CustomResource, wanted: boolean): Promise<KubeObject | undefined>
  /** Writes the whole status; gives the object as it is then, or nothing when it is gone. Throws `ApiError`. */
  status(resource: CustomResource, status: Status): Promise<KubeObject | undefined>
}

export function writes(api: Api, assertMayWrite: () => void): Writes {
  return {
    finalizer: async ({ kind, object }, wanted) => {
      assertMayWrite()
      const { name, namespace, uid, resourceVersion, finalizers = [] } = object.metadata
      const others = finalizers.filter(finalizer => finalizer !== FINALIZER)
      // Of a list that others write, too: only if nobody has since this version.
      const metadata = { uid, resourceVersion, finalizers: wanted ? [...others, FINALIZER] : others }
      const query = { fieldManager: MANAGER }
      return await orGone(
        api.call(resourcePath(kind, namespace, name), {
          method: 'PATCH',
          type: PATCHES.merge,
          query,
          body: { metadata },
        }),
      )
    },
    status: async ({ kind, object }, status) => {
      assertMayWrite()
      const { name, namespace, uid } = object.metadata
      // Refused where another resource has taken the name: this is not its status.
      const metadata = { name, ...(namespace !== undefined && { namespace }), uid }
      const body = { ...typeOf(kind), metadata, status }
      const query = { fieldManager: MANAGER, force: true }
      return await orGone(
        api.call(`${resourcePath(kind, namespace, name)}/status`, {
          method: 'PATCH',
          type: PATCHES.apply,
          query,
          body,
        }),
      )
    },
  }
}

async function orGone(call: Promise<KubeObject>): Promise<KubeObject | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}
