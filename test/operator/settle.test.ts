import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Item } from '../../src/operator/attempt.ts'
import { DEFAULT_LIMITS } from '../../src/model/store.ts'
import { consumer, credential, group, integration } from '../cluster/support/samples.ts'
import { applied, deleted, NAMESPACE, outcome, outcomes, rows, settler } from './settling.ts'
import { inDependencyOrder, worldOf, worlds } from './random-worlds.ts'

type Fields = Readonly<Record<string, unknown>>

const support = group(NAMESPACE, 'support')
const jira = integration(NAMESPACE, 'jira')
const desk = consumer(NAMESPACE, 'desk', ['jira'])

function people(name: string, spec: Fields): ReturnType<typeof group> {
  return group(NAMESPACE, name, { members: [], ...spec })
}

function service(operations: readonly string[]): typeof jira {
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ServiceDefinition',
    metadata: { name: 'own', namespace: NAMESPACE },
    spec: {
      displayName: 'Own',
      description: 'A service of a test.',
      type: 'http',
      endpoint: 'https://own.acme.example',
      operations: operations.map(id => ({ id, method: 'get', path: `/${id}` })),
      auth: [{ type: 'bearer' }],
    },
  }
}

function onOwn(operation: string): typeof jira {
  return integration(NAMESPACE, 'on-own', {
    service: { kind: 'ServiceDefinition', name: 'own' },
    endpoint: undefined,
    acknowledgement: { terms: '1', by: 'cto@acme.example', date: '2026-10-01' },
    permissions: [{ operations: [operation], effect: 'allow' }],
  })
}

function standard(name: string, spec: Fields = {}): typeof jira {
  return credential(NAMESPACE, name, { isDefault: true, secretRef: { name: 'held' }, ...spec })
}

interface Story {
  readonly name: string
  /** Applied before, each by its owner. */
  readonly before?: readonly Item[]
  readonly foreign?: readonly Item[]
  readonly batch: readonly Item[]
  readonly expected: Readonly<Record<string, string>>
  /** Transactions of the batch. */
  readonly writes?: number
}

