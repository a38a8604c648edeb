import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { Secret } from '../../src/model/secret.ts'
import { encryptYaml, type WritableMap } from '../../src/sops/write.ts'
import { EXAMPLES, tenon, THROWAWAY_KEY, type RunOptions } from '../support/tenon.ts'
import { appliedCompany, CANARIES, end, expectSealed, json, put, world, type World } from './world.ts'

let acme: World
beforeAll(async () => {
  acme = await appliedCompany()
})
afterAll(() => end(acme))

interface Planned {
  readonly summary: Readonly<Record<string, number>>
  readonly changes: readonly { readonly action: string; readonly address: string; readonly fields: readonly string[] }[]
  readonly diagnostics: readonly { readonly severity: string; readonly code: string }[]
}

async function plan(file: string, options: RunOptions): Promise<Planned> {
  const ran = await tenon(['plan', '-f', file, '--owner', 'git:acme', '--prune', '-o', 'json'], options)
  expect(ran.code).toBe(0)
  return JSON.parse(ran.stdout)
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  return files.map(entry => path.relative(folder, path.join(entry.parentPath, entry.name))).toSorted()
}

const read = (file: string): string => readFileSync(path.join(acme.cwd, file), 'utf8')

const FILES = [
  'acme/accessGroup/night.yaml',
  'acme/accessGroup/support.yaml',
  'acme/consumer/helpdesk.yaml',
  'acme/consumer/nightly.yaml',
  'acme/credential/billing-bot.yaml',
  'acme/credential/jira-bot.yaml',
  'acme/integration/billing-support.yaml',
  'acme/integration/jira-off.yaml',
  'acme/integration/wiki.yaml',
  'acme/serviceDefinition/billing.yaml',
  'clusterServiceDefinition/wiki.yaml',
]

describe('with --recipient', () => {
  test('files apply to no change but the encryption, whose values are the same', async () => {
    const ran = await tenon(['export', '--out', 'a', '--recipient', acme.recipient], acme)
    expect(ran).toMatchObject({ code: 0, stdout: 'Wrote 11 files to a.\n', stderr: '' })
    expect(filesIn(path.join(acme.cwd, 'a'))).toEqual(FILES)
    const { summary, changes, diagnostics } = await plan('a', acme)
    expect(summary).toMatchObject({ create: 0, update: 2, replace: 0, delete: 0, unchanged: 9, withheld: 0 })
    expect(changes.map(({ address, fields }) => [address, fields])).toEqual([
      ['credential/acme/billing-bot', ['/sops']],
      ['credential/acme/jira-bot', ['/sops']],
    ])
    // The binding went along: without it there would be a warning.
    expect(diagnostics).toEqual([])
  })

  test('values stand in place, encrypted, and nowhere in clear', async () => {
    await tenon(['export', '--out', 'b', '--recipient', acme.recipient], acme)
    const text = read('b/acme/credential/billing-bot.yaml')
    expect(text).toMatch(/"apiKey": "ENC\[AES256_GCM,/)
    expect(text).toMatch(/"encrypted_regex": "\^data\$"/)
    expect(text).toContain('"label": "billing-bot"')
    for (const file of FILES) expectSealed({ stdout: read(`b/${file}`), stderr: '' })
  })

  test('a fresh store that they are applied to exports the same', async () => {
    await tenon(['export', '--out', 'c', '--recipient', acme.recipient], acme)
    const fresh = await world({})
    const options = { cwd: fresh.cwd, env: acme.env }
    const applied = await tenon(['apply', '-f', path.join(acme.cwd, 'c'), '--owner', 'git:acme', '--yes'], options)
    expect(applied.code).toBe(0)
    expect((await tenon(['export'], options)).stdout).toBe((await tenon(['export'], acme)).stdout)
    // The values as well: what the first store exported is unchanged for the second one.
    await tenon(['export', '--out', 'd', '--recipient', acme.recipient], options)
    const { changes } = await plan('d', options)
    expect(changes.flatMap(({ fields }) => fields)).toEqual(['/sops', '/sops'])
    end(fresh)
  })

  test('one stream carries each credential as a SOPS document of its own, so that the rest stays open to edits', async () => {
    const ran = await tenon(['export', '--recipient', acme.recipient], acme)
    expect(ran.stderr).toBe('')
    expectSealed(ran)
    const documents = parseAllDocuments(ran.stdout).map(document => document.toJS())
    expect(documents).toHaveLength(11)
    expect(documents.some(document => 'sops' in document)).toBe(false)
    put(acme, 'stream.yaml', ran.stdout.replace('title: Wiki', 'title: Our wiki'))
    const { changes } = await plan('stream.yaml', acme)
    expect(changes.map(({ address, fields }) => [address, fields])).toEqual([
      ['credential/acme/billing-bot', ['/sops']],
      ['credential/acme/jira-bot', ['/sops']],
      ['integration/acme/wiki', ['/spec/title']],
    ])
  })

  test('somebody else cannot open it', async () => {
    const stranger = await world({})
    await tenon(['export', '--out', 'e', '--recipient', stranger.recipient], acme)
    const ran = await tenon(['plan', '-f', 'e', '--owner', 'git:acme'], acme)
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('sops-no-matching-identity')
    end(stranger)
  })

  test('a text that is no recipient is wrong usage and is not shown: it may be an identity', async () => {
    const identity = readFileSync(path.join(acme.cwd, 'key.txt'), 'utf8').trim()
    const ran = await tenon(['export', '--recipient', identity], acme)
    expect(ran.code).toBe(64)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).not.toContain(identity)
  })
})

