const MASK = '[secret]'

/**
 * A value that cannot be printed: JSON, string conversion, template literals and `util.inspect` all give `[secret]`.
 * The value leaves only through `reveal`, which seals it for the store or encrypts it for an export.
 */
export class Secret {
  readonly #value: string | Uint8Array

  /** Bytes are for the rare value that is no text: a key store inside a binary SOPS file. */
  constructor(value: string | Uint8Array) {
    this.#value = value
  }

  /** The value in clear. Callers hand it on to encryption, and to nothing else. */
  reveal(): string {
    return typeof this.#value === 'string' ? this.#value : new TextDecoder().decode(this.#value)
  }

  /** The value in clear as bytes, exact where it is no text. The same caution as for `reveal`. */
  revealBytes(): Uint8Array {
    return typeof this.#value === 'string' ? new TextEncoder().encode(this.#value) : this.#value
  }

  toJSON(): string {
    return MASK
  }

  toString(): string {
    return MASK
  }

  [Symbol.toPrimitive](): string {
    return MASK
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK
  }
}
