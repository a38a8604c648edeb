import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import path from 'node:path'
import type { Problem } from '../model/diagnostic.ts'
import type { Document, ReadBeside, ReadResult } from '../model/document.ts'
import { WorldError } from '../model/errors.ts'
import {
  BESIDE_DOCUMENTS,
  carriesMark,
  isBesideDocuments,
  isPassedOver,
  MAX_FILE_BYTES,
  mayHoldDocuments,
  notFound,
  notRegular,
  pathFault,
  problemOf,
  tooLarge,
  type BesideDocuments,
} from './selection.ts'

/** What was found under the given paths, in the order of their paths. */
export interface Source {
  readonly documents: readonly Document[]
  /** `tenon.yaml` at the top of each root that has one. */
  readonly configs: readonly Document[]
  /** `tenon.lock.yaml` at the top of each root that has one. */
  readonly lockFiles: readonly Document[]
  /** Files that were refused before anybody could read them. */
  readonly problems: readonly Problem[]
  readonly readBeside: ReadBeside
}

/**
 * Reads files, directories and `-` (standard input). In directories, files without the bytes `tenon.dev/` are ignored,
 * as are dot-directories and `node_modules`. The root of a file is its folder; nothing outside a root is read.
 *
 * Throws `WorldError` for a path that is missing or unreadable: unreadable is not the same as absent.
 */
export function source(paths: readonly string[], input: { cwd: string; stdin: () => Uint8Array }): Source {
  const beside = { 'tenon.yaml': new Map<string, Document>(), 'tenon.lock.yaml': new Map<string, Document>() }
  const found: Found = { documents: [], beside, problems: [], seen: new Set() }
  for (const given of paths) {
    if (given === '-') found.documents.push({ file: '<stdin>', path: '<stdin>', root: input.cwd, bytes: input.stdin() })
    else addPath(given, input.cwd, found)
  }
  return {
    documents: found.documents,
    configs: [...beside['tenon.yaml'].values()],
    lockFiles: [...beside['tenon.lock.yaml'].values()],
    problems: found.problems,
    readBeside,
  }
}

interface Found {
  readonly documents: Document[]
  /** By their root. */
  readonly beside: Readonly<Record<BesideDocuments, Map<string, Document>>>
  readonly problems: Problem[]
  /** Real paths read so far: a file given twice, or reached through a link as well, counts once. */
  readonly seen: Set<string>
}

function addPath(given: string, cwd: string, found: Found): void {
  const absolute = path.resolve(cwd, given)
  const stat = world(given, () => statSync(absolute))
  const isFolder = stat.isDirectory()
  const root = world(given, () => realpathSync(isFolder ? absolute : path.dirname(absolute)))
  const shownRoot = path.normalize(isFolder ? given : path.dirname(given))
  if (isFolder) {
    walk({ root, shownRoot, folder: '' }, found)
    return
  }
  const name = path.basename(absolute)
  readInto({ root, shownRoot, file: name }, found, true)
  readBesideDocuments('tenon.yaml', { root, shownRoot }, found)
  readBesideDocuments('tenon.lock.yaml', { root, shownRoot }, found)
}

interface Folder {
  readonly root: string
  readonly shownRoot: string
  /** Below the root, with `/` between segments; empty for the root itself. */
  readonly folder: string
}

function walk(at: Folder, found: Found): void {
  const full = path.join(at.root, at.folder)
  const entries = world(shown(at.shownRoot, at.folder), () => readdirSync(full, { withFileTypes: true }))
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const entry of entries) {
    const below = at.folder === '' ? entry.name : `${at.folder}/${entry.name}`
    const target = entry.isSymbolicLink() ? followed(at, below, found) : entry
    if (target === undefined) continue
    if (target.isDirectory()) {
      if (!isPassedOver(entry.name)) walk({ ...at, folder: below }, found)
    } else if (mayHoldDocuments(entry.name)) {
      readInto({ root: at.root, shownRoot: at.shownRoot, file: below }, found, false)
    }
  }
}

/** What a link leads to, if that is inside the root and a file. */
function followed(at: Folder, below: string, found: Found): { isDirectory(): boolean } | undefined {
  // A link to a folder inside the root shows nothing new, and may lead in a circle; a hidden one is an editor's.
  const isFile = mayHoldDocuments(below) && !path.basename(below).startsWith('.')
  const full = path.join(at.root, below)
  const real = realOf(full)
  if (real !== undefined && inside(at.root, real)) {
    const stat = world(shown(at.shownRoot, below), () => statSync(real))
    return stat.isDirectory() || !isFile ? undefined : stat
  }
  const file = shown(at.shownRoot, below)
  if (real === undefined && !isFile) return undefined
  const message = real === undefined ? 'leads nowhere' : 'leads out of the source directory'
  found.problems.push({
    severity: 'error',
    code: real === undefined ? 'file-not-found' : 'path-outside-root',
    message: `"${file}" is a symbolic link that ${message}`,
    cure: 'Replace the link by the file itself, or remove it.',
    file,
  })
  return undefined
}

