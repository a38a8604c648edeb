import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from '../../src/model/operation.ts'
import {
  matchesAnything,
  selected,
  selection,
  selectorIndex,
  SELECTORS,
  selects,
  unmatchedSelectors,
} from '../../src/model/selector.ts'

const operations: readonly Operation[] = [
  { id: 'searchIssues', method: 'get', path: '/issues', tags: ['issues'] },
  { id: 'createIssue', method: 'post', path: '/issues', tags: ['issues', 'write'] },
  { id: 'getIssue', method: 'get', path: '/issues/{id}', tags: ['issues'] },
  { id: 'GET /admin/users', method: 'get', path: '/admin/users', tags: [] },
  { id: 'deleteUser', method: 'delete', path: '/admin/users/{id}', tags: ['admin'] },
]

const ids = (permission: Parameters<typeof selection>[1]): string[] =>
  selection(selectorIndex(operations), permission).map(position => operations[position]?.id ?? '')

test.each([
  {
    name: 'one list: any entry',
    permission: { methods: ['get', 'delete'] },
    selects: ['searchIssues', 'getIssue', 'GET /admin/users', 'deleteUser'],
  },
  {
    name: 'two lists: both',
    permission: { methods: ['get'], tags: ['issues'] },
    selects: ['searchIssues', 'getIssue'],
  },
  { name: 'an operation by its id', permission: { operations: ['createIssue'] }, selects: ['createIssue'] },
  {
    name: 'an operation without an id',
    permission: { operations: ['GET /admin/users'] },
    selects: ['GET /admin/users'],
  },
  {
    name: 'an operation with an id is not named by method and path',
    permission: { operations: ['GET /issues'] },
    selects: [],
  },
  { name: 'paths', permission: { paths: ['/admin/**'] }, selects: ['GET /admin/users', 'deleteUser'] },
  { name: 'everything', permission: { paths: ['/**'] }, selects: operations.map(({ id }) => id) },
  { name: 'ids compare exactly', permission: { operations: ['createissue'] }, selects: [] },
  { name: 'methods are in lower case', permission: { methods: ['GET'] }, selects: [] },
  {
    name: 'all four',
    permission: { methods: ['post'], operations: ['createIssue', 'getIssue'], tags: ['write'], paths: ['/*'] },
    selects: ['createIssue'],
  },
  { name: 'lists that share nothing', permission: { methods: ['post'], paths: ['/admin/**'] }, selects: [] },
  { name: 'no list at all', permission: {}, selects: [] },
])('$name', ({ permission, selects: expected }) => {
  expect(ids(permission)).toEqual(expected)
  expect(matchesAnything(permission, operations)).toBe(expected.length > 0)
})

test('names each entry that matches nothing, with what was probably meant', () => {
  const permission = {
    methods: ['get', 'pst'],
    operations: ['creatIssue', 'GET /issues/{id}', 'frobnicate'],
    tags: ['issue'],
    paths: ['/issue', '/nowhere/**', '/**'],
  }
  expect(unmatchedSelectors(permission, operations)).toEqual([
    { selector: 'methods', index: 1, value: 'pst', nearest: 'post' },
    { selector: 'operations', index: 0, value: 'creatIssue', nearest: 'createIssue' },
    { selector: 'operations', index: 1, value: 'GET /issues/{id}', nearest: 'getIssue' },
    { selector: 'operations', index: 2, value: 'frobnicate' },
    { selector: 'tags', index: 0, value: 'issue', nearest: 'issues' },
    { selector: 'paths', index: 0, value: '/issue', nearest: '/issues' },
    { selector: 'paths', index: 1, value: '/nowhere/**' },
  ])
})

const PATTERNS = ['/a', '/**', '/a/*', '/**/b', '/*/{id}/**', '/x/**', '/']

const entries = {
  methods: fc.constantFrom('get', 'post', 'put'),
  operations: fc.constantFrom('o0', 'o1', 'o2', 'o40', 'x'),
  tags: fc.constantFrom('s', 't', 'u'),
  paths: fc.constantFrom(...PATTERNS),
}

test('the index selects exactly what the definition does', () => {
  const operation = fc.record({
    method: entries.methods,
    path: fc.constantFrom('/', '/a', '/a/b', '/a/{id}', '/b/{id}/b', '/a/'),
    tags: fc.array(entries.tags, { maxLength: 3 }),
  })
  const permission = fc.record(
    Object.fromEntries(
      SELECTORS.map(selector => [selector, fc.array(entries[selector], { minLength: 1, maxLength: 3 })]),
    ),
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 70 }), permission, (rows, lists) => {
      const table = rows.map((row, position) => ({ ...row, id: `o${position}` }))
      const given = SELECTORS.filter(selector => lists[selector] !== undefined)
      const expected = [...table.keys()].filter(
        position =>
          given.length > 0 &&
          given.every(selector => lists[selector]?.some(value => selects(selector, value, table[position]!))),
      )
      expect(selection(selectorIndex(table), lists)).toEqual(expected)
      // The first few patterns are answered without an index; later ones, and these again, with it.
      const alone = [...PATTERNS, ...PATTERNS].map(value => selected(selectorIndex(table), 'paths', value))
      const defined = PATTERNS.map(value =>
        [...table.keys()].filter(position => selects('paths', value, table[position]!)),
      )
      expect(alone).toEqual([...defined, ...defined])
    }),
    { numRuns: 500 },
  )
})
