import { randomBytes, randomUUID } from 'node:crypto'
import { WorldError } from '../model/errors.ts'
import { genesis, headSeal } from './audit.ts'
import { derive, keyIdOf, seal, unseal, type Key, type RecordPlace } from './envelope.ts'
import type { KeyRing } from './keys.ts'
import type { SqlSession } from './sql.ts'

/** Everything that a store's key file opens. */
export interface StoreKeys {
  readonly installation: string
  readonly ring: KeyRing
  readonly fingerprint: Buffer
  readonly audit: Buffer
}

const CANARY = Buffer.from('tenon canary')

/** Writes the one row of a new store, inside the caller's transaction; does nothing where there is one. */
export async function found(session: SqlSession, ring: KeyRing): Promise<void> {
  const rows = await session.query('SELECT id FROM tenon_store')
  if (rows.length > 0) return
  const keys = newStoreKeys(ring)
  const head = genesis(keys.installation)
  await session.query(
    `INSERT INTO tenon_store (id, installation, store_key, revision, audit_sequence, audit_head, audit_seal)
     VALUES (1, $1, $2, 0, $3, $4, $5)`,
    [keys.installation, keys.sealed, head.sequence, head.hash, headSeal(keys.audit, head, 0)],
  )
  await admitPrimary(session, keys)
}

/**
 * Opens the store's own key and proves that the ring holds every key in use. Throws `WorldError` `key-wrong` otherwise,
 * so that nobody works on a store that they cannot read, or makes its key anew.
 */
export async function unlock(session: SqlSession, ring: KeyRing): Promise<StoreKeys> {
  const [store] = await session.query<{ installation: string; store_key: string }>(
    'SELECT installation, store_key FROM tenon_store',
  )
  if (store === undefined) throw damaged('its first row is gone')
  await checkCanaries(session, store.installation, ring)
  const sealedBy = ring.byId.get(keyIdOf(store.store_key) ?? '')
  const secret = sealedBy && unseal(sealedBy, storeKeyPlace(store.installation), store.store_key)
  if (secret === undefined) throw damaged('its own key does not open')
  return storeKeysOf(store.installation, ring, secret)
}

/** Keys for a store that does not exist yet: nothing made with them outlives the process. */
export function newStoreKeys(ring: KeyRing): StoreKeys & { readonly sealed: string } {
  const installation = randomUUID()
  const secret = randomBytes(32)
  const sealed = seal(ring.primary, storeKeyPlace(installation), secret)
  return { ...storeKeysOf(installation, ring, secret), sealed }
}

/**
 * Makes sure, inside a transaction that holds the store and writes sealed values, that the primary key is one that the
 * store knows, and that this process can still open what others sealed since it started.
 */
export async function admitPrimary(session: SqlSession, { installation, ring }: StoreKeys): Promise<void> {
  const known = await checkCanaries(session, installation, ring)
  if (known.has(ring.primary.id)) return
  const canary = seal(ring.primary, canaryPlace(installation, ring.primary), CANARY)
  await session.query('INSERT INTO tenon_keys (id, canary) VALUES ($1, $2)', [ring.primary.id, canary])
}

/** Makes every other writer wait until the caller's transaction ends; what is planned at the revision stays valid. */
export async function holdStore(session: SqlSession): Promise<void> {
  await session.query('UPDATE tenon_store SET revision = revision WHERE id = 1')
}

/** Where the store's own key is sealed: it outlives the keys that wrap it, so that fingerprints stay the same. */
export function storeKeyPlace(installation: string): RecordPlace {
  return { installation, address: 'store', version: 0 }
}

async function checkCanaries(session: SqlSession, installation: string, ring: KeyRing): Promise<ReadonlySet<string>> {
  const rows = await session.query<{ id: string; canary: string }>('SELECT id, canary FROM tenon_keys')
  for (const { id, canary } of rows) {
    const key = ring.byId.get(id)
    if (key === undefined) throw wrongKey(`The store needs the key ${id}, which is not in ${ring.file}.`)
    if (unseal(key, canaryPlace(installation, key), canary) === undefined) {
      throw wrongKey(`The key ${id} in ${ring.file} is not the one that this store was written with.`)
    }
  }
  return new Set(rows.map(row => row.id))
}

function canaryPlace(installation: string, { id }: Key): RecordPlace {
  return { installation, address: `key ${id}`, version: 0 }
}

function storeKeysOf(installation: string, ring: KeyRing, secret: Buffer): StoreKeys {
  const fingerprint = derive(secret, 'tenon fingerprint v1')
  const audit = derive(secret, 'tenon audit v1')
  secret.fill(0)
  return { installation, ring, fingerprint, audit }
}

function wrongKey(message: string): WorldError {
  return new WorldError('key-wrong', message, {
    cure: 'Name the key file of this store in TENON_KEY_FILE, or restore it from its copy; nothing was written.',
  })
}

function damaged(what: string): WorldError {
  return new WorldError('store-corrupt', `The store is damaged: ${what}.`, {
    cure: 'Restore the store and its key from a backup.',
  })
}
