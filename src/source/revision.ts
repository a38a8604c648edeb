import path from 'node:path'
import type { Problem } from '../model/diagnostic.ts'
import type { Document, ReadBeside, ReadResult } from '../model/document.ts'
import { borrowObjects } from './borrowed.ts'
import { blobsOf, wantedIn, type Blobs, type Wanted } from './blobs.ts'
import type { Source } from './files.ts'
import { missingObjects, type GitPlace } from './git.ts'
import { crossesLink, isFolder, linkProblem } from './links.ts'
import { mergeOf, type Merged } from './merge.ts'
import { ObjectReader } from './objects.ts'
import type { Commit, Repository } from './repository.ts'
import { carriesMark, isBesideDocuments, notFound, notRegular, pathFault, problemOf, tooLarge } from './selection.ts'
import { listTree, tooMany, type Tree } from './tree.ts'

/** A revision read as a source: nothing was checked out. */
export interface RevisionSource extends Source {
  readonly commit: string
  readonly label: string
}

/** A commit to read, or the tree of a merge that stands for it. */
export interface Revision {
  readonly commit: Commit
  readonly tree?: string
}

/** Reads revisions of one repository through processes that run nothing else and write nothing into it. */
export interface Revisions {
  /** What merging `head` into `base` gives. */
  merge(base: Commit, head: Commit): Promise<Merged>
  /**
   * The documents of a folder in each revision. Blobs that are the same at the same path are one `Document`, read once;
   * `file` starts from the top of the repository. Throws `WorldError` for objects that the clone does not have.
   */
  read(revisions: readonly Revision[], folder: string): Promise<readonly RevisionSource[]>
  close(): Promise<void>
}

/** Opens a repository for reading its revisions; what was read can be read beside until it is closed. */
export function openRevisions(repository: Repository): Revisions {
  const borrowed = borrowObjects(repository)
  const { place } = borrowed
  let reader: ObjectReader | undefined
  return {
    merge: (base, head) => mergeOf({ repository, base, head }, place),
    read: (revisions, folder) =>
      readRevisions({ place, folder, reader: (reader ??= new ObjectReader(place)) }, revisions),
    close: async () => {
      await reader?.close()
      borrowed.remove()
    },
  }
}

interface Reading {
  readonly place: GitPlace
  readonly folder: string
  readonly reader: ObjectReader
}

async function readRevisions(reading: Reading, revisions: readonly Revision[]): Promise<readonly RevisionSource[]> {
  const { place, folder, reader } = reading
  const trees = await Promise.all(
    revisions.map(({ commit, tree }) => listTree(place, { tree: tree ?? commit.id, folder })),
  )
  const wanted = trees.map(tree => wantedIn(tree))
  const blobs = await blobsOf(wanted.flat(), reader)
  const shared = new Map<string, Document>()
  const beside = besideBlobs(reader)
  return revisions.map(({ commit }, index) => {
    const side: Side = { folder, tree: trees[index]!, wanted: wanted[index]!, blobs, shared, label: commit.label }
    return { ...sourceOf(side), readBeside: besideReader(side, beside), commit: commit.id, label: commit.label }
  })
}

interface Side {
  readonly folder: string
  readonly tree: Tree
  readonly wanted: readonly Wanted[]
  readonly blobs: Blobs
  /** By path and object, over all sides. */
  readonly shared: Map<string, Document>
  readonly label: string
}

function sourceOf(side: Side): Omit<Source, 'readBeside'> {
  const { tree, wanted, blobs } = side
  const found = { documents: [] as Document[], 'tenon.yaml': [] as Document[], 'tenon.lock.yaml': [] as Document[] }
  const problems = blobs.isFull ? [...tree.problems, tooMany(side.folder)] : [...tree.problems]
  for (const one of blobs.isFull ? [] : wanted) {
    const fault = faultOf(one, side)
    if (fault !== undefined) problems.push(fault)
    const document = fault === undefined && one.type === 'file' ? documentOf(one, side) : undefined
    if (document !== undefined) found[isBesideDocuments(one.path) ? one.path : 'documents'].push(document)
  }
  const { documents, 'tenon.yaml': configs, 'tenon.lock.yaml': lockFiles } = found
  return { documents, configs, lockFiles, problems: firstOf(problems) }
}

