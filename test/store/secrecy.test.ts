import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { rewrapKeys } from '../../src/store/rewrap.ts'
import { encodings, foundIn } from '../support/canary.ts'
import { batch, credential, integration, put, values } from './samples.ts'
import { ENGINES, withClient, type World } from './worlds.ts'

// Long enough to occur nowhere by chance, and with characters that most encodings change.
const CANARY = 'c4n4ry+Zq "9/ö&<' + 'k'.repeat(12) + '>'
const PLANTED = CANARY.replace('Zq', 'Yp')

/** Every byte that a store keeps: the files of the embedded one, the rows of the other as text. */
async function dumpOf(place: World): Promise<Buffer> {
  if (!place.url.startsWith('postgres')) {
    const files = readdirSync(place.url).filter(file => file.startsWith('store.db'))
    assert(files.includes('store.db-wal'))
    return Buffer.concat(files.map(file => readFileSync(path.join(place.url, file))))
  }
  return withClient(place.url, async client => {
    const tables = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    )
    assert(tables.rows.length > 8)
    const texts: string[] = []
    for (const { name } of tables.rows) {
      const rows = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`)
      texts.push(...rows.rows.flatMap(row => Object.values(row).map(String)))
    }
    return Buffer.from(texts.join('\n'))
  })
}

describe.each(ENGINES)('what a store on $name keeps', ({ world }) => {
  test('shows no secret in any encoding, whatever was done with it', async () => {
    const place = await world()
    const first = place.newKey('first')
    const store = await place.open()
    const bot = credential('bot')
    const secrets = values({ token: CANARY, username: CANARY, for: JSON.stringify({ name: CANARY }) })
    await store.write(batch({ puts: [put(bot, 'create', secrets), put(integration('jira', { title: PLANTED }))] }))
    await store.write(batch({ expectedRevision: 1, puts: [put(credential('bot', { label: 'x' }), 'update', secrets)] }))
    expect((await store.open([bot.address])).size).toBe(1)
    place.newKey('second', first)
    await rewrapKeys({ url: place.url, keyFile: place.keyFile, notice: () => {} })
    const again = await place.open()
    await again.write(batch({ expectedRevision: 2, orphans: [bot.address] }))

    const dump = await dumpOf(place)
    expect(foundIn(dump, CANARY)).toEqual([])
    // The scan finds what is there.
    expect(foundIn(dump, PLANTED)).toEqual(expect.arrayContaining(['json']))
  })

  test('shows nothing of its keys', async () => {
    const place = await world()
    const line = place.newKey('first')
    const store = await place.open()
    await store.write(batch({ puts: [put(credential('bot'), 'create', values({ token: 't' }))] }))
    const key = Buffer.from(line.slice(line.indexOf(':') + 1), 'base64')
    const dump = await dumpOf(place)
    const forms = [key, ...(['hex', 'base64', 'base64url'] as const).map(form => Buffer.from(key.toString(form)))]
    expect(forms.map(form => dump.includes(form))).toEqual([false, false, false, false])
  })
})

function around(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after')])
}

test('the scan knows every encoding', () => {
  for (const [name, bytes] of Object.entries(encodings(CANARY))) expect(foundIn(around(bytes), CANARY)).toContain(name)
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift, 'x'), Buffer.from(`${CANARY}xyz`)]).toString('base64')
    expect(foundIn(around(Buffer.from(encoded)), CANARY).length).toBeGreaterThan(0)
  }
})
