import { isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Document as YamlDocument, Node, YAMLError } from 'yaml'
import type { Part } from './parts.ts'

/** A document as a tree that knows where each node stands. */
export type Tree = YamlDocument.Parsed

/**
 * Reads one document a second time, keeping positions. Its verdict and its values are those of `compose`, which is some
 * ten times as fast; a test compares the two.
 */
export function treeOf(part: Part): Tree {
  return parseDocument(part.text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    // The search for equal keys is quadratic; `compose` has looked for them.
    uniqueKeys: false,
    stringKeys: true,
    strict: true,
    logLevel: 'silent',
    // Pretty errors repeat the text, which may hold secrets.
    prettyErrors: false,
    keepSourceTokens: false,
  })
}

/** Everything that the parser has against a document, in the order of the text. */
export function complaints(tree: Tree): readonly YAMLError[] {
  return [...tree.errors, ...tree.warnings].toSorted((a, b) => a.pos[0] - b.pos[0])
}

/** The offset of the node at a path, or of its key; where the path leads nowhere, of what of it exists. */
export function offsetAt(tree: Tree, path: readonly (string | number)[], key: boolean): number {
  let node: unknown = tree.contents
  let last = positionsOf(node, node)
  for (const [depth, step] of path.entries()) {
    const next = entryOf(node, step)
    // What is missing belongs under the name of what exists.
    if (next === undefined) return depth === 0 ? last.value : last.key
    node = next.value
    last = positionsOf(next.key, next.value)
  }
  return key ? last.key : last.value
}

/** Where a key and its value stand; what is not written stands where the other one does. */
function positionsOf(key: unknown, value: unknown): { key: number; value: number } {
  const [keyStart, valueStart] = [writtenAt(key), writtenAt(value)]
  return { key: keyStart ?? valueStart ?? 0, value: valueStart ?? keyStart ?? 0 }
}

function writtenAt(node: unknown): number | undefined {
  if (!isNode(node)) return undefined
  const [start, end] = node.range ?? []
  return isScalar(node) && start === end ? undefined : start
}

function entryOf(node: unknown, step: string | number): { key: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)]
    return value === undefined ? undefined : { key: value, value }
  }
  if (!isMap(node)) return undefined
  return node.items.find(({ key }) => isScalar(key) && key.value === step)
}

/** Where the innermost quotes, brackets or braces around an offset open, or `undefined` outside of any. */
export function openingBefore(tree: Tree, offset: number): { offset: number; quoted: boolean } | undefined {
  let found: { offset: number; quoted: boolean } | undefined
  const consider = (node: Node, quoted: boolean): void => {
    const [start = 0, end = 0] = node.range ?? []
    if (start < offset && end >= offset && start >= (found?.offset ?? 0)) found = { offset: start, quoted }
  }
  visit(tree, {
    Scalar: (_key, node) => {
      if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') consider(node, true)
    },
    Collection: (_key, node) => {
      if (node.flow === true) consider(node, false)
    },
  })
  return found
}
