import type { SopsFormat } from './sops.ts'

/** What the encrypted values of one credential tell without a key. Nothing here is secret, and nothing is decrypted. */
export interface Sealed {
  /** As shown to people. */
  readonly file: string
  readonly format: SopsFormat
  /** By the path of the field with `.` between its steps: `sha256:` and hex of its ciphertext, never the text itself. */
  readonly entries: ReadonlyMap<string, string>
  /** Fields below the values that stand in clear although they should not. */
  readonly inClear: readonly string[]
  /** Fields that the file's own rule does not encrypt: the next edit with sops would leave them in clear. */
  readonly unselected: readonly string[]
  /** Who can decrypt, as SOPS names them: `age1…`, `pgp:…`, `kms:…`; sorted. */
  readonly readers: readonly string[]
  /** A digest over the encrypted data keys: another one means another data key, or other readers. */
  readonly dataKey: string
  readonly macOnlyEncrypted: boolean
  /** How many key groups are needed to decrypt, where SOPS splits the data key. */
  readonly threshold: number | undefined
  /** The rule that says what is encrypted, such as `encrypted_regex ^data$`. */
  readonly rule: string | undefined
}
