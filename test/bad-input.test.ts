/** Bad input and a bad world: each ends in its exit code, with a message that a newcomer can act on, and nothing is lost. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { describe, expect, test } from 'vitest'
import { Secret } from '../src/model/secret.ts'
import { encryptYaml } from '../src/sops/write.ts'
import { CONFIG, credential, documents, group, integration, write } from './support/stories.ts'
import { PROJECT, temporaryFolder, tenon, type Ran, type RunOptions } from './support/tenon.ts'

const GOOD = documents(group('support', ['ana@acme.example']), integration('jira'))
const HEAD = 'apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: g}\n'

function folder(files: Readonly<Record<string, string | Uint8Array>>): RunOptions {
  const cwd = temporaryFolder()
  write(cwd, 'src/tenon.yaml', CONFIG)
  for (const [file, content] of Object.entries(files)) write(cwd, `src/${file}`, content)
  return { cwd }
}

/** What a machine reads: the exit code, and the codes of all errors. */
function verdict({ code, stdout }: Ran): { code: number; codes: readonly string[] } {
  const { diagnostics, errors } = JSON.parse(stdout) as Record<
    'diagnostics' | 'errors',
    readonly { code: string; severity?: string; cure?: string }[]
  >
  const problems = [...diagnostics.filter(({ severity }) => severity === 'error'), ...errors]
  for (const { code: name, cure } of problems) expect(cure, `${name} says what to do`).toMatch(/\w/)
  return { code, codes: [...new Set(problems.map(problem => problem.code))] }
}

const laughs = (levels: number): string =>
  [
    'a: &a0 [x, x]',
    ...Array.from({ length: levels }, (_, level) => `b${level}: &a${level + 1} [*a${level}, *a${level}]`),
  ].join('\n')

