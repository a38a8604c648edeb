/** An object of the document, untrusted: read through `own`, since a name like `constructor` is inherited by every one. */
export type Fields = Readonly<Record<string, unknown>>

/** Whether a value is an object with names, not a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object that a value is, or an empty one. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

/** What the document itself says under a key. */
export function own(holder: Fields, key: string): unknown {
  return Object.hasOwn(holder, key) ? holder[key] : undefined
}

/** The strings of a list, and nothing of anything else. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
