import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { rewrapKeys } from '../../src/store/rewrap.ts'
import { batch, credential, integration, put, values } from './samples.ts'
import { ENGINES, withClient, type World } from './worlds.ts'

// Long enough to occur nowhere by chance, and with characters that most encodings change.
const CANARY = 'c4n4ry+Zq "9/ö&<' + 'k'.repeat(12) + '>'
const PLANTED = CANARY.replace('Zq', 'Yp')

/** A text in the forms in which it could leave a program: itself, escaped, encoded, hashed. */
function encodings(text: string): Record<string, Buffer> {
  const bytes = Buffer.from(text)
  const utf16 = Buffer.from(text, 'utf16le')
  const base64 = [0, 1, 2].map(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    // The first and last group may share bits with what stands around the text.
    return Buffer.from(shifted.slice(shift === 0 ? 0 : 4, -4))
  })
  const digest = (name: string): Buffer => createHash(name).update(bytes).digest()
  const unicode = Array.from(text, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  return {
    raw: bytes,
    json: Buffer.from(JSON.stringify(text).slice(1, -1)),
    unicode: Buffer.from(unicode),
    percent: Buffer.from(encodeURIComponent(text)),
    form: Buffer.from(new URLSearchParams({ a: text }).toString().slice(2)),
    html: Buffer.from(html),
    hex: Buffer.from(bytes.toString('hex')),
    HEX: Buffer.from(bytes.toString('hex').toUpperCase()),
    base64: base64[0] ?? bytes,
    base64shift1: base64[1] ?? bytes,
    base64shift2: base64[2] ?? bytes,
    base64url: Buffer.from(bytes.toString('base64url').slice(0, -4)),
    userpass: Buffer.from(Buffer.from(`bot:${text}`).toString('base64').slice(0, -4)),
    utf16le: utf16,
    utf16be: Buffer.from(utf16).swap16(),
    sql: Buffer.from(text.replaceAll("'", "''")),
    ...Object.fromEntries(
      ['md5', 'sha1', 'sha256'].flatMap(name => [
        [`${name} bytes`, digest(name)],
        [`${name} hex`, Buffer.from(digest(name).toString('hex').slice(0, 8))],
        [`${name} base64`, Buffer.from(digest(name).toString('base64').slice(0, 12))],
      ]),
    ),
  }
}

function foundIn(dump: Buffer, text: string): string[] {
  return Object.entries(encodings(text)).flatMap(([name, bytes]) => (dump.includes(bytes) ? name : []))
}

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
