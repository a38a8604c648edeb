import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { sopsStringFormat } from '../../src/resolve/sops-string.ts'
import { LEFT_OUT, hasSops, realEncrypt } from '../sops/real.ts'
import { VECTOR_DIR, identityOf } from '../sops/people.ts'
import { VECTORS } from '../sops/vectors.ts'
import { EXAMPLES, THROWAWAY_KEY, temporaryFolder, tenon, type Ran } from '../support/tenon.ts'

type Spec = Readonly<Record<string, unknown>>

const ACME = { name: 'jira-bot', namespace: 'acme' }
const JIRA = { service: { kind: 'ClusterServiceDefinition', name: 'jira' }, scope: 'company', label: 'Bot' }
const IN_PLACE = readFileSync(path.join(EXAMPLES, 'acme/credentials/jira-bot.yaml'), 'utf8')
const SEVERAL = readFileSync(path.join(VECTOR_DIR, 'several-documents.yaml'), 'utf8')

/** Plans one credential whose values stand in a string. */
async function plan(metadata: object, spec: Spec, key = THROWAWAY_KEY): Promise<Ran & { readonly codes: string[] }> {
  const cwd = temporaryFolder()
  mkdirSync(path.join(cwd, 'src'))
  const document = { apiVersion: 'tenon.dev/v1alpha1', kind: 'Credential', metadata, spec }
  writeFileSync(path.join(cwd, 'src/bot.yaml'), stringify(document))
  writeFileSync(path.join(cwd, 'alice.txt'), identityOf('alice'))
  const env = { SOPS_AGE_KEY_FILE: path.resolve(cwd, key) }
  const ran = await tenon(['plan', '-f', 'src', '-o', 'json', '--no-color'], { cwd, env })
  const { diagnostics } = JSON.parse(ran.stdout) as { diagnostics: readonly { code: string; severity: string }[] }
  return { ...ran, codes: diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code) }
}

describe('a file encrypted in place, as a string', () => {
  test('gives the values of the credential it declares; its namespace may have been left to defaults', async () => {
    const ran = await plan(ACME, { ...JIRA, type: 'basic', sops: IN_PLACE })
    expect(ran.codes).toEqual([])
    expect(ran.code).toBe(0)
  })

  test('of several documents gives those of the one with the name and the namespace', async () => {
    expect((await plan(ACME, { ...JIRA, type: 'bearer', sops: SEVERAL }, 'alice.txt')).codes).toEqual([])
  })

  test.each([
    { name: 'another name', metadata: { name: 'jira-two', namespace: 'acme' } },
    { name: 'another namespace', metadata: { name: 'jira-bot', namespace: 'beta' } },
    { name: 'the name of a document that is no credential', metadata: { name: 'support', namespace: 'acme' } },
  ])('gives nothing to $name', async ({ metadata }) => {
    const ran = await plan(metadata, { ...JIRA, type: 'bearer', sops: SEVERAL }, 'alice.txt')
    expect(ran.codes).toEqual(['sops-document-of-another'])
    expect(ran.code).toBe(3)
    const { diagnostics } = JSON.parse(ran.stdout) as { diagnostics: readonly { code: string; line: number }[] }
    const line = diagnostics.find(({ code }) => code === 'sops-document-of-another')?.line
    expect(line).toBeGreaterThan(5)
  })

  test.each([
    { name: 'a renamed document', change: (text: string) => text.replace('name: jira-bot', 'name: jira-two') },
    { name: 'a moved document', change: (text: string) => text.replace('label: Jira bot', 'label: Other') },
    { name: 'a value of another place', change: swapValues },
    { name: 'a document put before it', change: (text: string) => `apiKey: x\n---\n${text}` },
  ])('is refused once it was tampered with: $name', async ({ change }) => {
    const changed = change(IN_PLACE)
    expect(changed).not.toBe(IN_PLACE)
    const name = changed.includes('name: jira-two') ? 'jira-two' : 'jira-bot'
    const ran = await plan({ name, namespace: 'acme' }, { ...JIRA, type: 'basic', sops: changed })
    expect(ran.codes).toHaveLength(1)
    expect(ran.codes[0]).toMatch(/^sops-(mac-mismatch|value-not-decryptable|not-encrypted|metadata-invalid)/)
  })

  function swapValues(text: string): string {
    const user = /username: (ENC\[.*\])/.exec(text)![1]!
    const password = /password: (ENC\[.*\])/.exec(text)![1]!
    return text.replace(password, user)
  }
})

