import { readdirSync, readFileSync } from 'node:fs'
import { WorldError } from '../model/errors.ts'
import { MissingTable, type Engine, type Sql, type SqlSession } from './sql.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly text: string
}

const FOLDER = new URL('migrations/', import.meta.url)

// 0001-start.sql is for every engine, 0002-append-only.sqlite.sql for one; no two files have the same number.
const NAME = /^(?<version>\d{4})-(?<name>[a-z0-9-]+)(?:\.(?<engine>[a-z]+))?\.sql$/

/** The migrations for an engine, oldest first. One that is released never changes: the next one repairs it. */
export function migrations(engine: Engine): readonly Migration[] {
  return files()
    .filter(file => file.engine === undefined || file.engine === engine)
    .map(({ version, name, file }) => ({ version, name, text: readFileSync(new URL(file, FOLDER), 'utf8') }))
}

/** The number of the newest migration that a database has; 0 where nobody created the store yet. */
export async function schemaVersion(session: SqlSession): Promise<number> {
  try {
    const [row] = await session.query<{ version: number | null }>(
      'SELECT MAX(version) AS version FROM tenon_migrations',
    )
    return row?.version ?? 0
  } catch (error) {
    if (error instanceof MissingTable) return 0
    throw error
  }
}

/**
 * Whether a database has every migration. Throws `WorldError` when it was made by a newer program, or by an older one and
 * may not be changed now.
 */
export function isCurrent(version: number, mayMigrate: boolean): boolean {
  const newest = newestVersion()
  if (version > newest) {
    throw new WorldError(
      'store-newer',
      `The store was written by a newer tenon: its schema is version ${version}, this program knows ${newest}.`,
      { cure: 'Install the tenon version that your colleagues or your cluster use, or a later one.' },
    )
  }
  if (version < newest && !mayMigrate) {
    throw new WorldError(
      'store-older',
      `The store was written by an older tenon: its schema is version ${version}, this program needs ${newest}.`,
      { cure: 'Run tenon apply once with this program: it brings the store up to date.' },
    )
  }
  return version === newest
}

/** Runs the migrations that a database lacks, inside the caller's transaction. */
export async function migrate(session: SqlSession, engine: Sql['engine']): Promise<void> {
  await session.script('CREATE TABLE IF NOT EXISTS tenon_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)')
  const version = await schemaVersion(session)
  if (isCurrent(version, true)) return
  for (const migration of migrations(engine)) {
    if (migration.version > version) await session.script(migration.text)
  }
  // Every number is recorded, also those of other engines, so that the version means the same on all.
  for (const { version: number, name } of files()) {
    if (number <= version) continue
    await session.query('INSERT INTO tenon_migrations (version, name) VALUES ($1, $2)', [number, name])
  }
}

function newestVersion(): number {
  return files().at(-1)?.version ?? 0
}

function files(): { version: number; name: string; engine: string | undefined; file: string }[] {
  const found = readdirSync(FOLDER).toSorted()
  return found.flatMap(file => {
    const parts = NAME.exec(file)?.groups
    if (parts === undefined) return []
    return [{ version: Number(parts['version']), name: String(parts['name']), engine: parts['engine'], file }]
  })
}
