/**
 * The canary: secrets that occur nowhere else go through every verb, well and badly used; nothing that comes out, and no
 * file that stays behind, may hold one of them in any encoding.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { Secret } from '../src/model/secret.ts'
import { encryptYaml } from '../src/sops/write.ts'
import { foundIn } from './support/canary.ts'
import { CONFIG, consumer, documents, group, integration, write } from './support/stories.ts'
import { temporaryFolder, tenon } from './support/tenon.ts'

const PASSWORD = 'c4n4ry+Pa "5/ö&<' + 'q'.repeat(9) + '>'
const USERNAME = 'c4n4ry-user-' + 'w'.repeat(9)
const CLEAR = 'c4n4ry-in-clear-' + 'z'.repeat(9)
const CANARIES = [PASSWORD, USERNAME, CLEAR]

interface Company {
  readonly cwd: string
  readonly identity: string
  readonly recipient: string
}

async function company(): Promise<Company> {
  const cwd = temporaryFolder()
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  write(cwd, 'src/tenon.yaml', CONFIG)
  write(
    cwd,
    'src/all.yaml',
    documents(
      group('support', ['ana@acme.example']),
      integration('jira', 'allow', '  credentials: [bot]\n'),
      consumer('helpdesk', ['jira']),
    ),
  )
  write(cwd, 'src/bot.yaml', await credentialText(recipient, PASSWORD, 1))
  // What a review compares with: another value, and less access.
  write(cwd, 'was/tenon.yaml', CONFIG)
  write(cwd, 'was/all.yaml', documents(group('support', ['ben@acme.example']), integration('jira', 'confirm')))
  write(cwd, 'was/bot.yaml', await credentialText(recipient, `${PASSWORD}-before`, 1))
  return { cwd, identity, recipient }
}

async function credentialText(recipient: string, password: string, day: number): Promise<string> {
  const data = {
    for: { name: new Secret('bot'), revision: new Secret(String(day)) },
    username: new Secret(USERNAME),
    password: new Secret(password),
  }
  const service = { kind: 'ClusterServiceDefinition', name: 'jira' }
  const spec = { service, type: 'basic', scope: 'company', label: 'Bot', data }
  const document = { apiVersion: 'tenon.dev/v1alpha1', kind: 'Credential', metadata: { name: 'bot' }, spec }
  return encryptYaml([document], { recipients: [recipient], lastModified: new Date(Date.UTC(2026, 9, day)) })
}

const REVIEW_FORMATS = [
  'text',
  'json',
  'yaml',
  'markdown',
  'sarif',
  'gitlab-codequality',
  'github-annotations',
  'junit',
]

/** Every way to run the program that touches credentials, and ways to run it wrongly. */
function runs(recipient: string): readonly (readonly string[])[] {
  const formats = ['text', 'json', 'yaml', 'markdown']
  return [
    ['validate', '-f', 'src'],
    ...formats.map(format => ['plan', '-f', 'src', '-o', format, '--log-level', 'trace']),
    ['plan', '-f', 'src', '--no-decrypt', '-o', 'json'],
    ['plan', '-f', 'src', '--out', 'saved.json'],
    ['apply', '-f', 'src', '--yes', '-o', 'json', '--log-level', 'trace'],
    ['apply', '-f', 'src', '--yes'],
    ['can', 'ana@acme.example', 'getIssue', 'acme/jira', '-o', 'json'],
    ['who-can', 'getIssue', 'acme/jira'],
    ['services', 'show', 'jira'],
    ['usage', 'credential/acme/bot', '-o', 'json'],
    ['duplicate', 'credential/acme/bot', '--name', 'copy'],
    ['duplicate', 'integration/acme/jira', '--name', 'copy'],
    ['export'],
    ['export', '--recipient', recipient],
    ['export', '--out', 'exported', '--recipient', recipient],
    ['render', '-f', 'src'],
    ['render', '-f', 'src', '-o', 'json'],
    ['render', '-f', 'src', '--out', 'rendered'],
    ...REVIEW_FORMATS.map(format => ['review', '--base', './was/', '--head', './src/', '-o', format]),
    ['review', '--base', './was/', '--head', './src/', '--out', 'reviewed', '--fail-on', 'none'],
    ['review', '--live', 'exported', '--head', './src/', '-o', 'json'],
    ['explain', 'A1', '--base', './was/', '--head', './src/'],
    ['explain', 'C1', '--base', './was/', '--head', './src/', '-o', 'json'],
    ['lock', '-f', 'src', '-o', 'json'],
    ['guardrails', 'list'],
    ['audit', '-o', 'json'],
    ['audit', 'verify'],
  ]
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(file => path.join(folder, file))
    .filter(file => statSync(file).isFile())
}

