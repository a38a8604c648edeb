import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { glob, globMatches, pathSegments } from '../../src/model/glob.ts'

const matches = (pattern: string, path: string): boolean => globMatches(glob(pattern), pathSegments(path))

test.each([
  ['/issues', '/issues', true],
  ['/issues', '/issues/1', false],
  ['/issues', '/Issues', false],
  ['/issues/*', '/issues/{id}', true],
  ['/issues/*', '/issues', false],
  ['/issues/*', '/issues/{id}/comments', false],
  ['/issues/**', '/issues', true],
  ['/issues/**', '/issues/{id}', true],
  ['/issues/**', '/issues/{id}/comments/{comment}', true],
  ['/issues/**', '/issue', false],
  ['/**', '/', true],
  ['/**', '/a/b/c', true],
  ['/**/comments', '/comments', true],
  ['/**/comments', '/issues/{id}/comments', true],
  ['/**/comments', '/issues/{id}/comments/{comment}', false],
  ['/*/comments', '/comments', false],
  ['/**/a/**/b', '/a/a/x/b/b', true],
  ['/**/a/**/b', '/b/a', false],
  ['/**/*', '/', true],
  ['/**/*', '/a', true],
  ['/*/**', '/a/b/c', true],
  ['/a/**/**/b', '/a/b', true],
  // A star inside a segment is a star: templates may hold one, and permissions say what they mean.
  ['/iss*', '/issues', false],
  ['/iss*', '/iss*', true],
  ['/***', '/a', false],
  // A trailing slash is a segment of its own, which is empty.
  ['/issues', '/issues/', false],
  ['/issues/*', '/issues/', true],
  ['/issues/**', '/issues/', true],
  ['/', '/', true],
  ['/', '/a', false],
  ['/{id}', '/{id}', true],
  ['/{id}', '/{name}', false],
])('%s on %s: %s', (pattern, path, expected) => {
  expect(matches(pattern, path)).toBe(expected)
})

/** The meaning, clause by clause. */
function means(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return path.length === 0
  if (first === '**') return means(rest, path) || (path.length > 0 && means(pattern, path.slice(1)))
  const [segment, ...others] = path
  return segment !== undefined && (first === '*' || first === segment) && means(rest, others)
}

const path = fc.array(fc.constantFrom('a', 'b', '{id}', ''), { minLength: 1, maxLength: 7 })
const pattern = fc.array(fc.constantFrom('a', 'b', '{id}', '', '*', '**', '**'), { minLength: 1, maxLength: 7 })

test('means what its clauses say', () => {
  fc.assert(
    fc.property(pattern, path, (segments, template) => {
      expect(matches(`/${segments.join('/')}`, `/${template.join('/')}`)).toBe(means(segments, template))
    }),
    { numRuns: 3000 },
  )
})

test('/** matches every path, and every path matches itself', () => {
  fc.assert(
    fc.property(path, segments => {
      const template = `/${segments.join('/')}`
      expect(matches('/**', template)).toBe(true)
      expect(matches(template, template)).toBe(true)
    }),
  )
})

test('** also stands for none', () => {
  fc.assert(
    fc.property(path, path, (before, after) => {
      expect(matches(`/${[...before, '**', ...after].join('/')}`, `/${[...before, ...after].join('/')}`)).toBe(true)
    }),
  )
})

test('many stars on a long path end soon', () => {
  const stars = `/${'**/a/*/'.repeat(300)}b`
  const started = performance.now()
  expect(matches(stars, `/${'a/'.repeat(1000)}c`)).toBe(false)
  expect(matches(`/${'**/'.repeat(1000)}b`, `/${'a/'.repeat(1000)}c`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(1000)
})
