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

/** Larger files are refused; 10,000 integrations of ordinary size fit into one file. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024

const EXTENSIONS = new Set(['.yaml', '.yml', '.json'])
const MARK = Buffer.from('tenon.dev/')

/** What was found under the given paths, in the order of their paths. */
export interface Source {
  readonly documents: readonly Document[]
  /** `tenon.yaml` at the top of each root that has one. */
  readonly configs: readonly Document[]
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
  const found: Found = { documents: [], configs: new Map(), problems: [], seen: new Set() }
  for (const given of paths) {
    if (given === '-') found.documents.push({ file: '<stdin>', path: '<stdin>', root: input.cwd, bytes: input.stdin() })
    else addPath(given, input.cwd, found)
  }
  return { documents: found.documents, configs: [...found.configs.values()], problems: found.problems, readBeside }
}

interface Found {
  readonly documents: Document[]
  readonly configs: Map<string, Document>
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
  readConfig(root, shownRoot, found)
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
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') walk({ ...at, folder: below }, found)
    } else if (EXTENSIONS.has(path.extname(entry.name).toLowerCase())) {
      readInto({ root: at.root, shownRoot: at.shownRoot, file: below }, found, false)
    }
  }
}

/** What a link leads to, if that is inside the root and a file. */
function followed(at: Folder, below: string, found: Found): { isDirectory(): boolean } | undefined {
  // A link to a folder inside the root shows nothing new, and may lead in a circle; a hidden one is an editor's.
  const isFile = EXTENSIONS.has(path.extname(below).toLowerCase()) && !path.basename(below).startsWith('.')
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
  if (at.file === 'tenon.yaml') {
    readConfig(at.root, at.shownRoot, found)
    return
  }
  const bytes = readRegular(real, file, MAX_FILE_BYTES, found.problems)
  if (bytes === undefined || (!named && !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MARK)))
    return
  found.documents.push({ file, path: at.file, root: at.root, bytes })
}

function readConfig(root: string, shownRoot: string, found: Found): void {
  const full = path.join(root, 'tenon.yaml')
  if (found.configs.has(root)) return
  const file = shown(shownRoot, 'tenon.yaml')
  if (world(file, () => lstatSync(full, { throwIfNoEntry: false })) === undefined) return
  const real = realOf(full)
  if (real === undefined || !inside(root, real)) {
    // Never passed over: what it demands would be gone without a word.
    const message = `"${file}" is a symbolic link that leads out of the source directory, or nowhere`
    const cure = 'Replace the link by the file itself, or remove it.'
    found.problems.push({ severity: 'error', code: 'path-outside-root', message, cure, file })
    return
  }
  const bytes = readRegular(real, file, 1024 * 1024, found.problems)
  if (bytes !== undefined) found.configs.set(root, { file, path: 'tenon.yaml', root, bytes })
}

function readRegular(full: string, file: string, maxBytes: number, problems: Problem[]): Uint8Array | undefined {
  const result = world(file, () => readBounded(full, file, maxBytes))
  if (result.kind === 'read') return result.bytes
  problems.push({ severity: 'error', code: result.code, message: result.message, cure: result.cure, file })
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
    const cure = 'Check the path: it starts from the folder of the file that names it.'
    return { kind: 'refused', code: 'file-not-found', message: `the file "${file}" does not exist`, cure }
  }
  if (!inside(root, real)) {
    const cure = 'Move the file into the source directory.'
    return { kind: 'refused', code: 'path-outside-root', message: `"${file}" is outside the source directory`, cure }
  }
  return world(file, () => readBounded(real, file, maxBytes))
}

function pathFault(relativePath: string): ReadResult | undefined {
  const segments = relativePath.split('/')
  if (path.isAbsolute(relativePath) || segments.includes('..')) {
    const cure = 'Use a path below the source directory, relative to this file.'
    return {
      kind: 'refused',
      code: 'path-outside-root',
      message: `"${relativePath}" leads out of the source directory`,
      cure,
    }
  }
  const wrong =
    relativePath.includes('\0') || relativePath.includes('\\') || relativePath !== relativePath.normalize('NFC')
  if (!wrong && relativePath !== '') return undefined
  const cure = "Use '/' between folders, and no NUL, backslash or decomposed characters."
  return { kind: 'refused', code: 'path-invalid', message: `"${printable(relativePath)}" is not a usable path`, cure }
}

/** Reads from one descriptor, so that what was checked is what is read. */
function readBounded(full: string, file: string, maxBytes: number): ReadResult {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const descriptor = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) {
      const cure = 'Only regular files are read.'
      return { kind: 'refused', code: 'file-unreadable', message: `"${file}" is not a regular file`, cure }
    }
    if (stat.size > maxBytes) {
      const message = `"${file}" has ${stat.size} bytes; the limit is ${maxBytes}`
      return {
        kind: 'refused',
        code: 'file-too-large',
        message,
        cure: 'Split the file, or remove what does not belong in it.',
      }
    }
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

function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1)
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
