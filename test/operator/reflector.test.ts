import type { ServerResponse } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { reflect, type ReflectorOptions, type Sink } from '../../src/operator/reflector.ts'
import { ApiError, type KubeObject } from '../../src/source/cluster/api.ts'
import { eventually } from '../cluster/support/eventually.ts'
import { shown } from './custom-resources.ts'
import { refuse, say, stubServer, type Asked } from './stub-server.ts'

/** What a reflector tells of a server, in the order in which it does. */
async function following(
  list: (response: ServerResponse, asked: Asked, times: number) => void,
  watch: (response: ServerResponse, asked: Asked, times: number) => void,
  options: ReflectorOptions = {},
) {
  const told: string[] = []
  const errors: unknown[] = []
  const times = { list: 0, watch: 0 }
  const { api, asked } = await stubServer((now, response) => {
    if (now.query['watch'] === 'true') watch(response, now, times.watch++)
    else list(response, now, times.list++)
  })
  const named = ({ metadata }: KubeObject): string => `${metadata.name}@${metadata.resourceVersion}`
  const sink: Sink = {
    replace: (objects, isRewound) =>
      told.push(`${isRewound ? 'rewound' : 'all'} ${objects.map(named).toSorted().join(' ')}`),
    put: object => told.push(`put ${named(object)}`),
    remove: object => told.push(`remove ${named(object)}`),
    failed: error => errors.push(error),
  }
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const ended = reflect(api, { path: '/things' }, sink, { ...options, signal: stop.signal })
  /** What it told when it had told so much. */
  const heard = async (count: number): Promise<readonly string[]> => {
    await eventually(() => expect(told.length).toBeGreaterThanOrEqual(count))
    return told
  }
  const watches = (): readonly string[] =>
    asked.filter(({ query }) => query['watch'] === 'true').map(({ query }) => query['resourceVersion']!)
  return { told, errors, asked, watches, heard, stop, ended }
}

function listOf(version: number, ...items: readonly KubeObject[]) {
  return (response: ServerResponse): void => say(response, { metadata: { resourceVersion: String(version) }, items })
}

