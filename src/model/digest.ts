import { createHash } from 'node:crypto'
import stringify from 'fast-json-stable-stringify'

/** `sha256:` and hex over canonical JSON: equal exactly for values that mean the same. */
export function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(stringify(value)).digest('hex')}`
}
