import { expect, test } from 'vitest'
import { ApiError, pause, pauseAfter } from '../../src/source/cluster/api.ts'
import { refuse, say, stubServer } from '../operator/stub-server.ts'

async function errorOf(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw error
  return error
}

test('a server that is busy is asked again after the time that it names', async () => {
  const { api, asked } = await stubServer((_, response, times) => {
    if (times === 0) refuse(response, 429, { 'retry-after': '1' })
    else say(response, { fine: true })
  })
  expect(await api.call('/x')).toEqual({ fine: true })
  expect(asked[1]!.at - asked[0]!.at).toBeGreaterThanOrEqual(990)
})

test('a server that is coming up is asked again where it says when, and not otherwise', async () => {
  const polite = await stubServer((_, response, times) => {
    if (times === 0) refuse(response, 503, { 'retry-after': '1' })
    else say(response, {})
  })
  await polite.api.call('/x')
  expect(polite.asked).toHaveLength(2)
  const blunt = await stubServer((_, response) => refuse(response, 500))
  expect((await errorOf(blunt.api.call('/x'))).status).toBe(500)
  expect(blunt.asked).toHaveLength(1)
})

test('a server that wants to be left alone for long is left alone, and whoever asked is told for how long', async () => {
  const { api, asked } = await stubServer((_, response) => refuse(response, 429, { 'retry-after': '60' }))
  const error = await errorOf(api.call('/x'))
  expect([error.status, error.retryAfter, asked.length]).toEqual([429, 60, 1])
  expect(pauseAfter(error)).toBeGreaterThanOrEqual(60_000)
  expect(pauseAfter(error)).toBeLessThanOrEqual(75_000)
})

test('a server that stays busy is given up, and not asked for ever', async () => {
  const { api, asked } = await stubServer((_, response) => refuse(response, 429, { 'retry-after': '0.01' }))
  expect((await errorOf(api.call('/x'))).status).toBe(429)
  expect(asked).toHaveLength(4)
})

test.each([400, 403, 404, 409, 410, 422])('%i is an answer, and nothing is asked again', async status => {
  const { api, asked } = await stubServer((_, response) => refuse(response, status, { 'retry-after': '1' }))
  const error = await errorOf(api.call('/x'))
  expect([error.status, error.reason, error.message]).toEqual([status, 'Because', `GET /x: no, ${status}`])
  expect([asked.length, pauseAfter(error)]).toEqual([1, 0])
})

test('a token that the server no longer knows is read again, once', async () => {
  const stub = await stubServer(({ token }, response) => {
    if (token === 'first') refuse(response, 401)
    else say(response, {})
  })
  stub.renewToken('second')
  await stub.api.call('/x')
  expect(stub.asked.map(({ token }) => token)).toEqual(['first', 'second'])

  const hopeless = await stubServer((_, response) => refuse(response, 401))
  expect((await errorOf(hopeless.api.call('/x'))).status).toBe(401)
  expect(hopeless.asked).toHaveLength(2)
})

test('the time limit is that of each request, and not of the pauses that the server asks for', async () => {
  const { api } = await stubServer((_, response, times) => {
    if (times === 0) refuse(response, 429, { 'retry-after': '1' })
    else setTimeout(() => say(response, {}), 100)
  })
  expect(await api.call('/x', { timeout: 600 })).toEqual({})
})

test.each([
  { name: 'no head', begin: false },
  { name: 'no end', begin: true },
])('an answer with $name is given up when the time is over', async ({ begin }) => {
  const { api } = await stubServer((_, response) => {
    if (begin) response.writeHead(200).write('{')
  })
  const error = await errorOf(api.call('/x', { timeout: 100 }))
  expect([error.status, error.code, error.message]).toEqual([
    0,
    'cluster-unreachable',
    'the API server did not answer /x: TimeoutError',
  ])
})

test('whoever asked may stop asking, also during a pause', async () => {
  const { api, asked } = await stubServer((_, response) => refuse(response, 429, { 'retry-after': '5' }))
  const started = performance.now()
  const error = await errorOf(api.call('/x', { signal: AbortSignal.timeout(100) }))
  expect([error.status, asked.length, performance.now() - started < 3000]).toEqual([0, 1, true])
})

test('an answer that is no JSON is a failure of the server', async () => {
  const { api } = await stubServer((_, response) => response.end('<html>'))
  expect((await errorOf(api.call('/x'))).status).toBe(0)
})

test('a refusal that is no JSON is told by its number', async () => {
  const { api } = await stubServer((_, response) => response.writeHead(502).end('<html>'))
  const { status, message } = await errorOf(api.call('/x'))
  expect([status, message]).toEqual([502, 'GET /x: status 502'])
})

test('a pause ends early when it is told to', async () => {
  const started = performance.now()
  await pause(60_000, AbortSignal.timeout(20))
  await pause(60_000, AbortSignal.abort())
  expect(performance.now() - started).toBeLessThan(3000)
})
