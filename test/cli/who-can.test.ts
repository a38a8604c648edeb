import { afterAll, beforeAll, expect, test } from 'vitest'
import { tenon } from '../support/tenon.ts'
import { appliedCompany, end, json, type World } from './world.ts'

let acme: World
beforeAll(async () => {
  acme = await appliedCompany()
})
afterAll(() => end(acme))

test.each([{ flags: [] }, { flags: ['-f', 'src'] }])(
  'lists everybody by effect, and sets of people whom nobody knows here ($flags)',
  async ({ flags }) => {
    const ran = await json(['who-can', 'createRefund', 'acme/billing-support', ...flags], { cwd: acme.cwd })
    expect(ran.code).toBe(0)
    expect(ran.json).toMatchObject({
      complete: true,
      operation: { id: 'createRefund', method: 'post', path: '/invoices/{id}/refunds' },
      integration: 'integration/acme/billing-support',
      enabled: true,
      counts: { allow: 0, confirm: 2, deny: 2, open: 1 },
      people: [
        { person: 'ana@acme.example', effect: 'confirm' },
        { person: 'ben@acme.example', effect: 'confirm' },
        { person: 'dmitri@partner.example', effect: 'deny' },
        { person: 'service-account-7', effect: 'deny' },
      ],
      open: [{ kind: 'idpGroup', name: 'okta:support', groups: ['support'], atLeast: 'confirm', atMost: 'confirm' }],
    })
  },
)

test('shows people the same', async () => {
  const ran = await tenon(['who-can', 'createRefund', 'acme/billing-support'], acme)
  expect(ran.stdout).toBe(
    [
      'createRefund (POST /invoices/{id}/refunds) on acme/billing-support',
      '  confirm',
      '    ana@acme.example',
      '    ben@acme.example',
      '  deny',
      '    dmitri@partner.example',
      '    service-account-7',
      '  ? identity provider group okta:support (who is in it is unknown here): confirm',
      '',
      '0 allow, 2 confirm, 2 deny, and 1 set of people unknown here; everybody else is denied.',
      '',
    ].join('\n'),
  )
})

test('a company is an open set', async () => {
  const ran = await json(['who-can', 'POST /pages/new', 'acme/wiki'], acme)
  expect(ran.json).toMatchObject({
    counts: { allow: 0, confirm: 0, deny: 0, open: 1 },
    open: [{ kind: 'company', name: 'acme.example', effect: 'confirm' }],
  })
})

test('a disabled integration denies everybody and says that it is disabled', async () => {
  const ran = await json(['who-can', 'getIssue', 'acme/jira-off'], acme)
  expect(ran.json).toMatchObject({ enabled: false, people: [{ person: 'ana@acme.example', effect: 'deny' }] })
  expect((await tenon(['who-can', 'getIssue', 'acme/jira-off'], acme)).stdout).toContain(
    'acme/jira-off, which is disabled',
  )
})

test('a request that is never let through is denied for everybody', async () => {
  const ran = await json(['who-can', 'GET /invoices/..', 'acme/billing-support'], acme)
  expect(ran.code).toBe(0)
  expect(ran.json).toMatchObject({ people: [], open: [], refused: expect.stringContaining('segment') })
})

test('names that mean nothing are invalid input', async () => {
  const ran = await json(['who-can', 'createRefunds', 'acme/billing-support'], acme)
  expect(ran.code).toBe(3)
  expect(ran.json).toMatchObject({ complete: false, diagnostics: [{ cure: 'Did you mean "createRefund"?' }] })
})
