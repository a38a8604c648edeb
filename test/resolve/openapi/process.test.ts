import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { openApiReader } from '../../../src/resolve/openapi/operations.ts'
import { description, jsonBytes, laughs, operation } from './documents.ts'

const FINE = jsonBytes(description('3.0.3', { '/a': { get: operation() } }))

/** The library looks for required properties through both branches of 40 levels: 2^40 visits. */
const ENDLESS = jsonBytes(
  description(
    '2.0',
    { '/a': { get: operation() } },
    {
      definitions: {
        ...laughs(40, '#/definitions/', ref => ({ allOf: [ref, ref] })),
        all: { type: 'object', required: ['x'], allOf: [{ $ref: '#/definitions/level40' }] },
      },
    },
  ),
)

/** As many small objects as the limits let through, all of them schemas that every check must look at. */
const LARGE = jsonBytes(
  description(
    '3.0.3',
    {},
    {
      components: {
        schemas: Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`s${index}`, { items: {} }])),
      },
    },
  ),
)

/** Lists that grow while the limit is near: V8 may then end not the thread but the process around it. */
const SUDDEN = Buffer.from(`openapi: 3.0.3\npaths: {}\nx: [${'[],'.repeat(330_000)}[]]`)

describe('a document that costs too much', () => {
  test('is given up at the deadline, and the next one is read', async () => {
    const reader = openApiReader({ deadlineMs: 700 })
    try {
      await reader.read(FINE, { file: 'fine.json' })
      const started = performance.now()
      expect(await reader.read(ENDLESS, { file: 'endless.json' })).toEqual({
        kind: 'invalid',
        problems: [
          {
            severity: 'error',
            code: 'openapi-too-expensive',
            message: 'reading the document takes more than 0.7 s',
            cure: 'Split the service, or keep only the paths that your integrations use.',
            file: 'endless.json',
          },
        ],
      })
      expect(performance.now() - started).toBeLessThan(5000)
      expect(await reader.read(FINE, { file: 'fine.json' })).toMatchObject({ kind: 'read' })
    } finally {
      await reader.close()
    }
  })

  test.each([
    ['slowly', LARGE],
    ['suddenly', SUDDEN],
  ])('is given up at the memory limit, passed %s, and the next one is read', async (_, bytes) => {
    const reader = openApiReader({ memoryMb: 64, deadlineMs: 60_000 })
    try {
      expect(await reader.read(bytes, { file: 'large' })).toMatchObject({
        kind: 'invalid',
        problems: [{ code: 'openapi-too-expensive', message: 'reading the document takes more than 64 MB of memory' }],
      })
      expect(await reader.read(FINE, { file: 'fine.json' })).toMatchObject({ kind: 'read' })
    } finally {
      await reader.close()
    }
  })

  test('leaves whoever asked free to do other things', async () => {
    const reader = openApiReader({ deadlineMs: 1500 })
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
    }, 20)
    try {
      await reader.read(ENDLESS, { file: 'endless.json' })
    } finally {
      clearInterval(timer)
      await reader.close()
    }
    expect(ticks).toBeGreaterThan(10)
  })
})

describe('one process', () => {
  test('answers whoever asked, in turn', async () => {
    const reader = openApiReader({ deadlineMs: 1000 })
    try {
      const documents = Array.from({ length: 5 }, (_, index) =>
        jsonBytes(description('3.0.3', { [`/p${index}`]: { get: operation() } })),
      )
      documents.splice(2, 0, ENDLESS)
      const results = await Promise.all(documents.map(bytes => reader.read(bytes, { file: '' })))
      expect(results.map(result => (result.kind === 'read' ? result.table.operations[0]?.path : result.kind))).toEqual([
        '/p0',
        '/p1',
        'invalid',
        '/p2',
        '/p3',
        '/p4',
      ])
    } finally {
      await reader.close()
    }
  })

  test('closes after what is being read, and then reads nothing more', async () => {
    const reader = openApiReader()
    const reading = reader.read(FINE, { file: '' })
    await reader.close()
    expect(await reading).toMatchObject({ kind: 'read' })
    await expect(reader.read(FINE, { file: '' })).rejects.toThrow('after the reader was closed')
    await reader.close()
  })

  test('leaves the bytes of the caller alone', async () => {
    const reader = openApiReader()
    const bytes = Uint8Array.from(FINE)
    await reader.read(bytes, { file: '' })
    await reader.close()
    expect(bytes).toEqual(Uint8Array.from(FINE))
  })

  const MODULE = fileURLToPath(new URL('../../../src/resolve/openapi/operations.ts', import.meta.url))
  const program = (deadlineMs: number, then: string): string[] => {
    const script = `
      import { openApiReader } from ${JSON.stringify(MODULE)}
      const reader = openApiReader({ deadlineMs: ${deadlineMs} })
      const read = text => reader.read(Buffer.from(text), { file: '' })
      ${then}`
    return ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script]
  }

  test('keeps nobody from ending, and checks schemas although its parent may compile none', async () => {
    const then = `console.log(JSON.stringify(await read(${JSON.stringify(Buffer.from(FINE).toString())})))`
    const { stdout } = await promisify(execFile)(process.execPath, program(10_000, then), { timeout: 20_000 })
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'read', problems: [] })
  })

  test('closes to the end where nothing else keeps the program going', async () => {
    const then = `await read('{}'); await reader.close(); console.log('closed')`
    const { stdout } = await promisify(execFile)(process.execPath, program(10_000, then), { timeout: 20_000 })
    expect(stdout).toBe('closed\n')
  })

  test.skipIf(process.platform !== 'linux')(
    'ends with its parent, even one that is killed, and in the middle of work',
    async () => {
      const then = `await read('{}'); console.log('busy'); await read(${JSON.stringify(Buffer.from(ENDLESS).toString())})`
      const parent = execFile(process.execPath, program(60_000, then))
      parent.on('error', () => undefined)
      await new Promise(resolve => parent.stdout?.once('data', resolve))
      const children = (await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8')).trim()
      expect(children).toMatch(/^\d+$/)
      await setTimeout(300)
      parent.kill('SIGKILL')
      await expect.poll(() => existsSync(`/proc/${children}`), { timeout: 5000 }).toBe(false)
    },
  )
})
