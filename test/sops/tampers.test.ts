import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSops, type SopsResult } from '../../src/sops/read.ts'
import { editable } from './editable.ts'
import { TAMPERS, TAMPER_FORMATS, baseText, tamper } from './tampers.ts'
import { VECTOR_DIR, identityOf } from './people.ts'

const identities = [identityOf('alice')]

function read(text: string, format: (typeof TAMPER_FORMATS)[number] | 'binary'): Promise<SopsResult> {
  return readSops(Buffer.from(text), { format, file: 'tampered', identities })
}

function codeOf(result: SopsResult): string | undefined {
  return result.kind === 'refused' ? result.problem.code : undefined
}

test('25 tampers: 18 are refused, 7 are beyond what a SOPS MAC covers', () => {
  expect(TAMPERS.length).toBe(25)
  expect(TAMPERS.filter(({ refused }) => refused !== undefined).length).toBe(18)
})

describe.each(TAMPER_FORMATS)('%s', format => {
  test('untouched, but written again by the editing test, is sound', async () => {
    for (const base of ['base', 'newer', 'mac-only'] as const) {
      expect(codeOf(await read(editable(baseText(base, format), format).text(), format))).toBeUndefined()
    }
  })

  const tampers = TAMPERS.filter(({ formats = TAMPER_FORMATS }) => formats.includes(format))
  test.each(tampers)('$name: $refused', async change => {
    expect(codeOf(await read(tamper(change, format), format))).toBe(change.refused)
  })
})

describe('binary', () => {
  const text = readFileSync(path.join(VECTOR_DIR, 'text.bin'), 'utf8')
  const changes: readonly (readonly [name: string, change: (text: string) => string, code: string])[] = [
    [
      'a byte flipped',
      sound => sound.replace(/data:(.)/, (_, byte) => `data:${byte === 'A' ? 'B' : 'A'}`),
      'sops-value-not-decryptable',
    ],
    ['the value in clear', sound => sound.replace(/ENC\[[^\]]*\]/, 'canary-plain'), 'sops-not-encrypted-value'],
    ['the value emptied', sound => sound.replace(/ENC\[[^\]]*\]/, ''), 'sops-mac-mismatch'],
    ['the MAC removed', sound => sound.replace(/"mac": "[^"]*",/, ''), 'sops-mac-missing'],
    ['lastmodified changed', sound => sound.replace(/"lastmodified": "20/, '"lastmodified": "19'), 'sops-mac-mismatch'],
    ['a second key', sound => sound.replace('{', '{"more": "",'), 'sops-syntax'],
    ['no key', sound => sound.replace(/"data": "[^"]*",/, ''), 'sops-syntax'],
  ]
  test.each(changes)('%s', async (_, change, code) => {
    expect(change(text)).not.toBe(text)
    expect(codeOf(await read(change(text), 'binary'))).toBe(code)
  })
})

function readStream(documents: readonly string[]): Promise<SopsResult> {
  return read(documents.join('---\n'), 'yaml')
}

describe('a stream of documents has one MAC', () => {
  const text = readFileSync(path.join(VECTOR_DIR, 'several-documents.yaml'), 'utf8')
  const documents = text.split(/^---\n/m)

  test('the untouched stream is sound', async () => expect(codeOf(await readStream(documents))).toBeUndefined())

  test.each([
    ['the second document removed', documents.toSpliced(1, 1)],
    ['the last document removed', documents.slice(0, -1)],
    ['the last document repeated', [...documents, documents.at(-1)!]],
    ['the second document first', [documents[1]!, documents[0]!, ...documents.slice(2)]],
  ])('%s', async (_, changed) => {
    expect(codeOf(await readStream(changed))).toBe('sops-mac-mismatch')
  })
})

describe('what the MAC cannot notice is left to the reader of the result, who sees where nothing was encrypted', () => {
  test('an empty or null value slipped in among encrypted ones', async () => {
    const file = editable(baseText('base', 'yaml'), 'yaml')
    file.set(['data', 'token2'], '')
    file.set(['data', 'branch', 'z'], null)
    const result = await read(file.text(), 'yaml')
    expect(result.kind === 'decrypted' && result.unprotected).toEqual([
      { document: 0, path: ['data', 'branch', 'z'] },
      { document: 0, path: ['data', 'token2'] },
    ])
  })

  test('a MAC over encrypted values only is reported', async () => {
    const result = await read(baseText('mac-only', 'yaml'), 'yaml')
    expect(result.kind === 'decrypted' && result.macOnlyEncrypted).toBe(true)
  })
})
