import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { pause, type Sql, type SqlSession } from './sql.ts'
import { isBusy, sqliteFailure } from './sqlite-failure.ts'

const LOCK_TIMEOUT_MS = 5000
const MOST_STATEMENTS = 100

/**
 * Opens a database file, which must lie on a local disk: WAL does not work on network file systems. Reads have a
 * connection of their own, so that they never see what a transaction of this process has not committed.
 */
export async function openSqlite(file: string, lockTimeout = LOCK_TIMEOUT_MS): Promise<Sql> {
  const writer = await connect(file, lockTimeout)
  const reader = await connect(file, lockTimeout)
  const reading = session(reader, file)
  const writing = session(writer, file)
  let turn: Promise<unknown> = Promise.resolve()

  const transact = async <Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> => {
    await begin(writer, file, lockTimeout)
    try {
      const result = await work(writing)
      await writing.script('COMMIT')
      return result
    } catch (error) {
      // After some failures, a full disk among them, SQLite has rolled back by itself.
      if (writer.isTransaction) writer.exec('ROLLBACK')
      throw error
    }
  }

  return {
    engine: 'sqlite',
    ...reading,
    async transaction(work) {
      const previous = turn
      const { promise, resolve } = Promise.withResolvers<void>()
      turn = promise
      await previous
      try {
        return await transact(work)
      } finally {
        resolve()
      }
    },
    async close() {
      await turn
      for (const database of [reader, writer]) if (database.isOpen) database.close()
    },
  }
}

async function connect(file: string, lockTimeout: number): Promise<DatabaseSync> {
  let database: DatabaseSync | undefined
  try {
    const opened = new DatabaseSync(file, { timeout: lockTimeout, enableForeignKeyConstraints: true })
    database = opened
    // Changing to WAL does not wait for other connections as statements do, so this waits for it.
    await whenFree(lockTimeout, () => opened.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL'))
    return opened
  } catch (error) {
    database?.close()
    throw sqliteFailure(error, file)
  }
}

/** Takes the write lock, without stopping this process's other work while it waits. */
async function begin(database: DatabaseSync, file: string, lockTimeout: number): Promise<void> {
  try {
    database.exec('PRAGMA busy_timeout = 0')
    await whenFree(lockTimeout, () => database.exec('BEGIN IMMEDIATE'))
    database.exec(`PRAGMA busy_timeout = ${lockTimeout}`)
  } catch (error) {
    throw sqliteFailure(error, file)
  }
}

async function whenFree(lockTimeout: number, work: () => void): Promise<void> {
  const deadline = performance.now() + lockTimeout
  for (;;) {
    try {
      work()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
    await pause(10)
  }
}

function session(database: DatabaseSync, file: string): SqlSession {
  const prepare = preparer(database)
  return {
    async query<Row extends object>(text: string, params: readonly (string | number | null)[] = []) {
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The caller knows the columns of its statement.
        return prepare(text).all(...params) as Row[]
      } catch (error) {
        throw sqliteFailure(error, file)
      }
    },
    async script(text: string) {
      try {
        database.exec(text)
      } catch (error) {
        throw sqliteFailure(error, file)
      }
    },
  }
}

/** Keeps the statements used last prepared. */
function preparer(database: DatabaseSync): (text: string) => StatementSync {
  const statements = new Map<string, StatementSync>()
  return text => {
    const statement = statements.get(text) ?? database.prepare(numbered(text))
    statements.delete(text)
    statements.set(text, statement)
    const [oldest] = statements.keys()
    if (statements.size > MOST_STATEMENTS && oldest !== undefined) statements.delete(oldest)
    return statement
  }
}

/**
 * `$1` is a name to SQLite, `?1` the first parameter, and `?` the next one. Only the last has no name: Node looks up the
 * name of each parameter that it binds in a list, which for thousands of them takes longer than the statement.
 */
function numbered(text: string): string {
  let next = 1
  const inOrder = [...text.matchAll(/\$(\d+)/g)].every(([, number]) => Number(number) === next++)
  return text.replaceAll(/\$(\d+)/g, inOrder ? '?' : '?$1')
}
