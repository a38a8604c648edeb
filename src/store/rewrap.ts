import { WorldError } from '../model/errors.ts'
import { keyIdOf, rewrap } from './envelope.ts'
import { openTables, type StoreOptions } from './open.ts'
import { damaged, keyFor, type SealedRow } from './open-sealed.ts'
import type { Sql, SqlSession } from './sql.ts'
import { admitPrimary, holdStore, storeKeyPlace, type StoreKeys } from './unlock.ts'

export interface Rewrapped {
  /** The key that every record needs now. */
  readonly primary: string
  /** How many records another key had wrapped. */
  readonly records: number
  /** Keys that nothing needs any more: they may be taken out of the key file. */
  readonly retired: readonly string[]
}

const BATCH = 200

/**
 * Wraps the data key of every sealed record with the primary key of the key file, then retires the other keys. Values
 * and fingerprints stay as they are. It may be stopped and run again at any point, while others read and write.
 */
export async function rewrapKeys(options: Omit<StoreOptions, 'create'>): Promise<Rewrapped> {
  const { sql, keys } = await openTables({ ...options, create: false })
  if (sql === undefined || keys === undefined) {
    await sql?.close()
    throw new WorldError('store-not-found', 'There is no store whose keys could be changed.', {
      cure: 'Name the store with --store.',
    })
  }
  try {
    await sql.transaction(async session => {
      await holdStore(session)
      await admitPrimary(session, keys)
    })
    const records = await rewrapSecrets(sql, keys)
    await sql.transaction(async session => rewrapStoreKey(session, keys))
    return { primary: keys.ring.primary.id, records, retired: await retire(sql, keys) }
  } finally {
    await sql.close()
  }
}

async function rewrapSecrets(sql: Sql, keys: StoreKeys): Promise<number> {
  const { id } = keys.ring.primary
  let count = 0
  for (;;) {
    const rows = await sql.query<SealedRow>(
      'SELECT address, version, record FROM tenon_secrets WHERE key_id <> $1 ORDER BY address LIMIT $2',
      [id, BATCH],
    )
    if (rows.length === 0) return count
    const changed = rows.map(row => ({ row, record: rewrapped(row, keys) }))
    count += await sql.transaction(async session => {
      let taken = 0
      for (const { row, record } of changed) {
        // A row that somebody sealed again meanwhile is no longer the one that was read, and keeps what it has.
        const hits = await session.query(
          `UPDATE tenon_secrets SET record = $1, key_id = $2 WHERE address = $3 AND version = $4 AND record = $5
           RETURNING address`,
          [record, id, row.address, row.version, row.record],
        )
        taken += hits.length
      }
      return taken
    })
  }
}

function rewrapped(row: SealedRow, { installation, ring }: StoreKeys): string {
  const { address, version, record } = row
  const result = rewrap(keyFor(row, ring), ring.primary, { installation, address, version }, record)
  if (result === undefined) throw damaged(address)
  return result
}

async function rewrapStoreKey(session: SqlSession, { installation, ring }: StoreKeys): Promise<void> {
  const [row] = await session.query<{ store_key: string }>('SELECT store_key FROM tenon_store')
  const from = ring.byId.get(keyIdOf(row?.store_key ?? '') ?? '')
  if (row === undefined || from === undefined || from.id === ring.primary.id) return
  const sealed = rewrap(from, ring.primary, storeKeyPlace(installation), row.store_key)
  if (sealed === undefined) throw new WorldError('store-corrupt', 'The store is damaged: its own key does not open.')
  await session.query('UPDATE tenon_store SET store_key = $1 WHERE store_key = $2', [sealed, row.store_key])
}

/** Forgets keys that no record names. Writers wait meanwhile, so that none of them seals with a key as it goes. */
async function retire(sql: Sql, { ring }: StoreKeys): Promise<string[]> {
  return sql.transaction(async session => {
    await holdStore(session)
    const rows = await session.query<{ id: string }>(
      `DELETE FROM tenon_keys WHERE id <> $1 AND NOT EXISTS
         (SELECT 1 FROM tenon_secrets s WHERE s.key_id = tenon_keys.id) RETURNING id`,
      [ring.primary.id],
    )
    return rows.map(row => row.id).toSorted()
  })
}
