import type { KindName } from '../../../src/model/address.ts'
import { changed, EXPRESSIONS, SPECS, type Spec } from './specs.ts'

export interface Accepted {
  readonly kind: KindName
  readonly name: string
  readonly spec: Spec
}

/** A spec, and what exactly the API server says against it: for each field the end of a message. */
export interface Refused extends Accepted {
  readonly says: Readonly<Record<string, string>>
}

const FOR_ANOTHER_LEVEL =
  'a permission is narrowed on the level of the access only: companies for level company, groups for group, individuals for individual; create a second integration for access on another level'
const ONE_LEVEL =
  'one integration has one level of access: keep the list of its level, and create a second integration on the same service for the other'
const LIST_PEOPLE = 'list who has access: companies for level company, groups for group, individuals for individual'
const ONE_DOCUMENT = 'set exactly one of inline and configMapRef; a file is only for source directories'
const ONE_SOURCE = 'set exactly one of sops and secretRef; data and file are only for source directories'
const SOPS = 'apiKey: ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]\nsops: {mac: "ENC[AES256_GCM,data:eA==]"}\n'
const API_KEY_ONLY = 'in, name and prefix are for type apiKey: remove them, or correct the type'
const OAUTH_ONLY = 'flow, authorizationUrl, tokenUrl and scopes are for type oauth2: remove them, or correct the type'
const WHERE = 'type apiKey needs in and name: where the key is sent, and under which name'

const ONE_WAY = 'set exactly one of rule and validations: a built-in rule, or expressions that must be true'
const PARAMETERS = 'parameters are for a built-in rule: remove them, or name the rule'

const TOKEN = 'https://a.example/token'
const PEOPLE = { individuals: ['ana@acme.example'] }

const WAIVER = { id: 'SEC-1', owner: 'ana@acme.example', reason: 'Until then.', expires: '2026-11-30' }

/** What is right and looks as if it might not be. */
export const ACCEPTED: readonly Accepted[] = [
  ...(Object.keys(SPECS) as KindName[]).map(kind => ({ kind, name: 'nearly every field', spec: SPECS[kind] })),
  credential('values in a sops string', { secretRef: undefined, sops: SOPS }),
  credential('a leap day', { rotation: { lastRotated: '2028-02-29', expires: '2000-02-29' } }),
  credential('the last day of a month', { rotation: { lastRotated: '2026-12-31', expires: '2027-04-30' } }),
  credential('notes about a password that is none', {
    account: { type: 'dedicated', owner: 'a', purpose: 'postgres://user:password@host' },
  }),
  integration('people', {
    access: { level: 'individual', ...PEOPLE },
    permissions: [{ methods: ['get'], effect: 'allow', ...PEOPLE }],
  }),
  integration('companies', {
    access: { level: 'company', companies: ['acme.example'] },
    permissions: [{ tags: ['a'], effect: 'deny', companies: ['acme.example'] }],
  }),
  integration('no permission', { permissions: undefined }),
  integration('a joiner between emoji', { title: '\u{1F469}\u200D\u{1F4BB} at work' }),
  integration('people with letters of the world', {
    access: { level: 'individual', individuals: ['josé@acme.example', '李'] },
    permissions: [],
  }),
  service('a document inline', {
    openapi: { inline: { openapi: '3.1.0', paths: {}, 'x-anything': [1, { a: null }] } },
  }),
  service('operations instead of a document', {
    openapi: undefined,
    operations: [{ id: 'a', method: 'get', path: '/a', tags: ['t'], security: [{ key: ['scope'] }, {}] }],
  }),
  service('a way to authenticate that needs nothing', { auth: [{ type: 'basic' }, { type: 'bearer' }] }),
  { kind: 'Guardrail', name: 'expressions', spec: EXPRESSIONS },
  guardrail('one sentence', { owner: undefined, match: undefined, parameters: undefined, waivers: undefined }),
  guardrail('a joiner between emoji in a reason', {
    waivers: [{ ...WAIVER, reason: '\u{1F469}\u200D\u{1F4BB} at work', fingerprints: ['0123456789abcdef'] }],
  }),
  service('a service account', { auth: [{ type: 'oauth2', flow: 'clientCredentials', tokenUrl: TOKEN }] }),
]

