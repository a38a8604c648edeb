import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { KIND_FILES, loadSchema } from '../../schemas/load.ts'
import { hasSecret, maybeSecret, secretKind } from '../../src/decode/shapes.ts'
import { shown } from '../../src/decode/shown.ts'
import { readText, written } from './reading.ts'

// Put together here, so that no scanner takes this file for a leak.
const SECRETS: readonly (readonly [string, string])[] = [
  ['a Slack token', `xoxb-${'1'.repeat(12)}-${'aB3'.repeat(8)}`],
  ['a Slack token', `xoxe.xoxp-${'1'.repeat(12)}`],
  ['a Slack token', `xapp-1-${'A1'.repeat(6)}`],
  ['a GitHub token', `ghp_${'aB3d'.repeat(9)}`],
  ['a GitHub token', `github_pat_${'aB3d_'.repeat(16)}`],
  ['a GitLab token', `glpat-${'aB3d-'.repeat(4)}`],
  ['an AWS access key', `AKIA${'ABCD2345'.repeat(2)}`],
  ['an AWS access key', `ASIA${'ABCD2345'.repeat(2)}`],
  ['a private key', '-----BEGIN PRIVATE KEY-----'],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----'],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['a private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
  ['an age identity', `AGE-SECRET-KEY-1${'QPZRY9X8'.repeat(7)}`],
  ['an age identity', `AGE-SECRET-KEY-PQ-1${'QPZRY9X8'.repeat(7)}`],
  ['a JSON Web Token', `eyJ${'hbGciOiJI'.repeat(3)}.eyJ${'zdWIiOiIx'.repeat(4)}.${'x'.repeat(20)}`],
  ['a Stripe key', `sk_live_${'aB3d'.repeat(6)}`],
  ['a Google key', `AIza${'aB3dE'.repeat(7)}`],
  ['a Google key', `GOCSPX-${'aB3d'.repeat(7)}`],
  ['an Atlassian token', `ATATT3${'aB3d_'.repeat(10)}`],
  ['a HubSpot token', 'pat-na1-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f'],
  ['a Notion token', `secret_${'aB3d'.repeat(11)}`],
  ['a key of a language model service', `sk-ant-${'aB3d-'.repeat(10)}`],
  ['a key of a language model service', `sk-${'aB3d'.repeat(12)}`],
  ['a SendGrid key', `SG.${'aB3d'.repeat(5)}.${'aB3d'.repeat(10)}`],
  ['an npm token', `npm_${'aB3d'.repeat(9)}`],
  ['a storage account key', `DefaultEndpointsProtocol=https;AccountKey=${'aB3d'.repeat(22)}==`],
  ['a URL with a password', 'postgres://bot:hunter2@db.acme.example:5432/jira'],
  ['a URL with a password', 'https://:hunter2@acme.example'],
  ['a connection string with a password', 'Server=db.acme.example;Password=hunter2;'],
  ['a connection string with a password', 'Server=db.acme.example; pwd = hunter2'],
]

test.each(SECRETS)('%s: %s', (kind, text) => {
  expect(secretKind(text)).toBe(kind)
  expect(secretKind(`see "${text}", please`)).toBe(kind)
  expect([hasSecret(text), maybeSecret(text)]).toEqual([true, true])
  expect(shown(text)).toBe('"…"')
})

test.each([
  'Lets assistants read issues, and file them once the user agrees.',
  'https://acme.example.net/rest/api/3?x=1#y',
  'https://user@acme.example/path:with@signs',
  'https://user:password@acme.example',
  'postgres://user:${PASSWORD}@host/db',
  'postgres://<user>:<password>@host/db',
  'mysql://root:***@host',
  'Server=db;Password=<password>;',
  'Server=db;Password=${PASSWORD}',
  'ana@acme.example',
  'the task-manager-of-the-marketing-department-in-2026',
  'sk-learn and risk-taking',
  'AKIA',
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN AGE ENCRYPTED FILE-----',
  'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
  '/repos/{owner}/{repo}/secret-scanning/alerts',
  'secret_scanning_alerts_list_for_repository',
  'eyJ is how base64 of JSON begins',
])('is no secret: %s', text => {
  expect(secretKind(text)).toBeUndefined()
})