describe('without --recipient', () => {
  test('values are left out behind a placeholder, with a warning; nothing encrypted either', async () => {
    const ran = await tenon(['export', '--kind', 'Credential'], acme)
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain(
      'warning credentials-missing: values of credentials were left out: credential/acme/billing-bot, credential/acme/jira-bot',
    )
    expect(ran.stdout).not.toMatch(/ENC\[|AGE/)
    expect(ran.stdout).toContain('# The values were left out.')
    expect(parseAllDocuments(ran.stdout).map(document => document.getIn(['spec', 'file']))).toEqual([
      'billing-bot.sops.yaml',
      'jira-bot.sops.yaml',
    ])
  })

  test('with a SOPS file where each document names one, it applies again', async () => {
    await tenon(['export', '--out', 'f'], acme)
    const [key, user, password] = CANARIES.map(canary => new Secret(canary))
    const file = async (name: string, values: WritableMap): Promise<void> =>
      put(
        acme,
        `f/acme/credential/${name}.sops.yaml`,
        await encryptYaml([values], {
          recipients: [acme.recipient],
          selection: { rule: 'encrypted_regex', text: '' },
          lastModified: new Date('2026-11-02T00:00:00Z'),
        }),
      )
    // Its binding may not be older than the one applied.
    await file('billing-bot', { for: { name: 'billing-bot', revision: 3 }, apiKey: key! })
    await file('jira-bot', { username: user!, password: password! })
    const { changes } = await plan('f', acme)
    expect(changes.flatMap(({ fields }) => fields)).toEqual(['/sops', '/sops'])
  })

  test('is deterministic, and leaves out whatever is so by default', async () => {
    const [first, second] = [await tenon(['export'], acme), await tenon(['export'], acme)]
    expect(second.stdout).toBe(first.stdout)
    expect(first.stdout).not.toMatch(
      /enabled: true|deletionPolicy: Delete|isDefault: false|(groups|tags|settings|auth|labels): (\[\]|\{\})/,
    )
    expect(first.stdout).toMatch(/enabled: false/)
    expect(first.stdout).toMatch(/deletionPolicy: Orphan/)
  })

  test('writes each kind like its own document, fields in the order of reading', async () => {
    const one = await tenon(['export', '--kind', 'accessGroup'], acme)
    expect(one.stdout).toBe(
      [
        'apiVersion: tenon.dev/v1alpha1',
        'kind: AccessGroup',
        'metadata:',
        '  name: night',
        '  namespace: acme',
        'spec:',
        '  displayName: Night shift',
        '  members:',
        '    - dmitri@partner.example',
        '    - service-account-7',
        '---',
        'apiVersion: tenon.dev/v1alpha1',
        'kind: AccessGroup',
        'metadata:',
        '  name: support',
        '  namespace: acme',
        'spec:',
        '  displayName: Support',
        '  members:',
        '    - ana@acme.example',
        '    - ben@acme.example',
        '  groups:',
        '    - night',
        '  idpGroups:',
        '    - okta:support',
        '',
      ].join('\n'),
    )
  })
})

test.each(['first', 'acme', 'workspace', 'data', 'guardrails'])(
  'the example %s, exported and planned again, has no changes',
  async name => {
    const made = await world({})
    cpSync(path.join(EXAMPLES, name), path.join(made.cwd, 'in'), { recursive: true })
    const keys = `${readFileSync(THROWAWAY_KEY, 'utf8')}\n${readFileSync(path.join(made.cwd, 'key.txt'), 'utf8')}`
    put(made, 'key.txt', keys)
    expect((await tenon(['apply', '-f', 'in', '--owner', 'git:acme', '--yes'], made)).code).toBe(0)
    expect((await tenon(['export', '--out', 'out', '--recipient', made.recipient], made)).code).toBe(0)
    const { summary, changes } = await plan('out', made)
    expect(changes.flatMap(({ fields }) => fields).filter(field => field !== '/sops')).toEqual([])
    expect(summary).toMatchObject({ create: 0, replace: 0, delete: 0 })
    end(made)
  },
)

test('operations that no list admits are written as an OpenAPI document, and come to the same table', async () => {
  const made = await world({
    'odd/odd.yaml': `apiVersion: tenon.dev/v1alpha1
kind: ClusterServiceDefinition
metadata: {name: odd}
spec: {displayName: Odd, description: Ids and paths of all sorts., type: openapi, endpoint: https://odd.example.com, openapi: {file: odd.json}}
`,
    'odd/odd.json': JSON.stringify({
      openapi: '3.2.0',
      info: { title: 'Odd', version: '1' },
      security: [{ key: [] }],
      paths: {
        '/with space/{a b}': {
          post: { operationId: 'two\nlines', tags: ['t'.repeat(200)], deprecated: true },
          get: { summary: 'Second of its path', security: [] },
          query: { operationId: 'ask' },
          additionalOperations: { 'VERSION-CONTROL': { operationId: 'versioned', summary: 'x' } },
        },
        '/plain': { get: { operationId: 'é'.repeat(300), security: [{ oauth: ['a', 'b'] }, {}] } },
      },
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'X' },
          oauth: { type: 'http', scheme: 'bearer' },
        },
      },
    }),
  })
  const applied = await tenon(['apply', '-f', 'odd', '--owner', 'git:acme', '--yes'], made)
  expect(applied.code).toBe(0)
  const ran = await tenon(['export'], made)
  expect(ran.stdout).toContain('    inline:')
  put(made, 'out.yaml', ran.stdout)
  expect((await plan('out.yaml', made)).changes).toEqual([])
  end(made)
})

