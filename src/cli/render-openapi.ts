import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { ManifestOf } from '../model/manifest.ts'
import type { OperationTable } from '../model/operation.ts'
import type { Resource } from '../model/state.ts'
import { reducedDocument } from '../resolve/openapi/reduce.ts'
import { placeOf } from '../resolve/references.ts'
import { fullDocument } from './service-document.ts'

type ServiceManifest = ManifestOf<'serviceDefinition' | 'clusterServiceDefinition'>
type Fields = Readonly<Record<string, unknown>>

/** A longer list would hide the rest of its resource from readers. */
const MAX_INLINE = 32 * 1024
/** An API server takes 1 MiB of a ConfigMap and 1.5 MiB of a request; some room is left for what tools add. */
const MAX_OBJECT = 1_000_000

const KEY = 'openapi.json.gz'

/** What a service says of its operations in a cluster, and the ConfigMap that holds them where it does not. */
export interface OpenApiInCluster {
  readonly spec: Fields
  readonly configMap?: Fields
}

/**
 * Reduces an OpenAPI document to what Tenon reads of it, and finds a place for it. A short one becomes a list of
 * operations: an API server sorts the keys of a document inside a resource, and with them the paths, but leaves a list in
 * its order. A longer one goes gzipped into a ConfigMap. One that fits nowhere is reported.
 */
export function openApiForCluster(
  manifest: ServiceManifest,
  { resource, table }: { readonly resource: Resource; readonly table: OperationTable | undefined },
  report: Report,
): OpenApiInCluster {
  const { openapi, operations } = manifest.spec
  if (openapi === undefined || table === undefined) return { spec: given({ openapi, operations }) }
  const listed = fullDocument(resource, new Map([[table.digest, table]])).spec
  const inline = given({ openapi: listed['openapi'], operations: listed['operations'] })
  const size = sizeOf(inline)
  const isList = inline['openapi'] === undefined
  if (isList && size <= MAX_INLINE) return { spec: inline }
  if (manifest.namespace === undefined) {
    // A global resource has no namespace, so nothing says where its ConfigMap would be.
    if (size > MAX_OBJECT) report(tooLarge(manifest, size, table))
    return { spec: inline }
  }
  const name = configMapName(manifest.name)
  const configMap = packed(name, manifest.namespace, reducedDocument(manifest.spec.displayName, table.operations))
  const packedSize = sizeOf(configMap)
  if (packedSize > MAX_OBJECT) report(tooLarge(manifest, packedSize, table))
  return { spec: { openapi: { configMapRef: { name, key: KEY } } }, configMap }
}

/** Fields without those that are not there. */
function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

/** The label lets the operator notice at once when it changes. */
function packed(name: string, namespace: string, document: Fields): Fields {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { 'tenon.dev/watch': 'true' } },
    binaryData: { [KEY]: gzipped(JSON.stringify(document)).toString('base64') },
  }
}

/** Equal texts give equal bytes on every system: Node writes no time, and the system's number (RFC 1952, OS) is left out. */
function gzipped(text: string): Buffer {
  const bytes = gzipSync(text, { level: 9 })
  bytes[9] = 255
  return bytes
}

const SUFFIX = '-openapi'
const MAX_NAME = 253

function configMapName(service: string): string {
  const name = `${service}${SUFFIX}`
  if (name.length <= MAX_NAME) return name
  const hash = createHash('sha256').update(service).digest('hex').slice(0, 16)
  return `${service.slice(0, MAX_NAME - SUFFIX.length - 17).replace(/[-.]+$/, '')}-${hash}${SUFFIX}`
}

function tooLarge(manifest: ServiceManifest, size: number, { operations }: OperationTable): Problem {
  return {
    severity: 'error',
    code: 'openapi-too-large',
    message: `the ${operations.length} operations of service "${manifest.name}" take ${size} bytes in a cluster, even reduced to what Tenon reads; the limit is ${MAX_OBJECT}`,
    cure: 'Split the service, or keep only the paths that your integrations use.',
    place: { ...placeOf(manifest, ['spec', 'openapi']), key: true },
  }
}
