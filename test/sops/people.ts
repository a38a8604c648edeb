import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The committed files that the real sops made, with their throw-away keys. */
export const VECTOR_DIR = path.join(import.meta.dirname, '../vectors/sops')

export const PEOPLE = ['alice', 'bob', 'carol', 'quanta', 'mallory'] as const
export type Person = (typeof PEOPLE)[number]

export const MARK = '# THROW-AWAY KEY of the test vectors: public, and opens nothing of value.'

/** The identity of a person of the vectors; `mallory` is a recipient of none, `quanta` has a post-quantum key. */
export function identityOf(person: Person): string {
  const text = readFileSync(path.join(VECTOR_DIR, 'keys', `${person}.txt`), 'utf8')
  return text.split('\n').find(line => line.startsWith('AGE-SECRET-KEY-')) ?? ''
}

export function recipientOf(person: Person): string {
  const text = readFileSync(path.join(VECTOR_DIR, 'keys', `${person}.txt`), 'utf8')
  return /public key: (\S+)/.exec(text)?.[1] ?? ''
}
