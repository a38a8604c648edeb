/** How resources go: with their rows, in any order, and never so that a namespace cannot end. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOf } from './support/objects.ts'
import type { Operator } from './support/operator.ts'
import { consumer, credential, group, integration, secret } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { reading, storedIn } from './support/stored.ts'
import {
  annotate,
  change,
  eventsOf,
  gone,
  messageOf,
  PATIENT,
  ready,
  remove,
  retried,
  says,
  shows,
  stalled,
} from './support/stories.ts'
import { HAS, sharedWorld } from './support/test-world.ts'

const FINALIZER = 'tenon.dev/finalizer'

const world = sharedWorld()
const it: { statuses: StatusWatch; operator: Operator } = {} as never

beforeAll(async () => {
  it.statuses = await world.watchStatuses()
  it.operator = await world.startOperator({ flags: ['--interval', '1h'] })
})

/** A group, an integration and a consumer that uses it, applied. */
async function helpdesk(spec: Readonly<Record<string, unknown>> = {}): Promise<Helpdesk> {
  const namespace = await world.freshNamespace()
  const [support, jira, desk] = [
    group(namespace, 'support'),
    integration(namespace, 'jira', spec),
    consumer(namespace, 'desk', ['jira']),
  ]
  await world.apply(support, jira, desk)
  await ready(world, support, jira, desk)
  return { namespace, support, jira, desk }
}

interface Helpdesk {
  readonly namespace: string
  readonly support: KubeObject
  readonly jira: KubeObject
  readonly desk: KubeObject
}

async function rowsIn(namespace: string): Promise<readonly string[]> {
  return Object.keys(await storedIn(it.operator, namespace))
    .map(address => address.replace(`/${namespace}`, ''))
    .toSorted()
}

/** The owners of the rows of a namespace; `nobody` for an orphan. */
async function ownersIn(namespace: string): Promise<Readonly<Record<string, string>>> {
  const rows = await reading(it.operator, async store => store.list({ namespace }))
  return Object.fromEntries(rows.map(({ resource, owner = 'nobody' }) => [`${resource.kind}/${resource.name}`, owner]))
}

describe('a finalizer', () => {
  test('is there before the row, so that the row cannot be forgotten', async () => {
    const namespace = await world.freshNamespace()
    const stop = new AbortController()
    const seen: Promise<string>[] = []
    const { metadata } = await world.client.get(pathOf('AccessGroup', namespace))
    const watching = (async () => {
      const query = `watch=1&resourceVersion=${metadata.resourceVersion}`
      for await (const { object } of world.client.watch(`${pathOf('AccessGroup', namespace)}?${query}`, stop.signal)) {
        const isMarked = object.metadata.finalizers?.includes(FINALIZER) === true
        seen.push(rowsIn(namespace).then(rows => `${isMarked ? 'marked' : 'unmarked'}, ${rows.length} rows`))
      }
    })()
    const support = group(namespace, 'support')
    await world.apply(support)
    await ready(world, support)
    stop.abort()
    await watching
    const found = await Promise.all(seen)
    expect(found[0]).toBe('unmarked, 0 rows')
    expect(found).not.toContain('unmarked, 1 rows')
    expect(found.at(-1)).toBe('marked, 1 rows')
  })

  test('of others stays where it is', async () => {
    const namespace = await world.freshNamespace()
    const support = group(namespace, 'support')
    support['metadata'].finalizers = ['acme.example/mine']
    await world.apply(support)
    await ready(world, support)
    await remove(world, support)
    await shows(world, support, found => expect(found.metadata.finalizers).toEqual(['acme.example/mine']))
    expect(await rowsIn(namespace)).toEqual([])
    await change(world, support, { metadata: { finalizers: null } })
    await gone(world, support)
  })
})

