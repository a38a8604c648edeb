import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSops, readSopsMetadata, type SopsResult } from '../../src/sops/read.ts'
import { bytesOf, keysOf, shown } from './shown.ts'
import { VECTOR_DIR, identityOf, recipientOf, type Person } from './people.ts'
import { ALL_BYTES, VECTORS, type Vector } from './vectors.ts'

function contentOf(file: string): Uint8Array {
  return readFileSync(path.join(VECTOR_DIR, file))
}

function read(vector: Pick<Vector, 'file' | 'format'>, people: readonly Person[]): Promise<SopsResult> {
  return readSops(contentOf(vector.file), {
    format: vector.format,
    file: vector.file,
    identities: people.map(identityOf),
  })
}

function named(file: string): Vector {
  const vector = VECTORS.find(candidate => candidate.file === file)
  if (vector === undefined) throw new Error(`no vector ${file}`)
  return vector
}

describe('every file that the real sops made is verified and read to its plain text', () => {
  test.each(VECTORS)('$file', async vector => {
    const people = vector.groups?.map(group => group[0]!) ?? vector.recipients ?? (['alice'] as const)
    const result = await read(vector, people)
    if (result.kind === 'refused') throw new Error(`${result.problem.code}: ${result.problem.message}`)
    expect(result.documents.map(shown)).toEqual(vector.expected)
    expect(result.unprotected.map(place => place.path)).toEqual(vector.unprotected ?? [])
    expect(result.macOnlyEncrypted).toBe(vector.rule?.['mac_only_encrypted'] ?? false)
    expect(result.lastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const recipients = vector.groups?.flat() ?? vector.recipients ?? (['alice'] as const)
    expect(result.recipients).toEqual(recipients.map(recipientOf))
  })
})

describe('any one of the people a file is for opens it, and nobody else', () => {
  const OPENINGS: readonly (readonly [file: string, people: readonly Person[], opens: boolean])[] = [
    ['two-recipients.yaml', ['alice'], true],
    ['two-recipients.yaml', ['bob'], true],
    ['two-recipients.yaml', ['carol', 'mallory', 'bob'], true],
    ['two-recipients.yaml', ['carol'], false],
    ['two-recipients.yaml', [], false],
    ['post-quantum.yaml', ['alice', 'quanta'], true],
    ['post-quantum.yaml', ['alice'], false],
    ['shamir-2-of-3.yaml', ['alice', 'bob'], true],
    ['shamir-2-of-3.yaml', ['bob', 'carol'], true],
    ['shamir-2-of-3.yaml', ['carol', 'alice'], true],
    ['shamir-2-of-3.yaml', ['alice', 'bob', 'carol'], true],
    ['shamir-2-of-3.yaml', ['carol'], false],
    ['shamir-2-of-3.env', ['carol', 'alice'], true],
    ['shamir-all.json', ['alice', 'bob'], true],
    ['shamir-all.json', ['carol', 'bob'], true],
    ['shamir-all.json', ['alice', 'carol'], false],
  ]
  test.each(OPENINGS)('%s by %j: %s', async (file, people, opens) => {
    const result = await read(named(file), people)
    expect(result.kind === 'refused' ? result.problem.code : result.documents.map(shown)).toEqual(
      opens ? named(file).expected : 'sops-no-matching-identity',
    )
  })
})

describe('what a reader of the result relies on', () => {
  test('keys of JSON keep their order, integer-like ones too', async () => {
    const result = await read(named('plain.json'), ['alice'])
    if (result.kind === 'refused') throw new Error(result.problem.message)
    expect(keysOf(result.documents[0])).toEqual(['b', '10', '9', 'int', 'float'])
    expect(keysOf(result.documents[0]?.get('9'))).toEqual(['z', 'a'])
  })

  test('a binary file keeps every byte', async () => {
    const result = await read(named('bytes.bin'), ['alice'])
    if (result.kind === 'refused') throw new Error(result.problem.message)
    expect(bytesOf(result.documents[0]?.get('data'))).toEqual([...ALL_BYTES])
  })

  test('an encrypted value that is no text is named with its type, since its text is what sops hashes', async () => {
    const result = await read(named('types.yaml'), ['alice'])
    if (result.kind === 'refused') throw new Error(result.problem.message)
    const types = Map.groupBy(result.typed, ({ path: [key] }) => key)
    const found = [...types].map(([key, leaves]) => `${key}: ${[...new Set(leaves.map(leaf => leaf.type))].join(' ')}`)
    expect(found).toEqual(['ints: int', 'floats: float', 'bools: bool', 'times: time'])
    expect(result.typed).toContainEqual({ document: 0, path: ['ints', 2], type: 'int' })
  })

  test('one list of identities may open many files at once', async () => {
    const identities = [identityOf('mallory'), identityOf('alice')]
    const files = Array.from({ length: 20 }, () => 'in-place.yaml')
    const results = await Promise.all(
      files.map(file => readSops(contentOf(file), { format: 'yaml', file, identities })),
    )
    expect(new Set(results.map(result => result.kind))).toEqual(new Set(['decrypted']))
  })
})

describe('metadata is read without any key', () => {
  test.each(VECTORS)('$file', vector => {
    const metadata = readSopsMetadata(contentOf(vector.file), vector.format)
    if (metadata.kind === 'refused') throw new Error(metadata.problem.message)
    expect(metadata).toMatchObject({
      recipients: (vector.groups?.flat() ?? vector.recipients ?? (['alice'] as const)).map(recipientOf),
      services: [],
      hasMac: true,
      macOnlyEncrypted: vector.rule?.['mac_only_encrypted'] ?? false,
    })
  })

  test('the rule of a file is told as it stands, and sops’ own where it has none', () => {
    const rules = (['in-place.yaml', 'default-suffix.yaml', 'encrypted-suffix.yaml'] as const).map(file => {
      const metadata = readSopsMetadata(contentOf(file), 'yaml')
      return metadata.kind === 'metadata' ? metadata.selection : undefined
    })
    expect(rules).toEqual([
      { rule: 'encrypted_regex', text: '^data$' },
      { rule: 'unencrypted_suffix', text: '_unencrypted' },
      { rule: 'encrypted_suffix', text: '_secret' },
    ])
  })

  test('a file that sops did not encrypt says so', () => {
    const metadata = readSopsMetadata(Buffer.from('token: canary-plain\n'), 'yaml')
    expect(metadata).toMatchObject({ kind: 'refused', problem: { code: 'sops-not-encrypted' } })
  })
})
