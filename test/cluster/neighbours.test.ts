/** What a change of one resource does to those beside it. Nothing here is noticed by an interval. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import type { Operator } from './support/operator.ts'
import { consumer, credential, group, integration, secret } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { change, gone, messageOf, ready, remove, retried, says, shows, stalled } from './support/stories.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const it: { statuses: StatusWatch; operator: Operator } = {} as never

beforeAll(async () => {
  it.statuses = await world.watchStatuses()
  it.operator = await world.startOperator({ flags: ['--interval', '1h'] })
})

function service(namespace: string, operations: readonly string[], kind = 'ServiceDefinition'): KubeObject {
  const paths = operations.map(id => [
    `/${id}`,
    { get: { operationId: id, responses: { 200: { description: 'OK' } } } },
  ])
  const place = kind === 'ServiceDefinition' ? { name: 'own', namespace } : { name: `own-${namespace}` }
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind,
    metadata: place,
    spec: {
      displayName: 'Own',
      description: 'A service of a test.',
      type: 'openapi',
      endpoint: 'https://own.acme.example',
      openapi: { inline: { openapi: '3.1.0', info: { title: 'Own', version: '1' }, paths: Object.fromEntries(paths) } },
      auth: [{ type: 'bearer' }],
    },
  }
}

function onOwn({ kind, metadata }: KubeObject, namespace: string): KubeObject {
  return integration(namespace, 'own', {
    service: { kind, name: metadata.name },
    endpoint: undefined,
    acknowledgement: { terms: '2026-01', by: 'cto@acme.example', date: '2026-10-01' },
    permissions: [{ operations: ['read'], effect: 'allow' }],
  })
}

describe('a changed access group', () => {
  test('changes the people of the integrations and groups that it is in, directly or nested', async () => {
    const namespace = await world.freshNamespace()
    const [night, support] = [group(namespace, 'night', { members: ['ana@acme.example'] }), group(namespace, 'support')]
    const all = group(namespace, 'all', { members: [], groups: ['support'] })
    const [direct, nested] = [
      integration(namespace, 'direct', { access: { level: 'group', groups: ['night'] } }),
      integration(namespace, 'nested', { access: { level: 'group', groups: ['all'] } }),
    ]
    await change(world, await applied(support), { spec: { groups: [] } })
    await world.apply(night, group(namespace, 'support', { groups: ['night'] }), all, direct, nested)
    await ready(world, night, support, all, direct, nested)
    const people = async (expected: Readonly<Record<string, number>>): Promise<void> => {
      for (const object of [night, support, all, direct, nested])
        await shows(world, object, ({ status, metadata }) => expect(status.people).toBe(expected[metadata.name]))
    }
    await people({ night: 1, support: 2, all: 2, direct: 1, nested: 2 })
    await change(world, night, { spec: { members: ['ana@acme.example', 'cleo@acme.example', 'dan@acme.example'] } })
    await people({ night: 3, support: 4, all: 4, direct: 3, nested: 4 })
    await change(world, night, { spec: { idpGroups: ['okta:night'] } })
    await shows(world, nested, ({ status }) => expect(status.unknownPeople).toBe(true))
    await change(world, support, { spec: { groups: [] } })
    await people({ night: 3, support: 2, all: 2, direct: 3, nested: 2 })
    await shows(world, nested, ({ status }) => expect(status.unknownPeople).toBe(false))
  })

  async function applied(object: KubeObject): Promise<KubeObject> {
    await world.apply(object)
    await ready(world, object)
    return object
  }
})

describe.each(['ServiceDefinition', 'ClusterServiceDefinition'])('a changed %s', kind => {
  test('stalls what names an operation that it no longer has, until it has it again', async () => {
    const namespace = await world.freshNamespace()
    const before = service(namespace, ['read', 'write'], kind)
    const own = onOwn(before, namespace)
    await world.apply(before, group(namespace, 'support'), own)
    await ready(world, own)
    await shows(world, own, ({ status }) =>
      expect(status.operations).toEqual({ total: 2, allow: 1, confirm: 0, deny: 1 }),
    )
    await world.apply(service(namespace, ['reed', 'write', 'more'], kind))
    const found = await says(world, own, stalled('ValidationFailed'))
    expect(messageOf(found)).toContain('no operation of the service has the id "read". Did you mean "reed"?')
    expect(await ready(world, before)).toHaveLength(1)
    await world.apply(service(namespace, ['read', 'write', 'more'], kind))
    await ready(world, own)
    await shows(world, own, ({ status }) =>
      expect(status.operations).toEqual({ total: 3, allow: 1, confirm: 0, deny: 2 }),
    )
  })
})

describe('a consumer', () => {
  test('shows in what it uses, as long as it does', async () => {
    const namespace = await world.freshNamespace()
    const [one, other] = [integration(namespace, 'one'), integration(namespace, 'other')]
    const desk = consumer(namespace, 'desk', ['one'])
    await world.apply(group(namespace, 'support'), one, other)
    await ready(world, one, other)
    const usedBy = async (object: KubeObject, ...names: readonly string[]): Promise<void> => {
      const addresses = names.map(name => `consumer/${namespace}/${name}`)
      await shows(world, object, ({ status }) => expect(status.referencedBy ?? []).toEqual(addresses))
    }
    await world.apply(desk, consumer(namespace, 'chat', ['one', 'other']))
    await usedBy(one, 'chat', 'desk')
    await usedBy(other, 'chat')
    await change(world, desk, { spec: { integrations: ['other'] } })
    await usedBy(one, 'chat')
    await usedBy(other, 'chat', 'desk')
    await remove(world, desk)
    await usedBy(other, 'chat')
    expect(it.operator.output()).not.toContain('bug')
  })
})

describe('a credential', () => {
  const bot = (namespace: string, name: string, isDefault: boolean): KubeObject =>
    credential(namespace, name, { isDefault, secretRef: { name: 'bot' } })

  test('becomes the default when the one before it gives that up, or goes', async () => {
    const namespace = await world.freshNamespace()
    await world.apply(secret(namespace, 'bot', { username: 'bot', password: 'none' }))
    const [first, second, third] = ['z', 'b', 'a'].map(name => bot(namespace, name, true)) as [
      KubeObject,
      KubeObject,
      KubeObject,
    ]
    await world.apply(first)
    await ready(world, first)
    await world.apply(second)
    const found = await says(world, second, stalled('GuardRefused'))
    expect(messageOf(found)).toContain(`credential/${namespace}/z is the default company credential for this service`)
    await change(world, first, { spec: { isDefault: false } })
    await ready(world, first, second)
    await world.apply(third)
    await says(world, third, stalled('GuardRefused'))
    await remove(world, second)
    await gone(world, second)
    expect(await ready(world, third)).toHaveLength(1)
  })

  test('that is the default does not fall over one that wants to be it, when both are looked at together', async () => {
    const namespace = await world.freshNamespace()
    await world.apply(secret(namespace, 'bot', { username: 'bot', password: 'none' }))
    const [held, wanting] = [bot(namespace, 'z', true), bot(namespace, 'a', true)]
    await world.apply(held)
    await ready(world, held)
    await world.apply(wanting)
    await says(world, wanting, stalled('GuardRefused'))
    const { folder } = it.operator
    await it.operator.stop()
    const { length } = it.statuses.writes
    it.operator = await world.startOperator({ folder, flags: ['--interval', '1h'] })
    await world.apply(group(namespace, 'support'))
    await ready(world, held, group(namespace, 'support'))
    // Nothing was to be said anew of either.
    const said = it.statuses.writes.slice(length).filter(({ kind }) => kind === 'Credential')
    expect(said.filter(write => write.namespace === namespace)).toEqual([])
  })

  test('waits for its Secret, and what uses it waits with it', async () => {
    const namespace = await world.freshNamespace()
    const jira = integration(namespace, 'jira', { credentials: ['bot'] })
    const waiting = credential(namespace, 'bot', { secretRef: { name: 'late' } })
    await world.apply(jira, group(namespace, 'support'), waiting)
    await says(world, waiting, retried('DependencyNotReady'))
    await says(world, jira, retried('DependencyNotReady'))
    await world.apply(secret(namespace, 'late', { username: 'bot', password: 'none' }))
    expect(await ready(world, waiting, jira)).toHaveLength(2)
  })
})

test('none of these statuses breaks the contract', () => {
  expect(it.statuses.faults()).toEqual([])
  expect(it.statuses.writes.length).toBeGreaterThan(0)
})
