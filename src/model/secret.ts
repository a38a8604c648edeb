const MASK = '[secret]'

/**
 * A value that cannot be printed: JSON, string conversion, template literals and `util.inspect` all give `[secret]`.
 * The value leaves only through `reveal`, which seals it for the store or encrypts it for an export.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value in clear. Callers hand it on to encryption, and to nothing else. */
  reveal(): string {
    return this.#value
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
