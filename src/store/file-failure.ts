import { WorldError } from '../model/errors.ts'

/** What an error of the file system means for a store in this file or folder; an error that is none stays as it is. */
export function fileFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new WorldError('store-full', `There is no room on the disk for ${file} (${error.code}).`, {
      cure: 'Make room on the disk, then run the command again; nothing was written.',
    })
  }
  return new WorldError('store-unwritable', `The store cannot use ${file} (${String(error.code)}).`, {
    cure: 'Name a folder with --store that this user may create, read and write.',
  })
}
