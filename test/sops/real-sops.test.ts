import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SopsFormat } from '../../src/model/sops.ts'
import { readDotenv } from '../../src/sops/dotenv.ts'
import { readJson } from '../../src/sops/json.ts'
import { readSops } from '../../src/sops/read.ts'
import { encryptYaml } from '../../src/sops/write.ts'
import { readYaml } from '../../src/sops/yaml.ts'
import { LEFT_OUT, hasSops, realEncrypt, realSops } from './real.ts'
import { SCALARS } from './scalars.ts'
import { randomJson } from './random.ts'
import { hashed } from './shown.ts'
import { AGREED, LAXER, STRICTER } from './strict.ts'
import { TAMPERS, TAMPER_FORMATS, tamper } from './tampers.ts'
import { VECTOR_DIR, identityOf, recipientOf, type Person } from './people.ts'
import { VECTORS, type Vector } from './vectors.ts'

async function opens(text: string | Uint8Array, format: SopsFormat, people: readonly Person[]): Promise<boolean> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const result = await readSops(bytes, { format, file: 'compared', identities: people.map(identityOf) })
  return result.kind === 'decrypted'
}

const randomRule = fc.constantFrom(
  ['--encrypted-regex', '^data$'],
  ['--encrypted-regex', '[a-m]'],
  ['--unencrypted-suffix', '_unencrypted'],
)

if (!hasSops) console.warn(`The comparison of src/sops with the real sops is ${LEFT_OUT}.`)

describe.skipIf(!hasSops)('beside the real sops', () => {
  describe('the real sops reads every vector, or we know why not', () => {
    test.each(VECTORS)('$file', vector => {
      const people = vector.groups?.map(group => group[0]!) ?? vector.recipients ?? (['alice'] as const)
      const bytes = readFileSync(path.join(VECTOR_DIR, vector.file))
      const { accepted, output } = realSops(bytes, vector.format, people)
      const found = accepted ? plainOutput(output, vector.format) : vector.unreadable
      expect(found).toEqual(vector.unreadable ?? plainOf(vector))
    })
  })

  describe('same verdict on every tamper', () => {
    const cases = TAMPER_FORMATS.flatMap(format =>
      TAMPERS.filter(({ formats = TAMPER_FORMATS }) => formats.includes(format)).map(change => ({ change, format })),
    )
    test.each(cases)('$format: $change.name', async ({ change, format }) => {
      const text = tamper(change, format)
      const { accepted } = realSops(text, format)
      expect(accepted).toBe(change.refused === undefined)
      expect(await opens(text, format, ['alice'])).toBe(accepted)
    })
  })

  describe('same verdict on odd files, but for those where we mean to differ', () => {
    test.each(STRICTER)('sops takes $name', ({ text, format }) => expect(realSops(text, format).accepted).toBe(true))
    test.each(LAXER)('sops refuses $name', ({ text, format }) => expect(realSops(text, format).accepted).toBe(false))
    test.each(AGREED)('both agree on $name', ({ text, format, code }) =>
      expect(realSops(text, format).accepted).toBe(code === undefined),
    )
  })

  // sops is the judge of its own files: some go wrong, such as a key << that merges nothing.
  test('random documents that sops encrypted are read as sops reads them', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomJson, fc.constantFrom('yaml', 'json'), randomRule, async (document, to, rule) => {
        const text = realEncrypt(JSON.stringify(document), { from: 'json', to }, rule)
        fc.pre(text !== null && (to === 'json' || !/[\u0085\u2028\u2029]/.test(text)))
        const theirs = realSops(text, to, ['alice'], 'json')
        fc.pre(theirs.accepted)
        const ours = await readSops(Buffer.from(text), { format: to, file: 'x', identities: [identityOf('alice')] })
        const found = ours.kind === 'refused' ? ours.problem : hashed(ours.documents)
        expect(found).toEqual(hashed(readJson(theirs.output).branches))
      }),
      { numRuns: 30 },
    )
  })

  // A file whose MAC covers the expected hashes as quoted texts; then the plain scalars take their place.
  test('a plain YAML scalar is hashed by its value, as in the table', async () => {
    const clear = Object.fromEntries(SCALARS.map(([, , text], index) => [`s${index}`, text]))
    const options = { recipients: [recipientOf('alice')], lastModified: new Date('2026-01-01T00:00:00Z') }
    const quoted = await encryptYaml([{ ...clear, data: { a: 'b' } }], options)
    const unquoted = quoted.replace(/^"s(\d+)": .*$/gm, (_, index) => `"s${index}": ${SCALARS[Number(index)]![0]}`)
    expect(unquoted).not.toBe(quoted)
    expect(realSops(unquoted, 'yaml')).toMatchObject({ accepted: true })
    expect(await opens(unquoted, 'yaml', ['alice'])).toBe(true)
  })
})

const READERS = { yaml: readYaml, json: readJson, dotenv: readDotenv } as const

/** sops' plain output as our readers type it, so that times and large integers compare as Go means them. */
function plainOutput(output: string, format: SopsFormat): unknown {
  return format === 'binary' ? output : hashed(READERS[format](output).branches)
}

function plainOf({ format, plain, expected }: Vector): unknown {
  return format === 'binary' ? new TextDecoder().decode(toBytes(plain)) : hashed(expected)
}

function toBytes(plain: string | Uint8Array): Uint8Array {
  return typeof plain === 'string' ? Buffer.from(plain) : plain
}
