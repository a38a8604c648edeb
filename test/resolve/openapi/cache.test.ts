import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cacheIn, type Kept } from '../../../src/resolve/openapi/cache.ts'
import { openApiReader, operationTable, type OpenApiResult } from '../../../src/resolve/openapi/operations.ts'
import { description, operation } from './documents.ts'

const DOCUMENT = description('3.0.3', { '/a/{x}': { get: operation() }, '/a/{y}': { get: operation({ verb: 1 }) } })
// As an inline document is written down, so that both forms share an answer.
const BYTES = Buffer.from(JSON.stringify(DOCUMENT))

let home = ''
let folder = ''
let original: OpenApiResult
let filled = ''
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tenon-test-'))
  filled = path.join(home, 'filled', 'operations')
  original = await readFresh(BYTES, filled)
})
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(home, 'test-')), 'cache', 'operations')
  await cp(filled, folder, { recursive: true })
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Reads with a reader that has no time for a document: whatever is not cached is given up. */
async function readCached(file = 'api.json'): Promise<OpenApiResult> {
  const reader = openApiReader({ cacheFolder: folder, deadlineMs: 0 })
  const result = await reader.read(BYTES, { file })
  await reader.close()
  return result
}

async function readFresh(bytes: Uint8Array = BYTES, cacheFolder = folder): Promise<OpenApiResult> {
  const reader = openApiReader({ cacheFolder })
  const result = await reader.read(bytes, { file: 'api.json' })
  await reader.close()
  return result
}

async function cacheFile(): Promise<string> {
  const [name, ...others] = await readdir(folder)
  expect(others).toEqual([])
  return path.join(folder, name ?? '')
}

/** A file in the format of the cache with another answer, all digests right. */
function forged(kept: unknown): string {
  const body = JSON.stringify(kept)
  return `${createHash('sha256').update(body).digest('hex')}\n${body}`
}

const NOTHING = { table: operationTable([]), facts: { version: '3.0', securitySchemes: [] }, faults: [] }

describe('an answer is kept by the digest of the document', () => {
  test('and is the same the second time, warnings and all', async () => {
    expect(original.problems).toHaveLength(2)
    expect(await readCached()).toEqual(original)
  })

  test('without the file name, which may be another', async () => {
    expect((await readCached('copy.json')).problems.map(({ file }) => file)).toEqual(['copy.json', 'copy.json'])
  })

  test('in a file that only its owner may read', async () => {
    const file = await cacheFile()
    expect((await stat(path.join(filled, path.basename(file)))).mode & 0o777).toBe(0o600)
    expect(path.basename(file)).toBe(`${createHash('sha256').update(BYTES).digest('hex')}.v1`)
  })

  test('but not for a document that could not be read', async () => {
    await readFresh(Buffer.from('{'))
    expect(path.basename(await cacheFile())).toContain(createHash('sha256').update(BYTES).digest('hex'))
  })

  test('inline and from a file alike', async () => {
    const place = { document: { file: 'a', path: 'a', root: '.', bytes: BYTES }, index: 0, path: ['spec'] }
    const reader = openApiReader({ cacheFolder: filled, deadlineMs: 0 })
    const result = await reader.readInline(DOCUMENT, { file: 'a', place })
    await reader.close()
    expect(result).toMatchObject({
      kind: 'read',
      problems: [{ code: 'openapi-path-ambiguous' }, { code: 'openapi-schema' }],
    })
    expect(result.problems[0]?.place?.path).toEqual(['spec', 'paths', '/a/{y}', 'get'])
  })
})

describe('an answer that cannot be trusted is not used', () => {
  const tampers: [name: string, tamper: (file: string, text: string) => Promise<void>][] = [
    ['empty', file => writeFile(file, '')],
    ['cut off', (file, text) => writeFile(file, text.slice(0, -10))],
    ['other bytes', file => writeFile(file, 'x'.repeat(1000))],
    ['an operation less', (file, text) => writeFile(file, text.replace('"GET /a/{x}"', '"GET /b/{x}"'))],
    [
      'a table that does not fit its digest',
      file =>
        writeFile(
          file,
          forged({ ...NOTHING, table: { ...NOTHING.table, digest: operationTable([]).digest.replace(/.$/, 'x') } }),
        ),
    ],
    ['a right digest of something else', file => writeFile(file, forged({ table: 1 }))],
    [
      'readable by others, as from a checkout',
      async file => {
        await writeFile(file, forged(NOTHING))
        await chmod(file, 0o644)
      },
    ],
    [
      'a link',
      async file => {
        await rm(file)
        await writeFile(`${file}.target`, forged(NOTHING), { mode: 0o600 })
        await symlink(`${file}.target`, file)
      },
    ],
    [
      'a folder',
      async file => {
        await rm(file)
        await mkdir(file)
      },
    ],
  ]
  test.each(tampers)('%s', async (_, tamper) => {
    const cache = cacheIn(folder)
    expect(await cache.load(BYTES)).toBeDefined()
    const file = await cacheFile()
    await tamper(file, await readFile(file, 'utf8'))
    expect(await cache.load(BYTES)).toBeUndefined()
  })

  test('but made again, and the file is put right', async () => {
    await writeFile(await cacheFile(), 'broken')
    expect(await readCached()).toMatchObject({ kind: 'invalid', problems: [{ code: 'openapi-too-expensive' }] })
    expect(await readFresh()).toEqual(original)
    expect(await readCached()).toEqual(original)
  })

  test('the digests of this test are those of the cache', async () => {
    await writeFile(await cacheFile(), forged(NOTHING))
    expect(await readCached()).toMatchObject({ kind: 'read', table: { operations: [] } })
  })
})

describe('a cache that cannot be written costs time only', () => {
  const kept = (): Kept => ({ table: operationTable([]), facts: { version: '3.0', securitySchemes: [] }, faults: [] })

  test('a file where the folder should be', async () => {
    await rm(folder, { recursive: true })
    await writeFile(folder, 'in the way')
    expect(await readFresh()).toEqual(original)
  })

  test('no folder can be made', async () => {
    await expect(cacheIn('/dev/null/cache').save(BYTES, kept())).resolves.toBeUndefined()
  })

  test('nothing is left behind where a file cannot be put in place', async () => {
    const file = await cacheFile()
    await rm(file)
    await mkdir(file)
    await cacheIn(folder).save(BYTES, kept())
    expect(await readdir(folder)).toEqual([path.basename(file)])
  })
})
