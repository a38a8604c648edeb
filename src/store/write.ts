import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../model/address.ts'
import { StaleState, WorldError } from '../model/errors.ts'
import type { WriteBatch } from '../model/store.ts'
import { chain, headSeal, type AuditEntry, type Head } from './audit.ts'
import { insertRows, queryIn } from './bulk.ts'
import { checkFence } from './fence.ts'
import { prepare, REFERENCES, RESOURCES, SECRETS, TABLES, type Prepared } from './prepare.ts'
import { AUDIT_COLUMNS, auditValues, limitsOf } from './rows.ts'
import { Contended, type Sql, type SqlSession } from './sql.ts'
import { admitPrimary, type StoreKeys } from './unlock.ts'

/**
 * Writes a batch with its audit records in one transaction and gives the new revision. A batch that changes nothing
 * writes nothing and gives the store's revision as it is. Throws `StaleState` when somebody wrote since the plan,
 * and `Fenced` when it is no longer the caller's turn.
 */
export async function write(sql: Sql, keys: StoreKeys, batch: WriteBatch): Promise<{ readonly revision: number }> {
  const unchanged = await revisionOfEmpty(sql, batch)
  if (unchanged !== undefined) return { revision: unchanged }
  const revision = batch.expectedRevision + 1
  // Sealed before the transaction begins, so that others wait as short as possible.
  const rows = prepare(batch, keys, revision)
  await intact(
    sql.transaction(async session => {
      // First of all: from here on every other writer waits, and then finds the revision gone.
      const head = await takeRevision(session, batch.expectedRevision)
      await checkFence(session, batch.fence)
      if (rows.secrets.length > 0) await admitPrimary(session, keys)
      const before = await readTouched(session, batch)
      await putRows(session, batch, rows)
      await removeRows(session, batch, revision)
      await forgetTables(session, before)
      await putOwner(session, batch, revision)
      await appendAudit(session, { head, entries: entriesOf(batch, before, revision) }, keys)
    }),
  )
  return { revision }
}

/** The revision was taken, so rows that are in the way were not put there by a write of this program. */
async function intact(transaction: Promise<void>): Promise<void> {
  try {
    await transaction
  } catch (error) {
    if (!(error instanceof Contended)) throw error
    throw new WorldError('store-corrupt', `The store holds rows that no write put there (${error.message}).`, {
      cure: 'Run tenon audit verify, and restore the store from a backup; nothing was written.',
    })
  }
}

/** The store's revision when the batch has nothing to write: no rows, and limits as they are recorded. */
async function revisionOfEmpty(session: SqlSession, batch: WriteBatch): Promise<number | undefined> {
  if (batch.puts.length + batch.deletes.length + batch.orphans.length > 0) return undefined
  const [row] = await session.query<{ revision: number; limits: string | null }>(
    'SELECT s.revision, o.limits FROM tenon_store s LEFT JOIN tenon_owners o ON o.owner = $1',
    [batch.owner],
  )
  const changed = batch.limits !== undefined && !isDeepStrictEqual(batch.limits, limitsOf(row?.limits ?? null))
  return changed ? undefined : (row?.revision ?? 0)
}

/** Compare-and-swap on the store's revision: the one lock, and one that every engine has. */
async function takeRevision(session: SqlSession, expected: number): Promise<Head> {
  const [taken] = await session.query<Head>(
    `UPDATE tenon_store SET revision = $2 WHERE id = 1 AND revision = $1
     RETURNING audit_sequence AS sequence, audit_head AS hash`,
    [expected, expected + 1],
  )
  if (taken !== undefined) return taken
  const [last] = await session.query<{
    revision: number
    actor: string | null
    owner: string | null
    at: string | null
  }>(
    `SELECT s.revision, a.actor, a.owner, a.at
     FROM tenon_store s LEFT JOIN tenon_audit a ON a.sequence = s.audit_sequence`,
  )
  const who = last?.actor == null ? '' : `, written by ${last.actor} for ${last.owner} at ${last.at}`
  throw new StaleState(
    `The store is at revision ${last?.revision ?? 0}${who}; the plan was made at revision ${expected}. Nothing was written.`,
  )
}

const AUDIT = { into: 'tenon_audit', columns: AUDIT_COLUMNS }

interface Touched {
  readonly address: Address
  readonly owner: string | null
  readonly digest: string
  readonly operations: string | null
}

