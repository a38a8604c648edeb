import type { AuditFilter, AuditRecord, AuditVerdict, StoreReader } from '../model/store.ts'
import { genesis, hashOf, headSeal, sameSeal, sealOf, type Head } from './audit.ts'
import { rowFault } from './audit-rows.ts'
import { AUDIT_COLUMNS, auditRecordOf, type AuditRow } from './rows.ts'
import type { SqlSession, SqlValue } from './sql.ts'
import type { StoreKeys } from './unlock.ts'

const PAGE = 1000
const COLUMNS = AUDIT_COLUMNS.join(', ')

/** The audit log of a store. */
export function auditLog(session: SqlSession, keys: StoreKeys): Pick<StoreReader, 'audit' | 'verifyAudit'> {
  return {
    audit: async filter => list(session, filter),
    verifyAudit: async () => verify(session, keys),
  }
}

async function list(session: SqlSession, { address, owner, limit }: AuditFilter): Promise<readonly AuditRecord[]> {
  const params: SqlValue[] = []
  const tests = ['1 = 1']
  if (address !== undefined) tests.push(`address = $${params.push(address)}`)
  if (owner !== undefined) tests.push(`owner = $${params.push(owner)}`)
  const newest = limit === undefined ? '' : `LIMIT $${params.push(limit)}`
  const text = `SELECT ${COLUMNS} FROM tenon_audit WHERE ${tests.join(' AND ')} ORDER BY sequence DESC ${newest}`
  const rows = await session.query<AuditRow>(text, params)
  return rows.map(auditRecordOf).toReversed()
}

/** Reads the log page by page from its beginning, so that it needs no lock and little memory. */
async function verify(session: SqlSession, keys: StoreKeys): Promise<AuditVerdict> {
  let last = genesis(keys.installation)
  let expected: StoreHead | undefined
  for (;;) {
    const page = await pageAfter(session, last)
    for (const row of page) {
      const fault = faultOf(row, last, keys)
      if (fault !== undefined) return { kind: 'broken', ...fault }
      last = { sequence: row.sequence, hash: row.hash }
    }
    if (page.length > 0) continue
    // The head is read after the records: one that is ahead of them belongs to a write that was made meanwhile, and its
    // records are there at the next look. If they are not, they are gone.
    const before: StoreHead | undefined = expected
    expected = await readHead(session)
    const isWhole =
      expected === undefined || expected.sequence <= last.sequence || before?.sequence === expected.sequence
    if (isWhole) return withRows(session, endOf(last, expected, keys))
  }
}

/** An intact log proves the rows, too: each has to be what the last record about it says. */
async function withRows(session: SqlSession, verdict: AuditVerdict): Promise<AuditVerdict> {
  const fault = verdict.kind === 'intact' ? await rowFault(session) : undefined
  return fault === undefined ? verdict : { kind: 'broken', ...fault }
}

interface StoreHead extends Head {
  readonly revision: number
  readonly seal: string
}

interface Fault {
  readonly sequence: number
  readonly reason: string
}

async function pageAfter(session: SqlSession, { sequence }: Head): Promise<readonly AuditRow[]> {
  const text = `SELECT ${COLUMNS} FROM tenon_audit WHERE sequence > $1 ORDER BY sequence LIMIT $2`
  return session.query<AuditRow>(text, [sequence, PAGE])
}

async function readHead(session: SqlSession): Promise<StoreHead | undefined> {
  const [row] = await session.query<StoreHead>(
    'SELECT audit_sequence AS sequence, audit_head AS hash, audit_seal AS seal, revision FROM tenon_store',
  )
  return row
}

function faultOf(row: AuditRow, last: Head, { audit }: StoreKeys): Fault | undefined {
  const expected = last.sequence + 1
  if (row.sequence !== expected) {
    return {
      sequence: expected,
      reason: `Record ${expected} is missing: the one after ${last.sequence} is ${row.sequence}.`,
    }
  }
  const { sequence } = row
  const record = parsed(row)
  if (record === undefined || hashOf(record) !== row.hash) {
    return { sequence, reason: `Record ${sequence} was changed after it was written.` }
  }
  if (row.previous !== last.hash) {
    return {
      sequence,
      reason: `Record ${sequence} does not follow the one before it: one was replaced or put elsewhere.`,
    }
  }
  if (row.action === 'apply' && !sameSeal(row.seal ?? undefined, sealOf(audit, record))) {
    return {
      sequence,
      reason: `Record ${sequence} was not sealed with this store's key: the log was rewritten up to it.`,
    }
  }
  return undefined
}

function endOf(last: Head, expected: StoreHead | undefined, { audit }: StoreKeys): AuditVerdict {
  if (expected === undefined || !sameSeal(expected.seal, headSeal(audit, expected, expected.revision))) {
    return broken(last.sequence, "The store's note of the newest record was changed.")
  }
  if (expected.sequence > last.sequence) {
    return broken(
      last.sequence + 1,
      `The log ends at record ${last.sequence}; the newest one written was ${expected.sequence}.`,
    )
  }
  if (expected.sequence < last.sequence || expected.hash !== last.hash) {
    return broken(
      expected.sequence + 1,
      `The newest record written was ${expected.sequence}; later ones were added to the log.`,
    )
  }
  return { kind: 'intact', records: last.sequence, head: last.hash }
}

function broken(sequence: number, reason: string): AuditVerdict {
  return { kind: 'broken', sequence, reason }
}

/** The record, or `undefined` when its columns hold what no write put there. */
function parsed(row: AuditRow): AuditRecord | undefined {
  try {
    return auditRecordOf(row)
  } catch {
    return undefined
  }
}
