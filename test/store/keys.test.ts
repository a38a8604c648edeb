import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createKeyFile, readKeyFile } from '../../src/store/keys.ts'
import { rewrapKeys } from '../../src/store/rewrap.ts'
import { batch, credential, OWNER, put, revealed, values } from './samples.ts'
import { embeddedWorld, ENGINES, failure, postgresWorld, postgresUrl, writeKey, type World } from './worlds.ts'
import { temporaryFolder } from '../support/tenon.ts'

const A = Buffer.alloc(32, 1).toString('base64')
const B = Buffer.alloc(32, 2).toString('base64')
const silent = (): void => {}

/** The ids in a key file, the primary one first. */
function read(lines: string): string[] {
  const file = path.join(temporaryFolder(), 'key')
  writeFileSync(file, lines, { mode: 0o600 })
  const ring = readKeyFile(file, silent)
  expect(ring.primary).toBe([...ring.byId.values()][0])
  return [...ring.byId.keys()]
}

describe('a key file', () => {
  test.each([
    ['one key', `one:${A}`, ['one']],
    ['the newest first', `two:${B}\none:${A}\n`, ['two', 'one']],
    ['comments and empty lines', `# rotated in May\n\n two:${B} \n#one:${A}\n`, ['two']],
    ['lines that end as on Windows', `one:${A}\r\ntwo:${B}\r\n`, ['one', 'two']],
    ['what openssl rand -base64 32 prints', `${A}\n`, [expect.stringMatching(/^k-[0-9a-f]{8}$/)]],
  ])('may hold %s', (_, lines, ids) => {
    expect(read(lines)).toEqual(ids)
  })

  test('gives a key without an id the same one everywhere', () => {
    expect(read(A)).toEqual(read(`# elsewhere\n${A}`))
    expect(read(A)).not.toEqual(read(B))
  })

  test.each([
    ['nothing', '', /holds no key/],
    ['comments only', '# nothing\n', /holds no key/],
    ['a short key', `one:${Buffer.alloc(31).toString('base64')}`, /line 1 is not a key/],
    ['a long key', `one:${Buffer.alloc(33).toString('base64')}`, /line 1 is not a key/],
    ['hexadecimal digits', `one:${Buffer.alloc(32, 1).toString('hex')}`, /line 1 is not a key/],
    ['an age key', `# age\nAGE-SECRET-KEY-1QQQQ`, /line 2 is not a key/],
    ['an id twice', `one:${A}\none:${B}`, /line 2 repeats the key one/],
    ['one key twice', `${A}\n${A}`, /line 2 repeats the key k-/],
    ['far too much', `${'#\n'.repeat(40_000)}${A}`, /too large/],
  ])('is refused with %s, without showing it', async (_, lines, message) => {
    const error = await failure(() => read(lines))
    expect(error.code).toBe('key-invalid')
    expect(error.message).toMatch(message)
    const shown = lines.split('\n').filter(line => line.length > 20 && error.message.includes(line.slice(-20)))
    expect(shown).toEqual([])
  })

  test('that cannot be read is said to be so', async () => {
    const folder = temporaryFolder()
    const missing = await failure(() => readKeyFile(path.join(folder, 'none'), silent))
    expect(missing).toMatchObject({ code: 'key-unreadable', cure: expect.stringContaining('openssl rand -base64 32') })
    expect(await failure(() => readKeyFile(folder, silent))).toMatchObject({ code: 'key-unreadable' })
  })

  test('that everybody can read is worth a word', () => {
    const file = path.join(temporaryFolder(), 'key')
    writeFileSync(file, A)
    const notices: string[] = []
    chmodSync(file, 0o640)
    readKeyFile(file, notice => notices.push(notice))
    chmodSync(file, 0o644)
    readKeyFile(file, notice => notices.push(notice))
    expect(notices).toEqual([
      `The key file ${file} can be read by everybody on this machine; chmod 600 keeps them out.`,
    ])
  })

  test('is never replaced by a new one', () => {
    const file = path.join(temporaryFolder(), 'key')
    createKeyFile(file, silent)
    const text = readFileSync(file, 'utf8')
    createKeyFile(file, silent)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

describe('the key of an embedded store', () => {
  test('is made with the store, for its user alone, kept out of Git, and announced', async () => {
    const place = await embeddedWorld()
    const notices: string[] = []
    const notice = (message: string): void => void notices.push(message)
    const store = await place.open({ keyFile: undefined, notice })
    await store.write(batch({ puts: [put(credential('bot'))] }))
    const mode = (name: string): string => (statSync(path.join(place.url, name)).mode & 0o777).toString(8)
    expect(['.', 'key', 'store.db', 'store.db-wal', 'store.db-shm'].map(mode)).toEqual([
      '700',
      '600',
      '600',
      '600',
      '600',
    ])
    expect(notices).toEqual([expect.stringMatching(/^Created the key .*key\. Keep a copy in a safe place/)])
    expect(readFileSync(path.join(place.url, '.gitignore'), 'utf8')).toBe('/key\n/store.db*\n')
    await place.open({ keyFile: undefined, notice })
    expect(notices).toHaveLength(1)
  })

  test('is not made where a key file is named', async () => {
    const place = await embeddedWorld()
    await place.open()
    expect(existsSync(path.join(place.url, 'key'))).toBe(false)
  })

  test('is not made anew when it is gone', async () => {
    const place = await embeddedWorld()
    const store = await place.open({ keyFile: undefined })
    await store.close()
    rmSync(path.join(place.url, 'key'))
    for (const create of [true, false]) {
      const error = await failure(place.open({ keyFile: undefined, create }))
      expect(error.code).toBe('key-missing')
      expect(error.message).toMatch(/The key .* is gone/)
    }
    expect(existsSync(path.join(place.url, 'key'))).toBe(false)
  })

  test('a .gitignore that is there stays as it is', async () => {
    const folder = temporaryFolder()
    writeFileSync(path.join(folder, '.gitignore'), '*\n')
    createKeyFile(path.join(folder, 'key'), silent)
    expect(readFileSync(path.join(folder, '.gitignore'), 'utf8')).toBe('*\n')
  })
})

test.skipIf(postgresUrl === '')(
  'a store in PostgreSQL does not start without a key, not even to read nothing',
  async () => {
    const place = await postgresWorld()
    for (const create of [true, false]) {
      const error = await failure(place.open({ keyFile: undefined, create }))
      expect(error).toMatchObject({ code: 'key-missing', cure: expect.stringContaining('TENON_KEY_FILE') })
    }
  },
)

describe.each(ENGINES)('keys of a store on $name', ({ world }) => {
  const bots = ['credential/acme/one', 'credential/acme/two'] as const
  const [one, two] = [credential('one'), credential('two')]

  /** A store with one credential sealed by the key `first`, and the line of that key. */
  async function sealed(place: World): Promise<string> {
    const line = place.newKey('first')
    const store = await place.open()
    await store.write(batch({ puts: [put(one, 'create', values({ token: 'token-one' }))] }))
    await store.close()
    return line
  }

  async function tokens(place: World): Promise<Record<string, string>[]> {
    const store = await place.open()
    const opened = await store.open(bots)
    await store.close()
    return bots.map(address => revealed(opened.get(address)))
  }

  test.each([
    ['of the same name', 'first', /The key first in .* is not the one that this store was written with/],
    ['of another name', 'other', /needs the key first, which is not in/],
  ])('another key %s does not start the store, for reading neither', async (_, id, message) => {
    const place = await world()
    const line = await sealed(place)
    place.newKey(id)
    for (const create of [true, false]) {
      const error = await failure(place.open({ create }))
      expect(error.code).toBe('key-wrong')
      expect(error.message).toMatch(message)
    }
    writeFileSync(place.keyFile, line)
    expect(await tokens(place)).toEqual([{ token: 'token-one' }, {}])
  })

  test('half rotated: with both keys both credentials open, with one the store does not start', async () => {
    const place = await world()
    const first = await sealed(place)
    const second = place.newKey('second', first)
    const store = await place.open()
    await store.write(batch({ expectedRevision: 1, puts: [put(two, 'create', values({ token: 'token-two' }))] }))
    await store.close()
    expect(await place.tamper('SELECT address, key_id FROM tenon_secrets ORDER BY address')).toEqual([
      { address: bots[0], key_id: 'first' },
      { address: bots[1], key_id: 'second' },
    ])
    expect(await tokens(place)).toEqual([{ token: 'token-one' }, { token: 'token-two' }])
    for (const line of [first, second]) {
      writeFileSync(place.keyFile, line)
      expect((await failure(place.open())).code).toBe('key-wrong')
    }
  })

  test('rewrapping moves everything to the first key of the file, and may be done twice', async () => {
    const place = await world()
    const first = await sealed(place)
    const before = await place.open()
    const print = before.fingerprint(one.address, values({ token: 'token-one' }))
    const second = place.newKey('second', first)
    const options = { url: place.url, keyFile: place.keyFile, notice: silent }
    expect(await rewrapKeys(options)).toEqual({ primary: 'second', records: 1, retired: ['first'] })
    expect(await rewrapKeys(options)).toEqual({ primary: 'second', records: 0, retired: [] })

    writeFileSync(place.keyFile, second)
    const after = await place.open()
    expect(await tokens(place)).toEqual([{ token: 'token-one' }, {}])
    expect(after.fingerprint(one.address, values({ token: 'token-one' }))).toBe(print)
    expect((await after.heads(OWNER, [])).get(one.address)?.secret?.fingerprint).toBe(print)
    expect(await after.verifyAudit()).toMatchObject({ kind: 'intact' })
    expect(await after.position(OWNER)).toMatchObject({ revision: 1 })

    // A process that started before has the old key only: it must not seal what others cannot open.
    const late = before.write(batch({ expectedRevision: 1, puts: [put(two, 'create', values({ token: 'late' }))] }))
    expect(await failure(late)).toMatchObject({ code: 'key-wrong' })
    expect(await failure(before.open([one.address]))).toMatchObject({ code: 'key-missing' })
    writeFileSync(place.keyFile, first)
    expect((await failure(place.open())).code).toBe('key-wrong')
  })

  test('rewrapping beside a writer loses nothing', async () => {
    const place = await world()
    const first = place.newKey('first')
    const writer = await place.open()
    const many = Array.from({ length: 450 }, (_, index) => credential(`c-${index}`))
    await writer.write(batch({ puts: many.map(each => put(each, 'create', values({ token: 'old' }))) }))
    place.newKey('second', first)
    const rewrapping = rewrapKeys({ url: place.url, keyFile: place.keyFile, notice: silent })
    const newKeys = await place.open()
    await newKeys.write(
      batch({ expectedRevision: 1, puts: many.slice(0, 9).map(each => put(each, 'update', values({ token: 'new' }))) }),
    )
    const { retired } = await rewrapping
    const opened = await newKeys.open(many.map(each => each.address))
    const found = [...opened.values()].map(each => revealed(each)['token'])
    expect([found.filter(token => token === 'new').length, found.filter(token => token === 'old').length]).toEqual([
      9, 441,
    ])
    expect(retired).toEqual(['first'])
  })

  test('there is nothing to rewrap where there is no store', async () => {
    const place = await world()
    const rewrapped = rewrapKeys({ url: place.url, keyFile: place.keyFile, notice: silent })
    expect((await failure(rewrapped)).code).toBe('store-not-found')
  })
})

describe.each(ENGINES)('sealed credentials on $name', ({ world }) => {
  const [one, two] = [credential('one'), credential('two')]

  async function twoCredentials(): Promise<{ place: World; store: Awaited<ReturnType<World['open']>> }> {
    const place = await world()
    const store = await place.open()
    const puts = [
      put(one, 'create', values({ token: 'token-one' })),
      put(two, 'create', values({ token: 'token-two' })),
    ]
    await store.write(batch({ puts }))
    return { place, store }
  }

  test('open only where they were sealed', async () => {
    const { place, store } = await twoCredentials()
    const record = await recordOf(place, one.address)
    await place.tamper(`UPDATE tenon_secrets SET record = '${record}' WHERE address = '${two.address}'`)
    expect(revealed((await store.open([one.address])).get(one.address))).toEqual({ token: 'token-one' })
    const error = await failure(store.open([one.address, two.address]))
    expect(error).toMatchObject({ code: 'secret-damaged', message: expect.stringContaining(two.address) })
    expect(JSON.stringify([error.message, error.cure, error.stack, error.cause])).not.toContain('token-')
    expect((await failure(rewrapKeys({ url: place.url, keyFile: rotated(place), notice: silent }))).code).toBe(
      'secret-damaged',
    )
  })

  test('do not open as another version of themselves', async () => {
    const { place, store } = await twoCredentials()
    const record = await recordOf(place, one.address)
    await store.write(batch({ expectedRevision: 1, puts: [put(one, 'update', values({ token: 'rotated' }))] }))
    await place.tamper(`UPDATE tenon_secrets SET record = '${record}' WHERE address = '${one.address}'`)
    expect((await failure(store.open([one.address]))).code).toBe('secret-damaged')
  })

  test.each(['', 'null', '{}', '{"v":1,"key":"first"}'])('that became %j are said to be damaged', async text => {
    const { place, store } = await twoCredentials()
    await place.tamper(`UPDATE tenon_secrets SET record = '${text}' WHERE address = '${one.address}'`)
    expect((await failure(store.open([one.address]))).code).toBe('secret-damaged')
    expect(revealed((await store.open([two.address])).get(two.address))).toEqual({ token: 'token-two' })
  })

  test('keep values and fingerprint through a put without values', async () => {
    const { store } = await twoCredentials()
    const before = (await store.heads(OWNER, [])).get(one.address)?.secret
    const relabelled = credential('one', { label: 'Renamed', source: 'second' })
    await store.write(batch({ expectedRevision: 1, puts: [put(relabelled, 'update')] }))
    const after = (await store.heads(OWNER, [])).get(one.address)?.secret
    expect(after).toEqual({ ...relabelled.secret, fingerprint: before?.fingerprint })
    expect(before?.fingerprint).toBe(store.fingerprint(one.address, values({ token: 'token-one' })))
    expect(revealed((await store.open([one.address])).get(one.address))).toEqual({ token: 'token-one' })
  })

  test('change their fingerprint with their values, and go with their row', async () => {
    const { place, store } = await twoCredentials()
    await store.write(batch({ expectedRevision: 1, puts: [put(one, 'update', values({ token: 'rotated' }))] }))
    const { secret } = (await store.heads(OWNER, [])).get(one.address) ?? {}
    expect(secret?.fingerprint).toBe(store.fingerprint(one.address, values({ token: 'rotated' })))
    await store.write(batch({ expectedRevision: 2, deletes: [one.address, two.address] }))
    expect(await place.tamper('SELECT * FROM tenon_secrets')).toEqual([])
    expect(await store.open([one.address])).toEqual(new Map())
  })

  test('of a store whose own key was changed do not open at all', async () => {
    const { place } = await twoCredentials()
    await place.tamper(
      `UPDATE tenon_store SET store_key = (SELECT record FROM tenon_secrets WHERE address = '${one.address}')`,
    )
    expect((await failure(place.open())).code).toBe('store-corrupt')
  })
})

/** The file of the world's key with a new first key, so that rewrapping has something to do. */
function rotated(place: World): string {
  const line = readFileSync(place.keyFile, 'utf8')
  writeKey(place.keyFile, 'newest', [line])
  return place.keyFile
}

async function recordOf(place: World, address: string): Promise<string> {
  const [row] = await place.tamper(`SELECT record FROM tenon_secrets WHERE address = '${address}'`)
  return String(row?.['record'])
}
