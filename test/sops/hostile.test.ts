import { Encrypter, armor } from 'age-encryption'
import { describe, expect, test } from 'vitest'
import type { SopsFormat } from '../../src/model/sops.ts'
import { readSops, type SopsResult } from '../../src/sops/read.ts'
import { combineShares, multiply } from '../../src/sops/shamir.ts'
import { encryptYaml } from '../../src/sops/write.ts'
import { editable } from './editable.ts'
import { identityOf, recipientOf } from './people.ts'

/** A loaded machine takes a second for the worst of these; without their limits most would take hours. */
const PATIENCE = 8000
const SIZE = 2 ** 20

const identities = [identityOf('alice')]
const options = { recipients: [recipientOf('alice')], lastModified: new Date('2026-01-01T00:00:00Z') }

function fill(unit: string): string {
  return unit.repeat(Math.ceil(SIZE / unit.length))
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('')
}

async function codeInTime(text: string, format: SopsFormat = 'yaml'): Promise<string> {
  const start = performance.now()
  const result: SopsResult = await readSops(Buffer.from(text), { format, file: 'hostile', identities })
  expect(performance.now() - start).toBeLessThan(PATIENCE)
  return result.kind === 'refused' ? result.problem.code : result.kind
}

describe('text made to be slow ends in a refusal', () => {
  test.each<readonly [name: string, format: SopsFormat, text: string]>([
    ['brackets', 'yaml', fill('[')],
    ['nested flow maps', 'yaml', `a: ${fill('{a: ')}`],
    ['indented maps', 'yaml', lines(1500, index => `${' '.repeat(index)}a:`)],
    ['an alias bomb', 'yaml', lines(20, index => `a${index}: &a${index} [${`*a${index - 1},`.repeat(index && 9)}]`)],
    ['100,000 keys', 'yaml', lines(100_000, index => `k${index}: v`)],
    ['empty documents', 'yaml', fill('---\n')],
    ['explicit keys', 'yaml', fill('? a\n')],
    ['an open quote over many lines', 'yaml', `a: "${fill('x\n ')}`],
    ['a number of a million digits', 'yaml', `a: ${fill('1')}`],
    ['nearly a number of a million digits', 'yaml', `a: ${fill('1_')}x`],
    ['tag directives', 'yaml', `${lines(30_000, index => `%TAG !a${index}! x`)}---\na: b\n`],
    ['one key', 'yaml', `${fill('a')}: b`],
    ['nested lists', 'json', `{"a":${fill('[')}`],
    ['nested objects', 'json', fill('{"a":')],
    ['an open string', 'json', `{"a":"${fill('x')}`],
    ['an open string of escapes', 'json', `{"a":"${fill('\\\\')}`],
    ['a number of a million digits', 'json', `{"a":${fill('1')}}`],
    ['flat metadata a million levels deep', 'dotenv', `sops_a${fill('__map_a')}=x`],
    ['flat metadata with a list of gaps', 'dotenv', 'sops_age__list_99999__map_enc=x\nsops_age__list_0__map_enc=x\n'],
    ['100,000 lines', 'dotenv', lines(100_000, index => `K${index}=v`)],
  ])('%s (%s)', async (_, format, text) => expect(await codeInTime(text, format)).toMatch(/^sops-/))

  test('more than 4 MiB is not looked at', async () =>
    expect(await codeInTime(fill('a').repeat(5))).toBe('sops-too-large'))

  test.each(['yaml', 'json', 'dotenv'] as const)('bytes that are no UTF-8 (%s)', async format => {
    const result = await readSops(Uint8Array.of(0x61, 0x3d, 0xff, 0xfe), { format, file: 'x', identities })
    expect(result.kind === 'refused' && result.problem.code).toBe('sops-syntax')
  })

  test('prototype keys are keys like others', async () => {
    const text = await encryptYaml([JSON.parse('{"__proto__": "x", "constructor": {"prototype": 1}}')], options)
    const result = await readSops(Buffer.from(text), { format: 'yaml', file: 'x', identities })
    if (result.kind === 'refused') throw new Error(result.problem.message)
    expect([...result.documents[0]!.keys()]).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['prototype']).toBeUndefined()
  })
})

