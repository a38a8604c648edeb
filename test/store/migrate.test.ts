import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { migrations } from '../../src/store/migrate.ts'
import { batch, group, OWNER, put } from './samples.ts'
import { ENGINES, failure, type World } from './worlds.ts'

const FOLDER = new URL('../../src/store/migrations/', import.meta.url)

describe('migrations', () => {
  test('are numbered from one on without gaps or repeats', () => {
    const numbers = readdirSync(FOLDER).map(file =>
      Number(/^(\d{4})-[a-z0-9-]+(\.(sqlite|postgres))?\.sql$/.exec(file)?.[1]),
    )
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1))
  })

  test('for both engines keep to what every engine understands', () => {
    const portable = migrations('postgres').map(({ text }) => text.replaceAll(/--.*/g, ''))
    expect(portable.join('\n')).not.toMatch(
      /serial|identity|autoincrement|sequence\s*\(|advisory|plpgsql|jsonb|bytea|blob|rowid|strict|pragma|trigger|function/i,
    )
  })
})

describe.each(ENGINES)('the tables on $name', ({ name, world }) => {
  test('are those of the golden file', async () => {
    const place = await world()
    await place.open()
    await expect(await schemaOf(place)).toMatchFileSnapshot(`golden/schema.${name}.txt`)
  })

  test('of a newer program are refused, for reading too', async () => {
    const place = await world()
    const store = await place.open()
    await store.close()
    await place.tamper("INSERT INTO tenon_migrations (version, name) VALUES (9999, 'from-the-future')")
    for (const create of [true, false]) {
      const error = await failure(place.open({ create }))
      expect(error).toMatchObject({ code: 'store-newer', message: expect.stringContaining('9999') })
      expect(error.cure).toMatch(/Install/)
    }
  })

  test('of an older program are brought up to date where that is wanted', async () => {
    const place = await world()
    const store = await place.open()
    await store.write(batch({ puts: [put(group('one'))] }))
    await store.close()
    await place.tamper('DELETE FROM tenon_migrations WHERE version > 1')
    const error = await failure(place.open({ create: false }))
    expect(error).toMatchObject({ code: 'store-older', cure: expect.stringContaining('tenon apply') })
    await (await place.open()).close()
    const again = await place.open({ create: false })
    expect(await again.position(OWNER)).toMatchObject({ revision: 1 })
    const versions = await place.tamper('SELECT version FROM tenon_migrations ORDER BY version')
    expect(versions).toEqual(readdirSync(FOLDER).map((_, index) => ({ version: index + 1 })))
  })

  test('are not made by looking at them', async () => {
    const place = await world()
    const store = await place.open({ create: false })
    await store.list({})
    await store.close()
    const made = name === 'embedded' ? existsSync(place.url) : (await schemaOf(place)) !== ''
    expect(made).toBe(false)
  })
})

/** The tables as the database describes them. */
async function schemaOf(place: World): Promise<string> {
  const text = place.url.startsWith('postgres') ? POSTGRES : SQLITE
  const rows = await place.tamper(text)
  const lines = rows.map(({ line }) => `${String(line)}\n`)
  return lines.toSorted().join('')
}

const SQLITE = `SELECT tbl_name || ': ' || sql AS line FROM sqlite_master WHERE sql IS NOT NULL`

// Newer servers also list NOT NULL among the constraints.
const POSTGRES = `
  SELECT table_name || '.' || column_name || ' ' || data_type
    || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS line
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL
  SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
  UNION ALL
  SELECT tablename || ': ' || indexdef FROM pg_indexes WHERE schemaname = 'public'`
