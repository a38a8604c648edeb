import { isUtf8 } from 'node:buffer'
import { characterName, forbiddenInValue } from '../decode/characters.ts'
import type { Report } from '../model/diagnostic.ts'
import type { ReadBeside } from '../model/document.ts'
import type { ManifestOf } from '../model/manifest.ts'
import { inPlaceFormat, sopsFormatOf } from '../model/sops.ts'
import { placeOf } from '../resolve/references.ts'
import { sopsStringFormat } from '../resolve/sops-string.ts'

type CredentialManifest = ManifestOf<'credential'>

/** What `spec.sops` may hold: `maxLength` in `schemas/credential.schema.json`. */
const MAX_LENGTH = 262_144
const MAX_BYTES = 4 * 1024 * 1024

/**
 * The text of the SOPS file that holds a credential's values, byte for byte: so its MAC still stands, and no key is
 * needed. Of values in place that is the file of the document itself. Reports a file that cannot stand in a string.
 */
export async function sopsString(
  manifest: CredentialManifest,
  readBeside: ReadBeside,
  report: Report,
): Promise<string | undefined> {
  const { file } = manifest.spec
  const { document } = manifest.place
  const unfit = ({ code, message, cure }: Unfit): undefined => {
    const place = { ...placeOf(manifest, ['spec', file === undefined ? 'data' : 'file']), key: true }
    report({ severity: 'error', code, message, cure, place })
  }
  const read = file === undefined ? undefined : await readBeside(document, file, MAX_BYTES)
  if (read?.kind === 'refused') return unfit(read)
  const { bytes } = read ?? document
  const found = {
    bytes,
    path: file ?? document.path,
    format: file === undefined ? inPlaceFormat(document.path) : sopsFormatOf(file),
  }
  const fault = faultOf(found)
  return fault === undefined ? textOf(found) : unfit(fault)
}

interface SopsFile {
  readonly bytes: Uint8Array
  readonly path: string
  readonly format: ReturnType<typeof sopsFormatOf>
}

interface Unfit {
  readonly code: string
  readonly message: string
  readonly cure: string
}

function textOf({ bytes }: SopsFile): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
}

function faultOf(file: SopsFile): Unfit | undefined {
  const { bytes, path, format } = file
  const cure = 'Take the file as sops wrote it.'
  if (!isUtf8(bytes)) return { code: 'sops-syntax', message: `"${path}" is not UTF-8 text`, cure }
  const text = textOf(file)
  if (text.length > MAX_LENGTH) {
    const message = `"${path}" has ${text.length} characters; a custom resource takes ${MAX_LENGTH} of a SOPS document`
    return { code: 'sops-too-large', message, cure: 'Keep fewer credentials in one file.' }
  }
  const odd = forbiddenInValue(text)
  if (odd >= 0) {
    const message = `"${path}" holds ${characterName(text, odd)}, which no text of a document may hold`
    return { code: 'sops-format', message, cure: 'Save it in UTF-8 with line ends as sops writes them (LF).' }
  }
  if (sopsStringFormat(text) === (format === 'binary' ? 'json' : format)) return undefined
  const message = `"${path}" does not look like ${format}, and a string has no ending that would say so`
  return { code: 'sops-format', message, cure }
}
