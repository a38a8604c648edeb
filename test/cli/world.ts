/** A small company in a folder: files, an age key of its own, and a store that the files were applied to. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { encryptYaml, type WritableMap } from '../../src/sops/write.ts'
import { PROJECT, tenon, type Ran, type RunOptions } from '../support/tenon.ts'

/** Every secret of the world, so that no output may hold one. */
export const CANARIES = ['canary-key-7Qw', 'canary-user-8Rx', 'canary-password-9Sy'] as const

export interface World {
  readonly cwd: string
  readonly recipient: string
  readonly env: Readonly<Record<string, string>>
}

/** Writes files below a new folder and makes an age key; nothing is applied yet. */
export async function world(files: Readonly<Record<string, string>>): Promise<World> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'tenon-world-'))
  const identity = await generateX25519Identity()
  writeFileSync(path.join(cwd, 'key.txt'), `${identity}\n`)
  const made = {
    cwd,
    recipient: await identityToRecipient(identity),
    env: { SOPS_AGE_KEY_FILE: path.join(cwd, 'key.txt') },
  }
  for (const [file, text] of Object.entries(files)) put(made, file, text)
  return made
}

/** Writes one more file. */
export function put({ cwd }: World, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true })
  writeFileSync(path.join(cwd, file), text)
}

export function end({ cwd }: World): void {
  rmSync(cwd, { recursive: true, force: true })
}

/** A SOPS file in YAML that holds one document, `data` encrypted. */
export async function sealed({ recipient }: World, document: WritableMap): Promise<string> {
  return encryptYaml([document], { recipients: [recipient], lastModified: new Date('2026-10-01T00:00:00Z') })
}

/** The company that most tests ask: two services of its own, groups, credentials, consumers, a disabled integration. */
export async function company(): Promise<World> {
  const made = await world({ 'src/company.yaml': COMPANY })
  const credential = (name: string, service: string, type: string, data: WritableMap): WritableMap => ({
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'Credential',
    metadata: { name, namespace: 'acme' },
    spec: {
      service: { kind: service === 'billing' ? 'ServiceDefinition' : 'ClusterServiceDefinition', name: service },
      type,
      scope: 'company',
      label: name,
      isDefault: true,
      account: { type: 'dedicated', owner: 'ops@acme.example', purpose: 'Tests, "quoted", and more' },
      rotation: { every: '90d', lastRotated: '2026-10-01' },
      data,
    },
  })
  const [key, user, password] = CANARIES.map(text => new Secret(text))
  const bot = credential('billing-bot', 'billing', 'apiKey', {
    for: { name: 'billing-bot', namespace: 'acme', integrations: ['billing-support'], revision: 3 },
    apiKey: key,
  })
  const jira = credential('jira-bot', 'jira', 'basic', { for: { name: 'jira-bot' }, username: user, password })
  put(made, 'src/billing-bot.yaml', await sealed(made, bot))
  put(made, 'src/jira-bot.yaml', await sealed(made, jira))
  return made
}

/** The company with its files applied. */
export async function appliedCompany(): Promise<World> {
  const made = await company()
  await apply(made, 'src', '--owner', 'git:acme')
  return made
}

/** Applies files without asking; throws where that is refused. */
export async function apply(made: World, file: string, ...flags: readonly string[]): Promise<void> {
  const { code, stderr } = await tenon(['apply', '-f', file, '--yes', ...flags], made)
  if (code !== 0) throw new Error(stderr)
}

// oxlint-disable-next-line typescript/no-explicit-any -- what a verb printed; its schema has checked it
export type Json = Record<string, any>

const ajv = new Ajv2020({ strict: false, allowUnionTypes: true })
for (const name of ['validate', 'can', 'who-can', 'services', 'usage', 'audit', 'duplicate', 'export', 'lock']) {
  ajv.addSchema(JSON.parse(readFileSync(path.join(PROJECT, `schemas/${name}.schema.json`), 'utf8')) as object)
}

/** Runs a verb with `-o json`; what it prints is the JSON of its published schema and nothing else, and sealed. */
export async function json(args: readonly string[], options: RunOptions): Promise<Ran & { readonly json: Json }> {
  const ran = await tenon([...args, '-o', 'json'], options)
  const parsed = JSON.parse(ran.stdout) as Json
  ajv.validate(`https://tenon.dev/schemas/${args[0]}.schema.json`, parsed)
  expect(ajv.errors).toBeNull()
  expectSealed(ran)
  return { ...ran, json: parsed }
}

