/** Rows whose resources went without waiting for the operator. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from './support/client.ts'
import { dropObject } from './support/cleaning.ts'
import { eventually } from './support/eventually.ts'
import type { Operator, OperatorOptions } from './support/operator.ts'
import { consumer, group, integration } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { reading, storedIn } from './support/stored.ts'
import { change, gone, onStore, PATIENT, ready, says } from './support/stories.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const it: { statuses: StatusWatch; operator: Operator } = {} as never

const FLAGS = ['--interval', '1h', '--log-level', 'info', '--prune']

beforeAll(async () => {
  it.statuses = await world.watchStatuses()
  it.operator = await world.startOperator({ flags: FLAGS })
})

/** So many integrations of one group, applied. */
async function integrations(count: number, spec: Readonly<Record<string, unknown>> = {}): Promise<Applied> {
  const namespace = await world.freshNamespace()
  const support = group(namespace, 'support')
  const all = Array.from({ length: count }, (_, index) => integration(namespace, `i-${index}`, spec))
  await world.apply(support, ...all)
  await ready(world, support, ...all)
  return { namespace, support, all }
}

interface Applied {
  readonly namespace: string
  readonly support: KubeObject
  readonly all: readonly KubeObject[]
}

async function namesIn(namespace: string): Promise<ReadonlySet<string>> {
  return new Set(Object.keys(await storedIn(it.operator, namespace)).map(address => address.split('/')[2]!))
}

/** Goes on with the store of the operator before. */
async function restart(options: Partial<OperatorOptions> = {}, whileDown?: () => Promise<unknown>): Promise<void> {
  await it.operator.stop()
  await whileDown?.()
  const { folder } = it.operator
  it.operator = await world.startOperator({ folder, flags: FLAGS, ...options })
}

/** Waits until the operator says so of a namespace. */
async function swept(message: string, namespace: string): Promise<Readonly<Record<string, unknown>>> {
  return eventually(() => {
    const lines = it.operator.logs().filter(({ msg }) => String(msg).includes(message))
    const found = lines.find(line => JSON.stringify(line).includes(namespace))
    if (found === undefined) throw new Error(it.operator.output())
    return found
  }, PATIENT)
}

const KEPT = 'rows without resources stay'
const REMOVED = 'a row without a resource was removed'

describe('a row whose resource went without the operator', () => {
  test('goes soon after somebody takes the finalizer away', async () => {
    const { namespace, all } = await integrations(4)
    const [first] = all
    await change(world, first, { metadata: { finalizers: null } })
    // The operator may have put it back before.
    await dropObject(world.client, first)
    await gone(world, first)
    await eventually(async () => expect(await namesIn(namespace)).not.toContain('i-0'), PATIENT)
    expect(await namesIn(namespace)).toEqual(new Set(['support', 'i-1', 'i-2', 'i-3']))
  })

  test('goes when an operator comes that was away meanwhile', async () => {
    const { namespace, all } = await integrations(4)
    await restart({}, async () => dropObject(world.client, all[0]))
    await eventually(async () => expect(await namesIn(namespace)).not.toContain('i-0'), PATIENT)
    expect((await namesIn(namespace)).size).toBe(4)
    expect((await it.operator.metrics()).sum('tenon_swept_rows_total', { kind: 'integration' })).toBe(1)
    const records = await reading(it.operator, async store => store.audit({ address: `integration/${namespace}/i-0` }))
    expect(records.map(({ action, actor }) => [action, actor])).toEqual([
      ['create', 'operator/default'],
      ['delete', 'operator/default'],
    ])
  })

  test('stays with all others where they are too many, and is told of', async () => {
    const { namespace, all } = await integrations(20)
    const idle = consumer(namespace, 'idle', [])
    await world.apply(idle)
    await ready(world, idle)
    await restart({}, async () =>
      Promise.all([...all.slice(0, 7), idle].map(async one => dropObject(world.client, one))),
    )
    const told = await swept(KEPT, namespace)
    expect(told).toMatchObject({ owner: `cluster:default/ns/${namespace}`, rows: 8 })
    expect(told['why']).toContain('7 of 20 integrations would be deleted, which is 35 %; the limit is 30 %')
    expect((await namesIn(namespace)).size).toBe(22)
    const metrics = await it.operator.metrics()
    expect(metrics.sum('tenon_leftover_rows', { kind: 'integration' })).toBe(7)
    expect(metrics.sum('tenon_leftover_rows', { kind: 'consumer' })).toBe(1)
    // What is declared again is nobody's leftover.
    await world.apply(all[0])
    await restart()
    await eventually(async () => expect(await namesIn(namespace)).not.toContain('i-1'), PATIENT)
    expect((await namesIn(namespace)).size).toBe(15)
  })

  test('goes with no more than nine others at a time, wherever they are', async () => {
    const both = [await integrations(20), await integrations(20)]
    const going = both.flatMap(({ all }) => all.slice(0, 6))
    await restart({}, async () => Promise.all(going.map(async one => dropObject(world.client, one))))
    const namespaces = both.map(({ namespace }) => namespace).toSorted()
    await eventually(async () => expect((await namesIn(namespaces[0] ?? '')).size).toBe(15), PATIENT)
    const told = await swept(KEPT, namespaces[1] ?? '')
    expect(told['why']).toContain('6 of 20 integrations would be deleted; the limit is 4')
    expect((await namesIn(namespaces[1] ?? '')).size).toBe(21)
  })

  test('stays where nothing at all is left, for that looks like a cluster that lost its data', async () => {
    const { namespace, support, all } = await integrations(1)
    await restart({}, async () => Promise.all([support, ...all].map(async one => dropObject(world.client, one))))
    expect(await swept(KEPT, namespace)).toMatchObject({ rows: 2, why: expect.stringContaining('empty-desired') })
    expect((await namesIn(namespace)).size).toBe(2)
  })

  test('stays where nobody asked for rows to be removed, and is told of', async () => {
    const { namespace, all } = await integrations(4)
    const flags = FLAGS.filter(flag => flag !== '--prune')
    await restart({ flags }, async () => dropObject(world.client, all[0]))
    expect(await swept(KEPT, namespace)).toMatchObject({ rows: 1, why: expect.stringContaining('prune-off') })
    expect(await namesIn(namespace)).toContain('i-0')
    expect((await it.operator.metrics()).sum('tenon_leftover_rows', { kind: 'integration' })).toBeGreaterThan(0)
    await restart()
    await eventually(async () => expect(await namesIn(namespace)).not.toContain('i-0'), PATIENT)
  })

  test('stays, owned by nobody, where it is to be orphaned', async () => {
    const { namespace, all } = await integrations(4, { deletionPolicy: 'Orphan' })
    await restart({}, async () => dropObject(world.client, all[0]))
    await swept(REMOVED, namespace)
    const rows = await reading(it.operator, async store => store.list({ namespace, kinds: ['integration'] }))
    expect(rows.map(({ resource, owner }) => [resource.name, owner === undefined])).toEqual([
      ['i-0', true],
      ['i-1', false],
      ['i-2', false],
      ['i-3', false],
    ])
  })

  test('stays while something uses it', async () => {
    const { namespace, all } = await integrations(4)
    const desk = consumer(namespace, 'desk', ['i-0'])
    await world.apply(desk)
    await ready(world, desk)
    await restart({}, async () => dropObject(world.client, all[0]))
    expect(await swept(KEPT, namespace)).toMatchObject({ rows: 1, why: expect.stringContaining('in-use') })
    expect(await namesIn(namespace)).toContain('i-0')
    await says(world, desk, 'True/Succeeded - -')
  })
})

