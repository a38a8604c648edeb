/** Random sources: folders of documents of every kind, with texts that readers and writers of YAML like to get wrong. */
import * as fc from 'fast-check'
import { toYaml } from '../../src/decode/write.ts'
import { Secret } from '../../src/model/secret.ts'
import { encryptYaml } from '../../src/sops/write.ts'
import { write } from '../support/stories.ts'
import type { World } from './world.ts'

type Fields = Readonly<Record<string, unknown>>

/** Texts that YAML readers and writers like to get wrong. */
const text = fc.oneof(
  fc.constantFrom(
    'yes',
    '1e3',
    '007',
    '- a',
    'a: b',
    '# c',
    '  padded',
    'two\nlines\n',
    '\n',
    '"',
    "it's",
    '=',
    '~',
    '{{ x }}',
    '\ttab',
    'ünï 😀',
    '|',
    'null',
    '2026-10-01',
    '0x1F',
    '!tag',
    '&a',
    '*a',
    'a #b',
    "'",
    '%x',
    '@x',
    '`x',
    '[',
    '\\n',
  ),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }),
)
/** Prose may have several lines, a name one. */
const prose = text.map(part => `T${part}`.trim())
const named = prose.map(part => part.replaceAll(/[\n\t]/g, ' ').trim())
const operator = fc.record(
  {
    suspend: fc.boolean(),
    interval: fc.constantFrom('10m', '1h30m', '0.5s'),
    mode: fc.constantFrom('Enforce', 'Observe', 'Approve'),
  },
  { requiredKeys: [] },
)
const notes = fc.record(
  {
    labels: fc.dictionary(fc.constantFrom('team', 'acme.example/part', 'x'), fc.constantFrom('a', 'b-c', ''), {
      noNullPrototype: true,
    }),
    annotations: fc.dictionary(fc.constantFrom('acme.example/note', 'why'), text, { noNullPrototype: true }),
  },
  { requiredKeys: [] },
)
const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
const any = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 })

const expiry = fc.record({ expires: fc.constantFrom('2027-03-31', '2028-02-29') }, { requiredKeys: [] })

const NAMES = ['a', 'b-1', 'c.d', 'x'.repeat(240)]
const PEOPLE = ['Ana@acme.example', 'ben@acme.example', 'sub|42']
const EFFECTS = ['allow', 'confirm', 'deny']

const paths = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('get', 'post'), text), {
    minLength: 1,
    maxLength: 8,
    selector: ([number, method]) => `${number} ${method}`,
  })
  .map(entries => {
    const items: Record<string, Record<string, unknown>> = {}
    for (const [number, method, summary] of entries) {
      items[`/p/${number}`] = {
        ...items[`/p/${number}`],
        [method]: { summary, responses: { 200: { description: 'ok' } } },
      }
    }
    return items
  })

const permission = fc.record(
  { methods: some(['get', 'post', 'put']), effect: fc.constantFrom(...EFFECTS), includeNew: fc.boolean() },
  { requiredKeys: ['methods', 'effect'] },
)

/** How large an OpenAPI document is made, and where it stands. */
const service = fc.record({
  scope: fc.constantFrom('ServiceDefinition', 'ClusterServiceDefinition'),
  from: fc.constantFrom('file', 'inline', 'operations'),
  padding: fc.constantFrom(0, 0, 400),
  /** Of how many operations one is accepted; none says nothing of it. */
  accepted: fc.constantFrom(undefined, 1, 2),
  paths,
  metadata: notes,
  spec: fc
    .tuple(named, prose, operator)
    .map(([displayName, description, more]) => ({ displayName, description, ...more })),
})
const patterns = some(['a', 'b-*', '*'])
const selected = fc.record(
  { methods: some(['post', 'delete', 'get']), writes: fc.boolean() },
  { requiredKeys: ['methods'] },
)
const waiver = fc.record(
  { owner: fc.constantFrom(...PEOPLE), reason: prose, expires: fc.constant('2027-03-31'), integrations: patterns },
  { requiredKeys: ['owner', 'reason', 'expires', 'integrations'] },
)
const judged = fc.oneof(
  fc.record(
    {
      rule: fc.constant('never'),
      parameters: fc.record({ who: fc.record({ individuals: some(PEOPLE) }), select: selected }),
    },
    { requiredKeys: ['rule', 'parameters'] },
  ),
  fc.record(
    {
      over: fc.constantFrom('finding', 'change'),
      validations: fc.constant([{ expression: '1 < 2 ||\n  true', message: 'too much' }]),
    },
    { requiredKeys: ['validations'] },
  ),
)
const guardrail = fc.record({
  metadata: notes,
  judged,
  spec: fc.tuple(prose, operator).map(([description, more]) => ({ description, ...more })),
  more: fc.record(
    {
      owner: fc.constantFrom(...PEOPLE),
      actions: some(['Deny', 'Warn', 'Audit']),
      match: fc.record({ integrations: patterns, labels: fc.constant({ team: 'a' }) }),
      failurePolicy: fc.constant('Fail'),
      waivers: fc
        .array(waiver, { minLength: 1, maxLength: 3 })
        .map(waivers => waivers.map((each, index) => ({ id: `W-${index}`, ...each }))),
    },
    { requiredKeys: [] },
  ),
})
const credential = fc.record({
  from: fc.constantFrom('file', 'in place', 'in place', 'string'),
  metadata: notes,
  spec: fc.tuple(named, operator).map(([label, more]) => ({ label, ...more })),
  password: text,
})
export const source = fc.record({
  services: fc.array(service, { maxLength: 2 }),
  credentials: fc.array(credential, { maxLength: 3 }),
  guardrails: fc.array(guardrail, { maxLength: 3 }),
  groups: fc.array(fc.tuple(notes, named, any(PEOPLE), expiry, operator), { maxLength: 3 }),
  integrations: fc.array(
    fc.record({
      metadata: notes,
      texts: fc.tuple(named, prose),
      access: fc.oneof(
        some(PEOPLE).map(individuals => ({ level: 'individual', individuals })),
        some(['acme.example', 'b.example']).map(companies => ({ level: 'company', companies })),
      ),
      permissions: fc.array(permission, {
        maxLength: 3,
      }),
      more: fc.record(
        { enabled: fc.boolean(), deletionPolicy: fc.constantFrom('Delete', 'Orphan') },
        { requiredKeys: [] },
      ),
      operator,
    }),
    { maxLength: 3 },
  ),
})
export type Source = typeof source extends fc.Arbitrary<infer Value> ? Value : never

