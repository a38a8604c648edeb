import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/model/diagnostic.ts'
import type { SopsFormat } from '../../src/model/sops.ts'
import { WorldError } from '../../src/model/errors.ts'
import { readSops } from '../../src/sops/read.ts'
import { SOPS_CODES } from '../../src/sops/refusal.ts'
import { editable, type Editable } from './editable.ts'
import { AGREED, STRICTER } from './strict.ts'
import { TAMPERS, TAMPER_FORMATS, baseText, tamper } from './tampers.ts'
import { VECTOR_DIR, identityOf, recipientOf, type Person } from './people.ts'

async function refusal(
  text: string,
  people: readonly Person[] = ['alice'],
  format: SopsFormat | 'ini' = 'yaml',
): Promise<Problem> {
  const identities = people.map(identityOf)
  const result = await readSops(Buffer.from(text), { format, file: 'secrets/jira.yaml', identities })
  if (result.kind !== 'refused') throw new Error('it was read')
  return result.problem
}

function edited(change: (file: Editable) => void, text = baseText('base', 'yaml')): string {
  const file = editable(text, 'yaml')
  change(file)
  return file.text()
}

function vector(file: string): string {
  return readFileSync(path.join(VECTOR_DIR, file), 'utf8')
}

const TWO = vector('two-recipients.yaml')
const SHAMIR = vector('shamir-2-of-3.yaml')
const KMS = { arn: 'arn:aws:kms:x', enc: 'y', created_at: '2026-01-01T00:00:00Z', aws_profile: '' }