const STORIES: readonly Story[] = [
  {
    name: 'what refers to each other is applied together, in whatever order it comes',
    batch: [applied(desk), applied(jira), applied(support)],
    expected: {
      'accessGroup/acme/support': 'done create',
      'consumer/acme/desk': 'done create',
      'integration/acme/jira': 'done create',
    },
    writes: 1,
  },
  {
    name: 'each of a chain waits for what is not there',
    batch: [applied(desk), applied(jira)],
    expected: { 'consumer/acme/desk': 'retry DependencyNotReady', 'integration/acme/jira': 'retry DependencyNotReady' },
    writes: 0,
  },
  {
    name: 'a row of another owner is a conflict, and what needs it goes on with that row',
    foreign: [applied(support)],
    batch: [applied(support), applied(jira)],
    expected: { 'accessGroup/acme/support': 'stalled Conflict', 'integration/acme/jira': 'done create' },
    writes: 1,
  },
  {
    name: 'an integration is not blamed for operations that a refused service would take away',
    foreign: [applied(service(['read']))],
    batch: [applied(service(['write'])), applied(support), applied(onOwn('read'))],
    expected: {
      'accessGroup/acme/support': 'done create',
      'integration/acme/on-own': 'done create',
      'serviceDefinition/acme/own': 'stalled Conflict',
    },
  },
  {
    name: 'an integration is blamed for operations that a changed service takes away',
    before: [applied(service(['read'])), applied(support), applied(onOwn('read'))],
    batch: [applied(service(['write'])), applied(onOwn('read'))],
    expected: {
      'integration/acme/on-own': 'stalled ValidationFailed',
      'serviceDefinition/acme/own': 'done update',
    },
    writes: 1,
  },
  {
    name: 'an integration is not held up by the refused delete of its group',
    before: [applied(support), applied(jira)],
    batch: [deleted(support), applied(jira)],
    expected: { 'accessGroup/acme/support': 'stalled GuardRefused', 'integration/acme/jira': 'done' },
    writes: 0,
  },
  {
    name: 'a group goes with the last integration that used it, and an integration with its last consumer',
    before: [applied(support), applied(jira), applied(desk)],
    batch: [deleted(support), deleted(jira), deleted(desk)],
    expected: {
      'accessGroup/acme/support': 'done delete',
      'consumer/acme/desk': 'done delete',
      'integration/acme/jira': 'done delete',
    },
    writes: 1,
  },
  {
    name: 'an integration goes in the batch in which its consumer lets go of it',
    before: [applied(support), applied(jira), applied(integration(NAMESPACE, 'other')), applied(desk)],
    batch: [deleted(jira), applied(consumer(NAMESPACE, 'desk', ['other']))],
    expected: { 'consumer/acme/desk': 'done update', 'integration/acme/jira': 'done delete' },
    writes: 1,
  },
  {
    name: 'an integration that is used stays, and what else is due is done',
    before: [applied(support), applied(jira), applied(desk)],
    batch: [deleted(jira), applied(people('sales', {}))],
    expected: { 'accessGroup/acme/sales': 'done create', 'integration/acme/jira': 'stalled GuardRefused' },
    writes: 1,
  },
  {
    name: 'a group that nests others is not blamed for one of them that loses its last member',
    before: [
      applied(people('night', { members: ['ana@acme.example'] })),
      applied(people('support', { groups: ['night'] })),
      applied(jira),
    ],
    batch: [
      applied(people('night', {})),
      applied(people('support', { groups: ['night'], displayName: 'Renamed' })),
      applied(people('sales', {})),
    ],
    expected: {
      'accessGroup/acme/night': 'stalled GuardRefused',
      'accessGroup/acme/sales': 'done create',
      'accessGroup/acme/support': 'done update',
    },
  },
  {
    name: 'a default credential is not blamed for a second one',
    before: [applied(standard('b'))],
    batch: [applied(standard('a')), applied(standard('b')), applied(support)],
    expected: {
      'accessGroup/acme/support': 'done create',
      'credential/acme/a': 'stalled GuardRefused',
      'credential/acme/b': 'done',
    },
    writes: 1,
  },
  {
    name: 'of two new default credentials the first by name wins',
    batch: [applied(standard('b')), applied(standard('a'))],
    expected: { 'credential/acme/a': 'done create', 'credential/acme/b': 'stalled GuardRefused' },
    writes: 1,
  },
  {
    name: 'being the default is handed over in one batch',
    before: [applied(standard('b'))],
    batch: [applied(standard('a')), applied(standard('b', { isDefault: false }))],
    expected: { 'credential/acme/a': 'done create', 'credential/acme/b': 'done update' },
    writes: 1,
  },
  {
    name: 'groups that nest each other in a circle are refused, and others are not',
    batch: [applied(people('a', { groups: ['b'] })), applied(people('b', { groups: ['a'] })), applied(people('c', {}))],
    expected: {
      'accessGroup/acme/a': 'retry DependencyNotReady',
      'accessGroup/acme/b': 'retry DependencyNotReady',
      'accessGroup/acme/c': 'done create',
    },
  },
  {
    name: 'an integration that changes its access is a replace, which nobody asked for',
    before: [applied(support), applied(people('sales', {})), applied(jira)],
    batch: [applied(integration(NAMESPACE, 'jira', { access: { level: 'group', groups: ['sales'] } }))],
    expected: { 'integration/acme/jira': 'stalled GuardRefused' },
    writes: 0,
  },
  {
    name: 'a Secret that is missing is waited for, and one that may not be read is not',
    batch: [
      applied(credential(NAMESPACE, 'a', { secretRef: { name: 'absent' } })),
      applied(credential(NAMESPACE, 'b', { secretRef: { name: 'denied' } })),
    ],
    expected: { 'credential/acme/a': 'retry DependencyNotReady', 'credential/acme/b': 'stalled AccessDenied' },
    writes: 0,
  },
]