describe('a deleted resource', () => {
  test('takes its row along', async () => {
    const { namespace, desk, jira } = await helpdesk()
    await remove(world, desk)
    await gone(world, desk)
    expect(await rowsIn(namespace)).toEqual(['accessGroup/support', 'integration/jira'])
    await remove(world, jira)
    await gone(world, jira)
    expect(await rowsIn(namespace)).toEqual(['accessGroup/support'])
  })

  test('is held while it is used, says by whom, and goes when that goes', async () => {
    const { namespace, support, jira, desk } = await helpdesk()
    await remove(world, support)
    await remove(world, jira)
    const held = await says(world, jira, stalled('GuardRefused'))
    expect(messageOf(held)).toBe(
      `in-use: integration/${namespace}/jira would be deleted while consumer/${namespace}/desk uses it. ` +
        'Take it out of what uses it first, or annotate it with tenon.dev/force: in-use.',
    )
    expect(messageOf(await says(world, support, stalled('GuardRefused')))).toContain(
      `integration/${namespace}/jira uses it`,
    )
    expect(await rowsIn(namespace)).toHaveLength(3)
    await remove(world, desk)
    await gone(world, desk)
    await gone(world, jira)
    await gone(world, support)
    expect(await rowsIn(namespace)).toEqual([])
  })

  test('goes when what uses it lets go of it', async () => {
    const { jira, desk } = await helpdesk()
    await remove(world, jira)
    await says(world, jira, stalled('GuardRefused'))
    await change(world, desk, { spec: { integrations: [] } })
    await gone(world, jira)
    expect(await ready(world, desk)).toHaveLength(1)
  })

  test('goes although it is used, where somebody says so', async () => {
    const { namespace, jira, desk } = await helpdesk()
    await annotate(world, jira, { force: 'in-use' })
    await remove(world, jira)
    await gone(world, jira)
    expect(await rowsIn(namespace)).toEqual(['accessGroup/support', 'consumer/desk'])
    await says(world, desk, 'False/DependencyNotReady True/ProgressingWithRetry -')
  })

  test('leaves its row to nobody where it is to be orphaned, and it is taken over again by who says so', async () => {
    const { namespace, jira, desk } = await helpdesk({ deletionPolicy: 'Orphan' })
    await remove(world, desk)
    await gone(world, desk)
    await remove(world, jira)
    await gone(world, jira)
    const cluster = `cluster:default/ns/${namespace}`
    expect(await ownersIn(namespace)).toEqual({ 'accessGroup/support': cluster, 'integration/jira': 'nobody' })
    await world.apply(jira)
    const conflict = await says(world, jira, stalled('Conflict'))
    expect(messageOf(conflict)).toContain('is an orphan in the store, owned by nobody')
    await annotate(world, jira, { adopt: 'true' })
    await ready(world, jira)
    expect(await ownersIn(namespace)).toEqual({ 'accessGroup/support': cluster, 'integration/jira': cluster })
  })

  test('goes without touching the store where somebody says so, and names what stays', async () => {
    const { namespace, jira } = await helpdesk()
    await remove(world, jira)
    await says(world, jira, stalled('GuardRefused'))
    await annotate(world, jira, { 'skip-cleanup': 'true' })
    await gone(world, jira)
    expect(await rowsIn(namespace)).toContain('integration/jira')
    await eventually(
      async () =>
        expect(await eventsOf(world, namespace, 'jira')).toContainEqual(
          expect.stringContaining(`Warning CleanupSkipped: integration/${namespace}/jira was let go`),
        ),
      PATIENT,
    )
  })

  test('that is declared anew at once is there again', async () => {
    const { namespace, support, jira, desk } = await helpdesk()
    await remove(world, desk)
    await gone(world, desk)
    await remove(world, jira)
    await gone(world, jira)
    await world.apply(integration(namespace, 'jira', { access: { level: 'company', companies: ['acme.example'] } }))
    await ready(world, jira)
    await remove(world, support)
    await gone(world, support)
    expect(await rowsIn(namespace)).toEqual(['integration/jira'])
  })
})

describe.runIf(HAS.controllers)('a namespace that is deleted', () => {
  test('ends by itself with everything in it, Secrets that went first included', async () => {
    const { namespace, ...objects } = await helpdesk()
    const bot = credential(namespace, 'bot', { secretRef: { name: 'bot' } })
    await world.apply(secret(namespace, 'bot', { username: 'bot', password: 'none' }), bot)
    await change(world, objects.jira, { spec: { credentials: ['bot'] } })
    await ready(world, bot, objects.jira)
    await world.remove('Secret', namespace, 'bot')
    await world.remove('Namespace', undefined, namespace)
    await endOf(namespace)
    await eventually(async () => expect(await rowsIn(namespace)).toEqual([]), PATIENT)
  })

  test('ends although a guard holds what nobody can let go of any more', async () => {
    const { namespace, jira, desk } = await helpdesk({ deletionPolicy: 'Orphan' })
    await remove(world, desk)
    await gone(world, desk)
    await world.remove('Namespace', undefined, namespace)
    await gone(world, jira)
    // The group is used by the orphan, which stays for good.
    await endOf(namespace, 150_000)
    expect(await rowsIn(namespace)).toEqual(['accessGroup/support', 'integration/jira'])
  }, 240_000)
})

describe.runIf(HAS.postgres && HAS.controllers)('where the store is gone for good', () => {
  test('a namespace ends after some tries, and says what stays behind', async () => {
    await it.operator.stop()
    const proxy = await world.proxy(await world.database())
    const operator = await world.startOperator({ store: proxy.url })
    const namespace = await world.freshNamespace()
    const [support, jira] = [group(namespace, 'support'), integration(namespace, 'jira')]
    await world.apply(support, jira)
    await ready(world, support, jira)
    proxy.refuse()
    await world.remove('Namespace', undefined, namespace)
    await says(world, jira, retried('PruneFailed'))
    await endOf(namespace, 150_000)
    const skipped = operator.logs().filter(({ msg }) => String(msg).includes('was let go although'))
    expect(new Set(skipped.map(({ address }) => String(address)))).toEqual(
      new Set([`accessGroup/${namespace}/support`, `integration/${namespace}/jira`]),
    )
    // No event can be made in a namespace that is going: they are told of the namespace, which `default` keeps.
    const events = await eventsOf(world, 'default', namespace)
    expect(events).toContainEqual(expect.stringContaining(`Warning CleanupSkipped: integration/${namespace}/jira`))

    // Whoever looks through the store later is told; what is to become of the rows, people have to say.
    proxy.release()
    const { folder } = operator
    await operator.stop()
    const next = await world.startOperator({ store: proxy.url, folder })
    await eventually(
      () => expect(next.output()).toContain(`"owner":"cluster:default/ns/${namespace}","rows":2`),
      PATIENT,
    )
    expect(Object.keys(await storedIn(next, namespace))).toHaveLength(2)
  }, 240_000)
})

async function endOf(namespace: string, within = 60_000): Promise<void> {
  const path = pathOf('Namespace', undefined, namespace)
  await eventually(
    async () => {
      const { status, body } = await world.client.ask('GET', path)
      expect(status, JSON.stringify(body.status?.conditions)).toBe(404)
    },
    { within, every: 250 },
  )
}

test('none of these statuses breaks the contract', () => {
  expect(it.statuses.faults()).toEqual([])
  expect(it.statuses.writes.length).toBeGreaterThan(0)
})
