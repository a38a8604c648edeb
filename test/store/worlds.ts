/** The real surroundings of the store's tests: an empty place for a store on each engine. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import path from 'node:path'
import { Client } from 'pg'
import { inject, onTestFinished } from 'vitest'
import { WorldError } from '../../src/model/errors.ts'
import { temporaryFolder } from '../support/tenon.ts'
import { openStore, type StoreOptions } from '../../src/store/open.ts'
import type { Store } from '../../src/model/store.ts'

/** A place where a store can be, and ways around the store to what it keeps there. */
export interface World {
  readonly url: string
  readonly folder: string
  readonly keyFile: string
  /** Opens the store; it is closed with the test. */
  open(options?: Partial<StoreOptions>): Promise<Store>
  /** Runs a statement on the tables as somebody would who has the database but not the program. */
  tamper(text: string): Promise<readonly Record<string, unknown>[]>
  /** Puts a new key above others into the key file, and gives its line. */
  newKey(id: string, ...keep: string[]): string
}

export interface EngineUnderTest {
  readonly name: 'embedded' | 'postgres'
  readonly world: () => Promise<World>
}

export const postgresUrl = inject('postgres')

/** Every engine that this machine can run; the set-up says which one is left out. */
export const ENGINES: readonly EngineUnderTest[] = [
  { name: 'embedded', world: embeddedWorld },
  ...(postgresUrl === '' ? [] : [{ name: 'postgres' as const, world: postgresWorld }]),
]

/** Writes a key file: a new key, then the lines to keep. */
export function writeKey(file: string, id: string, keep: readonly string[] = []): string {
  const line = `${id}:${randomBytes(32).toString('base64')}`
  writeFileSync(file, [line, ...keep].join('\n'), { mode: 0o600 })
  return line
}

export async function embeddedWorld(): Promise<World> {
  const folder = temporaryFolder()
  return worldAt(path.join(folder, 'store'), folder, async text => {
    const database = new DatabaseSync(path.join(folder, 'store', 'store.db'))
    try {
      return database.prepare(text).all()
    } finally {
      database.close()
    }
  })
}

export async function postgresWorld(): Promise<World> {
  const folder = temporaryFolder()
  const url = await newDatabase()
  return worldAt(url, folder, async text =>
    withClient(url, async client => (await client.query<Record<string, unknown>>(text)).rows),
  )
}

/** Creates an empty database that goes with the test, and gives its URL. */
export async function newDatabase(): Promise<string> {
  const name = `t_${randomBytes(8).toString('hex')}`
  await withClient(postgresUrl, async client => client.query(`CREATE DATABASE ${name}`))
  onTestFinished(async () => {
    await withClient(postgresUrl, async client => client.query(`DROP DATABASE ${name} WITH (FORCE)`))
  })
  const url = new URL(postgresUrl)
  url.pathname = `/${name}`
  return url.href
}

export async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The `WorldError` that ends some work, which must tell a newcomer what to do. */
export async function failure(work: Promise<unknown> | (() => unknown)): Promise<WorldError> {
  const error = await thrownBy(work)
  if (!(error instanceof WorldError)) throw error
  assert(error.cure, `${error.code} has a cure`)
  return error
}

async function thrownBy(work: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work)
    return new Error('it did not fail')
  } catch (error) {
    return error
  }
}

function worldAt(url: string, folder: string, tamper: World['tamper']): World {
  const keyFile = path.join(folder, 'test.key')
  writeKey(keyFile, 'first')
  return {
    url,
    folder,
    keyFile,
    tamper,
    newKey: (id, ...keep) => writeKey(keyFile, id, keep),
    async open(options) {
      const store = await openStore({ url, keyFile, create: true, notice: () => {}, ...options })
      onTestFinished(async () => store.close())
      return store
    },
  }
}