test('which operations were accepted goes along, also where none were', async () => {
  const service = (name: string, accepted: string): string => `apiVersion: tenon.dev/v1alpha1
kind: ClusterServiceDefinition
metadata: {name: ${name}}
spec:
  displayName: Own
  description: A service.
  type: http
  endpoint: https://own.example.com
  operations: [{method: get, path: "/a/{id}"}, {method: post, path: /a, id: addA}, {method: delete, path: /a}]
  ${accepted}
---
`
  const some = service('some', 'acceptedOperations: ["POST /a", "GET /a/{id}", "GET /gone"]')
  const made = await world({ 'in/all.yaml': some + service('none', 'acceptedOperations: []') + service('all', '') })
  expect((await tenon(['apply', '-f', 'in', '--owner', 'git:acme', '--yes'], made)).code).toBe(0)
  const ran = await tenon(['export', '-o', 'json'], made)
  const { documents } = JSON.parse(ran.stdout) as { documents: readonly Exported[] }
  expect(documents.map(({ metadata, spec }) => [metadata.name, spec.acceptedOperations])).toEqual([
    ['all', undefined],
    ['none', []],
    ['some', ['GET /a/{id}', 'POST /a', 'GET /gone']],
  ])
  expect(ran.stdout).not.toContain('isNew')
  put(made, 'out.yaml', (await tenon(['export'], made)).stdout)
  expect((await plan('out.yaml', made)).changes).toEqual([])
  end(made)
})

