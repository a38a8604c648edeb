import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sopsFormatOf } from '../../../src/model/sops.ts'
import { readSops, readSopsMetadata } from '../../../src/sops/read.ts'
import { identityOf, VECTOR_DIR } from '../../sops/people.ts'
import { VECTORS } from '../../sops/vectors.ts'
import { credential, side } from './real-files.ts'
import { input, key, line, sealed } from './worlds.ts'
import { secretFindings } from '../../../src/review/outside/secrets.ts'

async function sealedFile(name: string, text: string) {
  const { sealed: found, problems } = await side(
    { 'key.json': credential('key', { file: name }), [name]: text },
    each => each === 'key.json',
  )
  return { tells: found?.[0]?.[1], codes: problems.map(({ code }) => code), problems }
}

/** Fields that hold nothing but what sops encrypted, as the reader that decrypts sees them. */
function fieldsOf(tree: unknown, at: readonly string[] = []): readonly string[] {
  if (!(tree instanceof Map) || (tree.size === 0 && at.length > 0)) return [at.join('.')]
  return [...(tree as ReadonlyMap<string, unknown>)].flatMap(([name, value]) =>
    fieldsOf(value, [...at, name.replaceAll(/[\\.]/g, String.raw`\$&`)]),
  )
}

const IDENTITIES = (['alice', 'bob', 'carol', 'quanta'] as const).map(identityOf)

describe('the files that the real sops made', () => {
  test.each(VECTORS.map(({ file }) => file))('%s tells without a key what it tells with one', async file => {
    const bytes = readFileSync(path.join(VECTOR_DIR, file))
    const format = sopsFormatOf(file)
    const [metadata, opened] = [
      readSopsMetadata(bytes, format),
      await readSops(bytes, { format, file, identities: IDENTITIES }),
    ]
    const { tells, codes } = await sealedFile(file, bytes.toString())
    if (metadata.kind === 'refused' || opened.kind === 'refused') throw new Error('a sound file was refused')
    expect(codes).toEqual([])
    expect(tells?.readers).toEqual([...new Set(metadata.recipients)].toSorted())
    expect(tells?.macOnlyEncrypted).toBe(metadata.macOnlyEncrypted)
    expect(tells?.rule ?? 'unencrypted_suffix _unencrypted').toBe(
      `${metadata.selection.rule} ${metadata.selection.text}`,
    )
    expect([...(tells?.entries.keys() ?? []), ...(tells?.inClear ?? [])].toSorted()).toEqual(
      [...fieldsOf(opened.documents[0])].toSorted(),
    )
    expect(tells?.unselected).toEqual([])
  })
})

const BASE = readFileSync(path.join(VECTOR_DIR, 'base.yaml'), 'utf8')
const JSON_BASE = readFileSync(path.join(VECTOR_DIR, 'base.json'), 'utf8')
const ENV_BASE = readFileSync(path.join(VECTOR_DIR, 'base.env'), 'utf8')
const ENC = /ENC\[[^\]]*\]/.exec(BASE)![0]

const HOSTILE: readonly { readonly name: string; readonly file?: string; readonly text: string }[] = [
  { name: 'no metadata', text: `token: ${ENC}\n` },
  { name: 'metadata that is text', text: `token: ${ENC}\nsops: none\n` },
  { name: 'a list at the top', text: `- ${ENC}\n` },
  { name: 'no readers', text: `token: ${ENC}\nsops:\n  mac: x\n` },
  { name: 'a key twice', text: `token: ${ENC}\n${BASE}token: x\ntoken: y\n` },
  { name: 'an anchor', text: `a: &a ${ENC}\nb: *a\n${BASE}` },
  { name: 'a tag', text: `a: !!binary ${ENC}\n${BASE}` },
  { name: 'deep nesting', text: `${BASE}deep: ${'['.repeat(5000)}${']'.repeat(5000)}\n` },
  { name: 'a million values', text: `${BASE}many: [${'1,'.repeat(1_000_000)}1]\n` },
  { name: 'two rules', text: BASE.replace('encrypted_regex:', 'encrypted_suffix: x\n    encrypted_regex:') },
  { name: 'a pattern without end', text: BASE.replace('^data$', `(${'a'.repeat(2000)})`) },
  { name: 'a pattern that is none', text: BASE.replace('^data$', '(((') },
  {
    name: 'a thousand readers',
    text: BASE.replace(/^ {4}age:$/m, `    age:\n${'        - {recipient: r, enc: e}\n'.repeat(1200)}`),
  },
  { name: 'no YAML', text: `${ENC}: [\n` },
  { name: 'no JSON', file: 'v.json', text: JSON_BASE.slice(0, -10) },
  {
    name: 'JSON with a key twice',
    file: 'v.json',
    text: JSON_BASE.replace('{', `{"data": "${ENC}",`).replace('{', `{"data": "${ENC}",`),
  },
  {
    name: 'deep JSON',
    file: 'v.json',
    text: JSON_BASE.replace('{', `{"deep": ${'['.repeat(50_000)}${']'.repeat(50_000)},`),
  },
  { name: 'dotenv without equals', file: 'v.env', text: `nothing\n${ENV_BASE}` },
  { name: 'dotenv that contradicts itself', file: 'v.env', text: `${ENV_BASE}sops_age=x\n` },
  { name: 'dotenv with a key twice', file: 'v.env', text: `${ENV_BASE}token=x\n` },
]

