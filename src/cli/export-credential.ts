import assert from 'node:assert/strict'
import { WorldError } from '../model/errors.ts'
import { Secret } from '../model/secret.ts'
import type { Binding, ResourceOf, SecretValues } from '../model/state.ts'
import { documentOf } from '../resolve/export.ts'
import type { Writable, WritableMap } from '../sops/write.ts'
import { documentText, type Commented } from './document-text.ts'
import { UsageError } from './exit.ts'

type Credential = ResourceOf<'credential'>

export interface Sealing {
  /** age recipients, any of which opens what is sealed. */
  readonly recipients: readonly string[]
  /** The document becomes a SOPS file, or carries a SOPS document as a string and stays open to edits. */
  readonly form: 'in place' | 'string'
  readonly now: Date
}

/** A credential as text, and as a document where it is one without being a SOPS file. */
export interface Sealed {
  readonly text: string
  readonly document?: Readonly<Record<string, unknown>>
}

/** A credential with its values and their binding encrypted. Throws `UsageError` for a recipient that is none. */
export async function sealCredential(credential: Credential, values: SecretValues, sealing: Sealing): Promise<Sealed> {
  const { spec, ...document } = documentOf(credential)
  const sealedAt = { ...sealing, now: notBefore(sealing.now, credential.secret?.lastModified) }
  const data = { ...bound(credential.secret?.binding), ...Object.fromEntries(values) }
  if (sealing.form === 'in place') {
    return { text: await encrypt({ ...plain(document), spec: { ...plain(spec), data } }, sealedAt) }
  }
  const sealed = { ...document, spec: { ...spec, sops: await encrypt(data, sealedAt) } }
  return { text: documentText({ comment: [], document: sealed }), document: sealed }
}

/** A file older than the one that was applied would be taken for one put back; clocks differ. */
function notBefore(now: Date, lastModified: string | undefined): Date {
  const known = Date.parse(lastModified ?? '')
  return known > now.getTime() ? new Date(known) : now
}

async function encrypt(document: WritableMap, { recipients, form, now }: Sealing): Promise<string> {
  const { encryptYaml } = await import('../sops/write.ts')
  const { DEFAULT_SELECTION } = await import('../sops/selection.ts')
  const selection = form === 'string' ? { selection: DEFAULT_SELECTION } : {}
  try {
    return await encryptYaml([document], { recipients, lastModified: now, ...selection })
  } catch (error) {
    if (error instanceof WorldError && error.code === 'recipient-malformed') throw new UsageError(error.message)
    throw error
  }
}

/** Fields of a document as what can be written. */
function plain(fields: object): WritableMap {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, writable(value)]))
}

function writable(value: unknown): Writable {
  if (Array.isArray(value)) return value.map(writable)
  if (typeof value === 'object' && value !== null) return plain(value)
  assert(value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
  return value
}

/** The binding beside the values. sops leaves empty lists in clear, which is refused: with one, all of it is one text. */
function bound(binding: Binding | undefined): WritableMap {
  if (binding === undefined) return {}
  const hasEmpty = Object.values(binding).some(value => Array.isArray(value) && value.length === 0)
  return { for: hasEmpty ? new Secret(JSON.stringify(binding)) : { ...binding } }
}

/** A credential without its values: the record, and the name of the file that somebody has to put beside it. */
export function withoutValues(credential: Credential): Commented {
  const document = documentOf(credential)
  const file = `${credential.name}.sops.yaml`
  return {
    comment: [`The values were left out. Put them, encrypted by sops, into ${file} beside this file.`],
    document: { ...document, spec: { ...document.spec, file } },
  }
}
