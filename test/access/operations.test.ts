import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findOperation, requestedOperation } from '../../src/access/operations.ts'
import type { Operation } from '../../src/model/operation.ts'

const get = (id: string, path: string): Operation => ({ id, method: 'get', path, tags: [] })

const API: readonly Operation[] = [
  get('searchIssues', '/issues'),
  get('getIssue', '/issues/{id}'),
  get('getMine', '/issues/mine'),
  { ...get('createIssue', '/issues'), method: 'post' },
  get('GET /files/{name}.json', '/files/{name}.json'),
  get('getFile', '/files/{name}'),
  get('compare', '/compare/{base}...{head}'),
  get('anyoneMe', '/{entity}/me'),
  get('bookById', '/books/{id}'),
  get('spaced', '/files/a%20b'),
  get('withQuery', '/legacy?action=list'),
  get('GET /odd', '/not/odd'),
  get('trailing', '/things/'),
  get('one', '/twins/{a}'),
  get('two', '/twins/{b}'),
  get('adminSecret', '/admin/{what}/secret'),
]

test.each([
  // By id.
  ['getIssue', 'getIssue'],
  ['GET /files/{name}.json', 'GET /files/{name}.json'],
  // An id that looks like a path wins, exactly as written only.
  ['GET /odd', 'GET /odd'],
  // By method and template.
  ['GET /issues', 'searchIssues'],
  ['get /issues', 'searchIssues'],
  ['Post /issues', 'createIssue'],
  ['GET /issues/{id}', 'getIssue'],
  ['GET /legacy?action=list', 'withQuery'],
  ['GET /things/', 'trailing'],
  // By a concrete path.
  ['GET /issues/SUP-1', 'getIssue'],
  ['GET /issues/mine', 'getMine'],
  ['GET /issues/Mine', 'getIssue'],
  ['GET /files/a.txt', 'getFile'],
  ['GET /files/a.json', 'GET /files/{name}.json'],
  ['GET /compare/v1...v2', 'compare'],
  ['GET /files/a%20b', 'spaced'],
  ['GET /issues/a%20b', 'getIssue'],
  ['GET /issues/100%25', 'getIssue'],
  ['GET /issues/ü', 'getIssue'],
  ['GET /issues/..x', 'getIssue'],
  // Encoded letters are the letters: a literal segment still wins.
  ['GET /issues/%6dine', 'getMine'],
  ['GET /%69ssues', 'searchIssues'],
])('%s is %s', (text, id) => {
  expect(findOperation(API, text)).toEqual({ kind: 'found', index: API.findIndex(operation => operation.id === id) })
})

test.each([
  ['getIsue', 'getIssue'],
  ['GETISSUE', 'getIssue'],
  ['frobnicate', undefined],
  ['', undefined],
  ['GET', undefined],
  ['GET issues', 'GET /issues'],
  ['get /odd', 'GET /odd'],
  ['GET /isues', 'GET /issues'],
  ['DELETE /issues/1', undefined],
  ['GET /issues/1/comments', undefined],
  ['GET /issues/', 'GET /issues'],
  ['GET /files/.json/', undefined],
  ['GET  /issues', 'GET /issues'],
])('%s is unknown; nearest: %s', (text, near) => {
  expect(findOperation(API, text)).toEqual({ kind: 'unknown', ...(near === undefined ? {} : { nearest: near }) })
})

const DENIED = [
  ['GET /issues/../admin', 'holds a segment "." or ".."'],
  ['GET /issues/..', 'holds a segment "." or ".."'],
  ['GET /./issues', 'holds a segment "." or ".."'],
  ['GET /issues/..;x=1/admin', 'holds a segment "." or ".."'],
  ['GET /issues/%2e%2e/admin', 'holds a segment "." or ".."'],
  ['GET /issues/.%2E/admin', 'holds a segment "." or ".."'],
  ['GET /issues/%252e%252e/admin', 'holds a segment "." or ".."'],
  ['GET //issues', 'holds an empty segment ("//")'],
  ['GET /issues//1', 'holds an empty segment ("//")'],
  ['GET /issues//', 'holds an empty segment ("//")'],
  ['GET /issues/a%2fb', 'holds an encoded slash or backslash'],
  ['GET /issues/a%2Fb', 'holds an encoded slash or backslash'],
  ['GET /issues/a%5cb', 'holds an encoded slash or backslash'],
  ['GET /issues/a%252fb', 'holds an encoded slash or backslash'],
  ['GET /issues/a%25252fb', 'holds an encoded slash or backslash'],
  ['GET /issues/a%255Cb', 'holds an encoded slash or backslash'],
  ['GET /issues/a\\b', 'holds a backslash'],
  ['GET /issues/a\0b', 'holds a control character'],
  ['GET /issues/a%00b', 'holds a control character'],
  ['GET /issues/a%2500b', 'holds a control character'],
  ['GET /issues/a\nb', 'holds a control character'],
  ['GET /issues/a%0d%0ab', 'holds a control character'],
  ['GET /issues/%c0%af', 'is not properly percent-encoded'],
  ['GET /issues/%25c0%25af', 'is not properly percent-encoded'],
  ['GET /issues/100%', 'is not properly percent-encoded'],
  ['GET /issues/%zz', 'is not properly percent-encoded'],
  ['GET /issues/%25252525252541', 'is percent-encoded many times over'],
  [`GET /issues/${'a'.repeat(9000)}`, 'is longer than 8192 characters'],
] as const

