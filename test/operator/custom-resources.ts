/** Custom resources as an API server shows them: give only what a test is about. */
import type { KubeObject, ObjectMeta } from '../../src/source/cluster/api.ts'

export interface Shown extends Partial<ObjectMeta> {
  readonly version?: number
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}

/** A version of an object in namespace `acme`. */
export function shown(name: string, { version = 1, spec = {}, status, ...metadata }: Shown = {}): KubeObject {
  return {
    metadata: {
      name,
      namespace: 'acme',
      uid: `uid-of-${name}`,
      generation: 1,
      resourceVersion: String(version),
      ...metadata,
    },
    spec,
    ...(status && { status }),
  }
}
