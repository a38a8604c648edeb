import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tenon } from '../support/tenon.ts'
import { appliedCompany, company, end, expectSealed, json, put, world, type World } from './world.ts'

let acme: World
beforeAll(async () => {
  acme = await appliedCompany()
})
afterAll(() => end(acme))

interface Case {
  readonly name: string
  readonly ask: readonly [person: string, operation: string, integration: string]
  readonly flags?: readonly string[]
  readonly effect: string
  /** Of the first reason: it decides. */
  readonly because: string
}

const CASES: readonly Case[] = [
  {
    name: 'a method that is allowed',
    ask: ['ana@acme.example', 'listInvoices', 'acme/billing-support'],
    effect: 'allow',
    because: 'permission 1 (src/company.yaml:44) allows listInvoices by method get',
  },
  {
    name: 'an address in another case',
    ask: ['ANA@acme.example', 'listInvoices', 'acme/billing-support'],
    effect: 'allow',
    because: 'permission 1',
  },
  {
    name: 'an operation to confirm',
    ask: ['ana@acme.example', 'createRefund', 'acme/billing-support'],
    effect: 'confirm',
    because: 'permission 2 (src/company.yaml:45) confirms createRefund',
  },
  {
    name: 'a denial for a nested group',
    ask: ['dmitri@partner.example', 'createRefund', 'acme/billing-support'],
    effect: 'deny',
    because: 'permission 3 (src/company.yaml:46) denies createRefund for group night',
  },
  {
    name: 'a subject without a domain',
    ask: ['service-account-7', 'getInvoice', 'acme/billing-support'],
    effect: 'allow',
    because: 'permission 1',
  },
  {
    name: 'a denial by tag that wins over an allowed method',
    ask: ['ana@acme.example', 'GET /admin/rates', 'acme/billing-support'],
    effect: 'deny',
    because: 'permission 4 (src/company.yaml:47) denies GET /admin/rates by tag admin',
  },
  {
    name: 'a template',
    ask: ['ana@acme.example', 'GET /invoices/{id}', 'acme/billing-support'],
    effect: 'allow',
    because: 'getInvoice',
  },
  {
    name: 'a path that matches a template',
    ask: ['ana@acme.example', 'get /invoices/4711', 'acme/billing-support'],
    effect: 'allow',
    because: 'getInvoice',
  },
  {
    name: 'a whole address in place of namespace and name',
    ask: ['ana@acme.example', 'getInvoice', 'integration/acme/billing-support'],
    effect: 'allow',
    because: 'permission 1',
  },
  {
    name: 'a stranger, who may be in a group of the identity provider',
    ask: ['zoe@acme.example', 'getInvoice', 'acme/billing-support'],
    effect: 'deny',
    because: 'only the identity provider knows who is in okta:support',
  },
  {
    name: 'a stranger whom the identity provider knows',
    ask: ['zoe@acme.example', 'getInvoice', 'acme/billing-support'],
    flags: ['--idp-group', 'okta:other', '--idp-group', 'okta:support'],
    effect: 'allow',
    because: 'permission 1',
  },
  {
    name: 'a disabled integration',
    ask: ['ana@acme.example', 'getIssue', 'acme/jira-off'],
    effect: 'deny',
    because: 'integration acme/jira-off (src/company.yaml:65) is disabled',
  },
  {
    name: 'a service without a document, by method and path',
    ask: ['ana@acme.example', 'GET /pages/home/today', 'acme/wiki'],
    effect: 'allow',
    because: 'permission 1',
  },
  {
    name: 'a service without a document: deny by path wins',
    ask: ['ana@acme.example', 'GET /pages/secret/plan', 'acme/wiki'],
    effect: 'deny',
    because: 'permission 3',
  },
  {
    name: 'a service without a document: what nothing names',
    ask: ['ana@acme.example', 'DELETE /pages/home', 'acme/wiki'],
    effect: 'deny',
    because: 'no permission of integration acme/wiki',
  },
  {
    name: 'a path that climbs',
    ask: ['ana@acme.example', 'GET /invoices/../admin/rates', 'acme/billing-support'],
    effect: 'deny',
    because: 'segment "." or ".."',
  },
  {
    name: 'a doubled slash',
    ask: ['ana@acme.example', 'GET //invoices', 'acme/billing-support'],
    effect: 'deny',
    because: 'empty segment',
  },
  {
    name: 'an encoded slash',
    ask: ['ana@acme.example', 'GET /invoices/1%2f..%2fadmin', 'acme/billing-support'],
    effect: 'deny',
    because: 'encoded slash',
  },
  {
    name: 'an encoded slash, on a service without a document',
    ask: ['ana@acme.example', 'GET /pages%2Fsecret', 'acme/wiki'],
    effect: 'deny',
    because: 'encoded slash',
  },
]