describe('no row is removed', () => {
  test('in mode Observe', async () => {
    const { namespace, all } = await integrations(4)
    await restart({ flags: [...FLAGS, '--mode', 'Observe'] }, async () => dropObject(world.client, all[0]))
    await ready(world, all[1])
    await expectNothingSwept()
    expect(await namesIn(namespace)).toContain('i-0')
    await restart()
    await eventually(async () => expect(await namesIn(namespace)).not.toContain('i-0'), PATIENT)
  })

  test.each<[string, readonly string[], object]>([
    ['the operator', ['--mode', 'Approve'], {}],
    ['one resource of the namespace', [], { mode: 'Approve' }],
  ])('where %s asks for approvals: it is told of', async (_, flags, spec) => {
    const { namespace, all } = await integrations(4)
    await change(world, all[1], { spec })
    await restart({ flags: [...FLAGS, ...flags] }, async () => dropObject(world.client, all[0]))
    expect(await swept(KEPT, namespace)).toMatchObject({ rows: 1, why: expect.stringContaining('not-approved') })
    expect(await namesIn(namespace)).toContain('i-0')
    await change(world, all[1], { spec: { mode: null } })
    await restart()
    await eventually(async () => expect(await namesIn(namespace)).not.toContain('i-0'), PATIENT)
  })

  test('of a namespace that is not followed, or of a cluster that is only called alike', async () => {
    const { namespace, all } = await integrations(4)
    const other = await integrations(4)
    await onStore(
      world,
      it.operator,
      ['apply', '--yes', '--owner', `cluster:default2/ns/${namespace}`],
      [group(namespace, 'theirs')],
    )
    const flags = [...FLAGS, '--namespace', other.namespace]
    await restart({ flags }, async () =>
      Promise.all([all[0], other.all[0]].map(async one => dropObject(world.client, one))),
    )
    await eventually(async () => expect(await namesIn(other.namespace)).not.toContain('i-0'), PATIENT)
    expect(await namesIn(namespace)).toEqual(new Set(['support', 'theirs', 'i-0', 'i-1', 'i-2', 'i-3']))
    expect(it.operator.output()).not.toContain(namespace)
    await restart()
    await eventually(async () => expect(await namesIn(namespace)).not.toContain('i-0'), PATIENT)
    expect(await namesIn(namespace)).toContain('theirs')
  })

  test('of a resource that is there, whatever is to be done with it', async () => {
    const { namespace, all } = await integrations(4)
    const [one, two, three] = all
    await change(world, one, { spec: { suspend: true } })
    await change(world, two, { spec: { mode: 'Observe' } })
    await change(world, three, { spec: { permissions: [{ operations: ['nonsense'], effect: 'allow' }] } })
    await says(world, three, 'False/ValidationFailed - True/ValidationFailed')
    await restart()
    await expectNothingSwept()
    expect((await namesIn(namespace)).size).toBe(5)
  })
})

/** A sweep comes a second after the start; this one has nothing to do. */
async function expectNothingSwept(): Promise<void> {
  await sleep(3000)
  expect(it.operator.output()).not.toContain(REMOVED)
}

test('none of these statuses breaks the contract', () => {
  expect(it.statuses.faults()).toEqual([])
  expect(it.statuses.writes.length).toBeGreaterThan(0)
})
