import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eventually } from './support/eventually.ts'
import type { Operator, OperatorOptions } from './support/operator.ts'
import { consumer, group, integration } from './support/samples.ts'
import { objectsIn, reading, storedIn, wantedIn } from './support/stored.ts'
import { HAS, testWorld } from './support/test-world.ts'
import type { World } from './support/world.ts'

const KILLS = 12
const LEAST_CHANGES = 200
const PATIENT = { within: 60_000, every: 200 }

const STORES = ['a folder', ...(HAS.postgres ? ['PostgreSQL'] : [])]

test.each(STORES)(
  'killed again and again during changes, an operator over %s brings all of them about, and then rests',
  async kind => {
    const world = testWorld()
    const store = kind === 'PostgreSQL' ? { store: await world.database() } : {}
    const namespace = await world.freshNamespace()
    const statuses = await world.watchStatuses()
    await world.apply(
      group(namespace, 'support'),
      integration(namespace, 'used'),
      consumer(namespace, 'desk', ['used']),
    )
    const { folder, ...first } = await world.startOperator(store)
    await first.kill()
    const again = { ...store, folder }
    const killing = killed(world, again)
    const changes = await changed(world, namespace, () => killing.isOver)
    await killing.ended
    expect(changes).toBeGreaterThanOrEqual(LEAST_CHANGES)

    const last = await world.startOperator(again)
    await inSync(world, last, namespace)
    expect(statuses.faults()).toEqual([])
    expect(statuses.writes.length).toBeGreaterThan(100)
    expect(await last.stop()).toBe(0)

    const mark = world.auditMark()
    const next = await world.startOperator(again)
    await eventually(async () => {
      const runs = (await next.metrics()).sum('controller_runtime_reconcile_total')
      expect(runs).toBeGreaterThanOrEqual((await objectsIn(world.client, namespace)).length)
    }, PATIENT)
    await sleep(2000)
    const asked = world.auditSince(mark, { userAgent: 'tenon' }).filter(({ userAgent }) => userAgent === 'tenon')
    expect(asked.filter(({ verb }) => verb !== 'list' && verb !== 'watch')).toEqual([])
    expect((await next.metrics()).sum('tenon_store_transactions_total')).toBe(0)
  },
)

/** Starts an operator over one store again and again, and kills it, sooner or later. */
function killed(world: World, options: Partial<OperatorOptions>) {
  const state = { isOver: false }
  const ended = (async () => {
    for (let kills = 0; kills < KILLS; kills++) {
      const operator = await world.startOperator({ ...options, readyWithin: kills % 2 === 0 ? 30_000 : 0 })
      await sleep(100 + Math.random() * 1900)
      await operator.kill()
    }
    state.isOver = true
  })()
  return {
    ended,
    get isOver() {
      return state.isOver
    },
  }
}

/** Creates, changes and deletes things until enough has happened; gives how much that was. */
async function changed(world: World, namespace: string, isOver: () => boolean): Promise<number> {
  let changes = 0
  for (; changes < LEAST_CHANGES || !isOver(); changes++) {
    const name = `i${Math.floor(Math.random() * 25)}`
    const dice = Math.random()
    if (dice < 0.3) await world.remove('Integration', namespace, name).catch(ignoreAbsent)
    else if (dice < 0.4) await world.apply(group(namespace, `g${name}`, { members: [`a${changes}@acme.example`] }))
    else if (dice < 0.5) await world.remove('AccessGroup', namespace, `g${name}`).catch(ignoreAbsent)
    else await world.apply(integration(namespace, name, { title: `Title ${changes}` }))
    await sleep(Math.random() * 100)
  }
  return changes
}

function ignoreAbsent(error: unknown): void {
  if (!String(error).includes('404')) throw error
}

/** Everything that was deleted is gone, everything else is current, and the store holds just that. */
async function inSync(world: World, operator: Operator, namespace: string): Promise<void> {
  for (const object of await objectsIn(world.client, namespace)) await world.settled(object, 'Current', PATIENT)
  await eventually(
    async () => expect(await storedIn(operator, namespace)).toEqual(await wantedIn(world.client, namespace)),
    PATIENT,
  )
  expect(await reading(operator, async store => (await store.verifyAudit()).kind)).toBe('intact')
}
