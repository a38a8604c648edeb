import { createServer } from 'node:net'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import path from 'node:path'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { StaleState } from '../../src/model/errors.ts'
import { postgresFailure } from '../../src/store/postgres-failure.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { sqliteFailure } from '../../src/store/sqlite-failure.ts'
import { shownUrl } from '../../src/store/url.ts'
import { batch, group, OWNER, put } from './samples.ts'
import { embeddedWorld, failure, newDatabase, postgresUrl, postgresWorld, withClient } from './worlds.ts'
import { temporaryFolder } from '../support/tenon.ts'

describe('an embedded store', () => {
  test.each([
    ['a file', ''],
    ['a folder below a file', '/below'],
  ])('named by the path of %s is refused', async (_, below) => {
    const place = await embeddedWorld()
    const file = path.join(place.folder, 'file')
    writeFileSync(file, 'text')
    for (const create of [true, false]) {
      const error = await failure(place.open({ url: file + below, create }))
      expect(error.code).toBe('store-unwritable')
      expect(error.message).toContain(file)
      expect(error.cure).toMatch(/--store/)
    }
    expect(readFileSync(file, 'utf8')).toBe('text')
  })

  test('that would lie where nobody can write is refused', async () => {
    const place = await embeddedWorld()
    expect((await failure(place.open({ url: '/proc/tenon' }))).code).toBe('store-unwritable')
  })

  test('whose database file is a folder is refused', async () => {
    const place = await embeddedWorld()
    mkdirSync(path.join(place.url, 'store.db'), { recursive: true })
    expect((await failure(place.open())).code).toBe('store-unwritable')
  })

  test.runIf(process.getuid?.() !== 0)('in a folder that may only be read is refused', async () => {
    const place = await embeddedWorld()
    mkdirSync(place.url, { mode: 0o500 })
    expect((await failure(place.open())).code).toBe('store-unwritable')
  })

  test('whose file is something else is refused', async () => {
    const place = await embeddedWorld()
    mkdirSync(place.url)
    writeFileSync(path.join(place.url, 'store.db'), 'This is not a database, however long it may be. '.repeat(100))
    for (const create of [true, false]) expect((await failure(place.open({ create }))).code).toBe('store-corrupt')
  })

  test('whose pages were overwritten says that it is damaged', async () => {
    const place = await embeddedWorld()
    const store = await place.open()
    await store.write(batch({ puts: Array.from({ length: 500 }, (_, index) => put(group(`g-${index}`))) }))
    await store.close()
    const file = path.join(place.url, 'store.db')
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0x5a, 8192))
    const reading = (async () => (await place.open()).list({}))()
    expect((await failure(reading)).code).toBe('store-corrupt')
  })

  test('that another process keeps locked is said to be locked, and keeps what it had', async () => {
    const place = await embeddedWorld()
    const store = await place.open()
    await store.write(batch({ puts: [put(group('one'))] }))
    const other = new DatabaseSync(path.join(place.url, 'store.db'))
    other.exec('BEGIN IMMEDIATE')
    const began = performance.now()
    const error = await failure(store.write(batch({ expectedRevision: 1, puts: [put(group('two'))] })))
    expect(error).toMatchObject({ code: 'store-locked', cure: expect.stringContaining('nothing was written') })
    expect(performance.now() - began).toBeGreaterThan(4900)
    expect(await store.list({})).toHaveLength(1)
    other.exec('ROLLBACK')
    other.close()
    expect(await store.write(batch({ expectedRevision: 1, puts: [put(group('two'))] }))).toEqual({ revision: 2 })
  })

  test('waits for a short lock, and lets its process go on meanwhile', async () => {
    const place = await embeddedWorld()
    const store = await place.open()
    const other = new DatabaseSync(path.join(place.url, 'store.db'))
    other.exec('BEGIN IMMEDIATE')
    const writing = store.write(batch({ puts: [put(group('one'))] }))
    let ticks = 0
    const ticking = setInterval(() => ticks++, 10)
    await sleep(300)
    other.exec('COMMIT')
    other.close()
    expect(await writing).toEqual({ revision: 1 })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(5)
  })

  test('does its own transactions one after the other', async () => {
    const sql = await openSqlite(path.join(temporaryFolder(), 'turns.db'), 200)
    const steps: string[] = []
    const transact = async (name: string): Promise<void> =>
      sql.transaction(async session => {
        steps.push(`${name} begins`)
        await session.script(`CREATE TABLE ${name} (id INTEGER)`)
        await sleep(5)
        steps.push(`${name} ends`)
        if (name === 'b') throw new Error('b fails')
      })
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(transact))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    const tables = await sql.query<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    )
    expect(tables.map(({ name }) => name)).toEqual(['a', 'c'])
    await sql.close()
  })

  test.each([
    [5, 'database is locked', 'store-locked'],
    [8, 'attempt to write a readonly database', 'store-unwritable'],
    [1032, 'attempt to write a readonly database', 'store-unwritable'],
    [778, 'disk I/O error', 'store-io'],
    [11, 'database disk image is malformed', 'store-corrupt'],
    [13, 'database or disk is full', 'store-full'],
    [14, 'unable to open database file', 'store-unwritable'],
    [26, 'file is not a database', 'store-corrupt'],
  ])('result code %i of SQLite (%s) becomes %s', (errcode, message, code) => {
    const error = Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode })
    expect(sqliteFailure(error, 'x/store.db')).toMatchObject({ code, message: expect.stringContaining('x/store.db') })
  })

  test('leaves errors of this program as they are', () => {
    const [ours, syntax] = [new TypeError('bug'), Object.assign(new Error('near "SELEC"'), { errcode: 1 })]
    expect(sqliteFailure(ours, 'x')).toBe(ours)
    expect(sqliteFailure(syntax, 'x')).toBe(syntax)
  })
})