interface Exported {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly acceptedOperations?: readonly string[] }
}

test('a guardrail is exported without what is there by default', async () => {
  const made = await world({})
  cpSync(path.join(EXAMPLES, 'guardrails'), path.join(made.cwd, 'in'), { recursive: true })
  expect((await tenon(['apply', '-f', 'in', '--yes'], made)).code).toBe(0)
  const ran = await tenon(['export', '--kind', 'Guardrail'], made)
  expect(ran.stdout).toBe(`apiVersion: tenon.dev/v1alpha1
kind: Guardrail
metadata:
  name: small-steps
  namespace: acme
spec:
  description: More than ten people do not gain writes at once.
  owner: security@acme.example
  actions:
    - Audit
    - Deny
  match:
    services:
      - jira
  matchConditions:
    - name: widens
      expression: finding.direction == 'widens'
  validations:
    - expression: finding.operations.writes == 0 || finding.principal.size <= 10
      messageExpression: string(finding.principal.size) + ' people gain writes at once'
---
apiVersion: tenon.dev/v1alpha1
kind: Guardrail
metadata:
  name: writes-are-confirmed
  namespace: acme
spec:
  description: Whoever changes something at a service is asked before.
  owner: security@acme.example
  rule: require-confirmation
  parameters:
    select:
      writes: true
  waivers:
    - id: SEC-811
      owner: security@acme.example
      reason: The nightly clean-up closes old issues while nobody is there to be asked.
      expires: "2099-12-31"
      integrations:
        - jira-cleanup
`)
  end(made)
})

test('a binding with an empty list survives, although sops would leave the list in clear', async () => {
  const made = await world({})
  const spec = {
    service: { kind: 'ClusterServiceDefinition', name: 'github' },
    type: 'bearer',
    scope: 'company',
    label: 'Bound to nothing',
    file: 'bot.sops.yaml',
  }
  const metadata = { name: 'bot', namespace: 'acme' }
  put(made, 'in/bot.json', JSON.stringify({ apiVersion: 'tenon.dev/v1alpha1', kind: 'Credential', metadata, spec }))
  const values = { for: { name: 'bot', integrations: [] }, token: new Secret('canary-key-7Qw') }
  const encrypted = await encryptYaml([values], {
    recipients: [made.recipient],
    selection: { rule: 'encrypted_regex', text: '' },
    lastModified: new Date('2026-10-01T00:00:00Z'),
  })
  put(made, 'in/bot.sops.yaml', encrypted)
  expect((await tenon(['apply', '-f', 'in', '--owner', 'git:acme', '--yes'], made)).code).toBe(0)
  for (const [file, flags] of [
    ['out', ['--out', 'out']],
    ['out.yaml', []],
  ] as const) {
    const ran = await tenon(['export', '--recipient', made.recipient, ...flags], made)
    if (flags.length === 0) put(made, file, ran.stdout)
    const { changes, diagnostics } = await plan(file, made)
    expect(diagnostics).toEqual([])
    expect(changes.flatMap(({ fields }) => fields)).toEqual(['/sops'])
  }
  end(made)
})