describe('a refusal says what is wrong, who could help and what to do', () => {
  test('no identity fits: it names the recipients wanted', async () => {
    const problem = await refusal(TWO, ['carol', 'mallory'])
    expect(problem).toMatchObject({ severity: 'error', code: 'sops-no-matching-identity', file: 'secrets/jira.yaml' })
    expect(problem.message).toBe(
      `The file is encrypted for ${recipientOf('alice')}, ${recipientOf('bob')}. None of 2 age identities opens it.`,
    )
    expect(problem.cure).toContain('SOPS_AGE_KEY_FILE')
  })

  test('no identity at all', async () => {
    expect((await refusal(TWO, [])).message).toContain('No age identity is at hand.')
  })

  test('too few key groups: it names those that did not open', async () => {
    const { code, message } = await refusal(SHAMIR, ['bob'])
    expect(code).toBe('sops-no-matching-identity')
    expect(message).toContain('(2 of 3 key groups are needed)')
    expect(message).toContain(recipientOf('alice'))
    expect(message).not.toContain(recipientOf('bob'))
  })

  test('a post-quantum recipient is cut short', async () => {
    const { message } = await refusal(vector('post-quantum.yaml'))
    expect(message).toContain(`${recipientOf('quanta').slice(0, 40)}…`)
    expect(message.length).toBeLessThan(200)
  })

  test.each([
    ['kms', 'AWS KMS'],
    ['pgp', 'PGP'],
    ['hc_vault', 'HashiCorp Vault'],
    ['gcp_kms', 'GCP KMS'],
    ['azure_kv', 'Azure Key Vault'],
    ['hckms', 'Huawei Cloud KMS'],
  ])('only %s could open it: %s is named', async (key, name) => {
    const text = edited(file => {
      file.remove(['sops', 'age'])
      file.set(['sops', key], [KMS])
    })
    const { code, message } = await refusal(text)
    expect([code, message]).toEqual(['sops-unsupported-key-service', `Only ${name} can open the file.`])
  })

  test('an SSH key or a plugin could open it', async () => {
    const text = edited(file => {
      file.set(['sops', 'age', 0, 'recipient'], 'ssh-ed25519 AAAA')
      file.set(['sops', 'age', 1, 'recipient'], 'age1yubikey1qwe')
    }, TWO)
    expect((await refusal(text, ['carol'])).message).toBe('Only an SSH key, an age plugin can open the file.')
  })

  test('a key service beside age recipients is mentioned', async () => {
    const text = edited(file => file.set(['sops', 'kms'], [KMS]), TWO)
    expect((await refusal(text, ['carol'])).message).toContain(', and for AWS KMS, which Tenon does not use.')
  })

  test('a wrong label is no obstacle, since it proves nothing', async () => {
    const text = edited(file => file.set(['sops', 'age', 0, 'recipient'], recipientOf('carol')))
    const options = { format: 'yaml', file: 'x', identities: [identityOf('alice')] } as const
    expect((await readSops(Buffer.from(text), options)).kind).toBe('decrypted')
  })

  test('a damaged data key is told from a missing identity', async () => {
    const text = edited(file => {
      const enc = String(file.get(['sops', 'age', 0, 'enc']))
      file.set(['sops', 'age', 0, 'enc'], enc.replace(/.(\n-----END)/, 'A$1'))
    })
    const { code, message } = await refusal(text)
    expect(code).toBe('sops-data-key-invalid')
    expect(message).toContain(recipientOf('alice'))
  })

  test('shares that do not belong together', async () => {
    const text = edited(file => {
      const [first] = [file.get(['sops', 'key_groups', 0, 'age', 0, 'enc'])]
      file.set(['sops', 'key_groups', 1, 'age', 0, 'enc'], first)
    }, SHAMIR)
    expect((await refusal(text, ['alice', 'bob'])).code).toBe('sops-data-key-invalid')
  })

  test.each([1, 4, 'x', -1])('a threshold of %j that three groups cannot mean', async threshold => {
    const text = edited(file => file.set(['sops', 'shamir_threshold'], threshold), SHAMIR)
    expect((await refusal(text, ['alice', 'bob'])).code).toBe('sops-metadata-invalid')
  })

  test('values in clear are all named, with the position of the first', async () => {
    const text = edited(file => {
      file.set(['data', 'token'], 'canary-one')
      file.set(['data', 'hosts', 1], 'canary-two')
    })
    const problem = await refusal(text)
    expect(problem).toMatchObject({ code: 'sops-not-encrypted-value', line: 6, column: 3 })
    expect(problem.message).toBe(
      "The values data.token, data.hosts[1] should be encrypted by the file's own rule and stand in clear.",
    )
  })

  test('a value that does not decrypt is named by its path and position, in the second document too', async () => {
    const text = vector('several-documents.yaml')
    const at = text.lastIndexOf('data:\n    a: ENC[AES256_GCM,data:') + 'data:\n    a: ENC[AES256_GCM,data:'.length
    const problem = await refusal(text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1))
    const line = text.slice(0, at).split('\n').length
    expect(problem).toMatchObject({ code: 'sops-value-not-decryptable', line, column: 5 })
    expect(problem.message).toContain('The value data.a does not decrypt')
  })

  test('INI is refused by name', async () => {
    expect(await refusal('[sops]\nmac = x\n', ['alice'], 'ini')).toMatchObject({
      code: 'sops-unsupported-feature',
      message: 'Tenon does not read SOPS files in the INI format.',
    })
  })

  test.each([
    ['yaml', 'a: [1\nb: 2\n', 2],
    ['yaml', 'a: {b: c}\n- d\n', 2],
    ['json', '{"a": 1,\n"b" 2}', 2],
    ['json', '{"a": 1,}', 1],
    ['json', '[]', 1],
    ['json', '{"a": "x\ny"}', 1],
    ['dotenv', 'A=1\ncanary-line\n', 2],
  ] as const)('%s syntax in %j: line %d', async (format, text, line) => {
    expect(await refusal(text, ['alice'], format)).toMatchObject({ code: 'sops-syntax', line })
  })

  test.each(['{}', '{"sops": null}', '{"sops": []}', '{"sops": {}}'])('not encrypted at all: %s', async text => {
    expect((await refusal(text, ['alice'], 'json')).code).toBe('sops-not-encrypted')
  })

  test.each([
    ['mac', 7],
    ['lastmodified', 'yesterday'],
    ['age', 'age1'],
    ['age', [{ recipient: 'age1x' }]],
    ['age', [{ recipient: 7, enc: 'x' }]],
    ['age', ['x']],
    ['age', []],
    ['age', Array.from({ length: 300 }, () => ({ recipient: 'age1x', enc: 'x' }))],
    ['age', [{ recipient: 'age1x', enc: 'x'.repeat(10_000) }]],
    ['kms', {}],
    ['version', 'new'],
    ['encrypted_regex', ['^data$']],
    ['mac_only_encrypted', 'yes'],
  ])('metadata with %s = %j', async (key, value) => {
    expect((await refusal(edited(file => file.set(['sops', key], value)))).code).toBe('sops-metadata-invalid')
  })
})

