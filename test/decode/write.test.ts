import * as fc from 'fast-check'
import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { toYaml } from '../../src/decode/write.ts'

const READERS: readonly (readonly [name: string, read: (text: string) => unknown])[] = [
  ['yaml as 1.2 core', text => parse(text, { version: '1.2', schema: 'core' })],
  ['yaml as 1.1', text => parse(text, { version: '1.1' })],
  ['js-yaml core', text => load(text, { schema: CORE_SCHEMA })],
  ['js-yaml as 1.1', text => load(text, { schema: YAML11_SCHEMA })],
]

/** Texts that some version of YAML takes for a number, a date, a truth value, a merge or syntax. */
const TRAPS = [
  ['yes', 'No', 'ON', 'off', 'y', 'N', 'true', 'TRUE', 'null', 'Null', '~', '', '<<', '=', 'nan', '.nan', '-.INF'],
  ['0', '010', '0o7', '0x1F', '0b11', '1_000', '+1', '-1', '1.', '.5', '1e3', '1.5e+3', '190:20:30', '190:20:30.15'],
  ['2026-10-01', '2026-10-01 10:00:00', '2026-10-01T10:00:00Z', '1.2.3', '1,000', '99999999999999999999'],
  ['- a', '-', '? a', ': a', 'a: b', 'a:', 'a #b', '#a', '[a]', '{a}', '&a', '*a', '!a', '|', '>', '%a', '@a', '`a'],
  ['"a"', "'a'", '---', '...', 'a\n---\nb', 'a\n...\nb', ' a', 'a ', '\ta', 'a\tb', 'a\t#b', 'a\n', 'a\n\n', '\na'],
  [' \na', 'a \nb', 'a\r\nb', 'a\rb', 'a\u0085b', 'a\u2028b', 'a\u2029b', '\uFEFFa', 'a\uFFFEb', 'a\u0000b'],
  ['\n', ' \n', '\n ', '\n \n', '  \n\n', '\t\n'],
  ['a\u200Bb', 'a\u202Eb', 'a\u2066b', 'a\u200Db'],
  ['a\u007Fb', 'a\u009Fb', '😀', 'é', 'x'.repeat(1500)],
].flat()

test.each(READERS)('%s reads every trap as the text it is, as a value, a key and an item', (_name, read) => {
  for (const text of TRAPS) {
    const value = { as: text, [text]: 'key', list: [text], deep: [{ [text]: [text] }] }
    expect(read(toYaml(value))).toEqual(value)
  }
})

/** What syntax is made of, so that random texts are full of it. */
const SYNTAX = 'ab01-:#.,?!|>&*%@`\'"[]{}=~<_+eE \n\t\r\u0085\u2028'.split('')

const text = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...SYNTAX) }),
)
const number = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })).map(n => n + 0)
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      text.filter(key => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
}))

test.each(READERS)('%s reads any JSON value as it was written', (_name, read) => {
  fc.assert(
    fc.property(value, written => {
      const plain = JSON.parse(JSON.stringify({ written })) as unknown
      expect(read(toYaml({ written }))).toEqual(plain)
    }),
    { numRuns: 400 },
  )
})

test('is stable: writing what was read gives the same text', () => {
  fc.assert(
    fc.property(value, written => {
      const once = toYaml({ written })
      expect(toYaml(parse(once))).toBe(once)
    }),
  )
})

test('never folds a line, never makes an alias, keeps the order of keys and leaves out undefined', () => {
  const shared = { long: `${'word '.repeat(80)}end` }
  expect(toYaml({ b: shared, a: shared, gone: undefined })).toBe(
    `b:\n  long: ${shared.long}\na:\n  long: ${shared.long}\n`,
  )
})

test('shows what would hide text or turn it around, and leaves joiners alone', () => {
  expect(toYaml({ a: 'x\u202Ey', b: 'x\u200By', c: 'x\u200Dy' })).toBe('a: "x\\u202ey"\nb: "x\\u200by"\nc: x\u200Dy\n')
})

test('writes texts of several lines as blocks that people can read', () => {
  expect(toYaml({ notes: 'first\nsecond\n' })).toBe('notes: |\n  first\n  second\n')
})

test.each([
  [1e21, '1.0e+21'],
  [1e-7, '1.0e-7'],
  [1.5e300, '1.5e+300'],
  [-0, '0'],
  [12345678901234567890n, '12345678901234567890'],
])('writes the number %s as %s', (given, expected) => {
  expect(toYaml({ number: given })).toBe(`number: ${expected}\n`)
})
