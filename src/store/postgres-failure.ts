import { WorldError } from '../model/errors.ts'
import { Contended, MissingTable } from './sql.ts'

interface Failure {
  readonly code: string
  readonly says: string
  readonly cure: string
}

const UNREACHABLE: Failure = {
  code: 'store-unreachable',
  says: 'cannot be reached',
  cure: 'See whether the server runs and whether host, port and TLS settings of the URL are right, then run it again.',
}
const DENIED: Failure = {
  code: 'store-denied',
  says: 'refused this user',
  cure: 'Check user and password in the URL, and that the user may connect to the database and create tables in it.',
}
const UNWRITABLE: Failure = {
  code: 'store-unwritable',
  says: 'accepts no writes',
  cure: 'Name the primary server in the URL, not a read-only replica.',
}
const LOCKED: Failure = {
  code: 'store-locked',
  says: 'is locked: another transaction holds what this one needs',
  cure: 'Wait until the other writer has ended, then run the command again; nothing was written.',
}
const FULL: Failure = {
  code: 'store-full',
  says: 'cannot grow: the disk of the server is full',
  cure: 'Make room on the server, then run the command again; nothing was written.',
}
const CORRUPT: Failure = {
  code: 'store-corrupt',
  says: 'is damaged',
  cure: "Look at the server's log and restore the database, and keep the key of the store.",
}

// Codes and classes: appendix A of the PostgreSQL manual, "PostgreSQL Error Codes".
const BY_STATE: Readonly<Record<string, Failure>> = {
  '28000': DENIED,
  '28P01': DENIED,
  '42501': DENIED,
  '3D000': {
    code: 'store-not-found',
    says: 'does not exist',
    cure: 'Create the database first: createdb, or CREATE DATABASE, with the user of the URL as its owner.',
  },
  '25006': UNWRITABLE,
  '53100': FULL,
  '53300': { ...UNREACHABLE, says: 'has no connection left' },
  '55P03': LOCKED,
  '57014': LOCKED,
  '57P01': { ...UNREACHABLE, says: 'ended the connection' },
  '57P02': { ...UNREACHABLE, says: 'ended the connection' },
  '57P03': { ...UNREACHABLE, says: 'is not ready yet' },
}
const BY_CLASS: Readonly<Record<string, Failure>> = { '08': UNREACHABLE, '58': CORRUPT, XX: CORRUPT }

// Unique violation, duplicate table, duplicate object: somebody else was faster.
const CONTENDED = new Set(['23505', '42P07', '42710'])
// Serialization failure and deadlock: the transaction may run again as it is.
const REPEATABLE = new Set(['40001', '40P01'])

/** The engine asks for the transaction to be run again. */
export class Repeatable extends WorldError {
  override readonly name = 'Repeatable'
}

/**
 * What an error thrown by `pg` means, for the database shown as `shown`. Its own texts are not passed on: `detail`, `where` and
 * parameters hold rows, and a connection error may hold the URL.
 */
export function postgresFailure(error: unknown, shown: string): unknown {
  if (!(error instanceof Error)) return error
  const state = stateOf(error)
  // No SQLSTATE: the server never answered, or not in its protocol.
  if (state === undefined) return world(UNREACHABLE, shown, systemCode(error))
  if (CONTENDED.has(state)) return new Contended(`SQLSTATE ${state}`)
  if (state === '42P01') return new MissingTable(`SQLSTATE ${state}`)
  if (REPEATABLE.has(state)) return new Repeatable(LOCKED.code, text(LOCKED, shown, state), { cure: LOCKED.cure })
  const failure = BY_STATE[state] ?? BY_CLASS[state.slice(0, 2)]
  if (failure !== undefined) return world(failure, shown, state)
  const cure = "Look at the server's log for this error."
  return new WorldError('store-failed', `The store ${shown} refused a statement (SQLSTATE ${state}).`, { cure })
}

function world(failure: Failure, shown: string, detail: string | undefined): WorldError {
  return new WorldError(failure.code, text(failure, shown, detail), { cure: failure.cure })
}

function text({ says }: Failure, shown: string, detail: string | undefined): string {
  return `The store ${shown} ${says}${detail === undefined ? '' : ` (${detail})`}.`
}

/** The five characters of SQLSTATE, which only errors from the server have. */
function stateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** `ECONNREFUSED` and its like; several addresses that fail together give an error of errors. */
function systemCode(error: Error): string | undefined {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  if (!(first instanceof Error) || !('code' in first)) return undefined
  return typeof first.code === 'string' && /^[A-Z_0-9]+$/.test(first.code) ? first.code : undefined
}