function shownOf(problem: { readonly message: string; readonly cure?: string | undefined }): string {
  return `${problem.message}\n${problem.cure ?? ''}`
}

describe('no message holds a key or a value', () => {
  const CANARIES = ['canary', 'hunter2', 'correct horse', 'AGE-SECRET-KEY']

  test('in the refusals of all tampered and odd files', async () => {
    const tampered = TAMPER_FORMATS.flatMap(format =>
      TAMPERS.filter(({ formats = TAMPER_FORMATS, refused }) => formats.includes(format) && refused !== undefined).map(
        change => ({ text: tamper(change, format), format }),
      ),
    )
    const odd = [...STRICTER, ...AGREED].filter(({ code }) => code !== undefined)
    const seen = new Set<string>()
    for (const { text, format } of [...tampered, ...odd]) {
      const problem = await refusal(text, ['alice'], format)
      seen.add(problem.code)
      for (const canary of CANARIES) expect(shownOf(problem)).not.toContain(canary)
      expect(problem.cure).toMatch(/\.$/)
    }
    expect([...seen].every(code => (SOPS_CODES as readonly string[]).includes(code))).toBe(true)
  })

  test.each([
    'token: !canary!x y\nsops: {}\n',
    'token: "canary\n',
    'token: *canary\n',
    'token: &canary x\n',
    '%canary\n---\ntoken: x\n',
    'token: canary: canary\n',
    '"token": "\\canary"\n',
  ])('in the syntax error of %j', async text => {
    expect(shownOf(await refusal(text))).not.toContain('canary')
  })

  test.each(['{"a": canary}', '{"a": "canary', '{"a": "x"} canary', '{canary', '{"a": "\\canary"}'])(
    'in the syntax error of %j',
    async text => expect(shownOf(await refusal(text, ['alice'], 'json'))).not.toContain('canary'),
  )

  test.each([
    ['cut short', (key: string) => key.slice(0, -1)],
    ['with a wrong letter', (key: string) => key.replace(/.$/, found => (found === 'Q' ? 'P' : 'Q'))],
    ['in lower case', (key: string) => key.toLowerCase()],
    ['with a space', (key: string) => `${key} `],
    ['of another kind', () => 'AGE-PLUGIN-YUBIKEY-1CANARY'],
    ['that is a recipient', () => recipientOf('alice')],
  ])('for an identity %s', async (_, spoil) => {
    const key = spoil(identityOf('alice'))
    const reading = readSops(Buffer.from(TWO), { format: 'yaml', file: 'x', identities: [identityOf('bob'), key] })
    const error: unknown = await reading.catch((thrown: unknown) => thrown)
    if (!(error instanceof WorldError)) throw new Error('no WorldError')
    expect(error).toMatchObject({ code: 'identity-malformed', message: 'age identity 2 is malformed.' })
    const everything = `${String(error.stack)}${shownOf(error)}${JSON.stringify(error)}${String(error.cause)}`
    expect(everything).not.toContain(key.trim())
  })
})