/** What breaks a rule between fields. Rules for single values are covered by `VALUES`. */
export const REFUSED: readonly Refused[] = [
  refused(credential('no source of values', { secretRef: undefined }), { spec: ONE_SOURCE }),
  refused(credential('two sources of values', { sops: SOPS }), { spec: ONE_SOURCE }),
  refused(credential('a sops string in clear', { secretRef: undefined, sops: 'apiKey: hunter2\nsops: {}\n' }), {
    'spec.sops': 'holds no encrypted value: encrypt it with sops, and replace at the service what has been in clear',
  }),
  refused(
    credential('a sops string without its metadata', {
      secretRef: undefined,
      sops: 'apiKey: ENC[AES256_GCM,data:eA==]',
    }),
    {
      'spec.sops': 'has no sops part, so nobody can decrypt or verify it: restore what sops wrote',
    },
  ),
  refused(
    integration('access of one level, and a list of another', {
      access: { level: 'group', groups: ['support'], ...PEOPLE },
    }),
    {
      'spec.access': ONE_LEVEL,
    },
  ),
  refused(
    integration('companies beside people', {
      access: { level: 'individual', ...PEOPLE, companies: ['a.example'] },
      permissions: [],
    }),
    {
      'spec.access': ONE_LEVEL,
    },
  ),
  refused(
    integration('groups beside companies', {
      access: { level: 'company', groups: ['a'], companies: ['a.example'] },
      permissions: [],
    }),
    {
      'spec.access': ONE_LEVEL,
    },
  ),
  ...(['company', 'group', 'individual'] as const).map(level =>
    refused(integration(`level ${level} without a list`, { access: { level }, permissions: [] }), {
      'spec.access': LIST_PEOPLE,
    }),
  ),
  refused(
    integration('a permission without a selector', {
      permissions: [
        { methods: ['get'], effect: 'allow' },
        { effect: 'deny', groups: ['support'] },
      ],
    }),
    {
      'spec.permissions[1]':
        'a permission needs at least one of methods, operations, tags and paths; paths: ["/**"] selects everything',
    },
  ),
  ...[
    { level: 'group', groups: ['support'] },
    { level: 'company', companies: ['acme.example'] },
    { level: 'individual', ...PEOPLE },
  ].flatMap(access =>
    [{ groups: ['support'] }, { companies: ['acme.example'] }, PEOPLE]
      .filter(narrowing => !Object.keys(narrowing).some(list => list in access))
      .map(narrowing =>
        refused(
          integration(`access by ${access.level}, narrowed to ${Object.keys(narrowing)[0]}`, {
            access,
            permissions: [{ methods: ['get'], effect: 'allow', ...narrowing }],
          }),
          { 'spec.permissions': FOR_ANOTHER_LEVEL },
        ),
      ),
  ),
  ...(['ServiceDefinition', 'ClusterServiceDefinition'] as const).flatMap(kind => serviceCases(kind)),
  ...guardrailCases(),
]

function guardrailCases(): readonly Refused[] {
  const expressions = (name: string, fields: Spec, says: Readonly<Record<string, string>>): Refused =>
    refused({ kind: 'Guardrail', name, spec: { ...EXPRESSIONS, ...fields } }, says)
  const twice = (item: Spec): Spec[] => [item, { ...item, expression: 'true' }]
  const both =
    'over, matchConditions and variables are for expressions: remove them, or write validations instead of rule'
  return [
    refused(guardrail('nothing to judge by', { rule: undefined, parameters: undefined }), { spec: ONE_WAY }),
    refused(guardrail('a rule and expressions', { validations: EXPRESSIONS['validations'] }), { spec: ONE_WAY }),
    ...['over', 'matchConditions', 'variables'].map(name =>
      refused(guardrail(`a rule and ${name}`, { [name]: EXPRESSIONS[name] }), { spec: both }),
    ),
    expressions('parameters of expressions', { parameters: { max: 1 } }, { 'spec.parameters': PARAMETERS }),
    expressions(
      'a variable twice',
      { variables: twice({ name: 'a', expression: '1' }) },
      { 'spec.variables': 'two variables have the same name: give one of them another' },
    ),
    expressions(
      'a condition twice',
      { matchConditions: twice({ name: 'a', expression: 'false' }) },
      { 'spec.matchConditions': 'two conditions have the same name: give one of them another' },
    ),
    refused(guardrail('a waiver of nothing', { waivers: [WAIVER] }), {
      'spec.waivers[0]': 'a waiver says what it is about: set integrations, fingerprints or both',
    }),
    refused(
      guardrail('a waiver twice', {
        waivers: ['a', 'b'].map(name => ({ ...WAIVER, integrations: [name] })),
      }),
      { 'spec.waivers': 'two waivers have the same id: give one of them another' },
    ),
  ]
}

