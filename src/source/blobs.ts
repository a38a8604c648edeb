import type { ObjectFacts, ObjectReader } from './objects.ts'
import { BESIDE_DOCUMENTS, carriesMark, isBesideDocuments, isPassedOver, MAX_FILE_BYTES } from './selection.ts'
import { isWanted, type Entry, type Tree } from './tree.ts'

/** A blob that is looked into, because of what it is called. */
export interface Wanted {
  readonly path: string
  readonly id: string
  readonly type: Exclude<Entry['type'], 'submodule'>
  readonly maxBytes: number
  /** Kept also without the bytes `tenon.dev/` in it. */
  readonly isKept: boolean
}

/** No link leads by a longer text. */
const MAX_TARGET_BYTES = 1024

/** What is looked into in a tree: what may hold documents, what stands beside them, and where links lead. */
export function wantedIn({ entries }: Tree): readonly Wanted[] {
  const wanted: Wanted[] = []
  for (const [path, { id, type }] of entries) {
    if (type === 'submodule') continue
    if (type === 'link') {
      const isSeen = !path.split('/').slice(0, -1).some(isPassedOver)
      if (isSeen) wanted.push({ path, id, type, maxBytes: MAX_TARGET_BYTES, isKept: true })
    } else if (isBesideDocuments(path)) {
      wanted.push({ path, id, type, maxBytes: BESIDE_DOCUMENTS[path], isKept: true })
    } else if (isWanted(path)) {
      wanted.push({ path, id, type, maxBytes: MAX_FILE_BYTES, isKept: false })
    }
  }
  return wanted
}

/** What is known of blobs, and the bytes of those that can hold anything. */
export interface Blobs {
  /** `undefined` for what is not there. */
  size(id: string): number | undefined
  /** `undefined` for what was too large, or cannot hold a document. */
  bytes(id: string): Uint8Array | undefined
  /** More than can be held: what is missing from it, nobody knows. */
  readonly isFull: boolean
}

/** What is read through in all, and what of it is held. */
const MAX_READ_BYTES = 2 * 1024 * 1024 * 1024
const MAX_HELD_BYTES = 512 * 1024 * 1024

/** Looks at each blob once, whoever wants it: at its size first, and into it if that is allowed. */
export async function blobsOf(wanted: readonly Wanted[], reader: ObjectReader): Promise<Blobs> {
  const ids = [...new Set(wanted.map(({ id }) => id))]
  const facts = await reader.facts(ids)
  const sizes = new Map(ids.flatMap((id, index) => sizeOf(id, facts[index])))
  const small = wanted.filter(({ id, maxBytes }) => (sizes.get(id) ?? Infinity) <= maxBytes)
  const kept = new Set(small.filter(({ isKept }) => isKept).map(({ id }) => id))
  const read = [...new Set(small.map(({ id }) => id))]
  const held = new Map<string, Uint8Array>()
  let total = read.reduce((sum, id) => sum + sizes.get(id)!, 0)
  let isFull = total > MAX_READ_BYTES
  total = 0
  await reader.contents(isFull ? [] : read, (bytes, index) => {
    const id = read[index]!
    if (!kept.has(id) && !carriesMark(bytes)) return
    total += bytes.length
    isFull ||= total > MAX_HELD_BYTES
    if (!isFull) held.set(id, Uint8Array.prototype.slice.call(bytes))
  })
  return { size: id => sizes.get(id), bytes: id => held.get(id), isFull }
}

function sizeOf(id: string, facts: ObjectFacts | undefined): [string, number][] {
  return facts?.type === 'blob' ? [[id, facts.size]] : []
}