if (!hasSops) console.warn(`The test of strings made by the real sops is ${LEFT_OUT}.`)

describe.skipIf(!hasSops)('made by the real sops', () => {
  const rule = ['--encrypted-regex', '^data$']
  const credential = (name: string, namespace: string | undefined, token: string): object => ({
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'Credential',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { ...JIRA, type: 'bearer', ...(token && { data: { token } }) },
  })
  const seal = (documents: readonly object[]): string =>
    realEncrypt(documents.map(document => stringify(document)).join('---\n'), { from: 'yaml', to: 'yaml' }, rule)!
  const codesOf = async (metadata: object, sops: string): Promise<readonly string[]> =>
    (await plan(metadata, { ...JIRA, type: 'bearer', sops }, 'alice.txt')).codes

  test.each([
    { name: 'its namespace wins over none', at: 'acme', codes: [] },
    { name: 'without its namespace, the document that names none', at: 'beta', codes: [] },
  ])('$name', async ({ at, codes }) => {
    const sops = seal([credential('bot', undefined, 'of-default'), credential('bot', 'acme', 'of-acme')])
    expect(await codesOf({ name: 'bot', namespace: at }, sops)).toEqual(codes)
  })

  test('twice the same credential, and one without values in place, are refused', async () => {
    const twice = seal([credential('bot', 'acme', 'one'), credential('bot', 'acme', 'two')])
    expect(await codesOf({ name: 'bot', namespace: 'acme' }, twice)).toEqual(['sops-document-of-another'])
    const none = seal([credential('bot', 'acme', ''), credential('other', 'acme', 'two')])
    expect(await codesOf({ name: 'bot', namespace: 'acme' }, none)).toEqual(['sops-document-of-another'])
  })

  test('JSON in place', async () => {
    const text = JSON.stringify(credential('bot', 'acme', 'one'))
    const sops = realEncrypt(text, { from: 'json', to: 'json' }, rule)!
    expect(await codesOf({ name: 'bot', namespace: 'acme' }, sops)).toEqual([])
  })

  test.each(['yaml', 'json', 'dotenv'] as const)('fields at the top, in %s', async to => {
    const sops = realEncrypt('{"token": "s3cret"}', { from: 'json', to }, [])!
    expect(sopsStringFormat(sops)).toBe(to)
    expect(await codesOf({ name: 'bot', namespace: 'acme' }, sops)).toEqual([])
  })
})

describe('the format of a string', () => {
  test.each(VECTORS.map(({ file, format }) => ({ file, format: format === 'binary' ? 'json' : format })))(
    '$file is $format',
    ({ file, format }) => {
      expect(sopsStringFormat(readFileSync(path.join(VECTOR_DIR, file), 'utf8'))).toBe(format)
    },
  )

  test('YAML that the real sops wrote is never taken for dotenv, whatever its texts are', () => {
    if (!hasSops) return
    fc.assert(
      fc.property(fc.constantFrom('a\nsops_version=3.9.0\n', 'sops_version=1', '\nsops_version=1'), text => {
        const sealed = realEncrypt(JSON.stringify({ [text]: text, note_unencrypted: text }), formats, [])
        expect(sealed === null ? 'yaml' : sopsStringFormat(sealed)).toBe('yaml')
      }),
      { numRuns: 3 },
    )
  })
})

const formats = { from: 'json', to: 'yaml' } as const