describe('what is exported', () => {
  test.each([
    [['--namespace', 'acme', '--kind', 'integration'], 3],
    [['--kind', 'Integration', '--kind', 'consumer'], 5],
    [['--namespace', 'globex'], 0],
    [['--owner', 'git:acme'], 11],
    [['--owner', 'git:else'], 0],
  ])('%j: %i documents, never a shipped service', async (flags, expected) => {
    const ran = await json(['export', ...flags], acme)
    expect(ran.json['documents']).toHaveLength(expected)
    expect(ran.stderr.includes('nothing-exported')).toBe(expected === 0)
    expect(JSON.stringify(ran.json['documents'])).not.toContain('"name":"jira","')
  })

  test('an unknown kind is wrong usage, with a suggestion', async () => {
    const ran = await tenon(['export', '--kind', 'integrations'], acme)
    expect(ran.code).toBe(64)
    expect(ran.stderr).toContain('did you mean "integration"?')
  })

  test('JSON lists the documents, or the files that were written', async () => {
    const listed = await json(['export', '--recipient', acme.recipient], acme)
    expect(listed.json['documents']).toHaveLength(11)
    const written = await json(['export', '--out', 'g', '--recipient', acme.recipient], acme)
    expect(written.json['files'].toSorted()).toEqual(FILES)
  })

  test('without a store it is an error', async () => {
    const empty = await world({})
    const ran = await json(['export'], empty)
    expect(ran.code).toBe(1)
    expect(ran.json).toMatchObject({ complete: false, errors: [{ code: 'no-store' }] })
    end(empty)
  })
})

describe('files', () => {
  test('that are there already are never overwritten, unless that is asked for', async () => {
    put(acme, 'h/acme/integration/wiki.yaml', 'mine')
    const refused = await json(['export', '--out', 'h'], acme)
    expect(refused.code).toBe(4)
    expect(refused.json).toMatchObject({ complete: false, files: [] })
    expect(refused.stderr).toContain('"h/acme/integration/wiki.yaml" would be overwritten; nothing was written')
    expect(filesIn(path.join(acme.cwd, 'h'))).toEqual(['acme/integration/wiki.yaml'])
    expect((await tenon(['export', '--out', 'h', '--force-overwrite'], acme)).code).toBe(0)
    expect(filesIn(path.join(acme.cwd, 'h'))).toEqual(FILES)
    expect(read('h/acme/integration/wiki.yaml')).toContain('kind: Integration')
  })

  test('replace a link instead of following it', async () => {
    put(acme, 'outside.txt', 'untouched')
    mkdirSync(path.join(acme.cwd, 'i/acme/integration'), { recursive: true })
    symlinkSync(path.join(acme.cwd, 'outside.txt'), path.join(acme.cwd, 'i/acme/integration/wiki.yaml'))
    expect((await tenon(['export', '--out', 'i', '--force-overwrite'], acme)).code).toBe(0)
    expect(read('outside.txt')).toBe('untouched')
    expect(read('i/acme/integration/wiki.yaml')).toContain('kind: Integration')
  })

  test('in a folder that cannot be made are an error with a cure', async () => {
    writeFileSync(path.join(acme.cwd, 'occupied'), '')
    const ran = await tenon(['export', '--out', 'occupied/below'], acme)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('file-unwritable')
    expect(existsSync(path.join(acme.cwd, 'occupied/below'))).toBe(false)
  })

  test('of the longest names fit into a file system', async () => {
    const name = `a${'b'.repeat(251)}c`
    const made = await world({
      'in.yaml': `apiVersion: tenon.dev/v1alpha1\nkind: Consumer\nmetadata: {name: ${name}, namespace: acme}\nspec: {type: job, displayName: Long}\n`,
    })
    await tenon(['apply', '-f', 'in.yaml', '--owner', 'git:acme', '--yes'], made)
    expect((await tenon(['export', '--out', 'out'], made)).code).toBe(0)
    expect((await plan('out', made)).changes).toEqual([])
    end(made)
  })
})
