/** What `kubectl get` prints of objects: with all that the API server and the tools of a cluster add to them. */
import { parseAllDocuments, stringify } from 'yaml'

export type KubeObject = Readonly<Record<string, unknown>> & {
  readonly kind: string
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string }
}

/** The objects of a YAML stream. */
export function objectsOf(stream: string): readonly KubeObject[] {
  return parseAllDocuments(stream).map(document => document.toJS() as KubeObject)
}

/** An object as a cluster keeps it after Flux has applied it; an API server sorts the keys of every map. */
export function stored(object: KubeObject): KubeObject {
  return sorted(withTraces(object)) as KubeObject
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).toSorted()
  return Object.fromEntries(keys.map(key => [key, sorted((value as Readonly<Record<string, unknown>>)[key])]))
}

function withTraces(object: KubeObject): KubeObject {
  const { labels, annotations, ...metadata } = object.metadata as Readonly<Record<string, object>>
  return {
    ...object,
    metadata: {
      annotations: {
        ...annotations,
        'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n`,
        'reconcile.fluxcd.io/requestedAt': '2026-10-01T00:00:00Z',
        'tenon.dev/requestedAt': '2026-10-01T00:00:00Z',
      },
      creationTimestamp: '2026-10-01T00:00:00Z',
      finalizers: ['tenon.dev/finalizer'],
      generation: 3,
      labels: { ...labels, 'kustomize.toolkit.fluxcd.io/name': 'apps' },
      managedFields: [{ manager: 'tenon', operation: 'Apply', fieldsV1: { 'f:spec': { '.': {}, 'f:title': {} } } }],
      ...metadata,
      ownerReferences: [],
      resourceVersion: '4711',
      uid: '9a8f3f0e-9f6c-4a55-bb0e-2f4d2c5f7a10',
    } as unknown as KubeObject['metadata'],
    ...(object.kind !== 'ConfigMap' && {
      status: { observedGeneration: 3, conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded' }] },
    }),
  }
}

/** `kubectl get -o yaml` or `-o json` of several objects. */
export function printed(objects: readonly KubeObject[], format: 'yaml' | 'json' = 'yaml'): string {
  const list = { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }
  return format === 'json'
    ? JSON.stringify(list, undefined, 4)
    : stringify(list, { version: '1.1', lineWidth: 80, aliasDuplicateObjects: false })
}
