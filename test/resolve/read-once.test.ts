import { afterAll, expect, test } from 'vitest'
import { openApiReader } from '../../src/resolve/openapi/operations.ts'
import { readOnce } from '../../src/resolve/openapi/read-once.ts'

const plain = openApiReader()
const once = readOnce(plain)
afterAll(() => once.close())

const DESCRIPTION = {
  openapi: '3.0.3',
  info: { title: 'X', version: '1' },
  paths: { '/a': { get: { responses: {} } } },
}
const bytes = Buffer.from(JSON.stringify(DESCRIPTION))

test('the same bytes under the same name are read once', async () => {
  const first = await once.read(bytes, { file: 'a.json' })
  expect(first).toEqual(await plain.read(bytes, { file: 'a.json' }))
  expect(await once.read(bytes, { file: 'a.json' })).toBe(first)
  expect(await once.read(Buffer.from(bytes), { file: 'a.json' })).not.toBe(first)
  // What is wrong with it is said with the name.
  expect(await once.read(bytes, { file: 'b.json' })).not.toBe(first)
})

test('so is the same description inside a document, at its place', async () => {
  const document = { file: 'a.yaml', path: 'a.yaml', root: '.', bytes }
  const at = (
    index: number,
  ): { file: string; place: { document: typeof document; index: number; path: string[] } } => ({
    file: 'a.yaml',
    place: { document, index, path: ['spec', 'openapi', 'inline'] },
  })
  const first = await once.readInline(DESCRIPTION, at(0))
  expect(first).toMatchObject({ kind: 'read' })
  expect(await once.readInline(DESCRIPTION, at(0))).toBe(first)
  expect(await once.readInline({ ...DESCRIPTION }, at(0))).not.toBe(first)
  expect(await once.readInline(DESCRIPTION, at(1))).not.toBe(first)
  expect(await once.readInline('no description', at(0))).toMatchObject({ kind: 'invalid' })
})
