import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { tenon } from '../support/tenon.ts'
import { appliedCompany, end, expectSealed, json, put, type World } from './world.ts'

let acme: World
beforeAll(async () => {
  acme = await appliedCompany()
})
afterAll(() => end(acme))

const BILLING = 'integration/acme/billing-support'

describe.each([{ flags: [] }, { flags: ['-f', 'src'] }])('duplicate $flags', ({ flags }) => {
  test('an integration: the same under a new name, its credentials reset and that said', async () => {
    const ran = await tenon(['duplicate', BILLING, '--name', 'billing-sales', ...flags], { cwd: acme.cwd })
    expect(ran.code).toBe(0)
    const copy = parse(ran.stdout)
    expect(copy).toEqual({
      apiVersion: 'tenon.dev/v1alpha1',
      kind: 'Integration',
      metadata: { name: 'billing-sales', namespace: 'acme', labels: { team: 'support' } },
      spec: {
        title: 'Billing for support',
        description: 'Support reads invoices, and refunds once the user agrees.',
        service: { kind: 'ServiceDefinition', name: 'billing' },
        settings: { region: 'eu' },
        access: { level: 'group', groups: ['support'] },
        permissions: [
          { methods: ['get'], effect: 'allow' },
          { operations: ['createRefund'], effect: 'confirm' },
          { operations: ['createRefund'], effect: 'deny', groups: ['night'] },
          { tags: ['admin'], effect: 'deny' },
        ],
        acknowledgement: { terms: '2026-01', by: 'cto@acme.example', date: '2026-10-01' },
        dataClasses: ['customer-contact'],
      },
    })
    expect(ran.stderr).toContain('CredentialsMissing')
    expectSealed(ran)
  })

  test('a credential: the record alone; no value, no ciphertext, no date of the old values, no second default', async () => {
    const ran = await tenon(['duplicate', 'credential/acme/billing-bot', '--name', 'billing-two', ...flags], {
      cwd: acme.cwd,
    })
    expect(parse(ran.stdout)).toEqual({
      apiVersion: 'tenon.dev/v1alpha1',
      kind: 'Credential',
      metadata: { name: 'billing-two', namespace: 'acme' },
      spec: {
        service: { kind: 'ServiceDefinition', name: 'billing' },
        type: 'apiKey',
        scope: 'company',
        label: 'billing-bot',
        account: { type: 'dedicated', owner: 'ops@acme.example', purpose: 'Tests, "quoted", and more' },
        rotation: { every: '90d' },
        file: 'billing-two.sops.yaml',
      },
    })
    expect(ran.stdout).not.toMatch(/ENC\[|BEGIN AGE|^sops:/m)
    expect(ran.stderr).toContain('CredentialsMissing')
    expectSealed(ran)
  })
})

test('what it prints for an integration validates beside the original, and plans as one new resource', async () => {
  const { stdout } = await tenon(['duplicate', BILLING, '--name', 'billing-sales'], acme)
  put(acme, 'src/copy.yaml', stdout)
  const plan = JSON.parse((await tenon(['plan', '-f', 'src', '--owner', 'git:acme', '-o', 'json'], acme)).stdout)
  expect(plan.changes).toMatchObject([{ action: 'create', address: 'integration/acme/billing-sales' }])
})

test('a service keeps its operations; a shipped one becomes a start for an own one', async () => {
  const own = parse((await tenon(['duplicate', 'serviceDefinition/acme/billing', '--name', 'billing-v2'], acme)).stdout)
  expect(own.spec.operations).toHaveLength(4)
  const shipped = parse(
    (await tenon(['duplicate', 'clusterServiceDefinition/jira', '--name', 'our-jira'], acme)).stdout,
  )
  expect(shipped.metadata).toEqual({ name: 'our-jira' })
  expect(shipped.spec.operations.length).toBeGreaterThan(20)
})

test('into another namespace it says what is not there', async () => {
  const ran = await json(['duplicate', BILLING, '--name', 'billing', '--namespace', 'globex'], acme)
  expect(ran.json['document'].metadata).toMatchObject({ name: 'billing', namespace: 'globex' })
  const unknown = ran.json['diagnostics'].filter(({ code }: { code: string }) => code === 'unknown-reference')
  expect(unknown.map(({ message }: { message: string }) => message)).toEqual([
    'the copy refers to serviceDefinition/globex/billing, which is not there',
    'the copy refers to accessGroup/globex/support, which is not there',
    'the copy refers to accessGroup/globex/night, which is not there',
  ])
})

test('a name that is taken is refused', async () => {
  const ran = await json(['duplicate', BILLING, '--name', 'wiki'], acme)
  expect(ran.code).toBe(3)
  expect(ran.json).toMatchObject({ complete: false, diagnostics: [{ code: 'name-taken' }] })
})

test('an unknown original is refused with a suggestion', async () => {
  const ran = await json(['duplicate', 'integration/acme/wikki', '--name', 'x'], acme)
  expect(ran.code).toBe(3)
  expect(ran.json['diagnostics']).toMatchObject([{ cure: 'Did you mean "integration/acme/wiki"?' }])
})

test.each([[[]], [['--name', 'Not A Name']], [['--name', 'a', '--namespace', 'no.dots']]])(
  'needs a usable name: %j',
  async flags => {
    expect((await tenon(['duplicate', BILLING, ...flags], acme)).code).toBe(64)
  },
)
