import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveKey, framed, keyIdOf, rewrap, seal, unseal, type RecordPlace } from '../../src/store/envelope.ts'
import { fingerprintOf, openValues, sealValues } from '../../src/store/seal.ts'
import { revealed, values } from './samples.ts'

const key = deriveKey('one', Buffer.alloc(32, 1))
const place: RecordPlace = { installation: 'i', address: 'credential/acme/bot', version: 3 }
const content = Buffer.from('the content')

interface Fields {
  v: number
  key: string
  wrapped: string
  body: string
  commitment: string
}

describe('an envelope', () => {
  test('opens with its key at its place, and is different each time', () => {
    const [one, two] = [seal(key, place, content), seal(key, place, content)]
    expect(unseal(key, place, one)).toEqual(content)
    expect(one).not.toBe(two)
    expect(keyIdOf(one)).toBe('one')
  })

  test.each([
    ['another installation', { ...place, installation: 'j' }],
    ['another address', { ...place, address: 'credential/acme/other' }],
    ['another version', { ...place, version: 4 }],
    ['an address that begins earlier', { ...place, installation: 'icredential', address: '/acme/bot' }],
  ])('does not open at %s', (_, elsewhere) => {
    expect(unseal(key, elsewhere, seal(key, place, content))).toBeUndefined()
    expect(rewrap(key, key, elsewhere, seal(key, place, content))).toBeUndefined()
  })

  test.each([
    ['another id', deriveKey('two', Buffer.alloc(32, 1))],
    ['other bytes', deriveKey('one', Buffer.alloc(32, 2))],
  ])('does not open with a key of %s', (_, other) => {
    expect(unseal(other, place, seal(key, place, content))).toBeUndefined()
  })

  test('does not open after any bit of it was flipped', () => {
    const record: Fields = JSON.parse(seal(key, place, content))
    for (const field of ['wrapped', 'body', 'commitment'] as const) {
      const bytes = Buffer.from(record[field], 'base64')
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes)
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        const tampered = JSON.stringify({ ...record, [field]: flipped.toString('base64') })
        expect(unseal(key, place, tampered)).toBeUndefined()
      }
    }
  })

  test.each([4, 8, 12, 15])('does not open with a tag cut to %i bytes', length => {
    const record: Fields = JSON.parse(seal(key, place, content))
    for (const field of ['wrapped', 'body'] as const) {
      const bytes = Buffer.from(record[field], 'base64')
      const cut = bytes.subarray(0, bytes.length - 16 + length).toString('base64')
      expect(unseal(key, place, JSON.stringify({ ...record, [field]: cut }))).toBeUndefined()
    }
  })

  test.each(['', 'null', '[]', '{}', '1', '"x"', '{"v":1', '{"v":1,"key":"one","wrapped":1,"body":2,"commitment":3}'])(
    'is not %j',
    text => {
      expect(unseal(key, place, text)).toBeUndefined()
      expect(keyIdOf(text)).toBeUndefined()
    },
  )

  test('of another format does not open', () => {
    const record: Fields = JSON.parse(seal(key, place, content))
    expect(unseal(key, place, JSON.stringify({ ...record, v: 2 }))).toBeUndefined()
  })

  test('rewrapped opens with the new key only, with its content as it was', () => {
    const next = deriveKey('two', Buffer.alloc(32, 2))
    const record = seal(key, place, content)
    const rewrapped = rewrap(key, next, place, record)
    expect(unseal(next, place, rewrapped ?? '')).toEqual(content)
    expect(unseal(key, place, rewrapped ?? '')).toBeUndefined()
    const [before, after]: Fields[] = [record, rewrapped ?? ''].map(text => JSON.parse(text))
    expect(after?.body).toBe(before?.body)
  })

  test('frames parts so that no two lists are alike', () => {
    const parts = fc.array(fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(framed(a).equals(framed(b))).toBe(
          JSON.stringify(a.map(part => Buffer.from(part).toString())) ===
            JSON.stringify(b.map(part => Buffer.from(part).toString())),
        )
      }),
    )
  })
})

describe('sealed values', () => {
  const text = fc.string({ unit: 'binary' }).map(value => Buffer.from(value).toString())
  const secrets = fc.dictionary(fc.string({ minLength: 1 }), text)

  test('come back as they were', () => {
    fc.assert(
      fc.property(secrets, fields => {
        const record = sealValues(key, place, values(fields))
        expect(revealed(openValues(key, place, record))).toEqual({ ...fields })
      }),
    )
  })

  test('do not show how long they are, but for steps of 64 bytes', () => {
    const lengths = [0, 1, 10, 30].map(length => sealValues(key, place, values({ token: 'x'.repeat(length) })).length)
    expect(new Set(lengths).size).toBe(1)
    expect(sealValues(key, place, values({ token: 'x'.repeat(100) })).length).toBeGreaterThan(Math.max(...lengths))
  })
})

describe('a fingerprint', () => {
  const print = (fields: Record<string, string>, address = 'credential/acme/bot', secret = key.wrapping): string =>
    fingerprintOf(secret, address, values(fields))

  test('is the same for the same values, in whatever order', () => {
    expect(print({ username: 'u', password: 'p' })).toBe(print({ password: 'p', username: 'u' }))
    expect(print({ token: 't' })).toMatch(/^hmac-sha256:[0-9a-f]{64}$/)
  })

  test('leaves out what the values are for', () => {
    expect(print({ token: 't', for: '{"name":"bot"}' })).toBe(print({ token: 't' }))
  })

  test.each([
    ['another value', print({ token: 'u' })],
    ['another field', print({ apiKey: 't' })],
    ['one more field', print({ token: 't', extra: '' })],
    ['another address', print({ token: 't' }, 'credential/acme/other')],
    ['another store', print({ token: 't' }, undefined, key.committing)],
    ['the border between field and value elsewhere', print({ toke: 'nt' })],
  ])('differs for %s', (_, other) => {
    expect(other).not.toBe(print({ token: 't' }))
  })

  test('differs whenever values differ', () => {
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'ab'), fc.constantFrom('', 'a', 'b', 'ab', 'aab'))
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(print(a) === print(b)).toBe(isDeepStrictEqual({ ...a }, { ...b }))
      }),
    )
  })
})