const PASSWORD = 'pa%C3%9Fw%2F0rd-c4nary'

describe('a PostgreSQL URL', () => {
  test.each([
    [`postgres://ana:${PASSWORD}@db.example:5432/tenon`, 'postgres://ana@db.example:5432/tenon'],
    [`postgresql://db.example/tenon?user=ana&password=${PASSWORD}&sslpassword=x`, 'postgresql://db.example/tenon'],
    ['postgres:///tenon?host=/run/postgresql', 'postgres:///tenon'],
    [`postgres://:${PASSWORD}@[::1]/tenon#${PASSWORD}`, 'postgres://[::1]/tenon'],
  ])('is shown without its password', (url, shown) => {
    expect(shownUrl(url)).toBe(shown)
  })

  test.each([
    `postgres://ana:${PASSWORD}@host:port/db`,
    `postgres://ana:${PASSWORD}/x@host:5432:1/db`,
    'postgres://[x',
  ])('that is none is refused without being repeated', async url => {
    const place = await embeddedWorld()
    const error = await failure(place.open({ url }))
    expect(error.code).toBe('store-url-invalid')
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(PASSWORD)
  })

  test.each([
    ['28P01', 'store-denied'],
    ['28000', 'store-denied'],
    ['42501', 'store-denied'],
    ['3D000', 'store-not-found'],
    ['25006', 'store-unwritable'],
    ['53100', 'store-full'],
    ['53300', 'store-unreachable'],
    ['55P03', 'store-locked'],
    ['57P01', 'store-unreachable'],
    ['57P03', 'store-unreachable'],
    ['08006', 'store-unreachable'],
    ['40001', 'store-locked'],
    ['XX001', 'store-corrupt'],
    ['58030', 'store-corrupt'],
    ['22P02', 'store-failed'],
    ['99999', 'store-failed'],
  ])('SQLSTATE %s becomes %s, without the texts of the server', (code, ours) => {
    const detail = 'Key (token)=(c4nary) already exists.'
    const error = Object.assign(new Error('invalid input: "c4nary"'), { code, severity: 'ERROR', detail })
    const found = postgresFailure(error, 'postgres://db/tenon')
    expect(found).toMatchObject({ code: ours, message: expect.stringContaining(code) })
    expect(`${String(found)} ${JSON.stringify(found)}`).not.toContain('c4nary')
  })

  test.each([
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), /\(ECONNREFUSED\)/],
    [new AggregateError([Object.assign(new Error('x'), { code: 'EHOSTUNREACH' })]), /\(EHOSTUNREACH\)/],
    [new Error('Connection terminated unexpectedly'), /cannot be reached\.$/],
  ])('a connection that fails is said to be unreachable', (error, message) => {
    const found = postgresFailure(error, 'postgres://db/tenon')
    expect(found).toMatchObject({ code: 'store-unreachable', message: expect.stringMatching(message) })
  })
})

describe('a PostgreSQL server that does not answer', () => {
  test('is unreachable', async () => {
    const place = await embeddedWorld()
    const url = `postgres://ana:${PASSWORD}@127.0.0.1:${await closedPort()}/tenon`
    for (const create of [true, false]) {
      const error = await failure(place.open({ url, create }))
      expect(error).toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('ECONNREFUSED') })
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(PASSWORD)
    }
  })

  test('but hangs up is unreachable', async () => {
    const place = await embeddedWorld()
    const server = createServer(socket => socket.destroy())
    const { promise, resolve } = Promise.withResolvers<void>()
    server.listen(0, '127.0.0.1', resolve)
    await promise
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const error = await failure(place.open({ url: `postgres://ana:${PASSWORD}@127.0.0.1:${port}/tenon` }))
    expect(error.code).toBe('store-unreachable')
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(PASSWORD)
  })
})

