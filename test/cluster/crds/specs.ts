import type { KindName } from '../../../src/model/address.ts'

export type Spec = Readonly<Record<string, unknown>>

const SERVICE = {
  displayName: 'Billing',
  description: 'The in-house billing API.',
  category: 'finance',
  type: 'openapi',
  endpoint: 'https://billing.acme.example/v1',
  docs: 'https://docs.acme.example/billing?version=1#top',
  openapi: { configMapRef: { name: 'billing', key: 'openapi.yaml' } },
  acceptedOperations: ['GET /invoices', 'POST /invoices/{id}/refunds'],
  auth: [
    { type: 'apiKey', description: 'A key of the account.', in: 'header', name: 'X-Api-Key', prefix: 'Token ' },
    {
      type: 'oauth2',
      flow: 'authorizationCode',
      authorizationUrl: 'https://billing.acme.example/oauth/authorize',
      tokenUrl: 'https://billing.acme.example/oauth/token',
      scopes: { 'invoices:read': 'Read invoices' },
    },
  ],
  settingsSchema: { type: 'object', properties: { region: { enum: ['eu', 'us'] } } },
  test: { method: 'get', path: '/me', expect: 200 },
  template: false,
  suspend: false,
  interval: '10m',
  mode: 'Enforce',
}

/** A spec of each kind that an API server takes, with nearly every field. */
export const SPECS: Readonly<Record<KindName, Spec>> = {
  ClusterServiceDefinition: SERVICE,
  ServiceDefinition: SERVICE,
  AccessGroup: {
    displayName: 'Support',
    description: 'People who answer customers.',
    owner: 'lead@acme.example',
    members: ['ana@acme.example', 'ben@acme.example'],
    groups: ['support-night'],
    idpGroups: ['okta:support'],
    expires: '2027-03-31',
    suspend: true,
    interval: '1h30m',
    mode: 'Observe',
  },
  Credential: {
    service: { kind: 'ServiceDefinition', name: 'billing' },
    type: 'apiKey',
    scope: 'company',
    label: 'Billing bot',
    isDefault: true,
    account: {
      type: 'dedicated',
      owner: 'platform@acme.example',
      purpose: 'Read invoices for assistants',
      systems: ['billing'],
      adminLevel: false,
      notes: 'Asked for in the spring.\nRenewed since.',
    },
    rotation: { every: '90d', lastRotated: '2026-10-01', expires: '2027-10-01' },
    review: { every: '365d', lastReviewed: '2026-10-01', by: 'ana@acme.example' },
    secretRef: { name: 'billing-bot', key: 'sops.yaml' },
  },
  Integration: {
    title: 'Billing for support',
    description: 'Support reads invoices, and refunds once the user agrees.',
    service: { kind: 'ServiceDefinition', name: 'billing' },
    enabled: true,
    endpoint: 'https://billing.acme.example/v2',
    settings: { region: 'eu', nested: { anything: [1, 2.5, null] } },
    access: { level: 'group', groups: ['support', 'sales'] },
    permissions: [
      { methods: ['get'], effect: 'allow', includeNew: true },
      { operations: ['createRefund'], effect: 'confirm', groups: ['support'] },
      { tags: ['admin'], paths: ['/admin/**'], effect: 'deny' },
    ],
    credentials: ['billing-bot'],
    acknowledgement: { terms: '2026-01', by: 'cto@acme.example', date: '2026-10-01' },
    dataClasses: ['customer-contact'],
    deletionPolicy: 'Orphan',
  },
  Consumer: {
    type: 'assistant',
    displayName: 'Helpdesk assistant',
    description: 'Answers questions.',
    owner: 'lead@acme.example',
    integrations: ['billing-support'],
  },
  Guardrail: {
    description: 'Nobody outside finance moves money without being asked.',
    owner: 'security@acme.example',
    actions: ['Deny', 'Audit'],
    match: { integrations: ['billing-*'], services: ['billing'], labels: { team: 'support' } },
    rule: 'ceiling',
    parameters: {
      who: {
        groups: ['finance'],
        individuals: ['ana@acme.example'],
        companies: ['acme.example'],
        idpGroups: ['okta:finance'],
      },
      select: {
        writes: true,
        methods: ['post'],
        operations: ['createRefund'],
        tags: ['refunds'],
        paths: ['/refunds/**'],
      },
      effect: 'allow',
      ignoreUnknownMembers: false,
      max: 5,
      min: 2,
      ceiling: [
        {
          who: { groups: ['support'] },
          integrations: ['*'],
          services: ['billing'],
          select: { methods: ['get'] },
          effect: 'confirm',
        },
      ],
      one: { integrations: ['vendors'], services: ['billing'], select: { methods: ['post'] } },
      other: { integrations: ['invoices'], services: ['billing'], select: { methods: ['post'] } },
      groups: ['ext-*'],
      holdingIdpGroups: true,
      days: 90,
      classes: ['customer-contact'],
      demand: 'only',
      terms: ['2026-01'],
      hosts: ['*.acme.example'],
      accountRequired: true,
      percent: 20,
      of: 'people',
    },
    failurePolicy: 'Fail',
    waivers: [
      {
        id: 'SEC-811',
        owner: 'security@acme.example',
        reason: 'Until the new process is there.\nAsked for in the spring.',
        expires: '2026-11-30',
        integrations: ['billing-night'],
        fingerprints: ['sha256:0123456789abcdef'],
      },
    ],
  },
}

/** A guardrail of the other sort. */
export const EXPRESSIONS: Spec = {
  description: 'More than ten people at once gain writes only one by one.',
  actions: ['Warn'],
  over: 'finding',
  matchConditions: [{ name: 'widens', expression: "finding.direction == 'widens'" }],
  variables: [{ name: 'many', expression: 'finding.principal.size > 10' }],
  validations: [
    {
      expression: 'finding.operations.writes == 0 ||\n  !variables.many',
      message: 'too many gain writes at once',
      messageExpression: "string(finding.principal.size) + ' people gain writes at once'",
    },
  ],
}

/** The spec of a kind in which a value can be put at a path. */
function specFor(kind: KindName, at: string): Spec {
  const ofExpressions = /^spec\.(?:over|matchConditions|variables|validations)\b/
  return kind === 'Guardrail' && ofExpressions.test(at) ? EXPRESSIONS : SPECS[kind]
}

/** A spec with some fields replaced; `undefined` takes one away. */
export function changed(kind: KindName, fields: Spec): Spec {
  const all = Object.entries({ ...SPECS[kind], ...fields })
  return Object.fromEntries(all.filter(([, value]) => value !== undefined))
}

/** The spec of a kind with a value put at a path such as `spec.auth[].prefix`: in the first entry that has the field. */
export function withValue(kind: KindName, at: string, value: unknown): Spec {
  const spec = structuredClone(specFor(kind, at))
  const steps = at.split('.').slice(1)
  const last = steps.pop()!
  let node = spec as Record<string, unknown>
  for (const [index, step] of steps.entries()) {
    const next = node[step.replace('[]', '')]
    const wanted = steps[index + 1] ?? last
    node = (step.endsWith('[]') ? entryWith(next, wanted.replace('[]', '')) : next) as Record<string, unknown>
  }
  if (last.endsWith('[]')) node[last.slice(0, -2)] = [value]
  else node[last] = value
  return spec
}

function entryWith(list: unknown, name: string): unknown {
  const entries = list as readonly object[]
  return entries.find(entry => name in entry) ?? entries[0]
}
