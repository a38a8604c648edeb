import { WorldError } from '../model/errors.ts'

/** What an error of the file system means for a store in this file or folder; an error that is none stays as it is. */
export function fileFailure(error: unknown, file: string): unknown {
  const code = codeOf(error)
  if (code === undefined) return error
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new WorldError('store-full', `There is no room on the disk for ${file} (${code}).`, {
      cure: 'Make room on the disk, then run the command again; nothing was written.',
    })
  }
  return new WorldError('store-unwritable', `The store cannot use ${file} (${code}).`, {
    cure: 'Name a folder with --store that this user may create, read and write.',
  })
}

/** Whether an error says that there is such a file already. */
export function isExisting(error: unknown): boolean {
  return codeOf(error) === 'EEXIST'
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

/** The code of an error of the file system, such as `EACCES`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : undefined
}