function serviceCases(kind: 'ServiceDefinition' | 'ClusterServiceDefinition'): readonly Refused[] {
  const auth = (name: string, way: Spec, message: string, field = ''): Refused =>
    refused(service(name, { auth: [way] }, kind), { [`spec.auth[0]${field}`]: message })
  return [
    refused(service('no document', { openapi: {} }, kind), { 'spec.openapi': ONE_DOCUMENT }),
    refused(service('two documents', { openapi: { inline: {}, configMapRef: { name: 'a', key: 'b' } } }, kind), {
      'spec.openapi': ONE_DOCUMENT,
    }),
    refused(service('a document and operations', { operations: [{ method: 'get', path: '/a' }] }, kind), {
      'spec.operations':
        'keep the OpenAPI document and remove operations: a list of them is for services without a document',
    }),
    auth('an API key that goes nowhere', { type: 'apiKey' }, WHERE),
    auth('an API key without a name', { type: 'apiKey', in: 'query' }, WHERE),
    auth('an API key without a place', { type: 'apiKey', name: 'key' }, WHERE),
    auth('a place for a password', { type: 'basic', in: 'header' }, API_KEY_ONLY),
    auth('a name for a token', { type: 'bearer', name: 'X-Token' }, API_KEY_ONLY),
    auth('a prefix for a token', { type: 'bearer', prefix: 'Bearer ' }, API_KEY_ONLY),
    auth('OAuth without a flow', { type: 'oauth2', tokenUrl: TOKEN }, 'type oauth2 needs flow and tokenUrl'),
    auth(
      'OAuth without a token URL',
      { type: 'oauth2', flow: 'clientCredentials' },
      'type oauth2 needs flow and tokenUrl',
    ),
    auth('a token URL for a password', { type: 'basic', tokenUrl: TOKEN }, OAUTH_ONLY),
    auth('scopes for a token', { type: 'bearer', scopes: { a: 'b' } }, OAUTH_ONLY),
    auth('a flow for a token', { type: 'bearer', flow: 'clientCredentials' }, OAUTH_ONLY),
    auth('an authorization URL for a token', { type: 'bearer', authorizationUrl: TOKEN }, OAUTH_ONLY),
    auth(
      'a person who signs in nowhere',
      { type: 'oauth2', flow: 'authorizationCode', tokenUrl: TOKEN },
      'flow authorizationCode needs authorizationUrl: where a person signs in',
      '.authorizationUrl',
    ),
  ]
}

/** For each rule about a single value, values that break it: tried wherever the rule stands. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  'is blank: write what people are to read, or leave the field out': [' ', '\u3000\u00a0', '\n'],
  'holds a line break: write it on one line': ['two\nlines', 'a line\n'],
  'holds what looks like a secret: keep it in a Credential, and replace it at the service': [
    'x://ghp_0123456789abcdefghij',
    'x://xoxb-0123456789ab',
  ],
  'is a day that does not exist: correct the day or the month': [
    '2026-02-30',
    '2026-02-31',
    '2026-04-31',
    '2026-11-31',
  ],
  'is a day that does not exist: that year has no 29 February': ['2026-02-29', '1900-02-29', '2100-02-29'],
  'carries a user name or password: remove it, and keep such values in a Credential': [
    'https://ana@acme.example/',
    'https://ana:hunter2@acme.example/',
  ],
  'carries a query or fragment: remove it': ['https://acme.example/?a=b', 'https://acme.example/#a'],
}

function refused(given: Accepted, says: Readonly<Record<string, string>>): Refused {
  return { ...given, says }
}

function integration(name: string, fields: Spec): Accepted {
  return { kind: 'Integration', name, spec: changed('Integration', fields) }
}

function guardrail(name: string, fields: Spec): Accepted {
  return { kind: 'Guardrail', name, spec: changed('Guardrail', fields) }
}

function credential(name: string, fields: Spec): Accepted {
  return { kind: 'Credential', name, spec: changed('Credential', fields) }
}

function service(name: string, fields: Spec, kind: KindName = 'ServiceDefinition'): Accepted {
  return { kind, name, spec: changed(kind, fields) }
}
