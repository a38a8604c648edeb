import { API_VERSION, KIND_NAMES, kindNamed, type Kind } from '../model/address.ts'
import type { Problem } from '../model/diagnostic.ts'
import { nearest } from '../model/nearest.ts'
import { isWhole, UNREADABLE } from './compose.ts'
import type { Found } from './findings.ts'
import { asMap, field } from './schema.ts'
import { shown } from './shown.ts'
import { oneOf } from './wording.ts'

type Map = Readonly<Record<string, unknown>>

const GROUP = 'tenon.dev/'
/** The text of such an `apiVersion`, an anchor or a tag before it included. */
const CLAIM = /\bapiVersion["']?[ \t]{0,100}:[ \t]{0,100}(?:[&!]\S{0,100}[ \t]{1,100}){0,2}["']?tenon\.dev\//
const ENCRYPTED = 'ENC[AES256_GCM,'

/** Whether a text that could not be read says that it is a document of Tenon's. */
export function claimsTenon(text: string): boolean {
  return CLAIM.test(text)
}

/** Whether a document is Tenon's: by its `apiVersion`, or by its text where that could not be read. */
export function belongsToTenon(value: unknown, text: string): boolean {
  if (value === UNREADABLE) return claimsTenon(text)
  const map = asMap(value)
  if (map === undefined) return false
  const version = field(map, 'apiVersion')
  if (version === UNREADABLE) return claimsTenon(text)
  if (typeof version !== 'string') return false
  // A document that was encrypted whole says no more than this of itself; it is nobody else's either.
  return version.startsWith(GROUP) || (version.startsWith(ENCRYPTED) && isEncryptedText(field(map, 'kind')))
}

/** The kind that a document of Tenon's says it is; reports a version or kind that is not known. */
export function kindOfDocument(document: Map, found: Found): Kind | undefined {
  const version = field(document, 'apiVersion')
  const kind = field(document, 'kind')
  if (isEncryptedText(kind)) {
    found(() => ({
      code: 'document-encrypted',
      message: 'the whole document is encrypted, its kind too',
      cure: "Decrypt it and encrypt the values only: sops encrypt --in-place --encrypted-regex '^data$' FILE.",
      path: ['kind'],
    }))
    return undefined
  }
  if (version !== API_VERSION && version !== UNREADABLE) {
    const message = `apiVersion is ${shown(String(version))}, which this version of Tenon does not know`
    found(() => ({ code: 'unsupported-api-version', message, cure: `Write ${API_VERSION}.`, path: ['apiVersion'] }))
    return undefined
  }
  if (kind === undefined && !isWhole(document)) return undefined
  return typeof kind === 'string' ? knownKind(kind, found) : missingKind(kind, found)
}

function knownKind(name: string, found: Found): Kind | undefined {
  const kind = kindNamed(name)
  if (kind !== undefined) return kind
  const names = Object.values(KIND_NAMES)
  found(() => {
    const meant = nearest(name, names)
    const cure = meant === undefined ? `Use ${oneOf(names)}.` : `Did you mean "${meant}"?`
    return { code: 'unknown-kind', message: `there is no kind ${shown(name)}`, cure, path: ['kind'] }
  })
  return undefined
}

function missingKind(kind: unknown, found: Found): undefined {
  if (kind === UNREADABLE) return
  const message = kind === undefined ? 'the document needs the field "kind"' : 'kind must be text'
  const cure = `Write ${oneOf(Object.values(KIND_NAMES))}.`
  found(() => ({
    code: kind === undefined ? 'required-field' : 'invalid-type',
    message,
    cure,
    path: ['kind'],
    key: true,
  }))
}

/**
 * What to say of a document that is not Tenon's. Without `strict` that is nothing, unless it nearly is: ignoring a
 * document because of a slip in its `apiVersion` would look as if it had been deleted.
 */
export function foreignProblem(value: unknown, strict: boolean): Problem | undefined {
  if (value === null) return undefined
  const map = asMap(value)
  const slip = map !== undefined && isSlip(map)
  if (!slip && !strict) return undefined
  const code = 'not-a-tenon-document'
  const severity = strict ? 'error' : 'warning'
  if (slip) {
    const message = `apiVersion does not say that this is a document of Tenon's, so it is ${strict ? 'refused' : 'ignored'}`
    return { severity, code, message, cure: `Write apiVersion: ${API_VERSION}.` }
  }
  return { severity, code, message: "this is not a document of Tenon's", cure: 'Remove it, or leave --strict out.' }
}

function isSlip(map: Map): boolean {
  const version = field(map, 'apiVersion')
  const kind = field(map, 'kind')
  if (version === undefined || version === null) return typeof kind === 'string' && kindNamed(kind) !== undefined
  return (
    typeof version === 'string' && (/^tenon(?:[./]|$)/.test(version) || nearest(version, [API_VERSION]) !== undefined)
  )
}

function isEncryptedText(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(ENCRYPTED)
}