describe.each([
  { from: 'store', flags: [] },
  { from: 'files', flags: ['-f', 'src'] },
])('can, from the $from', ({ from, flags }) => {
  test.each(CASES)('$name: $effect', async ({ ask, flags: more = [], effect, because }) => {
    // No key: neither source needs one to answer.
    const ran = await json(['can', ...ask, ...flags, ...more], { cwd: acme.cwd })
    expect(ran.json).toMatchObject({ complete: true, effect, source: from, errors: [] })
    const [first] = ran.json['reasons']
    expect(first).toMatchObject({ decides: true, file: 'src/company.yaml' })
    expect(first.message).toContain(because)
    expect(ran.code).toBe(0)
  })
})

test('says everything that bears on a decision: what decides first, then what is overruled, then the access', async () => {
  const ran = await json(['can', 'dmitri@partner.example', 'createRefund', 'acme/billing-support'], acme)
  expect(ran.json['reasons']).toMatchObject([
    { kind: 'rule', permission: 2, effect: 'deny', decides: true, line: 46, selectors: { operations: 'createRefund' } },
    { kind: 'rule', permission: 1, effect: 'confirm', decides: false, overruled: 'deny' },
    { kind: 'access', decides: false, link: { kind: 'group', name: 'support', path: ['support', 'night'] } },
  ])
})

test('tells people the decision in one line and the reasons below', async () => {
  const ran = await tenon(['can', 'ana@acme.example', 'createRefund', 'acme/billing-support'], acme)
  expect(ran.stdout).toBe(
    [
      'confirm: ana@acme.example may call, after confirming it, createRefund (POST /invoices/{id}/refunds) on acme/billing-support',
      '  ▸ permission 2 (src/company.yaml:45) confirms createRefund',
      '  · ana@acme.example has access to integration acme/billing-support (src/company.yaml:34) as a member of group support',
      '',
    ].join('\n'),
  )
  expect(ran.stderr).toBe('')
})

test('prints the effect alone with --quiet', async () => {
  const ran = await tenon(['can', 'ana@acme.example', 'createRefund', 'acme/billing-support', '-q'], acme)
  expect(ran.stdout).toBe('confirm\n')
})

test.each([
  {
    ask: ['getInvoice', 'acme/billing-suport'],
    code: 'unknown-integration',
    cure: 'Did you mean "acme/billing-support"?',
  },
  { ask: ['getInvoice', 'billing-support'], code: 'unknown-integration', cure: 'Did you mean "acme/billing-support"?' },
  {
    ask: ['getInvoice', 'elsewhere/else'],
    code: 'unknown-integration',
    cure: 'There are acme/billing-support, acme/jira-off, acme/wiki.',
  },
  { ask: ['getInvoices', 'acme/billing-support'], code: 'unknown-operation', cure: 'Did you mean "getInvoice"?' },
  { ask: ['GET /invoicez', 'acme/billing-support'], code: 'unknown-operation', cure: 'Did you mean "GET /invoices"?' },
  {
    ask: ['qqqqqqqqqqqq', 'acme/billing-support'],
    code: 'unknown-operation',
    cure: '`tenon services show billing` lists its operations.',
  },
  {
    ask: ['readPage', 'acme/wiki'],
    code: 'unknown-operation',
    cure: 'Ask by method and path, such as "GET /items/42".',
  },
])('names that mean nothing are invalid input, never an answer: $ask', async ({ ask, code, cure }) => {
  const ran = await json(['can', 'ana@acme.example', ...ask], acme)
  expect(ran.code).toBe(3)
  expect(ran.json).toMatchObject({ complete: false, effect: 'deny', reasons: [], diagnostics: [{ code, cure }] })
  expect(ran.stderr).toContain(cure)
})

