import { Secret } from '../../src/model/secret.ts'
import { formatFloat } from '../../src/sops/number.ts'
import { sealed } from './vectors.ts'

/** A decrypted tree in the form of the expected ones, so that a test sees which leaves were encrypted. */
export function shown(tree: unknown): unknown {
  if (tree instanceof Secret) return sealed(tree.reveal())
  if (Array.isArray(tree)) return tree.map(shown)
  return tree instanceof Map ? objectOf(tree, shown) : tree
}

/** Any tree (decrypted, expected, to be written, or read in clear) with its leaves as sops hashes them. */
export function hashed(tree: unknown): unknown {
  if (tree instanceof Secret) return tree.reveal()
  if (Array.isArray(tree)) return tree.map(hashed)
  if (tree instanceof Map) return objectOf(tree, hashed)
  if (typeof tree !== 'object' || tree === null) return hashedLeaf(tree)
  if ('sealed' in tree && typeof tree.sealed === 'string') return tree.sealed
  if ('time' in tree && typeof tree.time === 'string') return tree.time
  return objectOf(Object.entries(tree), hashed)
}

function hashedLeaf(leaf: unknown): unknown {
  if (typeof leaf === 'number') return Number.isSafeInteger(leaf) ? String(leaf + 0) : formatFloat(leaf)
  if (typeof leaf === 'boolean') return leaf ? 'True' : 'False'
  return typeof leaf === 'bigint' ? leaf.toString() : leaf
}

function objectOf(entries: Iterable<[unknown, unknown]>, form: (value: unknown) => unknown): unknown {
  return Object.fromEntries(Array.from(entries, ([key, value]) => [String(key), form(value)]))
}

/** The keys of a tree in their order, which plain objects do not keep. */
export function keysOf(tree: unknown): readonly unknown[] {
  return tree instanceof Map ? [...tree.keys()] : []
}

/** The bytes of a decrypted value; nothing where it is no secret. */
export function bytesOf(value: unknown): readonly number[] {
  return value instanceof Secret ? [...value.revealBytes()] : []
}
