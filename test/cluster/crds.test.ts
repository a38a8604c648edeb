/** What the API server takes and refuses by the definitions alone, without an operator. */
import { describe, expect, test } from 'vitest'
import type { Rule } from '../../schemas/crd-rules.ts'
import type { Schema } from '../../schemas/load.ts'
import type { KindName } from '../../src/model/address.ts'
import { ACCEPTED, REFUSED, VALUES } from './crds/cases.ts'
import { shownDocuments } from './crds/documents.ts'
import { causes, KINDS, object, placeOf, specSchema, tried } from './crds/objects.ts'
import { changed, SPECS, withValue } from './crds/specs.ts'
import type { KubeObject } from './support/client.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()

interface PlacedRule {
  readonly kind: KindName
  readonly at: string
  readonly rule: Rule
}

const RULES = KINDS.flatMap(kind => [...rulesIn(kind, specSchema(kind), 'spec')])

function* rulesIn(kind: KindName, schema: Schema, at: string): Generator<PlacedRule> {
  for (const rule of (schema['x-kubernetes-validations'] ?? []) as readonly Rule[]) yield { kind, at, rule }
  for (const [name, field] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>))
    yield* rulesIn(kind, field, `${at}.${name}`)
  if (schema['items'] !== undefined) yield* rulesIn(kind, schema['items'] as Schema, `${at}[]`)
}

describe('the API server takes', () => {
  test.each(ACCEPTED)('$kind: $name', async ({ kind, spec }) => {
    const { status, body } = await tried(world.client, object(kind, spec))
    expect(status, body.message).toBe(201)
    expect(body.spec).toEqual(spec)
  })

  test.each(shownDocuments())('$document.kind $document.metadata.name of $from', async ({ document }) => {
    const { name } = document.metadata
    const { status, body } = await tried(world.client, {
      ...object(document.kind, document.spec),
      metadata: meta(document, name),
    })
    expect(status, body.message).toBe(201)
    expect(body.spec).toEqual(document.spec)
  })
})

function meta({ kind, metadata }: KubeObject, name: string): KubeObject {
  return kind === 'ClusterServiceDefinition' ? metadata : { ...metadata, name, namespace: 'default' }
}

describe('the API server refuses', () => {
  test.each(REFUSED)('$kind: $name', async ({ kind, spec, says }) => {
    const said = causes(await tried(world.client, object(kind, spec)))
    expect(said).toEqual(Object.entries(says).map(([field, message]) => [field, expect.stringMatching(ends(message))]))
  })

  const values = RULES.flatMap(({ kind, at, rule: { message } }) =>
    (VALUES[message] ?? []).map(value => ({ kind, at, message, value })),
  )
  test.each(values)('$kind with $value at $at', async ({ kind, at, message, value }) => {
    const said = causes(await tried(world.client, object(kind, withValue(kind, at, value))))
    expect([...new Set(said.map(([field]) => placeOf(field)))]).toEqual([at])
    expect(said).toContainEqual([expect.anything(), expect.stringMatching(ends(message))])
  })

  test('what breaks a rule, for each rule there is', () => {
    const immutable = 'access cannot change after creation'
    for (const { kind, at, rule } of RULES.filter(({ rule: { message } }) => !message.startsWith(immutable))) {
      const field = `${at}${rule.fieldPath ?? ''}`
      const isBroken = REFUSED.some(
        given => given.kind === kind && Object.entries(given.says).some(said => isOf(said, field, rule.message)),
      )
      expect(isBroken || rule.message in VALUES, `${kind} ${at}: ${rule.message}`).toBe(true)
    }
  })

  test.each([
    { kind: 'Integration', at: 'spec.access.individuals[]', value: 'ana smith@acme.example' },
    { kind: 'Integration', at: 'spec.access.companies[]', value: 'ACME.example' },
    { kind: 'Integration', at: 'spec.title', value: 'a\u202eb' },
    { kind: 'Integration', at: 'spec.title', value: '' },
    { kind: 'Integration', at: 'spec.title', value: 'a'.repeat(101) },
    { kind: 'Integration', at: 'spec.access.level', value: 'everybody' },
    { kind: 'AccessGroup', at: 'spec.members[]', value: 'ana\u200d@acme.example' },
    { kind: 'AccessGroup', at: 'spec.groups[]', value: 'Support' },
    { kind: 'AccessGroup', at: 'spec.idpGroups[]', value: 'okta:\u00a0' },
    { kind: 'AccessGroup', at: 'spec.interval', value: '10' },
    { kind: 'AccessGroup', at: 'spec.interval', value: '1d' },
    { kind: 'AccessGroup', at: 'spec.mode', value: 'enforce' },
    { kind: 'Credential', at: 'spec.rotation.every', value: '3 months' },
    { kind: 'Credential', at: 'spec.rotation.expires', value: '2026-13-01' },
    { kind: 'ServiceDefinition', at: 'spec.test.expect', value: 600 },
    { kind: 'ServiceDefinition', at: 'spec.endpoint', value: 'acme.example' },
  ] as const)('$kind with $value at $at, by its form', async ({ kind, at, value }) => {
    const said = causes(await tried(world.client, object(kind, withValue(kind, at, value))))
    expect(said.map(([field]) => placeOf(field))).toContain(at)
  })

  test('the same entry twice in a list that is a set', async () => {
    const groups = causes(
      await tried(world.client, object('AccessGroup', changed('AccessGroup', { groups: ['a', 'a'] }))),
    )
    expect(groups).toEqual([['spec.groups[1]', 'Duplicate value: "a"']])
  })

  test('says nothing of a value that may be a secret', async () => {
    const sops = causes(
      await tried(world.client, object('Credential', changed('Credential', { secretRef: undefined, sops: 'p4ss' }))),
    )
    const url = 'https://ana:hunter2@acme.example/?token=hunter2'
    const service = await tried(
      world.client,
      object('ServiceDefinition', withValue('ServiceDefinition', 'spec.endpoint', url)),
    )
    const label = 'xoxb-0123456789ab'
    const credential = await tried(world.client, object('Credential', changed('Credential', { label })))
    expect(JSON.stringify([sops, service.body, credential.body])).not.toMatch(/p4ss|hunter2|0123456789ab/)
  })
})

