/**
 * Why a SOPS file is refused; constant, so that people can search for them and tests can pin them. The prefix tells views
 * that the line at fault may hold a value, which they must not show.
 */
export const SOPS_CODES = [
  'sops-data-key-invalid',
  'sops-mac-mismatch',
  'sops-mac-missing',
  'sops-metadata-invalid',
  'sops-no-matching-identity',
  'sops-not-encrypted-value',
  'sops-not-encrypted',
  'sops-selection-invalid',
  'sops-syntax',
  'sops-too-large',
  'sops-unsupported-feature',
  'sops-unsupported-key-service',
  'sops-value-not-decryptable',
] as const
export type SopsCode = (typeof SOPS_CODES)[number]

/** A position in the text; both count from 1. */
export interface Spot {
  readonly line: number
  readonly column: number
}

/** A value of the file: the document of the stream, from 0, and the keys and list indexes from its top. */
export interface TreePlace {
  readonly document: number
  readonly path: readonly (string | number)[]
}

/**
 * A file that cannot be trusted or opened. It is thrown inside this folder only: `readSops` returns it as a refusal.
 * The message holds names, paths and recipients, never a value and never a key.
 */
export class SopsError extends Error {
  override readonly name = 'SopsError'
  readonly code: SopsCode
  readonly cure: string
  readonly at: Spot | TreePlace | undefined

  constructor(code: SopsCode, message: string, options: { cure: string; at?: Spot | TreePlace | undefined }) {
    super(message)
    this.code = code
    this.cure = options.cure
    this.at = options.at
  }
}

/** The 1-based line and column of an offset into a text. */
export function spotAt(text: string, offset: number): Spot {
  const before = text.slice(0, Math.max(0, offset))
  const lineStart = before.lastIndexOf('\n') + 1
  let line = 1
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++
  return { line, column: before.length - lineStart + 1 }
}

/** A path as people read it: `spec.data.token`, `hosts[0]`, and quotes around a key that is no plain word. */
export function showPath(path: readonly (string | number)[]): string {
  const parts = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${showKey(part)}`))
  return parts.join('').replace(/^\./, '') || '(top level)'
}

function showKey(key: string): string {
  const short = key.length > 80 ? `${key.slice(0, 80)}…` : key
  return /^[\w@/-]+$/.test(short) ? short : JSON.stringify(short)
}