describe('a batch', () => {
  test.each(STORIES)('$name', async ({ before = [], foreign = [], batch, expected, writes }) => {
    const place = await settler()
    await place.settle(foreign, { owner: 'git:acme/integrations' })
    await place.settle(before)
    const written = place.writes
    expect(outcomes(await place.settle(batch))).toEqual(expected)
    if (writes !== undefined) expect(place.writes - written).toBe(writes)
    expect(place.bugs).toEqual([])
  })

  test('applies hundreds that are good in one transaction, whatever is bad among them', async () => {
    const place = await settler()
    await place.settle([applied(people('taken', {}))], { owner: 'git:acme/integrations' })
    const good = Array.from({ length: 200 }, (_, index) => integration(NAMESPACE, `good-${index}`))
    const bad = Array.from({ length: 20 }, (_, index) => [
      integration(NAMESPACE, `invalid-${index}`, { permissions: [{ operations: ['createIsue'], effect: 'allow' }] }),
      integration(NAMESPACE, `lonely-${index}`, { access: { level: 'group', groups: ['nobody'] } }),
      consumer(NAMESPACE, `of-invalid-${index}`, [`invalid-${index}`]),
    ]).flat()
    const all = [...bad, people('taken', {}), ...good, support]
    const { writes } = place
    const results = await place.settle(all.map(applied))
    const found = Map.groupBy(results.values(), outcome)
    expect(Object.fromEntries([...found].map(([how, those]) => [how, those.length]))).toEqual({
      'done create': 201,
      'stalled ValidationFailed': 20,
      'retry DependencyNotReady': 40,
      'stalled Conflict': 1,
    })
    expect(place.writes - writes).toBe(1)
  })

  test('of a resource that our own mistake ends is reported, and the others are settled', async () => {
    const place = await settler()
    const trap = {
      toJSON: () => {
        throw new TypeError('a bug')
      },
    }
    const broken = integration(NAMESPACE, 'broken', { description: trap })
    expect(outcomes(await place.settle([support, broken, jira].map(applied)))).toEqual({
      'accessGroup/acme/support': 'done create',
      'integration/acme/broken': 'retry ApplyFailed',
      'integration/acme/jira': 'done create',
    })
    expect(place.bugs).toEqual(['integration/acme/broken'])
  })

  test('within a limit on deletes is settled whole or not at all, whatever one of them meets', async () => {
    const place = await settler()
    const all = Array.from({ length: 20 }, (_, index) => integration(NAMESPACE, `i-${index}`))
    await place.settle([support, ...all].map(applied))
    const trap = {
      get deletionPolicy(): string {
        throw new TypeError('a bug')
      },
    }
    const left = all.map((one, index) => deleted({ ...one, spec: index === 7 ? trap : one.spec }))
    const counted = { maxDeletes: 10, maxDeletePercent: 100, integrations: 20 }
    const results = await place.settle(left, { counted })
    expect(new Set([...results.values()].map(({ kind }) => kind))).toEqual(new Set(['retry']))
    expect(Object.keys(await rows(place.store)).filter(address => address.startsWith('integration/'))).toHaveLength(20)
  })

  test('of a long chain of groups takes a plan for each link, not one for each pair', async () => {
    const place = await settler()
    const links = Array.from({ length: 60 }, (_, index) =>
      applied(group(NAMESPACE, `g-${index}`, { groups: [`g-${index + 1}`] })),
    )
    const results = await place.settle(links)
    expect(new Set(Object.values(outcomes(results)))).toEqual(new Set(['retry DependencyNotReady']))
    expect(place.plans).toBeLessThan(2 * links.length)
  })

  test('is only looked at in mode Observe', async () => {
    const place = await settler()
    await place.settle([applied(support), applied(jira)])
    const [before, written] = [await rows(place.store), place.writes]
    const changed = [applied(integration(NAMESPACE, 'jira', { title: 'Else' })), applied(support), applied(desk)]
    const results = await place.settle(changed, { enforce: false })
    expect(outcomes(results)).toEqual({
      'accessGroup/acme/support': 'done',
      'consumer/acme/desk': 'stalled Drifted',
      'integration/acme/jira': 'stalled Drifted',
    })
    expect(results.get('integration/acme/jira')).toMatchObject({ message: expect.stringContaining('/spec/title') })
    expect([await rows(place.store), place.writes]).toEqual([before, written])
  })
})

describe('limits on deletes', () => {
  const all = Array.from({ length: 20 }, (_, index) => integration(NAMESPACE, `i-${index}`))

  test.each([
    { name: 'let a few go', going: 6, limits: DEFAULT_LIMITS, expected: 'done delete' },
    {
      name: 'keep all where too large a part would go',
      going: 7,
      limits: DEFAULT_LIMITS,
      expected: 'stalled GuardRefused',
    },
    { name: 'do not bind what was asked for one by one', going: 20, limits: undefined, expected: 'done delete' },
  ])('$name', async ({ going, limits, expected }) => {
    const place = await settler()
    const idle = consumer(NAMESPACE, 'idle', [])
    await place.settle([support, idle, ...all].map(applied))
    const items = [...all.slice(0, going), idle].map(deleted)
    const counted = limits && { ...limits, integrations: all.length }
    const results = await place.settle(items, counted ? { counted } : {})
    expect(new Set([...results.values()].map(outcome))).toEqual(new Set([expected]))
  })
})

describe('random worlds of good and bad', () => {
  test('come to the same in one batch as one by one in dependency order', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async plan => {
        const world = worldOf(plan)
        const [batch, single] = [await settler(), await settler()]
        for (const place of [batch, single]) {
          await place.settle(world.foreign, { owner: 'git:acme/integrations' })
          await place.settle(world.before)
        }
        const once = outcomes(await batch.settle(world.items))
        const apart: Record<string, string> = {}
        // What was refused for the sake of something else is asked for again, as its neighbours would have it.
        for (let round = 0; round < 3; round += 1) {
          for (const item of inDependencyOrder(world.items)) Object.assign(apart, outcomes(await single.settle([item])))
        }
        const again = outcomes(await batch.settle(world.items))
        expect(settledParts(again)).toEqual(settledParts(apart))
        expect(await rows(batch.store)).toEqual(await rows(single.store))
        // Nobody is held up: what ends well did so at once.
        expect(settledParts(once)).toEqual(settledParts(again))
        expect([batch.bugs, single.bugs]).toEqual([[], []])
        await Promise.all([batch.close(), single.close()])
      }),
      { numRuns: 30 },
    )
  })
})

function isDone(how: string | undefined): boolean {
  return how?.startsWith('done') ?? false
}

/** What was written is no longer the same once it is written. */
function settledParts(found: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(found).map(([address, how]) => [address, isDone(how) ? 'done' : how]))
}
