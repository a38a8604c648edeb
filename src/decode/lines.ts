import { YAMLException } from 'js-yaml'
import type { Address } from '../model/address.ts'
import { normalPerson } from '../model/effect.ts'
import type { EditPath } from '../model/finding.ts'
import type { Manifest } from '../model/manifest.ts'
import { offsetFinder } from './events.ts'
import { partsOf, positionIn, type Part } from './parts.ts'
import { textOf } from './text.ts'
import { offsetAt, treeOf } from './tree.ts'

/** Longer documents are found by their permissions and their own first line only. */
const MAX_TREE = 128 * 1024

/** Finds the line of one document at a path from its top, or of its first line that exists on the way. */
type Find = (path: readonly (string | number)[]) => number

/**
 * Finds the lines of edits in the documents that declare resources; `undefined` for an address that no document declares.
 * A document is read for it once, and only when somebody asks for a line in it.
 */
export function lineFinder(
  manifests: Iterable<Manifest>,
): (address: Address, at: EditPath) => { readonly file: string; readonly line: number } | undefined {
  const byAddress = new Map<Address, Manifest>()
  for (const manifest of manifests) byAddress.set(manifest.address, manifest)
  const finders = new Map<Manifest, Find>()
  return (address, at) => {
    const manifest = byAddress.get(address)
    if (manifest === undefined) return undefined
    const { file } = manifest.place.document
    const known = permissionLine(manifest, at.path)
    if (known !== undefined) return { file, line: known }
    let find = finders.get(manifest)
    if (find === undefined) finders.set(manifest, (find = finderOf(manifest)))
    return { file, line: find(withItem(manifest, at)) }
  }
}

function permissionLine({ lines }: Manifest, path: EditPath['path']): number | undefined {
  if (path.length === 0) return lines.document
  const [spec, permissions, index] = path
  const isPermission = path.length === 3 && spec === 'spec' && permissions === 'permissions'
  return isPermission && typeof index === 'number' ? lines.permissions[index] : undefined
}

/** An entry of a set is named by its text in normal form; the document may list it anywhere, and in upper case. */
function withItem(manifest: Manifest, { path, item }: EditPath): EditPath['path'] {
  if (item === undefined) return path
  let list: unknown = { spec: manifest.spec }
  for (const step of path) list = typeof list === 'object' && list !== null ? Reflect.get(list, step) : undefined
  if (!Array.isArray(list)) return path
  const index = list.findIndex(entry => typeof entry === 'string' && (entry === item || normalPerson(entry) === item))
  return index < 0 ? path : [...path, index]
}

function finderOf({ place, lines }: Manifest): Find {
  const text = textOf(place.document)
  const part = typeof text === 'string' ? partsOf(text)[place.index] : undefined
  if (part === undefined) return () => lines.document
  const offset = offsetsIn(part)
  return path => (offset === undefined ? lines.document : positionIn(part, offset(path)).line)
}

function offsetsIn(part: Part): Find | undefined {
  if (part.text.length <= MAX_TREE) {
    const tree = treeOf(part)
    return path => offsetAt(tree, path, false)
  }
  try {
    const offset = offsetFinder(part.text)
    return path => offset(path, false)
  } catch (error) {
    if (error instanceof YAMLException) return undefined
    throw error
  }
}