test('a message repeats short names, but neither long texts nor anything that may be a secret', () => {
  expect(shown('jira-support')).toBe('"jira-support"')
  expect(shown('a"b\n\u001B[31m\u202Ec')).toBe(String.raw`"a\"b\u{A}\u{1B}[31m\u{202E}c"`)
  expect(shown('x '.repeat(31))).toBe('"…"')
  expect(shown('9f86d081884c7d65')).toBe('"…"')
})

/** Documents with a secret in any place. */
const examples = KIND_FILES.flatMap(name => loadSchema(name)['examples'] as readonly Record<string, unknown>[])
const paths = examples.flatMap(example => pathsOf(example).map(path => ({ example, path })))

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [...(path.length > 0 ? [path] : []), ...entries.flatMap(([step, child]) => pathsOf(child, [...path, step]))]
}

type Container = Record<string | number, unknown>

/** A copy in which what holds the end of a path was changed. */
function planted(
  example: unknown,
  path: readonly (string | number)[],
  change: (parent: Container, last: string | number) => void,
): unknown {
  const copy = structuredClone(example) as Container
  change(
    path.slice(0, -1).reduce((node, step) => node[step] as Container, copy),
    path.at(-1)!,
  )
  return copy
}

test('no diagnostic repeats a secret, wherever it stands: as value, as name, in a comment, in broken YAML', () => {
  const canaries = fc.oneof(
    fc.constantFrom(...SECRETS.map(([, text]) => text)),
    fc
      .string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 24, maxLength: 80 })
      .filter(text => /[a-f]/.test(text) && /\d/.test(text)),
  )
  const ways = fc.constantFrom('value', 'name', 'list', 'comment', 'unclosed', 'twice')
  fc.assert(
    fc.property(fc.constantFrom(...paths), canaries, ways, ({ example, path }, canary, way) => {
      const changed = planted(example, path, (parent, last) => {
        if (way === 'name' && Array.isArray(parent)) parent[0] = { [canary]: 1 }
        else if (way === 'name') parent[canary] = 1
        else if (way === 'list') parent[last] = [canary, canary]
        else if (way === 'value') parent[last] = canary
      })
      let text = stringify(changed)
      if (way === 'comment') text += `# ${canary}\n`
      if (way === 'unclosed') text += `  extra: "${canary}\n`
      if (way === 'twice') text += `? "${canary}"\n: ${canary}\n? "${canary}"\n: *${canary.replaceAll(/\W/g, '')}\n`
      expect(written(readText(text, { strict: true }).diagnostics)).not.toContain(canary)
    }),
    { numRuns: 1000 },
  )
})

test('no diagnostic repeats a value below spec.data, whatever it is', () => {
  const credential = examples.find(({ kind }) => kind === 'Credential') as { spec: Record<string, unknown> }
  const { file: _file, ...spec } = credential.spec
  const leaf = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'QXZ#'.split('')), minLength: 4, maxLength: 12 }).map(text => `${text}~`),
    fc.integer({ min: 100_000, max: 999_999 }).map(number => `0${number}`),
    fc.integer({ min: 100_000, max: 999_999 }).map(number => `${number}e7`),
  )
  fc.assert(
    fc.property(leaf, fc.constantFrom('plain', 'quoted', 'block', 'list', 'bare'), (value, style) => {
      const token = {
        plain: `token: ${value}`,
        quoted: `token: "${value}"`,
        block: `token: |\n      ${value}`,
        list: `token: [${value}, {a: ${value}}]`,
        bare: '',
      }[style]
      const data = style === 'bare' ? `  data: ${value}\n` : `  data:\n    ${token}\n`
      const { diagnostics } = readText(`${stringify({ ...credential, spec })}${data}`)
      expect(diagnostics.length).toBeGreaterThan(0)
      expect(written(diagnostics)).not.toContain(value)
    }),
    { numRuns: 500 },
  )
})