describe.skipIf(postgresUrl === '')('a store in PostgreSQL', () => {
  test('refuses a wrong password, and does not show it', async () => {
    const place = await postgresWorld()
    const url = new URL(place.url)
    url.password = 'wrong-c4nary'
    const error = await failure(place.open({ url: url.href }))
    expect(error).toMatchObject({ code: 'store-denied', message: expect.stringContaining('28P01') })
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('c4nary')
  })

  test('in a database that does not exist is said to be so', async () => {
    const place = await postgresWorld()
    const url = new URL(place.url)
    url.pathname = '/nowhere'
    const error = await failure(place.open({ url: url.href }))
    expect(error).toMatchObject({ code: 'store-not-found', cure: expect.stringContaining('CREATE DATABASE') })
  })

  test('refuses a user who may not create tables', async () => {
    const place = await postgresWorld()
    const role = `r_${path.basename(new URL(place.url).pathname)}`
    await place.tamper(`CREATE ROLE ${role} LOGIN PASSWORD 'p'`)
    onTestFinished(async () => {
      await withClient(postgresUrl, async client => client.query(`DROP ROLE ${role}`))
    })
    await place.tamper('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
    const url = new URL(place.url)
    url.username = role
    url.password = 'p'
    expect((await failure(place.open({ url: url.href }))).code).toBe('store-denied')
    expect(await (await place.open({ url: url.href, create: false })).list({})).toEqual([])
  })

  test('that is read-only accepts no writes, and reads', async () => {
    const place = await postgresWorld()
    await (await place.open()).write(batch({ puts: [put(group('one'))] }))
    const name = new URL(place.url).pathname.slice(1)
    await place.tamper(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    const store = await place.open({ create: false })
    expect(await store.list({})).toHaveLength(1)
    const error = await failure(store.write(batch({ expectedRevision: 1, puts: [put(group('two'))] })))
    expect(error).toMatchObject({ code: 'store-unwritable', cure: expect.stringContaining('primary') })
  })

  test('that another transaction keeps locked is said to be locked', async () => {
    const place = await postgresWorld()
    const store = await place.open()
    const other = new Client({ connectionString: place.url })
    await other.connect()
    await other.query('BEGIN; UPDATE tenon_store SET revision = revision')
    const error = await failure(store.write(batch({ puts: [put(group('one'))] })))
    expect(error).toMatchObject({ code: 'store-locked', message: expect.stringContaining('55P03') })
    await other.query('ROLLBACK')
    await other.end()
    expect(await store.write(batch({ puts: [put(group('one'))] }))).toEqual({ revision: 1 })
  })

  test('outlives connections that the server ended', async () => {
    const place = await postgresWorld()
    const store = await place.open()
    await store.write(batch({ puts: [put(group('one'))] }))
    await place.tamper(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    await sleep(50)
    expect(await store.list({})).toHaveLength(1)
  })

  test('says so when the server ends the connection within a write, and has nothing of it', async () => {
    const place = await postgresWorld()
    const store = await place.open()
    const other = new Client({ connectionString: place.url })
    await other.connect()
    await other.query('BEGIN; UPDATE tenon_store SET revision = revision')
    const writing = failure(store.write(batch({ puts: [put(group('one'))] })))
    const waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while ((await place.tamper(waiting)).length === 0) await sleep(5)
    await place.tamper(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`)
    expect((await writing).code).toBe('store-unreachable')
    await other.query('ROLLBACK')
    await other.end()
    expect(await store.position(OWNER)).toMatchObject({ revision: 0 })
    expect(await store.write(batch({ puts: [put(group('one'))] }))).toEqual({ revision: 1 })
  })

  test('runs again what a serializable database asks to be run again', async () => {
    const place = await postgresWorld()
    const name = new URL(place.url).pathname.slice(1)
    await place.tamper(`ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`)
    const stores = await Promise.all(Array.from({ length: 4 }, async () => place.open()))
    const attempts = stores.map(async (store, index) => store.write(batch({ puts: [put(group(`g-${index}`))] })))
    const outcomes = await Promise.allSettled(attempts)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const reasons = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? outcome.reason : []))
    for (const reason of reasons) expect(reason).toBeInstanceOf(StaleState)
  })

  test('of another program in the same database is left alone', async () => {
    const url = await newDatabase()
    await withClient(url, async client => client.query('CREATE TABLE audit (mine TEXT); CREATE TABLE keys (mine TEXT)'))
    const place = await postgresWorld()
    const store = await place.open({ url })
    expect(await store.write(batch({ puts: [put(group('one'))] }))).toEqual({ revision: 1 })
    await store.close()
  })
})

async function closedPort(): Promise<number> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  const closed = Promise.withResolvers<void>()
  server.close(() => closed.resolve())
  await closed.promise
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
