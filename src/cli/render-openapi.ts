import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { ManifestOf } from '../model/manifest.ts'
import type { OperationTable } from '../model/operation.ts'
import { reducedDocument } from '../resolve/openapi/reduce.ts'
import { placeOf } from '../resolve/references.ts'

type ServiceManifest = ManifestOf<'serviceDefinition' | 'clusterServiceDefinition'>
type Fields = Readonly<Record<string, unknown>>

/** A larger document would hide the rest of its resource from readers. */
const MAX_INLINE = 32 * 1024
/** An API server takes 1 MiB of a ConfigMap and 1.5 MiB of a request; some room is left for what tools add. */
const MAX_OBJECT = 1_000_000

const KEY = 'openapi.json.gz'

/** Where a service's operations come from in a cluster. */
export interface OpenApiInCluster {
  readonly openapi?: ServiceManifest['spec']['openapi']
  readonly configMap?: Fields
}

/**
 * Reduces an OpenAPI document of a file, or a large one, to what Tenon reads of it, and finds a place for it: in the
 * resource, or gzipped in a ConfigMap. One that fits nowhere is reported.
 */
export function openApiForCluster(
  manifest: ServiceManifest,
  table: OperationTable | undefined,
  report: Report,
): OpenApiInCluster {
  const { openapi, displayName } = manifest.spec
  if (openapi === undefined) return {}
  const isSmall = openapi.inline !== undefined && sizeOf(openapi.inline) <= MAX_INLINE
  if (isSmall || table === undefined) return { openapi }
  const inline = reducedDocument(displayName, table.operations)
  const size = sizeOf(inline)
  if (size <= MAX_INLINE) return { openapi: { inline } }
  if (manifest.namespace === undefined) {
    // A global resource has no namespace, so nothing says where its ConfigMap would be.
    if (size > MAX_OBJECT) report(tooLarge(manifest, size, table))
    return { openapi: { inline } }
  }
  const name = configMapName(manifest.name)
  const configMap = packed(name, manifest.namespace, inline)
  const packedSize = sizeOf(configMap)
  if (packedSize > MAX_OBJECT) report(tooLarge(manifest, packedSize, table))
  return { openapi: { configMapRef: { name, key: KEY } }, configMap }
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
