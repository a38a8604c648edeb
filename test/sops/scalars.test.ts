import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatFloat, parseFloat64, parseInt64 } from '../../src/sops/number.ts'
import { UNTYPABLE, resolvePlain } from '../../src/sops/scalar.ts'
import { parseRfc3339 } from '../../src/sops/time.ts'
import { hashedBytes, openValue, sealValue } from '../../src/sops/value.ts'
import { SCALARS } from './scalars.ts'

describe('a plain YAML scalar is what go-yaml v3 makes of it', () => {
  test.each(SCALARS)('%s is %s %s', (written, type, hashed) => {
    const value = resolvePlain(written)
    if (value === UNTYPABLE) throw new Error('untypable')
    const sealed = value === null ? 'type:null' : sealValue(value, Buffer.alloc(32), '')
    expect(/type:(\w+)/.exec(sealed)?.[1] ?? 'str').toBe(type)
    expect(value === null ? '' : Buffer.from(hashedBytes(value)).toString()).toBe(hashed)
  })

  test.each(['9223372036854775808', '18446744073709551615', '0xFFFFFFFFFFFFFFFF'])('%s is refused', written =>
    expect(resolvePlain(written)).toBe(UNTYPABLE),
  )
})

describe('Go’s numbers', () => {
  test.each([
    [0, '0'],
    [-0, '-0'],
    [1e21, '1000000000000000000000'],
    [1.5e-10, '0.00000000015'],
    [123456789.12345679, '123456789.12345679'],
    [Number.MAX_VALUE, `17976931348623157${'0'.repeat(292)}`],
    [Number.MIN_VALUE, `0.${'0'.repeat(323)}5`],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('%d is written %s', (value, text) => expect(formatFloat(value)).toBe(text))

  test('a float is read back from what is written, and never has an exponent', () => {
    fc.assert(
      fc.property(fc.double(), value => {
        const text = formatFloat(value)
        expect(text).not.toMatch(/[eE]/)
        expect(parseFloat64(text)).toBe(value)
      }),
    )
  })

  test.each([
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['+7', 7n],
    ['007', 7n],
    ['9223372036854775808', undefined],
    ['1.0', undefined],
    ['1_000', undefined],
    ['', undefined],
  ])('the integer %s is %s', (text, value) => expect(parseInt64(text)).toBe(value))
})

describe('Go’s times', () => {
  test.each([
    ['2026-11-22T03:22:04Z', '2026-11-22T03:22:04Z', '2026-11-22T03:22:04Z'],
    ['2026-11-22T03:22:04.120Z', '2026-11-22T03:22:04.12Z', '2026-11-22T03:22:04Z'],
    ['2026-11-22T3:22:04,5+05:30', '2026-11-22T03:22:04.5+05:30', '2026-11-22T03:22:04+05:30'],
    ['2026-11-22T03:22:04-00:00', '2026-11-22T03:22:04Z', '2026-11-22T03:22:04Z'],
    ['2026-11-22T03:22:04+23:59', '2026-11-22T03:22:04+23:59', '2026-11-22T03:22:04+23:59'],
  ])('%s', (text, nano, seconds) => expect(parseRfc3339(text)).toEqual({ nano, seconds }))

  test.each([
    '',
    '2026-11-22',
    '2026-02-29T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T03:22:04',
    '2026-11-22T03:22:04+24:00',
    '2026-11-22t03:22:04z',
  ])('no time: %j', text => expect(parseRfc3339(text)).toBeUndefined())
})

describe('an encrypted value', () => {
  const key = Buffer.alloc(32, 7)
  const sealed = sealValue('text', key, 'a:b:')

  test('opens at its own path with its own key only', () => {
    expect(Buffer.from(openValue(sealed, key, 'a:b:')?.bytes ?? []).toString()).toBe('text')
    expect(openValue(sealed, key, 'a:c:')).toBeUndefined()
    expect(openValue(sealed, Buffer.alloc(32, 8), 'a:b:')).toBeUndefined()
  })

  test.each([
    [
      'a tag of 4 bytes',
      (text: string) =>
        text.replace(
          /tag:[^,]*/,
          found => `tag:${Buffer.from(found.slice(4), 'base64').subarray(0, 4).toString('base64')}`,
        ),
    ],
    ['an IV of 12 bytes', (text: string) => text.replace(/iv:[^,]*/, `iv:${Buffer.alloc(12).toString('base64')}`)],
    ['URL-safe base64', (text: string) => text.replace(/data:./, 'data:_')],
    ['base64 without padding', (text: string) => text.replace('==', '')],
    ['spaces around it', (text: string) => ` ${text} `],
    ['another letter for its bracket', (text: string) => `${text.slice(0, -1)}x`],
    ['a further field', (text: string) => text.replace(',type', ',extra:x,type')],
    ['another cipher', (text: string) => text.replace('AES256_GCM', 'AES128_GCM')],
    ['an unknown type', (text: string) => text.replace('type:str', 'type:constructor')],
    ['no data', (text: string) => text.replace(/data:[^,]*/, 'data:')],
  ])('is refused with %s', (_, change) => {
    expect(change(sealed)).not.toBe(sealed)
    expect(openValue(change(sealed), key, 'a:b:')).toBeUndefined()
  })

  test.each([
    ['int', '007', '7'],
    ['int', '7x', undefined],
    ['int', '9223372036854775808', undefined],
    ['float', '1.50', '1.5'],
    ['float', '1e2', '100'],
    ['float', 'inf', '+Inf'],
    ['float', 'x', undefined],
    ['bool', 't', 'True'],
    ['bool', 'FALSE', 'False'],
    ['bool', 'yes', undefined],
    ['time', '2024-01-15T00:00:00.50Z', '2024-01-15T00:00:00.5Z'],
    ['time', '2024-01-15', undefined],
    ['bytes', 'x', 'x'],
    ['str', '007', '007'],
  ])('of type %s with %s is hashed as %s', (type, text, hashed) => {
    const opened = openValue(sealValue(text, key, 'p:').replace('type:str', `type:${type}`), key, 'p:')
    expect(opened === undefined ? undefined : Buffer.from(opened.bytes).toString()).toBe(hashed)
  })

  test('never has an IV twice', () => {
    const ivs = Array.from({ length: 100 }, () => /iv:([^,]*)/.exec(sealValue('text', key, 'p:'))?.[1])
    expect(new Set(ivs).size).toBe(100)
  })
})