function event(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`)
}

const quiet = (response: ServerResponse): void => response.writeHead(200).flushHeaders()

test('a list comes in pages, and as one', async () => {
  const { heard, asked } = await following(
    (response, { query }) => {
      const isFirst = query['continue'] === undefined
      const metadata = { resourceVersion: '7', continue: isFirst ? 'more' : '' }
      say(response, { metadata, items: [shown(isFirst ? 'a' : 'b')] })
    },
    quiet,
    { pageSize: 1 },
  )
  expect(await heard(1)).toEqual(['all a@1 b@1'])
  expect(asked.slice(0, 2).map(({ query }) => query)).toEqual([{ limit: '1' }, { limit: '1', continue: 'more' }])
  await eventually(() => expect(asked[2]?.query).toMatchObject({ watch: 'true', resourceVersion: '7' }))
  expect(asked[2]!.query['allowWatchBookmarks']).toBe('true')
  expect(Number(asked[2]!.query['timeoutSeconds'])).toBeGreaterThanOrEqual(300)
  expect(Number(asked[2]!.query['timeoutSeconds'])).toBeLessThan(600)
})

test('a page whose token is too old is followed by a list from the beginning', async () => {
  const { heard } = await following((response, { query }, times) => {
    if (query['continue'] !== undefined) refuse(response, 410)
    else if (times === 0) say(response, { metadata: { resourceVersion: '7', continue: 'more' }, items: [shown('a')] })
    else listOf(9, shown('b'))(response)
  }, quiet)
  expect(await heard(1)).toEqual(['all b@1'])
})

test('a list of nothing has no items, as the metadata of nothing is', async () => {
  const { heard } = await following(
    response => say(response, { metadata: { resourceVersion: '7' }, items: null }),
    quiet,
  )
  expect(await heard(1)).toEqual(['all '])
})

describe('a watch', () => {
  test('that ends is followed by the next, from where it ended; bookmarks count', async () => {
    const { heard, watches, errors } = await following(listOf(7), (response, _, times) => {
      if (times > 0) return quiet(response)
      event(response, 'ADDED', shown('a', { version: 8 }))
      event(response, 'MODIFIED', shown('a', { version: 9 }))
      event(response, 'DELETED', shown('a', { version: 10 }))
      event(response, 'BOOKMARK', { metadata: { resourceVersion: '15' } })
      response.end()
    })
    expect(await heard(4)).toEqual(['all ', 'put a@8', 'put a@9', 'remove a@10'])
    await eventually(() => expect(watches()).toEqual(['7', '15']))
    expect(errors).toEqual([])
  })

  test('that is cut is followed by the next, from the last whole event', async () => {
    const { heard, watches, errors } = await following(listOf(7), (response, _, times) => {
      if (times > 0) return quiet(response)
      event(response, 'ADDED', shown('a', { version: 8 }))
      response.write('{"type":"ADDED","object":{"metadata":', () => response.destroy())
    })
    await eventually(() => expect(watches()).toEqual(['7', '8']))
    expect(await heard(2)).toEqual(['all ', 'put a@8'])
    expect(errors).toEqual([])
  })

  test.each([500, 429, 504])('with a %i in the stream goes on from the last event before it', async code => {
    const { heard, watches, errors } = await following(listOf(7), (response, _, times) => {
      if (times > 0) return quiet(response)
      event(response, 'ADDED', shown('a', { version: 8 }))
      event(response, 'ERROR', { code, message: 'no' })
      response.end()
    })
    await eventually(() => expect(watches()).toEqual(['7', '8']))
    expect(await heard(2)).toEqual(['all ', 'put a@8'])
    expect(errors.map(error => error instanceof ApiError && error.status)).toEqual([code])
  })

  test.each([
    { name: 'in the stream', gone: (response: ServerResponse) => event(response, 'ERROR', { code: 410 }) },
    { name: 'as status', gone: (response: ServerResponse) => refuse(response, 410) },
    {
      name: 'by its name',
      gone: (response: ServerResponse) => event(response, 'ERROR', { code: 500, reason: 'Expired' }),
    },
  ])('from a revision that is gone, $name, is followed by a list', async ({ gone }) => {
    const { heard } = await following(
      (response, _, times) => listOf(7 + times, shown(times === 0 ? 'a' : 'b'))(response),
      (response, _, times) => (times > 0 ? quiet(response) : gone(response)),
    )
    expect(await heard(2)).toEqual(['all a@1', 'all b@1'])
  })

  test('that says nothing for too long is taken for dead, bookmarks keep it alive', async () => {
    const { watches, told, errors } = await following(
      listOf(7),
      (response, _, times) => {
        if (times > 0) return quiet(response)
        const bookmark = (version: number): void =>
          event(response, 'BOOKMARK', { metadata: { resourceVersion: String(version) } })
        for (let at = 0; at < 5; at++) setTimeout(() => bookmark(10 + at), 150 * at)
      },
      { silence: 400 },
    )
    await eventually(() => expect(watches().length).toBeGreaterThan(1))
    expect([watches()[1], told, errors]).toEqual(['14', ['all '], []])
  })

  test('whose head never comes is taken for dead, too', async () => {
    const { watches, errors } = await following(listOf(7), () => {}, { silence: 100 })
    await eventually(() => expect(watches().length).toBeGreaterThan(1))
    expect(errors.length).toBeGreaterThan(0)
  })

  test('that the server ends at once is not asked for without a pause', async () => {
    const { watches, errors } = await following(listOf(7), response => response.writeHead(200).end())
    await new Promise(resolve => setTimeout(resolve, 1500))
    expect(watches().length).toBeLessThan(5)
    expect(errors.length).toBeGreaterThan(0)
  })

  test('that the server puts off waits as long as it is told', async () => {
    const { asked, watches } = await following(listOf(7), (response, _, times) =>
      times > 0 ? quiet(response) : event(response, 'ADDED', shown('a', { version: 8 })),
    )
    await eventually(() => expect(watches()).toEqual(['7']))
    const long = await following(
      (response, _, times) => (times > 0 ? listOf(7)(response) : refuse(response, 429, { 'retry-after': '11' })),
      quiet,
    )
    await eventually(() => expect(long.errors).toHaveLength(1))
    await new Promise(resolve => setTimeout(resolve, 3000))
    expect([long.asked.length, asked.length]).toEqual([1, 2])
  })
})

test('a server that refuses everything is asked ever more seldom, and never given up', async () => {
  const { asked, heard } = await following((response, _, times) => {
    if (times < 3) refuse(response, 403)
    else listOf(7)(response)
  }, quiet)
  expect(await heard(1)).toEqual(['all '])
  const gaps = asked.slice(1, 4).map(({ at }, index) => at - asked[index]!.at)
  expect(gaps[0]).toBeGreaterThan(350)
  expect(gaps[2]).toBeGreaterThan(1500)
})

test('everything is listed anew when the time for that has come, and a server that went back in time is noticed', async () => {
  const { heard, errors } = await following(
    (response, _, times) => listOf(times < 2 ? 70 + times : 30, shown('a'))(response),
    (response, _, times) => {
      if (times > 1) return quiet(response)
      event(response, 'ADDED', shown('b', { version: 80 + times }))
      response.end()
    },
    { relist: 0 },
  )
  expect(await heard(5)).toEqual(['all a@1', 'put b@80', 'rewound a@1', 'put b@81', 'rewound a@1'])
  expect(errors).toEqual([])
})

test('it ends when it is told to, whatever it waits for', async () => {
  for (const watch of [quiet, () => {}, (response: ServerResponse) => refuse(response, 500)]) {
    const { ended, stop, watches } = await following(listOf(7), watch)
    await eventually(() => expect(watches().length).toBeGreaterThan(0))
    stop.abort()
    await ended
  }
  expect(true).toBe(true)
})
