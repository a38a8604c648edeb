/** What the API server takes and refuses of changes, what large objects cost it, and how lists are merged. */
import { describe, expect, test } from 'vitest'
import type { KindName } from '../../../src/model/address.ts'
import { APPLY_PATCH, MERGE_PATCH, type KubeObject } from '../support/client.ts'
import { pathOf, pathOfObject } from '../support/objects.ts'
import { sharedWorld } from '../support/test-world.ts'
import { causes, object, tried, TRY } from './objects.ts'
import { changed, SPECS, type Spec } from './specs.ts'

const world = sharedWorld()

describe('an integration that exists', () => {
  const ACCESS =
    'Forbidden: access cannot change after creation; delete the integration and create it anew, or create a second integration on the same service'
  const people = { level: 'individual', individuals: ['ana@acme.example', 'ben@acme.example'] }
  const updates: readonly { name: string; from?: Spec; to: Spec; refused?: true }[] = [
    { name: 'another title', to: { title: 'Another' } },
    { name: 'other permissions', to: { permissions: [{ paths: ['/**'], effect: 'confirm' }] } },
    { name: 'no permissions', to: { permissions: undefined } },
    { name: 'another service', to: { service: { kind: 'ClusterServiceDefinition', name: 'jira' } } },
    { name: 'the same access in another order', to: { access: { level: 'group', groups: ['sales', 'support'] } } },
    {
      name: 'one group more',
      to: { access: { level: 'group', groups: ['support', 'sales', 'more'] } },
      refused: true,
    },
    {
      name: 'one group less',
      to: { access: { level: 'group', groups: ['support'] } },
      refused: true,
    },
    { name: 'another level', to: { access: people, permissions: [] }, refused: true },
    {
      name: 'one person for another',
      from: { access: people, permissions: [] },
      to: { access: { ...people, individuals: ['ana@acme.example', 'zoe@acme.example'] }, permissions: [] },
      refused: true,
    },
    {
      name: 'one company more',
      from: { access: { level: 'company', companies: ['a.example'] }, permissions: [] },
      to: { access: { level: 'company', companies: ['a.example', 'b.example'] }, permissions: [] },
      refused: true,
    },
  ]
  test.each(updates)('$name', async ({ from = {}, to, refused }) => {
    const namespace = await world.freshNamespace()
    const before = object('Integration', changed('Integration', from), namespace)
    const { metadata } = await world.client.post(pathOf('Integration', namespace), before)
    const after = { ...before, metadata, spec: changed('Integration', { ...from, ...to }) }
    const answer = await world.client.ask('PUT', `${pathOfObject(before)}?${TRY}`, after)
    if (refused !== true) expect(answer.status, answer.body.message).toBe(200)
    else expect(causes(answer)).toEqual([['spec.access', ACCESS]])
  })

  test('cannot be given a list of another level, or lose its own', async () => {
    const namespace = await world.freshNamespace()
    const before = object('Integration', SPECS.Integration, namespace)
    await world.client.post(pathOf('Integration', namespace), before)
    for (const access of [{ companies: ['a.example'] }, { groups: null }]) {
      const answer = await world.client.ask(
        'PATCH',
        `${pathOfObject(before)}?${TRY}`,
        { spec: { access } },
        MERGE_PATCH,
      )
      expect(causes(answer)).toContainEqual(['spec.access', ACCESS])
    }
  })
})

describe('rules stay within what a server spends on them', () => {
  const many = (count: number, name: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, i) => name(i))
  const large: readonly { readonly kind: KindName; readonly name: string; readonly fields: Spec }[] = [
    {
      kind: 'Integration',
      name: 'as many permissions and people as there may be',
      fields: {
        description: 'é'.repeat(2000),
        access: { level: 'individual', individuals: many(1000, i => `${'a'.repeat(300)}-${i}`) },
        permissions: many(1000, i => `op${i}`).map(id => ({ operations: [id], effect: 'allow', individuals: ['a'] })),
      },
    },
    { kind: 'AccessGroup', name: 'many members', fields: { members: many(30_000, i => `person-${i}@acme.example`) } },
    {
      kind: 'ServiceDefinition',
      name: 'many operations, and as many ways to authenticate as there may be',
      fields: {
        openapi: undefined,
        auth: many(16, i => String(i)).map(() => ({ type: 'basic', description: 'a'.repeat(2000) })),
        operations: many(8000, i => `op${i}`).map(id => ({ id, method: 'get', path: `/${id}`, tags: ['a', 'b'] })),
      },
    },
    {
      kind: 'Credential',
      name: 'the longest string',
      fields: { secretRef: undefined, sops: `${' '.repeat(262_000)}ENC[AES256_GCM,data:eA==]\nsops: {}\n` },
    },
  ]
  test.each(large)('$kind: $name', async ({ kind, fields }) => {
    const namespace = await world.freshNamespace()
    const given = object(kind, changed(kind, fields), namespace)
    const { status, body } = await tried(world.client, given, 'fieldValidation=Strict')
    expect(status, body.message).toBe(201)
    const again = await world.client.ask('PUT', `${pathOfObject(given)}?${TRY}`, {
      ...body,
      spec: { ...body.spec, interval: '20m' },
    })
    expect(again.status, again.body.message).toBe(200)
  })
})

describe('server-side apply', () => {
  const lists = [
    ['AccessGroup', 'members'],
    ['AccessGroup', 'groups'],
    ['AccessGroup', 'idpGroups'],
    ['Integration', 'credentials'],
    ['Integration', 'dataClasses'],
    ['Consumer', 'integrations'],
  ] as const
  test.each(lists)('lets two managers keep entries of %s %s', async (kind, list) => {
    const namespace = await world.freshNamespace()
    const whole = object(kind, changed(kind, { [list]: ['one'] }), namespace)
    const path = pathOfObject(whole)
    const by = async (manager: string, given: KubeObject): Promise<readonly string[]> =>
      (await world.client.patch(`${path}?fieldManager=${manager}`, given, APPLY_PATCH)).spec[list]
    await by('first', whole)
    const part = (entries: readonly string[]): KubeObject => object(kind, { [list]: entries }, namespace)
    expect(await by('second', part(['two', 'three']))).toEqual(['one', 'two', 'three'])
    expect(await by('second', part(['three']))).toEqual(['one', 'three'])
    expect(await by('first', object(kind, changed(kind, { [list]: ['four'] }), namespace))).toEqual(['three', 'four'])
  })

  test('gives permissions to one manager, since they have no key', async () => {
    const namespace = await world.freshNamespace()
    const whole = object('Integration', SPECS.Integration, namespace)
    const path = pathOfObject(whole)
    await world.client.patch(`${path}?fieldManager=first`, whole, APPLY_PATCH)
    const other = object('Integration', { permissions: [{ paths: ['/**'], effect: 'allow' }] }, namespace)
    const { status, body } = await world.client.ask('PATCH', `${path}?fieldManager=second`, other, APPLY_PATCH)
    expect(status).toBe(409)
    expect(body.message).toContain('.spec.permissions')
  })
})
