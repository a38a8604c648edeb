import type { Secret } from './secret.ts'

export const SOPS_FORMATS = ['yaml', 'json', 'dotenv', 'binary'] as const
export type SopsFormat = (typeof SOPS_FORMATS)[number]

const FORMAT_OF_ENDING: Readonly<Record<string, SopsFormat | 'ini'>> = {
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  env: 'dotenv',
  ini: 'ini',
}

/** The format that sops takes a file for, by the ending of its name (getsops/sops `cmd/sops/formats/formats.go`). */
export function sopsFormatOf(path: string): SopsFormat | 'ini' {
  const ending = path.slice(path.lastIndexOf('.') + 1)
  return Object.hasOwn(FORMAT_OF_ENDING, ending) ? (FORMAT_OF_ENDING[ending] as SopsFormat | 'ini') : 'binary'
}

export const SOPS_CODES = [
  'data-key-invalid',
  'mac-mismatch',
  'mac-missing',
  'metadata-invalid',
  'no-matching-identity',
  'not-encrypted-value',
  'not-sops',
  'selection-invalid',
  'syntax',
  'too-large',
  'unsupported-feature',
  'unsupported-key-service',
  'value-not-decryptable',
] as const
export type SopsCode = (typeof SOPS_CODES)[number]

/** Where a value stands: the document of the stream, from 0, and the keys and list indexes from its top. */
export interface SopsPlace {
  readonly document: number
  readonly path: readonly (string | number)[]
}

/** Why a SOPS file cannot be trusted or opened. Names, paths and recipients only: never a value, never a key. */
export interface SopsProblem {
  readonly code: SopsCode
  readonly message: string
  readonly cure: string
  /** Where one value is to blame. */
  readonly place?: SopsPlace
  /** Where the text itself is to blame; both count from 1. */
  readonly line?: number
  readonly column?: number
}

export interface SopsRefused {
  readonly kind: 'refused'
  /** At least one. */
  readonly problems: readonly SopsProblem[]
}

/** A value of a verified document: a `Secret` where the file holds it encrypted, plain where it holds it in clear. */
export type SopsValue = Secret | string | number | bigint | boolean | null | readonly SopsValue[] | SopsMap

export interface SopsMap extends ReadonlyMap<string, SopsValue> {}

/** A SOPS file whose MAC was verified. */
export interface SopsRead {
  readonly kind: 'read'
  /** The documents of the stream in order, without their top-level `sops`; one for every format but YAML. */
  readonly documents: readonly SopsMap[]
  /** Values that the file's own rule selects for encryption and that are `""` or null, which sops leaves in clear. */
  readonly unprotected: readonly SopsPlace[]
  /** Encrypted values that are not text: their `Secret` holds what sops hashes, `83` where somebody wrote `0123`. */
  readonly typed: readonly (SopsPlace & { readonly type: 'int' | 'float' | 'bool' | 'time' | 'bytes' })[]
  /** `lastmodified` as written. The MAC is bound to it. */
  readonly lastModified: string
  /** The age recipients that the file names. A label that nothing proves: it says who is named, not who can read. */
  readonly recipients: readonly string[]
  /** Whether the MAC covers encrypted values only, so that text in clear could have been changed. */
  readonly macOnlyEncrypted: boolean
}

export type SopsResult = SopsRead | SopsRefused

export interface SopsOptions {
  readonly format: SopsFormat | 'ini'
  /** As shown to people. */
  readonly file: string
  /** age identities (`AGE-SECRET-KEY-1…`, `AGE-SECRET-KEY-PQ-1…`); the same array each time is prepared only once. */
  readonly identities: readonly string[]
}

/** Verifies and decrypts a SOPS file; a driver binds the identities and hands it to resolve. */
export type ReadSops = (bytes: Uint8Array, options: SopsOptions) => Promise<SopsResult>
