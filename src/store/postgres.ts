import { Pool, types, type PoolClient } from 'pg'
import { WorldError } from '../model/errors.ts'
import { postgresFailure, Repeatable } from './postgres-failure.ts'
import { pause, type Sql, type SqlSession, type SqlValue } from './sql.ts'
import { shownUrl } from './url.ts'

const CONNECT_TIMEOUT_MS = 10_000
const MOST_CONNECTIONS = 4
const MOST_ATTEMPTS = 8
const BIGINT_OID = 20

// A writer that waits longer than this for another one gives up and says so; one that falls asleep in between, as a
// process that is frozen does, is ended by the server, so that it holds up nobody.
const BEGIN = "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '15s'"

/** Opens a PostgreSQL database, or one that speaks its protocol; connects when the first statement runs. */
export function openPostgres(url: string): Sql {
  const shown = shownUrl(url)
  const pool = new Pool({
    connectionString: url,
    application_name: 'tenon',
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A server that vanished without a word is noticed.
    keepAlive: true,
    types: { getTypeParser },
  })
  // A connection that breaks is replaced, and the statement that needed it fails. Besides, `pg` emits an event, on the
  // pool for an idle one, on the client for one in use; unheard, it would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))

  return {
    engine: 'postgres',
    ...session(pool, shown),
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transact(pool, shown, work)
        } catch (error) {
          if (!(error instanceof Repeatable) || attempt === MOST_ATTEMPTS) throw error
        }
        await pause(5 * 2 ** attempt)
      }
    },
    async close() {
      if (!pool.ending) await pool.end()
    },
  }
}

async function transact<Result>(
  pool: Pool,
  shown: string,
  work: (session: SqlSession) => Promise<Result>,
): Promise<Result> {
  const client = await translated(shown, async () => pool.connect())
  const inside = session(client, shown)
  let broken = false
  try {
    await inside.script(BEGIN)
    const result = await work(inside)
    await commit(inside)
    return result
  } catch (error) {
    broken = await rollback(client)
    throw error
  } finally {
    client.release(broken)
  }
}

/** Commits. A connection that is lost now leaves open whether the server did: the caller must look before it repeats. */
async function commit(inside: SqlSession): Promise<void> {
  try {
    await inside.script('COMMIT')
  } catch (error) {
    if (!(error instanceof WorldError) || error.code !== 'store-unreachable') throw error
    throw new WorldError(error.code, `${error.message} It is not known whether the last write was made.`, {
      cure: 'Run plan again when the store can be reached: it shows whether the changes are there.',
    })
  }
}

/** Ends a failed transaction and says whether the connection is beyond use. */
async function rollback(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK')
    return false
  } catch {
    return true
  }
}

function session(queryable: Pick<Pool, 'query'> | Pick<PoolClient, 'query'>, shown: string): SqlSession {
  return {
    query: async <Row extends object>(text: string, params: readonly SqlValue[] = []) =>
      translated(shown, async () => (await queryable.query<Row>(text, [...params])).rows),
    script: async text =>
      translated(shown, async () => {
        await queryable.query(text)
      }),
  }
}

async function translated<Result>(shown: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw postgresFailure(error, shown)
  }
}

/** A BIGINT is a number here: revisions and sequences stay far below 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return oid === BIGINT_OID ? Number : types.getTypeParser(oid, format)
}
