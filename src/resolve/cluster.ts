import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { ClusterRead, SecretEntries } from '../model/cluster.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import type { ManifestOf } from '../model/manifest.ts'
import { sopsFormatOf, type SopsFormat } from '../model/sops.ts'
import type { ResolveContext } from './context.ts'
import { placeOf } from './references.ts'
import { sopsStringFormat } from './sops-string.ts'

type ServiceManifest = ManifestOf<'serviceDefinition' | 'clusterServiceDefinition'>

/** The largest OpenAPI document that Tenon reads, unpacked. */
export const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024

/** The values that a Secret gives a credential: a SOPS document, or the entries themselves. */
export type FromSecret =
  | { readonly kind: 'sops'; readonly bytes: Uint8Array; readonly format: SopsFormat }
  | PlainEntries

export interface PlainEntries {
  readonly kind: 'plain'
  /** Changes with the Secret. */
  readonly version: string
  readonly entries: SecretEntries
}

/** Reads the Secret that a credential names; in files there is none to read, which is reported where it counts. */
export async function readSecretRef(
  manifest: ManifestOf<'credential'>,
  context: ResolveContext,
  report: Report,
): Promise<FromSecret | undefined> {
  const { name, key } = manifest.spec.secretRef!
  const place = { ...placeOf(manifest, ['spec', 'secretRef']), key: true }
  if (context.store === undefined) return undefined
  if (context.cluster === undefined) {
    report(clusterOnly('secretRef', place))
    return undefined
  }
  const what = `Secret "${name}"`
  const found = usable(await context.cluster.secret(manifest.namespace, name), what, place, report)
  if (found === undefined) return undefined
  if (key === undefined) return plainEntries(found, what, place, report)
  const entry = entryOf(found.value, { key, what, place }, report)
  if (entry === undefined) return undefined
  // Ciphertext: a value that is no SOPS document is refused by whoever decrypts it, and goes nowhere else.
  const bytes = entry.revealBytes()
  const format = sopsFormatOf(key)
  const known =
    format === 'binary' || format === 'ini' ? sopsStringFormat(Buffer.from(bytes).toString('latin1')) : format
  return { kind: 'sops', bytes, format: known }
}

/** All entries; an empty one is a mistake that would be noticed at the service only. */
function plainEntries(
  { version, value }: Read<SecretEntries>,
  what: string,
  place: Place,
  report: Report,
): PlainEntries | undefined {
  const empty = [...value].filter(([, entry]) => entry.revealBytes().length === 0).map(([key]) => key)
  for (const key of empty) {
    const cure = 'Put the value there, or take the key out.'
    report({
      severity: 'error',
      code: 'credential-field-empty',
      message: `key "${key}" of ${what} is empty`,
      cure,
      place,
    })
  }
  return empty.length > 0 ? undefined : { kind: 'plain', version, entries: value }
}

/** Reads the OpenAPI document that a service keeps in a ConfigMap; one that is gzipped is unpacked, within the limit. */
export async function readConfigMapRef(
  manifest: ServiceManifest,
  context: ResolveContext,
  report: Report,
): Promise<Uint8Array | undefined> {
  const { name, key } = manifest.spec.openapi!.configMapRef!
  const place = placeOf(manifest, ['spec', 'openapi', 'configMapRef'])
  if (context.cluster === undefined) {
    if (context.store !== undefined) report(clusterOnly('configMapRef', place))
    return undefined
  }
  const read = await context.cluster.configMap(manifest.namespace, name)
  const what = `ConfigMap "${name}"`
  const found = usable(read, what, place, report)
  const bytes = found === undefined ? undefined : entryOf(found.value, { key, what, place }, report)
  if (bytes === undefined) return undefined
  return bytes[0] === 0x1f && bytes[1] === 0x8b
    ? await unpacked(bytes, `key "${key}" of ConfigMap "${name}"`, place, report)
    : bytes
}

async function unpacked(
  bytes: Uint8Array,
  what: string,
  place: Place,
  report: Report,
): Promise<Uint8Array | undefined> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES })
  } catch {
    const message = `${what} is no gzip data, or more than ${MAX_DOCUMENT_BYTES} bytes when it is unpacked`
    const cure = 'Write it with `tenon render`, which leaves out what Tenon does not read.'
    report({ severity: 'error', code: 'openapi-unpack', message, cure, place })
    return undefined
  }
}

type Read<Value> = Extract<ClusterRead<Value>, { kind: 'read' }>

/** What was read; where nothing was, that is reported. */
function usable<Value>(read: ClusterRead<Value>, what: string, place: Place, report: Report): Read<Value> | undefined {
  if (read.kind === 'read') return read
  report({ severity: 'error', place, ...complaint(read, what) })
  return undefined
}

function complaint(
  read: Exclude<ClusterRead<unknown>, { kind: 'read' }>,
  what: string,
): Pick<Problem, 'code' | 'message' | 'cure'> {
  switch (read.kind) {
    case 'missing':
      return {
        code: 'cluster-object-missing',
        message: `there is no ${what} in this namespace`,
        cure: 'Create it, or correct the name.',
      }
    case 'denied':
      return {
        code: 'cluster-object-denied',
        message: `${what} may not be read: ${read.message}`,
        cure: "Give the operator's service account the right to get it.",
      }
    case 'failed':
      return {
        code: 'cluster-object-unreadable',
        message: `${what} cannot be read now: ${read.message}`,
        cure: 'Nothing has to be done: it is tried again.',
      }
    default:
      return read satisfies never
  }
}

/** The entry of a Secret or ConfigMap; where there is none, that is reported with the keys that there are. */
function entryOf<Value>(
  entries: ReadonlyMap<string, Value>,
  { key, what, place }: { readonly key: string; readonly what: string; readonly place: Place },
  report: Report,
): Value | undefined {
  const found = entries.get(key)
  if (found === undefined) report(missingKey(what, key, entries.keys(), place))
  return found
}

function missingKey(what: string, key: string, keys: Iterable<string>, place: Place): Problem {
  const names = [...keys].toSorted().join(', ')
  return {
    severity: 'error',
    code: 'cluster-object-missing',
    message: `${what} has no key "${key}"`,
    cure: names === '' ? 'It is empty.' : `Its keys are ${names}.`,
    place,
  }
}

/** A problem with what works in a cluster only. */
function clusterOnly(field: string, place: Place): Problem {
  return {
    severity: 'error',
    code: 'cluster-only',
    message: `"${field}" can be read in a cluster only`,
    cure: 'Use a file beside this one, or apply the document with the operator.',
    place,
  }
}