const NOT_ONLY_PATHS = [
  ['GET /issues/1?x=1', 'holds a query'],
  ['GET /issues/1#x', 'holds a fragment'],
  ['GET /issues/a b', 'holds a space'],
] as const

test.each([...DENIED, ...NOT_ONLY_PATHS])('%j is denied: it %s', (text, reason) => {
  expect(findOperation(API, text)).toEqual({
    kind: 'denied',
    reason: `the path ${reason}, which is never let through`,
  })
  expect(requestedOperation(text).kind).toBe('denied')
})

describe('a path of several templates', () => {
  test('none of which says more than the others is denied', () => {
    const reason = 'the path matches anyoneMe and bookById equally well, which is never let through'
    expect(findOperation(API, 'GET /books/me')).toEqual({ kind: 'denied', reason })
    expect(findOperation(API, 'GET /twins/x').kind).toBe('denied')
  })

  test('is still found by its template', () => {
    expect(findOperation(API, 'GET /twins/{b}')).toEqual({ kind: 'found', index: 14 })
  })

  test('a parameter is never empty', () => {
    expect(findOperation([get('a', '/{x}.{y}')], 'GET /.json').kind).toBe('unknown')
    expect(findOperation([get('a', '/{x}.{y}')], 'GET /a.b.json').kind).toBe('found')
    expect(findOperation([get('a', '/{x}..{y}')], 'GET /a.b').kind).toBe('unknown')
  })
})

test('a template that no path may have is not found by it, only by its id', () => {
  const odd = [get('up', '/a/../b'), get('GET /c//d', '/c//d')]
  expect(findOperation(odd, 'up')).toEqual({ kind: 'found', index: 0 })
  expect(findOperation(odd, 'GET /a/../b').kind).toBe('denied')
  expect(findOperation(odd, 'GET /c//d').kind).toBe('denied')
})

test('a service that lists no operations is asked by method and path', () => {
  expect(requestedOperation('POST /orders/a%20b')).toEqual({
    kind: 'found',
    operation: { id: 'POST /orders/a%20b', method: 'post', path: '/orders/a b', tags: [] },
  })
  expect(requestedOperation('createOrder')).toEqual({ kind: 'unknown' })
})

test('whatever is asked: found only what matches by the letter, and every other spelling of a climb is denied', () => {
  const piece = fc.constantFrom(
    'issues',
    'mine',
    '..',
    '.',
    '',
    '%2e%2e',
    '%2F',
    'x',
    '%25',
    '%5c',
    'a;b',
    '{id}',
    '%00',
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), pieces => {
      const path = `/${pieces.join('/')}`
      const found = findOperation(API, `GET ${path}`)
      const climbs = pieces.some(each => ['..', '.', '%2e%2e', '%2F', '%5c', '%00'].includes(each))
      const empty = pieces.slice(0, -1).includes('')
      expect(found.kind === 'denied').toBe(climbs || empty)
      if (found.kind !== 'found') return
      const { pathname } = new URL(path, 'https://tenon.example')
      expect(decodeURIComponent(pathname)).toBe(decodeURIComponent(path))
    }),
    { numRuns: 1000 },
  )
})

test('tables of 20,000 like templates and long paths end soon', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => get(`o${index}`, `/a/{x${index}}/c${index}`))
  const started = performance.now()
  expect(findOperation(many, 'GET /a/b/c19999')).toEqual({ kind: 'found', index: 19_999 })
  expect(findOperation(many, `GET /a/${'%25'.repeat(2700)}/c1`).kind).toBe('found')
  expect(performance.now() - started).toBeLessThan(2000)
})