describe('hostile files', () => {
  test.each(HOSTILE)('$name', async ({ file = 'v.yaml', text }) => {
    const start = performance.now()
    const { tells, codes, problems } = await sealedFile(file, text)
    expect(tells).toBeUndefined()
    expect(codes).toEqual(['sops-unreadable'])
    expect(performance.now() - start).toBeLessThan(3000)
    expect(JSON.stringify(problems.map(({ message, cure }) => [message, cure]))).not.toContain('ENC[')
  })

  test('keys that every object has are keys', async () => {
    const { tells } = await sealedFile(
      'v.json',
      JSON_BASE.replace('{', `{"__proto__": "${ENC}", "constructor": "${ENC}",`),
    )
    expect([...(tells?.entries.keys() ?? [])]).toEqual(expect.arrayContaining(['__proto__', 'constructor']))
  })

  test('key groups beside keys at the top are readers too', async () => {
    const group = '    key_groups:\n        - age:\n            - recipient: age1hidden\n              enc: x\n'
    const { tells } = await sealedFile('v.yaml', BASE.replace('sops:\n', `sops:\n${group}`))
    expect(tells?.readers).toContain('age1hidden')
  })

  test('a key service that nobody knows yet is a reader', async () => {
    const service = '    quantum_kms:\n        - id: q-1\n          created_at: x\n          enc: x\n'
    const { tells } = await sealedFile('v.yaml', BASE.replace('sops:\n', `sops:\n${service}`))
    expect(tells?.readers).toContain('quantum_kms:q-1')
  })

  test('no bytes make it throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('v.yaml', 'v.json', 'v.env', 'v.bin'),
        fc.string({ unit: 'binary' }),
        fc.nat(),
        async (file, noise, at) => {
          const base = { 'v.yaml': BASE, 'v.json': JSON_BASE, 'v.env': ENV_BASE, 'v.bin': JSON_BASE }[file]
          const place = at % base.length
          const { tells, codes } = await sealedFile(file, base.slice(0, place) + noise + base.slice(place))
          expect(codes).toHaveLength(tells === undefined ? 1 : 0)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('the same bytes under another credential', () => {
  const stays = [key(), key('other')]

  test.each([
    { name: 'of a credential that stays', after: stays, expected: 'high widens' },
    { name: 'of one that goes', after: [key('other')], expected: 'low unclear' },
  ])('$name', ({ after, expected }) => {
    const world = input(
      { resources: [key()] },
      { resources: after, sealed: [['credential/acme/other', sealed({ a: 'x' }, { file: 'v.yaml' })]] },
    )
    const found = secretFindings({ ...world, sameBytes: () => ['credential/acme/key', 'credential/acme/other'] })
    expect(found.map(line)).toContain(
      `${expected} credential-values-moved: credential acme/other has the encrypted values of credential acme/key`,
    )
  })

  test('documents of one file have their bytes in common, and not their values', () => {
    const one = sealed({ a: 'x' })
    const world = input({ resources: [key()] }, { resources: stays, sealed: [['credential/acme/other', one]] })
    const found = secretFindings({ ...world, sameBytes: () => ['credential/acme/key'] })
    expect(found.map(({ kind }) => kind)).toEqual(['credential-values-added'])
  })
})