/** What keeps a file from being read at all. */
function faultOf({ path: at, id, type, maxBytes }: Wanted, { folder, tree, blobs, label }: Side): Problem | undefined {
  const file = shown(folder, at)
  const size = blobs.size(id)
  if (size === undefined) throw missingObjects(`"${file}" of "${label}" is not in this clone`)
  if (type === 'file') return size > maxBytes ? problemOf(file, tooLarge(file, size, maxBytes)) : undefined
  const target = blobs.bytes(id)
  return linkProblem({ at, file, target: target && Buffer.from(target).toString() }, tree)
}

function documentOf({ path: at, id, isKept }: Wanted, { folder, blobs, shared }: Side): Document | undefined {
  const key = `${id} ${at}`
  const known = shared.get(key)
  if (known !== undefined) return known
  const bytes = blobs.bytes(id)
  if (bytes === undefined || (!isKept && !carriesMark(bytes))) return undefined
  const document = { file: shown(folder, at), path: at, root: folder === '' ? '.' : folder, bytes }
  shared.set(key, document)
  return document
}

const MAX_PROBLEMS = 100

function firstOf(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems
  const message = `${problems.length - MAX_PROBLEMS} more problems of files are not shown`
  const cure = 'Correct the first ones and run again.'
  return [...problems.slice(0, MAX_PROBLEMS), { severity: 'error', code: 'too-many-problems', message, cure }]
}

function shown(folder: string, at: string): string {
  return folder === '' ? at : path.posix.join(folder, at)
}

/** Reads a blob that a document names. */
type BesideBlobs = (id: string, file: string, maxBytes: number) => Promise<ReadResult>

/** What was read beside documents is held up to here, so that both sides get the same bytes. */
const MAX_BESIDE_BYTES = 64 * 1024 * 1024

function besideBlobs(reader: ObjectReader): BesideBlobs {
  const held = new Map<string, Promise<Uint8Array>>()
  let left = MAX_BESIDE_BYTES
  const read = async (id: string): Promise<Uint8Array> => {
    let bytes = new Uint8Array()
    await reader.contents([id], content => (bytes = new Uint8Array(content)))
    return bytes
  }
  return async (id, file, maxBytes) => {
    const [facts] = await reader.facts([id])
    if (facts?.type !== 'blob') throw missingObjects(`"${file}" is not in this clone`)
    if (facts.size > maxBytes) return tooLarge(file, facts.size, maxBytes)
    const known = held.get(id)
    const bytes = known ?? read(id)
    if (known === undefined) left -= facts.size
    if (left >= 0) held.set(id, bytes)
    return { kind: 'read', file, bytes: await bytes }
  }
}

/** As files are read beside documents in a folder, except that no link is followed. */
function besideReader({ folder, tree }: Side, read: BesideBlobs): ReadBeside {
  return async (document, relativePath, maxBytes) => {
    const bad = pathFault(relativePath)
    if (bad !== undefined) return bad
    const at = path.posix.join(path.posix.dirname(document.path), relativePath)
    const file = shown(folder, at)
    if (crossesLink(at, tree)) {
      const message = `"${file}" is, or is below, a symbolic link, which is not followed in a revision`
      return { kind: 'refused', code: 'path-outside-root', message, cure: 'Replace the link by the file itself.' }
    }
    const entry = tree.entries.get(at)
    if (entry?.type === 'file') return await read(entry.id, file, maxBytes)
    return entry !== undefined || isFolder(at, tree) ? notRegular(file) : notFound(file)
  }
}