describe('hostile YAML is refused in bounded time', () => {
  test.each<{ name: string; text: string | Uint8Array; codes: readonly string[] }>([
    {
      name: 'a bomb of aliases',
      text: `${HEAD}spec:\n${laughs(9).replaceAll(/^/gm, '  ')}\n`,
      codes: ['required-field', 'unknown-field', 'yaml-alias', 'yaml-anchor'],
    },
    { name: 'a merge key', text: `${HEAD}spec: {<<: {displayName: x}}\n`, codes: ['yaml-merge'] },
    {
      name: '2,000 levels of nesting',
      text: `${HEAD}spec: ${'['.repeat(2000)}${']'.repeat(2000)}\n`,
      codes: ['yaml-depth'],
    },
    { name: '100,000 brackets', text: `${HEAD}spec: ${'['.repeat(100_000)}\n`, codes: ['yaml-depth'] },
    {
      name: '__proto__',
      text: `${HEAD}spec: {displayName: x, __proto__: {polluted: true}}\n`,
      codes: ['yaml-key'],
    },
    { name: 'a duplicate key', text: `${HEAD}spec: {displayName: a, displayName: b}\n`, codes: ['yaml-duplicate-key'] },
    {
      name: 'a scalar of 2 MiB',
      text: `${HEAD}spec: {displayName: ${'x'.repeat(2 << 20)}}\n`,
      codes: ['document-too-large'],
    },
    {
      name: 'bytes that are not UTF-8',
      text: Buffer.concat([Buffer.from(HEAD), Buffer.from([0xff, 0xfe, 0x41])]),
      codes: ['file-not-utf8', 'no-documents'],
    },
    { name: 'a tag', text: `${HEAD}spec: {displayName: !!js/function "x"}\n`, codes: ['yaml-tag'] },
    { name: 'an unclosed quote', text: `${HEAD}spec: {displayName: "x}\n`, codes: ['yaml-syntax'] },
    { name: 'null for a list', text: `${HEAD}spec: {displayName: x, members: null}\n`, codes: ['null-value'] },
    {
      name: 'a value that YAML readers disagree on',
      text: `${HEAD}spec: {displayName: no}\n`,
      codes: ['yaml-ambiguous'],
    },
  ])('$name', async ({ text, codes }) => {
    const options = folder({ 'all.yaml': text })
    const start = performance.now()
    const ran = await tenon(['validate', '-f', 'src', '-o', 'json'], options)
    expect(performance.now() - start).toBeLessThan(10_000)
    const said = verdict(ran)
    expect(said.code).toBe(3)
    expect(
      said.codes.every(code => codes.includes(code)),
      String(said.codes),
    ).toBe(true)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

const SERVICE = `apiVersion: tenon.dev/v1alpha1
kind: ServiceDefinition
metadata: {name: shop}
spec: {displayName: Shop, description: The shop., type: openapi, endpoint: "https://shop.acme.example", openapi: {file: api.json}}
`

describe('hostile OpenAPI documents', () => {
  const openapi = (more: object): string =>
    JSON.stringify({ openapi: '3.0.3', info: { title: 'x', version: '1' }, paths: {}, ...more })
  const chain = (length: number): object =>
    Object.fromEntries(
      Array.from({ length }, (_, index) => [`s${index}`, { $ref: `#/components/schemas/s${index + 1}` }]),
    )
  const laughing = Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [
      `s${index}`,
      {
        type: 'object',
        properties: {
          a: { $ref: `#/components/schemas/s${index + 1}` },
          b: { $ref: `#/components/schemas/s${index + 1}` },
        },
      },
    ]),
  )

  test.each<{ name: string; document: string; code: number; codes?: readonly string[] }>([
    {
      name: 'a file as a reference',
      document: openapi({ components: { schemas: { a: { $ref: '/etc/passwd' } } } }),
      code: 3,
      codes: ['openapi-external-ref'],
    },
    {
      name: 'a URL as a reference',
      document: openapi({ components: { schemas: { a: { $ref: 'http://169.254.169.254/latest' } } } }),
      code: 3,
      codes: ['openapi-external-ref'],
    },
    {
      name: 'a circular schema, which is legal',
      document: openapi({
        components: { schemas: { a: { type: 'object', properties: { next: { $ref: '#/components/schemas/a' } } } } },
      }),
      code: 0,
    },
    {
      name: 'references that laugh, which are legal',
      document: openapi({ components: { schemas: { ...laughing, s25: { type: 'string' } } } }),
      code: 0,
    },
    {
      name: 'a chain of 5,000 references',
      document: openapi({ components: { schemas: { ...chain(5000), s5000: { type: 'string' } } } }),
      code: 3,
    },
    { name: 'JSON that ends too early', document: '{"openapi": "3.0.3", "paths": {', code: 3 },
    { name: 'no OpenAPI at all', document: '{"hello": "world"}', code: 3 },
    {
      name: '21 MiB',
      document: `{"openapi":"3.0.3","x":"${'x'.repeat(21 << 20)}"}`,
      code: 3,
      codes: ['file-too-large'],
    },
  ])('$name: exit $code', async ({ document, code, codes }) => {
    const options = folder({ 'all.yaml': SERVICE, 'api.json': document })
    const said = verdict(await tenon(['validate', '-f', 'src', '-o', 'json'], options))
    expect(said.code).toBe(code)
    if (codes !== undefined) expect(said.codes).toEqual(codes)
  })

  test('a settings schema with a pattern that explodes is judged in no time', async () => {
    const schema = '  settingsSchema: {type: object, properties: {a: {type: string, pattern: "^(a+)+$"}}}\n'
    const service = SERVICE.replace('spec: {', 'spec:\n  ')
      .replace(', openapi: {file: api.json}}', '')
      .replaceAll(', ', '\n  ')
      .replace('type: openapi', 'type: http')
    const use = integration('shop', 'allow', `  settings: {a: ${'a'.repeat(40)}!}\n`).replace(
      '{kind: ClusterServiceDefinition, name: jira}',
      '{kind: ServiceDefinition, name: shop}',
    )
    const options = folder({ 'all.yaml': documents(group('support', ['ana@acme.example']), service + schema, use) })
    const start = performance.now()
    expect(verdict(await tenon(['validate', '-f', 'src', '-o', 'json'], options)).codes).toEqual(['settings-invalid'])
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

describe('credentials', () => {
  async function sealed(): Promise<{ options: RunOptions; file: string; key: string }> {
    const identity = await generateX25519Identity()
    const values = { username: new Secret('bot'), password: new Secret('canary-password') }
    const text = await encryptYaml([values], {
      recipients: [await identityToRecipient(identity)],
      selection: { rule: 'encrypted_regex', text: '.*' },
      lastModified: new Date('2026-10-01T00:00:00Z'),
    })
    const options = folder({ 'bot.yaml': credential('bot', '  file: bot.sops.yaml\n'), 'bot.sops.yaml': text })
    write(options.cwd, 'key.txt', `${identity}\n`)
    return { options, file: path.join(options.cwd, 'src/bot.sops.yaml'), key: path.join(options.cwd, 'key.txt') }
  }

  const PLAN = ['plan', '-f', 'src', '-o', 'json']

  test('with their key are planned', async () => {
    const { options, key } = await sealed()
    expect((await tenon(PLAN, { ...options, env: { SOPS_AGE_KEY_FILE: key } })).code).toBe(0)
  })

  test('that were applied need no key again until a byte of their file changes', async () => {
    const { options, file, key } = await sealed()
    expect((await tenon(['apply', '-f', 'src', '--yes'], { ...options, env: { SOPS_AGE_KEY_FILE: key } })).code).toBe(0)
    expect((await tenon(['plan', '-f', 'src'], options)).stdout).toBe('No changes. 1 unchanged.\n')
    writeFileSync(file, `# a comment\n${readFileSync(file, 'utf8')}`)
    expect(verdict(await tenon(PLAN, options))).toEqual({ code: 3, codes: ['sops-no-matching-identity'] })
  })

  test.each<{ name: string; change: (text: string) => string; codes: readonly string[] }>([
    {
      name: 'a value whose bytes changed',
      change: text => text.replace(/data:(.)/, (_all, first: string) => `data:${first === 'A' ? 'B' : 'A'}`),
      codes: ['sops-value-not-decryptable'],
    },
    {
      name: 'a key that was removed',
      change: text => text.replace(/^"?username.*\n/m, ''),
      codes: ['sops-mac-mismatch'],
    },
    {
      name: 'a clear value added',
      change: text => `extra: hello\n${text}`,
      codes: ['sops-not-encrypted-value', 'sops-mac-mismatch'],
    },
    {
      name: 'no MAC',
      change: text => text.replace(/^ +"?mac"?:.*\n/m, ''),
      codes: ['sops-mac-missing', 'sops-metadata-invalid'],
    },
    {
      name: 'another time of change',
      change: text => text.replace('2026-10-01', '2026-10-02'),
      codes: ['sops-mac-mismatch'],
    },
  ])('tampered, $name: exit 3', async ({ change, codes }) => {
    const { options, file, key } = await sealed()
    const text = readFileSync(file, 'utf8')
    const changed = change(text)
    expect(changed).not.toBe(text)
    writeFileSync(file, changed)
    const ran = await tenon(PLAN, { ...options, env: { SOPS_AGE_KEY_FILE: key } })
    const said = verdict(ran)
    expect(said.code).toBe(3)
    expect(codes).toContain(said.codes[0])
    expect(ran.stdout + ran.stderr).not.toContain('canary')
  })

  test('no key at all, and the key of somebody else: exit 3, naming the recipient', async () => {
    const { options, file } = await sealed()
    write(options.cwd, 'other.txt', `${await generateX25519Identity()}\n`)
    const recipient = /age1[a-z0-9]+/.exec(readFileSync(file, 'utf8'))![0]
    for (const env of [{}, { SOPS_AGE_KEY_FILE: path.join(options.cwd, 'other.txt') }]) {
      const ran = await tenon(PLAN, { ...options, env })
      expect(verdict(ran)).toEqual({ code: 3, codes: ['sops-no-matching-identity'] })
      expect(ran.stdout).toContain(recipient)
    }
  })

  test('a key file that is missing or malformed: exit 1, and the key is not shown', async () => {
    const { options } = await sealed()
    expect(
      verdict(await tenon(PLAN, { ...options, env: { SOPS_AGE_KEY_FILE: path.join(options.cwd, 'none') } })).code,
    ).toBe(1)
    write(options.cwd, 'bad.txt', 'AGE-SECRET-KEY-1CANARYCANARY\n')
    const malformed = await tenon(PLAN, { ...options, env: { SOPS_AGE_KEY_FILE: path.join(options.cwd, 'bad.txt') } })
    expect(malformed.code).toBe(1)
    expect(malformed.stdout + malformed.stderr).not.toContain('CANARYCANARY')
  })

  test('in a string are pointed at where the string stands', async () => {
    const { options, file, key } = await sealed()
    const string = readFileSync(file, 'utf8').replace('2026-10-01', '2026-10-02').replaceAll(/^/gm, '    ')
    write(options.cwd, 'src/bot.yaml', credential('bot', `  sops: |\n${string}`))
    const ran = await tenon(PLAN, { ...options, env: { SOPS_AGE_KEY_FILE: key } })
    const [problem] = (JSON.parse(ran.stdout) as { diagnostics: readonly object[] }).diagnostics
    expect(problem).toMatchObject({ code: 'sops-mac-mismatch', file: 'src/bot.yaml', line: 9 })
  })

  test('--no-decrypt plans without any key and says so; apply refuses such a plan: exit 4', async () => {
    const { options } = await sealed()
    const ran = await tenon(['plan', '-f', 'src', '--no-decrypt'], options)
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('Not verified')
    expect((await tenon(['apply', '-f', 'src', '--no-decrypt', '--yes'], options)).code).toBe(4)
  })

  test('an older file put back: exit 4, unless it is named', async () => {
    const { options, file, key } = await sealed()
    const env = { SOPS_AGE_KEY_FILE: key }
    const older = readFileSync(file, 'utf8')
    const values = { username: new Secret('bot'), password: new Secret('newer') }
    const recipients = [/age1[a-z0-9]+/.exec(older)![0]]
    const selection = { rule: 'encrypted_regex', text: '.*' } as const
    writeFileSync(
      file,
      await encryptYaml([values], { recipients, selection, lastModified: new Date('2026-10-09T00:00:00Z') }),
    )
    expect((await tenon(['apply', '-f', 'src', '--yes'], { ...options, env })).code).toBe(0)
    writeFileSync(file, older)
    expect((await tenon(PLAN, { ...options, env })).code).toBe(4)
    expect((await tenon([...PLAN, '--accept-older', 'credential/acme/bot'], { ...options, env })).code).toBe(0)
  })

  test('bound to another use: exit 3, both sides named', async () => {
    const identity = await generateX25519Identity()
    const bound = {
      name: new Secret('other'),
      integrations: [new Secret('elsewhere')],
      hosts: [new Secret('other.example')],
    }
    const text = await encryptYaml(
      [{ for: bound, username: new Secret('bot'), password: new Secret('canary-password') }],
      {
        recipients: [await identityToRecipient(identity)],
        selection: { rule: 'encrypted_regex', text: '.*' },
        lastModified: new Date('2026-10-01T00:00:00Z'),
      },
    )
    const all = documents(
      group('support', ['ana@acme.example']),
      integration('jira', 'allow', '  credentials: [bot]\n'),
      credential('bot', '  file: bot.sops.yaml\n'),
    )
    const options = folder({ 'all.yaml': all, 'bot.sops.yaml': text })
    const ran = await tenon(PLAN, { ...options, env: { SOPS_AGE_KEY: identity } })
    expect(verdict(ran)).toEqual({ code: 3, codes: ['credential-not-bound'] })
    for (const part of ['"other"', '"bot"', '"elsewhere"', '"jira"', '"other.example"', '"acme.example.net"'])
      expect(ran.stderr).toContain(part)
    expect(ran.stdout + ran.stderr).not.toContain('canary')
  })

  test('unbound: a warning, or with requireBinding an error', async () => {
    const { options, key } = await sealed()
    const env = { SOPS_AGE_KEY_FILE: key }
    expect((await tenon(PLAN, { ...options, env })).stderr).toContain('warning credential-not-bound')
    write(options.cwd, 'src/tenon.yaml', `${CONFIG}credentials: {requireBinding: true}\n`)
    expect(verdict(await tenon(PLAN, { ...options, env }))).toEqual({ code: 3, codes: ['credential-not-bound'] })
  })
})

test('what a binding forbids is refused also where only the service moved, and its document is all there is', async () => {
  const identity = await generateX25519Identity()
  const bound = { hosts: [new Secret('good.example')] }
  const text = await encryptYaml([{ for: bound, token: new Secret('canary-token') }], {
    recipients: [await identityToRecipient(identity)],
    selection: { rule: 'encrypted_regex', text: '.*' },
    lastModified: new Date('2026-10-01T00:00:00Z'),
  })
  const service = (host: string): string =>
    `apiVersion: tenon.dev/v1alpha1\nkind: ServiceDefinition\nmetadata: {name: shop}\nspec: {displayName: Shop, description: The shop., type: http, endpoint: "https://${host}", auth: [{type: bearer}]}\n`
  const use = integration('shop', 'allow', '  credentials: [bot]\n')
    .replace('{kind: ClusterServiceDefinition, name: jira}', '{kind: ServiceDefinition, name: shop}')
    .replace(/  endpoint:.*\n/, '')
  const bot = credential('bot', '  file: bot.sops.yaml\n')
    .replace('type: basic', 'type: bearer')
    .replace('{kind: ClusterServiceDefinition, name: jira}', '{kind: ServiceDefinition, name: shop}')
  const options = {
    ...folder({
      'all.yaml': documents(group('support', ['ana@acme.example']), service('good.example'), use, bot),
      'bot.sops.yaml': text,
    }),
    env: { SOPS_AGE_KEY: identity },
  }
  expect((await tenon(['apply', '-f', 'src', '--yes'], options)).code).toBe(0)
  write(options.cwd, 'src/all.yaml', service('evil.example'))
  const ran = await tenon(['plan', '-f', 'src', '-o', 'json'], options)
  expect(ran.code).toBe(4)
  expect(JSON.parse(ran.stdout)).toMatchObject({
    refusals: [{ rule: 'credential-not-bound', addresses: ['integration/acme/shop'] }],
  })
})

describe('sources', () => {
  test('an empty directory: validate 3, plan and apply 4, unless nothing is meant', async () => {
    const options = folder({})
    expect(verdict(await tenon(['validate', '-f', 'src', '-o', 'json'], options))).toEqual({
      code: 3,
      codes: ['no-documents'],
    })
    expect((await tenon(['plan', '-f', 'src'], options)).code).toBe(4)
    expect((await tenon(['apply', '-f', 'src', '--yes'], options)).code).toBe(4)
    expect((await tenon(['plan', '-f', 'src', '--allow-empty'], options)).code).toBe(0)
  })

  test.each([
    { name: 'a path that does not exist', args: ['-f', 'nowhere'], code: 'file-not-found' },
    { name: 'a broken link', args: ['-f', 'broken'], code: 'file-not-found' },
  ])('$name: exit 1', async ({ args, code }) => {
    const options = folder({})
    symlinkSync('nothing', path.join(options.cwd, 'broken'))
    expect(verdict(await tenon(['validate', ...args, '-o', 'json'], options))).toEqual({ code: 1, codes: [code] })
  })

  test.skipIf(process.getuid?.() === 0)('a file without the right to read it: exit 1', async () => {
    const options = folder({ 'all.yaml': GOOD })
    chmodSync(path.join(options.cwd, 'src/all.yaml'), 0)
    expect(verdict(await tenon(['validate', '-f', 'src', '-o', 'json'], options))).toEqual({
      code: 1,
      codes: ['file-unreadable'],
    })
  })

  test('documents of others are ignored, and with --strict refused', async () => {
    const options = folder({ 'all.yaml': documents(GOOD, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n') })
    expect((await tenon(['validate', '-f', 'src'], options)).stdout).toBe('Valid: 2 documents.\n')
    expect(verdict(await tenon(['validate', '-f', 'src', '--strict', '-o', 'json'], options)).code).toBe(3)
  })

  test('a tenon.yaml with unknown fields, or one that names a store', async () => {
    const options = folder({ 'all.yaml': GOOD })
    write(options.cwd, 'src/tenon.yaml', 'ownr: git:acme\nstore: postgres://elsewhere\n')
    const ran = await tenon(['validate', '-f', 'src', '-o', 'json'], options)
    expect(verdict(ran)).toEqual({ code: 3, codes: ['unknown-field'] })
    expect(ran.stderr).toContain('Did you mean "owner"?')
  })

  test('standard input', async () => {
    expect((await tenon(['validate', '-f', '-'], { ...folder({}), stdin: GOOD })).stdout).toBe('Valid: 2 documents.\n')
  })
})

describe('stores', () => {
  const APPLY = ['apply', '-f', 'src', '--yes', '-o', 'json']

  async function applied(): Promise<RunOptions & { store: string }> {
    const options = folder({ 'all.yaml': GOOD })
    expect((await tenon(APPLY, options)).code).toBe(0)
    write(options.cwd, 'src/all.yaml', documents(GOOD, group('sales', ['sam@acme.example'])))
    return { ...options, store: path.join(options.cwd, '.tenon/store.db') }
  }

  test('that cannot be reached: exit 1, without the password', async () => {
    const options = await applied()
    write(options.cwd, 'key', `k1:${Buffer.alloc(32, 7).toString('base64')}\n`)
    const ran = await tenon([...APPLY, '--store', 'postgres://u:hunter2@127.0.0.1:1/x', '--key-file', 'key'], options)
    expect(verdict(ran)).toEqual({ code: 1, codes: ['store-unreachable'] })
    expect(ran.stdout + ran.stderr).not.toContain('hunter2')
  })

  test('that somebody else holds locked: exit 5, and nothing is lost', { timeout: 60_000 }, async () => {
    const options = await applied()
    const holder = new DatabaseSync(options.store)
    holder.exec('BEGIN IMMEDIATE')
    expect(verdict(await tenon(APPLY, options))).toEqual({ code: 5, codes: ['store-locked'] })
    holder.exec('ROLLBACK')
    holder.close()
    expect((await tenon(APPLY, options)).code).toBe(0)
  })

  test('that is full: exit 1, the old state stays, and with room again it goes on', { timeout: 60_000 }, async () => {
    const options = await applied()
    const many = Array.from({ length: 400 }, (_, index) => integration(`many-${index}`))
    write(options.cwd, 'src/all.yaml', documents(GOOD, ...many))
    const node = process.execPath
    // A limit on the size of files is what a full disk is to a program: writing fails half-way.
    const limited = spawnSync(
      'bash',
      ['-c', `ulimit -f 200; trap '' XFSZ; exec "${node}" "${path.join(PROJECT, 'src/main.ts')}" ${APPLY.join(' ')}`],
      { cwd: options.cwd, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: options.cwd } },
    )
    expect({
      code: limited.status,
      codes: verdict({ code: limited.status ?? -1, stdout: limited.stdout, stderr: limited.stderr }).codes[0],
    }).toMatchObject({ code: 1, codes: expect.stringMatching(/^store-(full|io|unwritable)$/) })
    expect(JSON.parse((await tenon(['plan', '-f', 'src', '-o', 'json'], options)).stdout)).toMatchObject({
      storeRevision: 1,
      summary: { create: 400, unchanged: 2 },
    })
    expect((await tenon(APPLY, options)).code).toBe(0)
  })

  test('whose key is gone or wrong: exit 1, and no new key is made', async () => {
    const options = await applied()
    const key = path.join(options.cwd, '.tenon/key')
    const right = readFileSync(key)
    writeFileSync(key, `k1:${Buffer.alloc(32, 7).toString('base64')}\n`)
    expect(verdict(await tenon(APPLY, options)).code).toBe(1)
    rmSync(key)
    expect(verdict(await tenon(APPLY, options))).toEqual({ code: 1, codes: ['key-missing'] })
    writeFileSync(key, right, { mode: 0o600 })
    expect((await tenon(APPLY, options)).code).toBe(0)
  })

  test('that are no database, or are cut off: exit 1, and the file is left alone', async () => {
    const options = await applied()
    truncateSync(options.store, 5000)
    expect(verdict(await tenon(APPLY, options)).code).toBe(1)
    writeFileSync(options.store, 'this is no database, and long enough to be looked at as one '.repeat(20))
    expect(verdict(await tenon(APPLY, options))).toEqual({ code: 1, codes: ['store-corrupt'] })
    expect(readFileSync(options.store, 'utf8')).toContain('this is no database')
  })

  test.each([
    {
      name: 'an edited row',
      sql: `UPDATE tenon_resources SET body = replace(body, '"allow"', '"deny"')`,
      says: 'somebody changed its row',
    },
    {
      name: 'a row that changed hands',
      sql: `UPDATE tenon_resources SET owner = 'git:evil' WHERE kind = 'integration'`,
      says: 'is recorded as its owner',
    },
    {
      name: 'a row that is gone',
      sql: `DELETE FROM tenon_resources WHERE kind = 'integration'`,
      says: 'gone from the store',
    },
  ])('$name is found by audit verify: exit 1', async ({ sql, says }) => {
    const options = await applied()
    expect((await tenon(['audit', 'verify'], options)).code).toBe(0)
    const database = new DatabaseSync(options.store)
    database.exec(sql)
    database.close()
    const { code, stdout, stderr } = await tenon(['audit', 'verify'], options)
    expect({ code, said: stdout + stderr }).toEqual({ code: 1, said: expect.stringContaining(says) })
  })

  test('of a newer program: exit 1', async () => {
    const options = await applied()
    const database = new DatabaseSync(options.store)
    database.exec("INSERT INTO tenon_migrations (version, name) VALUES (9999, 'from the future')")
    database.close()
    expect(verdict(await tenon(APPLY, options))).toEqual({ code: 1, codes: ['store-newer'] })
  })

  test('in a place that is a file: exit 1', async () => {
    const options = await applied()
    write(options.cwd, 'file', 'x')
    expect(verdict(await tenon([...APPLY, '--store', 'file'], options)).code).toBe(1)
  })
})
