import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import type { ListedObject } from '../decode/objects.ts'
import { asMap, field } from '../decode/schema.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import { MAX_DOCUMENT_BYTES } from '../resolve/cluster.ts'

/** The ConfigMaps among some objects, by namespace and name. */
export type ConfigMaps = ReadonlyMap<string, ListedObject>

/** The OpenAPI document of a ConfigMap. */
export interface OpenApiText {
  readonly text: string
  readonly isJson: boolean
}

/** Finds the ConfigMaps among objects. */
export function configMapsIn(objects: readonly ListedObject[]): ConfigMaps {
  const found = objects.filter(
    ({ value }) => field(value, 'kind') === 'ConfigMap' && field(value, 'apiVersion') === 'v1',
  )
  return new Map(found.map(object => [keyOf(object, field(metadataOf(object), 'name')), object]))
}

/** The one of the object's namespace; of a global object, the only one of that name. */
function findConfigMap(object: ListedObject, name: string, configMaps: ConfigMaps): ListedObject | undefined {
  if (field(metadataOf(object), 'namespace') !== undefined) return configMaps.get(keyOf(object, name))
  const found = [...configMaps.values()].filter(configMap => field(metadataOf(configMap), 'name') === name)
  return found.length === 1 ? found[0] : undefined
}

function keyOf(object: ListedObject, name: unknown): string {
  return `${String(field(metadataOf(object), 'namespace'))}/${String(name)}`
}

function metadataOf({ value }: ListedObject): Readonly<Record<string, unknown>> {
  return asMap(field(value, 'metadata')) ?? {}
}

/** The OpenAPI document that a service keeps in a ConfigMap, if it does and the ConfigMap is there. */
export function openApiText(object: ListedObject, configMaps: ConfigMaps, report: Report): OpenApiText | undefined {
  const openapi = asMap(field(asMap(field(object.value, 'spec')) ?? {}, 'openapi')) ?? {}
  const reference = asMap(field(openapi, 'configMapRef'))
  if (reference === undefined) return undefined
  const name = String(field(reference, 'name'))
  const key = String(field(reference, 'key'))
  const configMap = findConfigMap(object, name, configMaps)
  const bytes = configMap && entryOf(configMap, key)
  const text = bytes && textOf(bytes)
  if (text !== undefined) return { text, isJson: /^\s*\{/.test(text) }
  const isMissing = bytes === undefined
  report(isMissing ? missing(object, name, configMap === undefined ? undefined : key) : unreadable(object, name, key))
  return undefined
}

function entryOf({ value }: ListedObject, key: string): Buffer | undefined {
  const plain = field(asMap(field(value, 'data')) ?? {}, key)
  if (typeof plain === 'string') return Buffer.from(plain)
  const binary = field(asMap(field(value, 'binaryData')) ?? {}, key)
  return typeof binary === 'string' ? Buffer.from(binary, 'base64') : undefined
}

/** Gzipped or not, as its first bytes say. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
    const unpacked = isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES }) : bytes
    return isUtf8(unpacked) ? unpacked.toString() : undefined
  } catch {
    return undefined
  }
}

function missing(object: ListedObject, name: string, key: string | undefined): Problem {
  const message =
    key === undefined
      ? `the ConfigMap "${name}" is not among the objects, and plan refuses to read one for files`
      : `the ConfigMap "${name}" has no key "${key}", and plan refuses to read one for files`
  return {
    severity: 'warning',
    code: 'config-map-missing',
    message,
    cure: 'Give the ConfigMap too: kubectl get tenon,configmaps -o yaml.',
    place: placeOf(object),
  }
}

function unreadable(object: ListedObject, name: string, key: string): Problem {
  return {
    severity: 'error',
    code: 'openapi-unpack',
    message: `key "${key}" of ConfigMap "${name}" is no gzip data, no UTF-8 text, or more than ${MAX_DOCUMENT_BYTES} bytes when it is unpacked`,
    cure: 'Write it with `tenon render`.',
    place: placeOf(object),
  }
}

function placeOf({ place }: ListedObject): Place {
  return { ...place, path: [...place.path, 'spec', 'openapi', 'configMapRef'], key: true }
}