/** No output holds a secret, not even encoded. */
export function expectSealed({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>): void {
  for (const canary of CANARIES) {
    for (const shown of [canary, Buffer.from(canary).toString('base64').slice(0, -2), encodeURIComponent(canary)]) {
      expect(stdout).not.toContain(shown)
      expect(stderr).not.toContain(shown)
    }
  }
}

/** Lines are counted in tests: what is added goes to the end. */
const COMPANY = `apiVersion: tenon.dev/v1alpha1
kind: ServiceDefinition
metadata: {name: billing, namespace: acme}
spec:
  displayName: Billing
  description: The in-house billing API.
  category: finance
  type: openapi
  endpoint: https://billing.acme.example/v1
  operations:
    - {id: listInvoices, method: get, path: /invoices, tags: [invoices]}
    - {id: getInvoice, method: get, path: "/invoices/{id}", tags: [invoices], summary: Read an invoice}
    - {id: createRefund, method: post, path: "/invoices/{id}/refunds", tags: [refunds], deprecated: true}
    - {method: get, path: /admin/rates, tags: [admin], security: [{apiKey: []}]}
  auth:
    - {type: apiKey, in: header, name: X-Api-Key}
  settingsSchema: {type: object, required: [region], additionalProperties: false, properties: {region: {enum: [eu, us]}}}
---
apiVersion: tenon.dev/v1alpha1
kind: ClusterServiceDefinition
metadata: {name: wiki}
spec: {displayName: Wiki, description: Pages without a document., type: http, endpoint: https://wiki.acme.example}
---
apiVersion: tenon.dev/v1alpha1
kind: AccessGroup
metadata: {name: support, namespace: acme}
spec: {displayName: Support, members: [Ana@acme.example, ben@acme.example], groups: [night], idpGroups: ["okta:support"]}
---
apiVersion: tenon.dev/v1alpha1
kind: AccessGroup
metadata: {name: night, namespace: acme}
spec: {displayName: Night shift, members: [dmitri@partner.example, service-account-7]}
---
apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: billing-support, namespace: acme, labels: {team: support}}
spec:
  title: Billing for support
  description: Support reads invoices, and refunds once the user agrees.
  service: {kind: ServiceDefinition, name: billing}
  settings: {region: eu}
  access: {level: group, groups: [support]}
  permissions:
    - {methods: [get], effect: allow}
    - {operations: [createRefund], effect: confirm}
    - {operations: [createRefund], effect: deny, groups: [night]}
    - {tags: [admin], effect: deny}
  credentials: [billing-bot]
  acknowledgement: {terms: "2026-01", by: cto@acme.example, date: "2026-10-01"}
  dataClasses: [customer-contact]
---
apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: wiki, namespace: acme}
spec:
  title: Wiki
  description: Judged by method and path.
  service: {kind: ClusterServiceDefinition, name: wiki}
  access: {level: company, companies: [acme.example]}
  permissions:
    - {methods: [get], paths: ["/pages/**"], effect: allow}
    - {methods: [post], effect: confirm}
    - {paths: ["/pages/secret/**"], effect: deny}
---
apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: jira-off, namespace: acme}
spec:
  title: Jira, switched off
  description: Denies everything.
  service: {kind: ClusterServiceDefinition, name: jira}
  enabled: false
  endpoint: https://acme.example.net/rest/api/3
  access: {level: individual, individuals: [ANA@acme.example]}
  permissions: [{methods: [get], effect: allow}]
  credentials: [jira-bot]
  deletionPolicy: Orphan
---
apiVersion: tenon.dev/v1alpha1
kind: Consumer
metadata: {name: helpdesk, namespace: acme}
spec: {type: assistant, displayName: Helpdesk, integrations: [billing-support, jira-off]}
---
apiVersion: tenon.dev/v1alpha1
kind: Consumer
metadata: {name: nightly, namespace: acme}
spec: {type: flow, displayName: Nightly, integrations: [billing-support]}
`