/** The real path of a file; `undefined` for a link that leads nowhere, or in a circle. */
function realOf(full: string): string | undefined {
  try {
    return realpathSync(full)
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw unreadable(full, error)
  }
}

function readInto(at: { root: string; shownRoot: string; file: string }, found: Found, named: boolean): void {
  const full = path.join(at.root, at.file)
  const file = shown(at.shownRoot, at.file)
  const real = world(file, () => realpathSync(full))
  if (found.seen.has(real)) return
  found.seen.add(real)
  if (isBesideDocuments(at.file)) {
    readBesideDocuments(at.file, at, found)
    return
  }
  const bytes = readRegular(real, file, MAX_FILE_BYTES, found.problems)
  if (bytes === undefined || (!named && !carriesMark(bytes))) return
  found.documents.push({ file, path: at.file, root: at.root, bytes })
}

function readBesideDocuments(
  name: BesideDocuments,
  { root, shownRoot }: Pick<Folder, 'root' | 'shownRoot'>,
  found: Found,
): void {
  const full = path.join(root, name)
  if (found.beside[name].has(root)) return
  const file = shown(shownRoot, name)
  if (world(file, () => lstatSync(full, { throwIfNoEntry: false })) === undefined) return
  const real = realOf(full)
  if (real === undefined || !inside(root, real)) {
    // Never passed over: what it demands would be gone without a word.
    const message = `"${file}" is a symbolic link that leads out of the source directory, or nowhere`
    const cure = 'Replace the link by the file itself, or remove it.'
    found.problems.push({ severity: 'error', code: 'path-outside-root', message, cure, file })
    return
  }
  const bytes = readRegular(real, file, BESIDE_DOCUMENTS[name], found.problems)
  if (bytes !== undefined) found.beside[name].set(root, { file, path: name, root, bytes })
}

function readRegular(full: string, file: string, maxBytes: number, problems: Problem[]): Uint8Array | undefined {
  const result = world(file, () => readBounded(full, file, maxBytes))
  if (result.kind === 'read') return result.bytes
  problems.push(problemOf(file, result))
  return undefined
}

/**
 * Reads a file that a document names, relative to the document's folder. Refuses what is not a plain relative path, what
 * leads out of the root (also through a link), what is no regular file, and what is larger than `maxBytes`.
 */
const readBeside: ReadBeside = (document, relativePath, maxBytes) => {
  const bad = pathFault(relativePath)
  if (bad !== undefined) return Promise.resolve(bad)
  const full = path.join(document.root, path.dirname(document.path), relativePath)
  const file = path.join(path.dirname(document.file), relativePath)
  return Promise.resolve(readBesideFile(document.root, full, file, maxBytes))
}

function readBesideFile(root: string, full: string, file: string, maxBytes: number): ReadResult {
  let real: string
  try {
    real = realpathSync(full)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR')) throw unreadable(file, error)
    return notFound(file)
  }
  if (!inside(root, real)) {
    const cure = 'Move the file into the source directory.'
    return { kind: 'refused', code: 'path-outside-root', message: `"${file}" is outside the source directory`, cure }
  }
  return world(file, () => readBounded(real, file, maxBytes))
}

/** Reads from one descriptor, so that what was checked is what is read. */
function readBounded(full: string, file: string, maxBytes: number): ReadResult {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const descriptor = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) return notRegular(file)
    if (stat.size > maxBytes) return tooLarge(file, stat.size, maxBytes)
    return { kind: 'read', file, bytes: readWhole(descriptor, stat.size) }
  } finally {
    closeSync(descriptor)
  }
}

function readWhole(descriptor: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(size)
  let length = 0
  while (length < size) {
    const read = readSync(descriptor, bytes, length, size - length, null)
    if (read === 0) break
    length += read
  }
  return bytes.subarray(0, length)
}

function inside(root: string, real: string): boolean {
  return real === root || real.startsWith(root.endsWith(path.sep) ? root : root + path.sep)
}

function shown(shownRoot: string, below: string): string {
  return shownRoot === '.' || shownRoot === '' ? below : path.join(shownRoot, below)
}

function world<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, cause: unknown): WorldError {
  if (cause instanceof WorldError) return cause
  if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) {
    return new WorldError('file-not-found', `"${file}" does not exist`, {
      cure: 'Check the path given with -f.',
      cause,
    })
  }
  if (isSystemError(cause, 'EACCES', 'EPERM')) {
    return new WorldError('file-unreadable', `"${file}" cannot be read: permission denied`, {
      cure: 'Give yourself the right to read it.',
      cause,
    })
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  return new WorldError('file-unreadable', `"${file}" cannot be read: ${code}`, {
    cure: 'Check the file and its disk.',
    cause,
  })
}

function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