/** Behind the server's own words, where it has some. */
function ends(message: string): RegExp {
  return new RegExp(`(?:^|: )${message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`)
}

function isOf([field, message]: readonly [string, string], at: string, wanted: string): boolean {
  return placeOf(field) === at && message === wanted
}

describe('unknown fields', () => {
  const objects = KINDS.flatMap(kind => [...mapsIn(specSchema(kind), 'spec')].map(at => ({ kind, at })))
  test.each(objects)('are refused in $at of a $kind', async ({ kind, at }) => {
    const spec = SPECS[kind]
    const surplus = at === 'spec' ? { ...spec, surplus: 1 } : withValue(kind, `${at}.surplus`, 1)
    const { status, body } = await tried(world.client, object(kind, surplus))
    expect(status).toBe(400)
    expect(body.message).toContain(`unknown field "${at.replaceAll('[]', '[0]')}.surplus"`)
  })

  test.each([
    { kind: 'Credential', at: 'spec.data', value: { apiKey: 'hunter2' } },
    { kind: 'Credential', at: 'spec.file', value: 'bot.sops.yaml' },
    { kind: 'ServiceDefinition', at: 'spec.openapi.file', value: 'elsewhere.yaml' },
    { kind: 'ClusterServiceDefinition', at: 'spec.openapi.file', value: 'elsewhere.yaml' },
  ] as const)('of files ($at of a $kind) are refused, and never kept', async ({ kind, at, value }) => {
    const given = object(kind, withValue(kind, at, value))
    const { status, body } = await tried(world.client, given)
    expect(status).toBe(400)
    expect(body.message).toContain(`unknown field "${at}"`)
    const lax = await tried(world.client, given, 'dryRun=All&fieldValidation=Ignore')
    expect(lax.status).toBe(201)
    expect(JSON.stringify(lax.body.spec)).not.toContain(JSON.stringify(value))
  })

  test('beside metadata and spec are refused', async () => {
    const { status, body } = await tried(world.client, { ...object('Consumer', SPECS.Consumer), sops: {} })
    expect(status).toBe(400)
    expect(body.message).toContain('unknown field "sops"')
  })
})

function* mapsIn(schema: Schema, at: string): Generator<string> {
  const fields = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
  // The specs of the tests have a document instead of operations, and its place instead of its text.
  if (fields.length === 0 || at === 'spec.operations[]') return
  yield at
  for (const [name, field] of fields) {
    const items = field['items'] as Schema | undefined
    yield* items === undefined ? mapsIn(field, `${at}.${name}`) : mapsIn(items, `${at}.${name}[]`)
  }
}
