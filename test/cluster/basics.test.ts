/** The shortest story there is; it is also told on the Kubernetes minor before. */
import { expect, test } from 'vitest'
import { eventually } from './support/eventually.ts'
import { condition, consumer, group, guardrail, integration } from './support/samples.ts'
import { reading } from './support/stored.ts'
import { testWorld } from './support/test-world.ts'

test('what is declared together becomes ready together, in any order, and stays while it is used', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const statuses = await world.watchStatuses()
  const operator = await world.startOperator()
  const jira = integration(namespace, 'jira')
  // What refers comes first.
  await world.apply(consumer(namespace, 'desk', ['jira']), jira, group(namespace, 'support'))
  await world.settled(jira, 'Current', { within: 30_000 })
  await eventually(
    async () =>
      expect((await world.read('Integration', namespace, 'jira')).status).toMatchObject({
        people: 2,
        unknownPeople: false,
        operations: { confirm: 1 },
        referencedBy: [`consumer/${namespace}/desk`],
      }),
    { within: 30_000 },
  )
  await world.remove('Integration', namespace, 'jira')
  await eventually(
    async () => {
      const held = condition(await world.read('Integration', namespace, 'jira'), 'Stalled')
      expect(held).toMatchObject({ reason: 'GuardRefused', message: expect.stringContaining('/desk uses it') })
    },
    { within: 30_000 },
  )
  await world.remove('Consumer', namespace, 'desk')
  await eventually(async () => expect((await world.kubectl(['get', 'intg', '-n', namespace])).stdout).toBe(''), {
    within: 30_000,
  })
  expect(await operator.stop()).toBe(0)
  expect(statuses.faults()).toEqual([])
})

test('a guardrail is kept in the store like everything else, corrected there, and deleted with its resource', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const statuses = await world.watchStatuses()
  const operator = await world.startOperator()
  const asked = guardrail(namespace, 'asked')
  await world.apply(asked)
  await world.settled(asked, 'Current', { within: 30_000 })
  const address = `guardrail/${namespace}/asked` as const
  const stored = async (): Promise<unknown> =>
    (await reading(operator, async store => store.load([address]))).get(address)?.resource.spec
  expect(await stored()).toEqual({ ...asked['spec'], actions: ['Deny'], failurePolicy: 'Fail', waivers: [] })
  const waiver = { id: 'SEC-1', owner: 'a@acme.example', reason: 'Until then.', expires: '2027-03-31' }
  const waived = guardrail(namespace, 'asked', { waivers: [{ ...waiver, integrations: ['b', 'a'] }] })
  await world.apply(waived)
  await eventually(async () => expect(await stored()).toMatchObject({ waivers: [{ integrations: ['a', 'b'] }] }), {
    within: 30_000,
  })
  await world.settled(waived, 'Current', { within: 30_000 })
  await world.remove('Guardrail', namespace, 'asked')
  await eventually(async () => expect(await stored()).toBe(undefined), { within: 30_000 })
  expect(await operator.stop()).toBe(0)
  expect(statuses.faults()).toEqual([])
})