async function readTouched(session: SqlSession, batch: WriteBatch): Promise<ReadonlyMap<Address, Touched>> {
  const addresses = [...batch.puts.map(put => put.resource.address), ...batch.deletes, ...batch.orphans]
  assert.equal(new Set(addresses).size, addresses.length, 'a batch names each address once')
  const text = 'SELECT address, owner, digest, operations FROM tenon_resources WHERE address IN (?)'
  const found = await queryIn<Touched>(session, text, addresses)
  const rows = new Map(found.map(row => [row.address, row]))
  for (const address of [...batch.deletes, ...batch.orphans]) {
    assert.equal(rows.get(address)?.owner, batch.owner, `${address} is removed by its owner only`)
  }
  return rows
}

async function putRows(session: SqlSession, { puts }: WriteBatch, rows: Prepared): Promise<void> {
  const addresses = puts.map(put => put.resource.address)
  await insertRows(session, TABLES, rows.tables)
  await assertTables(session, rows.named)
  await insertRows(session, RESOURCES, rows.resources)
  await queryIn(session, 'DELETE FROM tenon_references WHERE referrer IN (?)', addresses)
  await insertRows(session, REFERENCES, rows.references)
  await insertRows(session, SECRETS, rows.secrets)
}

/** A service without its operations would answer every question with a denial. */
async function assertTables(session: SqlSession, named: ReadonlySet<string>): Promise<void> {
  const text = 'SELECT digest FROM tenon_operations WHERE digest IN (?)'
  const found = await queryIn<{ digest: string }>(session, text, named)
  assert.equal(found.length, named.size, 'every service that is put names operations that the batch or the store has')
}

/** Deletes rows, their references and sealed values with them, and gives up the ownership of orphans. */
async function removeRows(session: SqlSession, batch: WriteBatch, revision: number): Promise<void> {
  await queryIn(session, 'DELETE FROM tenon_resources WHERE address IN (?)', batch.deletes)
  for (const address of batch.orphans) {
    await session.query(
      `UPDATE tenon_resources SET owner = NULL, revision = $2, updated_at = $3, updated_by = $4, commit_id = $5
       WHERE address = $1`,
      [address, revision, batch.at, batch.actor, batch.commit ?? null],
    )
  }
}

/** Removes operation tables that rows named before this write and none names now. */
async function forgetTables(session: SqlSession, before: ReadonlyMap<Address, Touched>): Promise<void> {
  const named = [...before.values()].flatMap(({ operations }) => operations ?? [])
  const text = `DELETE FROM tenon_operations WHERE digest IN (?) AND NOT EXISTS
    (SELECT 1 FROM tenon_resources r WHERE r.operations = tenon_operations.digest)`
  await queryIn(session, text, named)
}

async function putOwner(session: SqlSession, { owner, limits }: WriteBatch, revision: number): Promise<void> {
  await session.query(
    `INSERT INTO tenon_owners (owner, revision, limits) VALUES ($1, $2, $3) ON CONFLICT (owner)
     DO UPDATE SET revision = excluded.revision, limits = COALESCE(excluded.limits, tenon_owners.limits)`,
    [owner, revision, limits === undefined ? null : JSON.stringify(limits)],
  )
}

function entriesOf(batch: WriteBatch, before: ReadonlyMap<Address, Touched>, revision: number): AuditEntry[] {
  const { at, actor, owner, commit } = batch
  const entry = (
    action: AuditEntry['action'],
    address: Address | undefined,
    rest: Pick<AuditEntry, 'after'> & Partial<Pick<AuditEntry, 'fields'>>,
  ): AuditEntry => {
    const digest = address === undefined ? undefined : before.get(address)?.digest
    return { revision, at, actor, owner, commit, action, address, fields: [], before: digest, ...rest }
  }
  return [
    ...batch.puts.map(({ action, resource, fields }) =>
      entry(action, resource.address, { after: resource.digest, fields }),
    ),
    ...batch.deletes.map(address => entry('delete', address, { after: undefined })),
    ...batch.orphans.map(address => entry('orphan', address, { after: before.get(address)?.digest })),
    // What closes the revision names the plan that was carried out.
    entry('apply', undefined, { after: batch.planDigest }),
  ]
}

async function appendAudit(
  session: SqlSession,
  { head, entries }: { readonly head: Head; readonly entries: readonly AuditEntry[] },
  keys: StoreKeys,
): Promise<void> {
  const links = chain(head, entries, keys.audit)
  await insertRows(session, AUDIT, links.map(auditValues))
  const closing = links.at(-1)?.record
  assert(closing?.action === 'apply')
  await session.query('UPDATE tenon_store SET audit_sequence = $1, audit_head = $2, audit_seal = $3 WHERE id = 1', [
    closing.sequence,
    closing.hash,
    headSeal(keys.audit, closing, closing.revision),
  ])
}
