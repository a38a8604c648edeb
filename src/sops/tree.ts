/** A time in the spelling that sops hashes: RFC 3339, with a fraction only where there is one. */
export interface Time {
  readonly time: string
}

/** A value in clear, typed as Go types it: `bigint` is Go's `int`, `number` its `float64`. */
export type Clear = string | bigint | number | boolean | Time | null

/** A map that keeps the order of the document, integer-like keys included: the MAC depends on it. */
export type Branch = ReadonlyMap<string, TreeNode>

export type TreeNode = Clear | readonly TreeNode[] | Branch

/** What a format's reader gives: the documents without metadata, and the metadata of the first one. */
export interface Tree {
  readonly branches: readonly Branch[]
  readonly metadata: Branch
}

/** Called with the offset in the text of every key and list item, so that a problem found later can be shown there. */
export type Sighting = (document: number, path: readonly (string | number)[], offset: number) => void

/** The top-level key that holds sops' own metadata (getsops/sops `stores/stores.go`, SopsMetadataKey). */
export const METADATA_KEY = 'sops'

/** Hostile nesting ends here; real files have fewer than ten levels. */
export const MAX_DEPTH = 100

/** Distinguishes a map or list from a leaf. */
export function isBranch(node: TreeNode | undefined): node is Branch {
  return node instanceof Map
}

export function isList(node: TreeNode | undefined): node is readonly TreeNode[] {
  return Array.isArray(node)
}
