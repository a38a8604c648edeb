import * as fc from 'fast-check'
import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml'
import { expect, test } from 'vitest'
import { isAmbiguity, readPlain } from '../../src/decode/plain.ts'

test.each<[string, string | number | boolean | null]>([
  ['', null],
  ['~', null],
  ['null', null],
  ['NULL', null],
  ['true', true],
  ['False', false],
  ['0', 0],
  ['42', 42],
  ['-7', -7],
  ['+7', 7],
  ['1.5', 1.5],
  ['1.50', 1.5],
  ['-0.25', -0.25],
  ['.5', 0.5],
  ['0x1F', 31],
  ['9007199254740991', 9007199254740991],
  ['nULL', 'nULL'],
  ['yesterday', 'yesterday'],
  ['Nope', 'Nope'],
  ['-', '-'],
  ['+', '+'],
  ['.', '.'],
  ['...a', '...a'],
  ['0x', '0x'],
  ['0xg', '0xg'],
  ['0b2', '0b2'],
  ['0o8', '0o8'],
  ['1e', '1e'],
  ['1.2.3', '1.2.3'],
  ['10.0.0.1', '10.0.0.1'],
  ['2026-01', '2026-01'],
  ['2026-10-01', '2026-10-01'],
  ['12:30:45', '12:30:45'],
  ['1-2', '1-2'],
  ['_1', '_1'],
  ['+49 30 1234', '+49 30 1234'],
  ['<', '<'],
  ['<<<', '<<<'],
  ['=', '='],
])('%j is %j to all', (text, value) => {
  expect(readPlain(text)).toBe(value)
})

const REFUSED = `
  y Y yes Yes YES on On ON n N no No NO off Off OFF << .inf .Inf -.INF +.inf .nan .NaN
  012 -012 00 08 01.5 0o17 0O17 0b11 -0b11 0B1 0X1F -0x1F +0x1f 1_000 0x_1F 1_ 1__0 -_1 1_0.5 0b1_1
  1e3 1E3 1e+3 1.5e-3 .5e1 1. -1. -0 -0.0 9007199254740992 -9007199254740993 0x20000000000000
`

test.each([...REFUSED.trim().split(/\s+/), `${'9'.repeat(400)}.5`])(
  '%j is refused: readers disagree, or cannot agree',
  text => {
    const plain = readPlain(text)
    expect(isAmbiguity(plain)).toBe(true)
    // Which value it was is nowhere in what is said of a number: it may be a secret.
    if (isAmbiguity(plain) && /\d{2}/.test(text)) expect(plain.why + plain.cure).not.toContain(text)
  },
)

/** YAML 1.1 reads these otherwise, but Kubernetes does not: times stay text there, and so do numbers of base 60. */
const TEXT_TO_KUBERNETES = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/

const scalars = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789+-._:xXoObBeEaAfFyYnNtT~'.split('')), minLength: 1, maxLength: 10 }),
  fc.string({ unit: fc.constantFrom(...'01_.e+-'.split('')), minLength: 1, maxLength: 6 }),
  fc.constantFrom('true', 'null', 'Null', 'TRUE', 'no', 'off', '.NaN', '=', '<<'),
)

test('what is accepted is the same under the core schema and under YAML 1.1', () => {
  fc.assert(
    fc.property(scalars, text => {
      const plain = readPlain(text)
      let core: unknown
      try {
        core = load(`[${text}]`, { schema: CORE_SCHEMA })
      } catch {
        return
      }
      // Some of these texts are more than one scalar.
      const [only, ...others] = core as unknown[]
      if (others.length > 0 || (typeof only === 'object' && only !== null) || isAmbiguity(plain)) return
      expect([text, plain]).toEqual([text, only])
      if (!TEXT_TO_KUBERNETES.test(text))
        expect([text, plain]).toEqual([text, (load(`[${text}]`, { schema: YAML11_SCHEMA }) as unknown[])[0]])
    }),
    { numRuns: 5000 },
  )
})
