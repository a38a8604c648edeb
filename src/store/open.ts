import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import path from 'node:path'
import { WorldError } from '../model/errors.ts'
import type { Store } from '../model/store.ts'
import { auditLog } from './audit-log.ts'
import { takeFence } from './fence.ts'
import { fileFailure, isExisting, isMissing } from './file-failure.ts'
import { createKeyFile, MAKE_A_KEY, readKeyFile, type KeyRing } from './keys.ts'
import { isCurrent, migrate, schemaVersion } from './migrate.ts'
import { pendingStore } from './pending.ts'
import { reader } from './read.ts'
import { fingerprintOf } from './seal.ts'
import { Contended, pause, type Sql } from './sql.ts'
import { found, unlock, type StoreKeys } from './unlock.ts'
import { isPostgresUrl } from './url.ts'
import { write } from './write.ts'

export interface StoreOptions {
  /** `postgres://…` or `postgresql://…`; otherwise the folder of the embedded store; `.tenon` when left out. */
  readonly url: string | undefined
  /** The file of the key-encryption keys; the embedded store has a default in its folder. */
  readonly keyFile: string | undefined
  /**
   * Whether a missing store is created now, and an older one brought up to date. Otherwise a missing one reads as empty,
   * nothing is created, and the first `write` creates it.
   */
  readonly create: boolean
  /** Takes sentences that a person should see once, such as that a key was created. */
  readonly notice: (message: string) => void
}

/**
 * Opens a store. Throws `WorldError` when it cannot be reached, read or unlocked: `key-missing`, `key-wrong`,
 * `key-invalid`, `store-newer`, `store-older`, `store-unreachable`, `store-denied`, `store-unwritable`, `store-locked`,
 * `store-full`, `store-io`, `store-corrupt`, `store-not-found`, `store-url-invalid`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { sql, keys } = await openTables(options)
  if (sql !== undefined && keys !== undefined) return storeOver(sql, keys)
  await sql?.close()
  return pendingStore(async () => openStore({ ...options, create: true }))
}

/** The database and keys of a store, for what is done to it besides reading and writing; neither where there is none. */
export async function openTables(options: StoreOptions): Promise<{ sql?: Sql; keys?: StoreKeys }> {
  const { url = '.tenon' } = options
  return isPostgresUrl(url) ? openRemote(url, options) : openEmbedded(url, options)
}

async function openRemote(url: string, options: StoreOptions): Promise<{ sql: Sql; keys?: StoreKeys }> {
  const ring = options.keyFile === undefined ? undefined : readKeyFile(options.keyFile, options.notice)
  if (ring === undefined) throw missingKey('A store in PostgreSQL needs a key for its credentials, and none was given.')
  // Loaded here alone, so that the embedded store does not wait for it.
  const { openPostgres } = await import('./postgres.ts')
  return closingOnFailure(openPostgres(url), async sql => start(sql, ring, options.create))
}

async function openEmbedded(folder: string, options: StoreOptions): Promise<{ sql?: Sql; keys?: StoreKeys }> {
  const file = path.join(folder, 'store.db')
  const keyFile = options.keyFile ?? path.join(folder, 'key')
  const exists = sizeOf(file) > 0
  if (!exists && !options.create) return {}
  if (!exists) makeFiles(folder, file)
  const { openSqlite } = await import('./sqlite.ts')
  return closingOnFailure(await openSqlite(file), async sql => {
    const isNew = (await schemaVersion(sql)) === 0
    if (isNew && !options.create) return undefined
    if (isNew && options.keyFile === undefined) createKeyFile(keyFile, options.notice)
    if (options.keyFile === undefined && sizeOf(keyFile) === 0) {
      throw missingKey(`The key ${keyFile} of the store ${file} is gone.`)
    }
    return start(sql, readKeyFile(keyFile, options.notice), options.create)
  })
}

async function closingOnFailure(
  sql: Sql,
  work: (sql: Sql) => Promise<StoreKeys | undefined>,
): Promise<{ sql: Sql; keys?: StoreKeys }> {
  try {
    const keys = await work(sql)
    return keys === undefined ? { sql } : { sql, keys }
  } catch (error) {
    await sql.close()
    throw error
  }
}

/** Unlocks a store, creating or updating its tables if that is wanted; `undefined` where there is none. */
async function start(sql: Sql, ring: KeyRing, create: boolean): Promise<StoreKeys | undefined> {
  const version = await schemaVersion(sql)
  if (version === 0 && !create) return undefined
  if (!isCurrent(version, create)) await upToDate(sql, ring)
  return unlock(sql, ring)
}

const MOST_ATTEMPTS = 8

/** Creates or updates the tables. Several processes may do so at once: one does it, the others find it done. */
async function upToDate(sql: Sql, ring: KeyRing): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql.transaction(async session => {
        await migrate(session, sql.engine)
        await found(session, ring)
      })
      return
    } catch (error) {
      if (!(error instanceof Contended) || attempt === MOST_ATTEMPTS) throw error
    }
    await pause(5 * 2 ** attempt)
  }
}

function storeOver(sql: Sql, keys: StoreKeys): Store {
  return {
    ...reader(sql, keys),
    ...auditLog(sql, keys),
    fingerprint: (address, values) => fingerprintOf(keys.fingerprint, address, values),
    write: async batch => write(sql, keys, batch),
    fence: async (name, holder, at) => takeFence(sql, { name, holder, at }),
    close: async () => sql.close(),
  }
}

/** Makes the folder, mode 0700, and an empty database file, mode 0600, which SQLite's other files take over. */
function makeFiles(folder: string, file: string): void {
  try {
    makeFolder(path.resolve(folder))
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw fileFailure(error, folder)
  }
}

/** Makes a folder and those above it. Node's `recursive` never ends where a folder exists but takes no others (/proc). */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (isExisting(error)) return
    const parent = path.dirname(folder)
    if (parent === folder || existsSync(parent)) throw error
    makeFolder(parent)
    mkdirSync(folder, { mode: 0o700 })
  }
}

/** The size of a file in bytes, 0 where there is none. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw fileFailure(error, file)
  }
}

function missingKey(message: string): WorldError {
  return new WorldError('key-missing', message, {
    cure: `Name the key file of this store in TENON_KEY_FILE. For a store that does not exist yet: ${MAKE_A_KEY}`,
  })
}