function document(kind: string, name: string, metadata: object, spec: object): Fields {
  return { apiVersion: 'tenon.dev/v1alpha1', kind, metadata: { name, ...metadata }, spec }
}

/** Writes a random source into the folder `src`: documents of several kinds in one file, and files beside it. */
export async function writeSource(
  made: World,
  { services, credentials, groups, integrations, guardrails }: Source,
  namespace = 'acme',
): Promise<void> {
  const put = (file: string, content: string): void => write(made.cwd, `src/${file}`, content)
  const all: Fields[] = []
  for (const [index, each] of services.entries()) all.push(serviceDocument(each, index, put))
  for (const [index, [metadata, displayName, members, ends, more]] of groups.entries()) {
    all.push(document('AccessGroup', NAMES[index]!, metadata, { displayName, members, ...ends, ...more }))
  }
  for (const [index, each] of integrations.entries()) {
    const { metadata, texts, access, permissions, more } = each
    const jira = { kind: 'ClusterServiceDefinition', name: 'jira' }
    const spec = {
      title: texts[0],
      description: texts[1],
      service: jira,
      endpoint: 'https://a.example.com',
      access,
      permissions,
      ...more,
      ...each.operator,
    }
    all.push(document('Integration', NAMES[index]!, metadata, spec))
  }
  for (const [index, { metadata, ...each }] of guardrails.entries()) {
    all.push(document('Guardrail', NAMES[index]!, metadata, { ...each.spec, ...each.judged, ...each.more }))
  }
  const sealed: Fields[] = []
  for (const [index, each] of credentials.entries()) {
    const name = NAMES[index]!
    const values = { username: new Secret('bot'), password: new Secret(`p${each.password}`) }
    const spec = {
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      type: 'basic',
      scope: 'company',
      ...each.spec,
    }
    const alone = (): Promise<string> => encrypted(made, [values], '.*')
    if (each.from === 'file') put(`c${index}.sops.yaml`, await alone())
    if (each.from === 'in place') sealed.push(document('Credential', name, each.metadata, { ...spec, data: values }))
    else if (each.from === 'file')
      all.push(document('Credential', name, each.metadata, { ...spec, file: `c${index}.sops.yaml` }))
    else all.push(document('Credential', name, each.metadata, { ...spec, sops: await alone() }))
  }
  if (sealed.length > 0) put('sealed.yaml', await encrypted(made, sealed, '^data$'))
  put('all.yaml', all.map(each => toYaml(each)).join('---\n'))
  put('tenon.yaml', `namespace: ${namespace}\n`)
}

function encrypted({ recipient }: World, content: readonly object[], rule: string): Promise<string> {
  const selection = { rule: 'encrypted_regex', text: rule } as const
  return encryptYaml(content as never, {
    recipients: [recipient],
    selection,
    lastModified: new Date('2026-10-01T00:00:00Z'),
  })
}

function serviceDocument(
  each: Source['services'][number],
  index: number,
  put: (file: string, text: string) => void,
): Fields {
  const { scope, from, padding, accepted, metadata, spec } = each
  const items = { ...each.paths }
  for (let number = 0; number < padding; number++) {
    items[`/padding/${number}`] = {
      get: { operationId: `padding-${number}`, summary: 'x'.repeat(60), responses: { 200: { description: 'ok' } } },
    }
  }
  const openapi = { openapi: '3.0.3', info: { title: 'T', version: '1' }, paths: items }
  if (from === 'file') put(`s${index}.openapi.json`, JSON.stringify(openapi))
  const listed = Object.entries(items).flatMap(([at, item]) => Object.keys(item).map(method => ({ method, path: at })))
  const operations = {
    file: { openapi: { file: `s${index}.openapi.json` } },
    inline: { openapi: { inline: openapi } },
    operations: { operations: listed },
  }[from]
  const acceptedOperations = listed
    .filter((_, at) => accepted !== undefined && at % accepted === 0)
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  return document(scope, NAMES[index]!, metadata, {
    ...spec,
    ...(accepted !== undefined && { acceptedOperations }),
    type: 'openapi',
    endpoint: 'https://s.example.com',
    ...operations,
  })
}
