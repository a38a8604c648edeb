import { expect, test } from 'vitest'
import { matches, notPlain, references, schemaErrors, settingErrors } from './checks.ts'

test.each([
  ['an anchor', 'a: &x 1\nb: 2\n', ['anchor x']],
  ['an alias', 'a: &x 1\nb: *x\n', ['anchor x', 'alias x']],
  ['a tag', 'a: !!str 1\n', ['tag tag:yaml.org,2002:str']],
  ['an unquoted on', 'a: on\n', ['YAML 1.1 reads it differently']],
  ['an unquoted date', 'a: 2025-09-03\n', ['YAML 1.1 reads it differently']],
  ['an octal number', 'a: 0755\n', ['YAML 1.1 reads it differently']],
  ['a number to the base of 60', 'a: 12:30:45\n', ['YAML 1.1 reads it differently']],
  ['two documents', 'a: 1\n---\nb: 2\n', ['2 documents']],
  ['no document', '', ['no document']],
  ['nothing about plain YAML', 'a: "on"\nb: [1, {c: x}]\nd: >-\n  folded\n', []],
])('notPlain reports %s', (_, yaml, problems) => {
  expect(notPlain(yaml)).toEqual(problems)
})

test('notPlain reports a duplicate key', () => {
  expect(notPlain('a: 1\na: 2\n')).toEqual([expect.stringContaining('unique')])
})

test.each([
  ['/me', '/me', true],
  ['/users/{id}/profile', '/users/{id}/profile', true],
  ['/users/{id}/profile', '/users/me/profile', true],
  ['/users/{id}', '/users/me/profile', false],
  ['/users/{id}', '/users/', false],
  ['/a.b', '/axb', false],
])('%s matches %s: %s', (template, requested, expected) => {
  expect(matches(template, requested)).toBe(expected)
})

test('references finds them in lists and maps', () => {
  expect(references({ a: [{ $ref: '#/b' }], c: { d: { $ref: 'https://x.example/' } } })).toEqual([
    '#/b',
    'https://x.example/',
  ])
})

const words = { title: 'A', description: 'An example.' }

test.each([
  ['an unknown keyword', { type: 'object', oneOf: [] }, ['unknown keyword oneOf']],
  ['it in a property', { properties: { a: { ...words, $ref: '#' } } }, ['unknown keyword $ref']],
  ['a property without words', { properties: { a: { type: 'string' } } }, ['a has no title or description']],
  [
    'a refused default',
    { properties: { a: { ...words, enum: ['x'], default: 'y' } } },
    ['the default of a is refused'],
  ],
  ['nothing about a good one', { properties: { a: { ...words, type: 'integer', default: 1 } } }, []],
])('settingErrors reports %s', (_, schema, problems) => {
  expect(settingErrors(schema)).toEqual(problems)
})

test('schemaErrors names the place of an unknown field', () => {
  const spec = { displayName: 'X', description: 'X.', type: 'http', auth: [{ type: 'basic', scheme: 'x' }] }
  const definition = {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ClusterServiceDefinition',
    metadata: { name: 'x' },
    spec,
  }
  expect(schemaErrors(definition)).toEqual(['/spec/auth/0 must NOT have additional properties'])
})
