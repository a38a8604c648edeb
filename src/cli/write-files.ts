import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Diagnostic } from '../model/diagnostic.ts'
import { WorldError } from '../model/errors.ts'
import type { Resource } from '../model/state.ts'

/** File systems take names of up to 255 bytes; a resource's name may have 253, before the ending. */
const MAX_NAME = 200

/** The path of a resource's own file: `<namespace>/<kind>/<name>.yaml`, without a namespace for global ones. */
export function filePath({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string {
  const short =
    name.length <= MAX_NAME
      ? name
      : `${name.slice(0, MAX_NAME - 17)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`
  return [...(namespace === undefined ? [] : [namespace]), kind, `${short}.yaml`].join('/')
}

/** Which of these paths below a folder are taken. */
export function takenIn(folder: string, paths: Iterable<string>): readonly string[] {
  return [...paths].filter(below => existsSync(path.join(folder, below)))
}

/** What to say of paths that are taken. `verb`: how the cure calls what the caller does. */
export function overwrites(taken: readonly string[], folder: string, verb: 'Export' | 'Render'): Diagnostic {
  const more = taken.length > 1 ? ` and ${taken.length - 1} more` : ''
  return {
    severity: 'error',
    code: 'file-exists',
    message: `"${path.join(folder, taken[0] ?? '')}"${more} would be overwritten; nothing was written`,
    cure: `${verb} into an empty folder, or pass --force-overwrite.`,
  }
}

/**
 * Writes files below a folder, each whole or not at all; what stands at their paths is replaced, and a link is not
 * followed. Throws `WorldError` when the folder cannot be written.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  const made = new Set<string>()
  for (const [below, text] of files) {
    const file = path.join(folder, below)
    const parent = path.dirname(file)
    try {
      if (!made.has(parent)) makeFolder(parent)
      made.add(parent)
      replace(file, text)
    } catch (cause) {
      throw unwritable(file, cause)
    }
  }
}

/** Makes a folder and those above it. Node's `recursive` never ends where a folder exists but takes no others (/proc). */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = path.dirname(folder)
  if (parent !== folder) makeFolder(parent)
  mkdirSync(folder)
}

function replace(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(unfinished, text, { flag: 'wx' })
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

function unwritable(file: string, cause: unknown): WorldError {
  const code = cause instanceof Error && 'code' in cause ? `: ${String(cause.code)}` : ''
  return new WorldError('file-unwritable', `"${file}" cannot be written${code}`, {
    cure: 'Check the folder, its rights and its disk.',
    cause,
  })
}