test('no verb, well or badly used, lets a secret out', { timeout: 120_000 }, async () => {
  const { cwd, identity, recipient } = await company()
  const env = { SOPS_AGE_KEY: identity }
  const heard: string[] = []
  const run = async (args: readonly string[], variables: Record<string, string> = env): Promise<void> => {
    const { stdout, stderr } = await tenon(args, { cwd, env: variables })
    heard.push(stdout, stderr)
  }

  for (const args of runs(recipient)) await run(args)
  // A new password, then an older file put back, then files that are wrong in several ways.
  write(cwd, 'src/bot.yaml', await credentialText(recipient, `${PASSWORD}-2`, 9))
  for (const args of runs(recipient)) await run(args)
  write(cwd, 'src/bot.yaml', await credentialText(recipient, PASSWORD, 1))
  await run(['apply', '-f', 'src', '--yes'])
  const encrypted = await credentialText(recipient, PASSWORD, 10)
  const wrong = [
    encrypted.replace(/"?username"?: .*\n/, `username: ${CLEAR}\n`),
    encrypted.replace(/"?password"?: .*\n/, `password: [${CLEAR}\n`),
    encrypted.replace(/"?type"?: "?basic"?/, 'type: bearer'),
    encrypted.replace(/"?label"?: .*\n/, 'label: {a: 1}\n'),
    encrypted.replace('data:', 'data: &x'),
    encrypted.replace(/^"?sops"?:[^]*$/m, ''),
    `${encrypted}---\napiVersion: tenon.dev/v1alpha1\nkind: Credential\nmetadata: {name: clear}\nspec: {label: x, data: {username: ${CLEAR}, password: ${CLEAR}}}\n`,
    `${encrypted}---\nkind: Credential\napiVersion: tenon.dev/v1alpha1\ndata: {pasword: "${CLEAR}"\n`,
  ]
  for (const text of wrong) {
    expect(text).not.toBe(encrypted)
    writeFileSync(path.join(cwd, 'src/bot.yaml'), text)
    for (const args of [
      ['validate', '-f', 'src', '-o', 'json'],
      ['plan', '-f', 'src'],
      ['render', '-f', 'src'],
      ['apply', '-f', 'src', '--yes', '-o', 'json'],
      ...REVIEW_FORMATS.map(format => ['review', '--base', './was/', '--head', './src/', '-o', format]),
    ])
      await run(args)
  }
  await run(['plan', '-f', 'src'], {})
  await run(['plan', '-f', 'src'], { SOPS_AGE_KEY: await generateX25519Identity() })

  const output = Buffer.from(heard.join('\n'))
  expect(output.length).toBeGreaterThan(20_000)
  for (const secret of CANARIES) expect(foundIn(output, secret), 'output').toEqual([])
  expect(output.includes(identity.slice(16)), 'the key').toBe(false)

  const left = filesBelow(cwd).filter(file => !file.startsWith(path.join(cwd, 'src')))
  expect(left.length).toBeGreaterThan(4)
  for (const file of left) {
    for (const secret of CANARIES) expect(foundIn(readFileSync(file), secret), file).toEqual([])
  }
  // The scan would have seen them.
  expect(foundIn(Buffer.from(JSON.stringify({ PASSWORD })), PASSWORD)).not.toEqual([])
})