describe('a sound file made to be slow ends in a refusal', () => {
  const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`${'a'.repeat(30)}${index}`, null]))

  test.each([
    ['((a{0,30}){0,30}b)$', 'sops-selection-invalid'],
    ['(.*){50}x', 'sops-selection-invalid'],
    ['a'.repeat(2000), 'sops-selection-invalid'],
    ['(x{1000}){1000}', 'sops-selection-invalid'],
    [String.raw`(a)\1`, 'sops-selection-invalid'],
    ['(?=a)', 'sops-selection-invalid'],
    // Half a minute for 30 characters in a backtracking engine.
    ['^(a+)+$', 'decrypted'],
  ])('the pattern %.40s: %s', async (pattern, code) => {
    const text = await encryptYaml([keys], options)
    expect(await codeInTime(text.replace('"^data$"', JSON.stringify(pattern)))).toBe(code)
  })

  test('a data key for 128 recipients with many stanzas each, none of them ours', async () => {
    const encrypter = new Encrypter()
    for (let count = 0; count < 25; count++) encrypter.addRecipient(recipientOf('bob'))
    const enc = armor.encode(await encrypter.encrypt(new Uint8Array(32)))
    const file = editable(await encryptYaml([{ data: { a: 'b' } }], options), 'yaml')
    file.set(
      ['sops', 'age'],
      Array.from({ length: 128 }, () => ({ recipient: recipientOf('bob'), enc })),
    )
    expect(await codeInTime(file.text())).toBe('sops-no-matching-identity')
  })

  test('a data key under a passphrase, whose work the file would choose', async () => {
    const encrypter = new Encrypter()
    encrypter.setPassphrase('x')
    encrypter.setScryptWorkFactor(2)
    const enc = armor.encode(await encrypter.encrypt(new Uint8Array(32)))
    const file = editable(await encryptYaml([{ data: { a: 'b' } }], options), 'yaml')
    file.set(['sops', 'age', 0, 'enc'], enc)
    file.set(['sops', 'age', 0, 'recipient'], recipientOf('bob'))
    expect(await codeInTime(file.text())).toBe('sops-no-matching-identity')
  })

  test('a data key of another length than 32 bytes', async () => {
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipientOf('alice'))
    const file = editable(await encryptYaml([{ data: { a: 'b' } }], options), 'yaml')
    for (const length of [0, 16, 24, 33]) {
      file.set(['sops', 'age', 0, 'enc'], armor.encode(await encrypter.encrypt(new Uint8Array(length))))
      expect(await codeInTime(file.text())).toBe('sops-data-key-invalid')
    }
  })
})

/** Shares of a secret for a polynomial of the given coefficients: the bytes, then x. */
function split(secret: readonly number[], coefficients: readonly number[], xs: readonly number[]): Uint8Array[] {
  const at = (byte: number, x: number): number =>
    coefficients.reduce((sum, coefficient, power) => sum ^ multiply(coefficient, pow(x, power + 1)), byte)
  return xs.map(x => Uint8Array.from([...secret.map(byte => at(byte, x)), x]))
}

function pow(x: number, power: number): number {
  return Array.from({ length: power }).reduce<number>(product => multiply(product, x), 1)
}

describe('Shamir shares over GF(2^8)', () => {
  const secret = [0, 1, 127, 128, 255, 83]
  const shares = split(secret, [0x9d, 0x53], [1, 7, 200, 255])

  test('multiplication is that of AES', () => {
    expect([multiply(0x57, 0x83), multiply(0x53, 0xca), multiply(0, 9), multiply(1, 255)]).toEqual([0xc1, 1, 0, 255])
  })

  test.each([[[0, 1, 2]], [[3, 0, 2]], [[0, 1, 2, 3]]])('shares %j make the secret', chosen => {
    expect([...(combineShares(chosen.map(index => shares[index]!)) ?? [])]).toEqual(secret)
  })

  test('too few make another one', () => {
    expect([...(combineShares(shares.slice(0, 2)) ?? [])]).not.toEqual(secret)
  })

  test.each([
    ['one share', shares.slice(0, 1)],
    ['one x twice', [shares[0]!, shares[0]!, shares[1]!]],
    ['x = 0', [shares[0]!, Uint8Array.of(1, 2, 3, 4, 5, 6, 0)]],
    ['unequal lengths', [shares[0]!, shares[1]!.slice(1)]],
    ['nothing but x', [Uint8Array.of(1), Uint8Array.of(2)]],
    ['no shares', []],
  ])('%s: nothing', (_, wrong) => expect(combineShares(wrong)).toBeUndefined())
})
