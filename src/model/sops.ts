import type { Problem } from './diagnostic.ts'
import type { Secret } from './secret.ts'

export type SopsFormat = 'yaml' | 'json' | 'dotenv' | 'binary'

const ENDINGS: readonly (readonly [ending: string, format: SopsFormat | 'ini'])[] = [
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.json', 'json'],
  ['.env', 'dotenv'],
  ['.ini', 'ini'],
]

/** The format that sops itself takes a file for, by the ending of its name (getsops/sops `cmd/sops/formats`). */
export function sopsFormatOf(path: string): SopsFormat | 'ini' {
  return ENDINGS.find(([ending]) => path.endsWith(ending))?.[1] ?? 'binary'
}

/** The format of a file of documents that sops encrypted in place: Tenon reads no others than these two. */
export function inPlaceFormat(path: string): SopsFormat {
  return path.toLowerCase().endsWith('.json') ? 'json' : 'yaml'
}

/** A decrypted document: what was encrypted is a `Secret`, what stood in clear is a plain value. */
export type SecretTree =
  | Secret
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly SecretTree[]
  | ReadonlyMap<string, SecretTree>

/** A verified and decrypted SOPS file. */
export interface DecryptedSops {
  readonly kind: 'decrypted'
  /** One for each document of the file, without its `sops` key. */
  readonly documents: readonly SecretTree[]
  /** `sops.lastmodified` as written. */
  readonly lastModified: string
  /** The MAC covers encrypted values only: text in clear may have been changed. */
  readonly macOnlyEncrypted: boolean
}

/** A file that cannot be trusted or opened is the author's mistake: one problem, with its cure. */
export type SopsVerdict = DecryptedSops | { readonly kind: 'refused'; readonly problem: Problem }

/** Verifies and decrypts; handed to `resolve` by drivers that hold keys. Throws `WorldError` for an unreadable key file. */
export type Decrypt = (
  bytes: Uint8Array,
  options: { readonly format: SopsFormat; readonly file: string },
) => Promise<SopsVerdict>
