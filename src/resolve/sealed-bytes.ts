import { createHash } from 'node:crypto'
import type { Report } from '../model/diagnostic.ts'
import type { ReadBeside } from '../model/document.ts'
import type { ManifestOf } from '../model/manifest.ts'
import { inPlaceFormat, sopsFormatOf, type SopsFormat } from '../model/sops.ts'
import { placeOf } from './references.ts'
import { sopsStringFormat } from './sops-string.ts'

type CredentialManifest = ManifestOf<'credential'>

/** The largest SOPS file that is read. */
export const MAX_SOPS_BYTES = 4 * 1024 * 1024

/** The bytes that hold a credential's values, and where in them the values stand. */
export interface SealedBytes {
  readonly bytes: Uint8Array
  readonly format: SopsFormat
  readonly file: string
  /** At the top of the first document, in place in the document of this number, or in a string in either way. */
  readonly at: 'top' | 'string' | number
}

/**
 * Finds the SOPS document that holds a credential's values, where its document says that it is in files; reports where
 * nothing usable is there.
 */
export async function sealedBytes(
  manifest: CredentialManifest,
  readBeside: ReadBeside,
  report: Report,
): Promise<SealedBytes | undefined> {
  const { data, file, sops } = manifest.spec
  const { document, index } = manifest.place
  if (data !== undefined)
    return { bytes: document.bytes, format: inPlaceFormat(document.path), file: document.file, at: index }
  if (sops !== undefined)
    return { bytes: Buffer.from(sops), format: sopsStringFormat(sops), file: document.file, at: 'string' }
  return file === undefined ? undefined : await sealedFile(manifest, file, { readBeside, report })
}

interface Reading {
  readonly readBeside: ReadBeside
  readonly report: Report
}

async function sealedFile(
  manifest: CredentialManifest,
  file: string,
  { readBeside, report }: Reading,
): Promise<SealedBytes | undefined> {
  const place = placeOf(manifest, ['spec', 'file'])
  const read = await readBeside(manifest.place.document, file, MAX_SOPS_BYTES)
  if (read.kind === 'refused') {
    report({ severity: 'error', code: read.code, message: read.message, cure: read.cure, place })
    return undefined
  }
  const format = sopsFormatOf(file)
  if (format === 'ini') {
    const cure = 'Keep the values in a YAML, JSON or dotenv file.'
    report({
      severity: 'error',
      code: 'sops-format',
      message: `"${file}" is an INI file, which Tenon does not read`,
      cure,
      place,
    })
    return undefined
  }
  if (!Buffer.from(read.bytes).includes('ENC[AES256_GCM,')) {
    const cure = 'Encrypt it with sops before it reaches anybody else, and replace the values: they have been in clear.'
    report({ severity: 'error', code: 'secret-in-clear', message: `"${file}" is not encrypted by sops`, cure, place })
    return undefined
  }
  return { bytes: read.bytes, format, file: read.file, at: 'top' }
}

const digests = new WeakMap<Uint8Array, string>()

/** Several credentials of one file share its bytes, and so one digest. */
export function digestOfBytes(bytes: Uint8Array): string {
  let digest = digests.get(bytes)
  if (digest === undefined) digests.set(bytes, (digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`))
  return digest
}
