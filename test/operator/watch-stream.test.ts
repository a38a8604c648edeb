import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvents } from '../../src/operator/watch-stream.ts'
import { ApiError } from '../../src/source/cluster/api.ts'

async function* bytes(chunks: Iterable<Uint8Array>, cause?: Error): AsyncGenerator<Uint8Array> {
  yield* chunks
  if (cause !== undefined) throw cause
}

async function eventsOf(body: AsyncIterable<Uint8Array> | null): Promise<{ names: string[]; error: unknown }> {
  const names: string[] = []
  try {
    for await (const { type, object } of readEvents(body, '/x')) names.push(`${type} ${object.metadata.name}`)
    return { names, error: undefined }
  } catch (error) {
    return { names, error }
  }
}

function line(type: string, name: string): string {
  return `${JSON.stringify({ type, object: { metadata: { name } } })}\n`
}

test('events are the same however their bytes are cut', async () => {
  const text = Buffer.from(line('ADDED', 'ä🔑') + line('BOOKMARK', '') + line('DELETED', 'b'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: text.length })), async cuts => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), text.length]
      const chunks = at.slice(1).map((end, index) => text.subarray(at[index], end))
      expect((await eventsOf(bytes(chunks))).names).toEqual(['ADDED ä🔑', 'BOOKMARK ', 'DELETED b'])
    }),
  )
})

test('a line without an end is no event', async () => {
  const { names, error } = await eventsOf(bytes([Buffer.from(`${line('ADDED', 'a')}{"type":"ADDED"`)]))
  expect([names, error]).toEqual([['ADDED a'], undefined])
})

test('an answer without a body has no events', async () => {
  expect(await eventsOf(null)).toEqual({ names: [], error: undefined })
})

test('an error in the stream is thrown with what the server says', async () => {
  const said = `${JSON.stringify({ type: 'ERROR', object: { code: 410, message: 'too old', reason: 'Expired' } })}\n`
  const { names, error } = await eventsOf(bytes([Buffer.from(line('ADDED', 'a') + said)]))
  expect(names).toEqual(['ADDED a'])
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 410, reason: 'Expired', message: 'watching /x: too old' })
})

test('a stream that breaks is thrown as a server that does not answer', async () => {
  const { names, error } = await eventsOf(bytes([Buffer.from(line('ADDED', 'a'))], new Error('reset')))
  expect([names, error]).toEqual([['ADDED a'], expect.objectContaining({ status: 0 })])
})
