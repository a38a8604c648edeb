import { WorldError } from '../model/errors.ts'
import { Contended, MissingTable } from './sql.ts'

interface Failure {
  readonly code: string
  readonly says: string
  readonly cure: string
}

const LOCKED: Failure = {
  code: 'store-locked',
  says: 'is locked: another process has been writing to it for longer than this one waits',
  cure: 'Wait until that process has ended, then run the command again; nothing was written.',
}
const UNWRITABLE: Failure = {
  code: 'store-unwritable',
  says: 'cannot be opened for writing',
  cure: 'Let this user read and write the folder and the files in it, or name another folder with --store.',
}
const CORRUPT: Failure = {
  code: 'store-corrupt',
  says: 'is damaged, or is not a store of Tenon',
  cure: 'Restore it, with its key, from a backup; or move it away and apply again from the files.',
}

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html); an extended code has them in its low byte.
const FAILURES: Readonly<Record<number, Failure>> = {
  3: UNWRITABLE,
  5: LOCKED,
  6: LOCKED,
  8: UNWRITABLE,
  10: {
    code: 'store-io',
    says: 'could not be read or written: the disk refused',
    cure: 'See whether the disk is full, failing or over a size limit, then run the command again; nothing was written.',
  },
  11: CORRUPT,
  13: {
    code: 'store-full',
    says: 'cannot grow: the disk is full',
    cure: 'Make room on the disk, then run the command again; nothing was written.',
  },
  14: UNWRITABLE,
  23: UNWRITABLE,
  26: CORRUPT,
}

const CONSTRAINT = 19

/** What an error of `node:sqlite` means, for the store in `file`; an error that is none of the world's stays as it is. */
export function sqliteFailure(error: unknown, file: string): unknown {
  const errcode = resultCode(error)
  if (errcode === undefined || !(error instanceof Error)) return error
  const { message } = error
  if (message.startsWith('no such table')) return new MissingTable(message)
  if (errcode === CONSTRAINT) return new Contended(message)
  const failure = FAILURES[errcode]
  if (failure === undefined) return error
  return new WorldError(failure.code, `The store ${file} ${failure.says} (SQLite: ${message}).`, { cure: failure.cure })
}

/** Whether an error says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code === 5 || code === 6
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