test('without a store it is an error with a cure, and nothing is created', async () => {
  const empty = await world({})
  const ran = await json(['can', 'ana@acme.example', 'getInvoice', 'acme/billing-support'], empty)
  expect(ran.code).toBe(1)
  expect(ran.json).toMatchObject({ complete: false, effect: 'deny', errors: [{ code: 'no-store' }] })
  expect(ran.stderr).toContain('tenon apply -f')
  expect((await tenon(['validate', '-f', '.'], empty)).stderr).toContain('no-documents')
  end(empty)
})

test('with -f, files that are invalid are shown and nothing is answered', async () => {
  const broken = await company()
  put(broken, 'src/more.yaml', 'apiVersion: tenon.dev/v1alpha1\nkind: Consumer\nmetadata: {name: x}\nspec: {typo: 1}\n')
  const ran = await json(['can', 'ana@acme.example', 'getInvoice', 'acme/billing-support', '-f', 'src'], broken)
  expect(ran.code).toBe(3)
  expect(ran.json['effect']).toBe('deny')
  expect(ran.json['diagnostics'].length).toBeGreaterThan(0)
  expect(ran.stderr).toContain('src/more.yaml:')
  end(broken)
})

test('with -f, a folder without documents is invalid', async () => {
  const empty = await world({ 'src/readme.txt': 'nothing here' })
  const ran = await json(['can', 'a@b.example', 'x', 'a/b', '-f', 'src'], empty)
  expect(ran.code).toBe(3)
  expect(ran.json['diagnostics']).toMatchObject([{ code: 'no-documents' }])
  end(empty)
})

test('an empty person is wrong usage', async () => {
  const ran = await tenon(['can', ' ', 'getInvoice', 'acme/billing-support'], acme)
  expect(ran.code).toBe(64)
})

test('nothing from the command line moves the cursor or hides text', async () => {
  const ran = await tenon(['can', 'e\u001B[2Jvil\u202E@x.example', 'getInvoice', 'acme/billing-support'], acme)
  expect(ran.stdout).toContain('e\\u001b[2jvil\\u202e@x.example')
  expect(ran.stdout).not.toContain('\u001B')
  const unknown = await tenon(['can', 'a@b.example', 'x\u001B[31m', 'acme/no\u202Ename'], acme)
  for (const hidden of ['\u001B', '\u202E']) expect(unknown.stderr).not.toContain(hidden)
})

test('store and files agree on everybody and every operation, as does who-can', async () => {
  const people = [
    'ana@acme.example',
    'ben@acme.example',
    'dmitri@partner.example',
    'service-account-7',
    'zoe@acme.example',
  ]
  for (const operation of ['listInvoices', 'getInvoice', 'createRefund', 'GET /admin/rates']) {
    const who = await json(['who-can', operation, 'acme/billing-support'], acme)
    const listed = new Map(
      who.json['people'].map((one: { person: string; effect: string }) => [one.person, one.effect]),
    )
    for (const person of people) {
      const ask = ['can', person, operation, 'acme/billing-support']
      const [stored, filed] = [await json(ask, acme), await json([...ask, '-f', 'src'], acme)]
      expect(filed.json['effect']).toBe(stored.json['effect'])
      expect(filed.json['reasons']).toEqual(stored.json['reasons'])
      expect(listed.get(person) ?? 'deny').toBe(stored.json['effect'])
    }
  }
})

test('help shows examples', async () => {
  const ran = await tenon(['can', '--help'], acme)
  expect(ran.code).toBe(0)
  expect(ran.stdout).toContain('$ tenon can ana@acme.example createIssue acme/jira-support')
  expectSealed(ran)
})
