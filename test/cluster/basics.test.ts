import { expect, test } from 'vitest'
import { consumer, group, integration } from './support/samples.ts'
import { testWorld } from './support/test-world.ts'

test('what is declared together becomes ready together, and says who may do what', async () => {
  const world = testWorld()
  const namespace = await world.freshNamespace()
  const statuses = await world.watchStatuses()
  const operator = await world.startOperator()
  const [jira, support, desk] = [
    integration(namespace, 'jira'),
    group(namespace, 'support'),
    consumer(namespace, 'desk', ['jira']),
  ]
  // In the wrong order: what refers comes first.
  await world.apply(desk, jira, support)
  const found = await world.settled(jira, 'Current', { within: 20_000 })
  console.log(JSON.stringify(found, null, 1), operator.output())
  expect(found['status']).toMatchObject({ people: 2, unknownPeople: false })
  expect(statuses.faults()).toEqual([])
  await world.remove('Integration', namespace, 'jira')
  await new Promise(resolve => setTimeout(resolve, 1500))
  console.log(
    JSON.stringify(await world.read('Integration', namespace, 'jira').catch(String), null, 1),
    operator.output(),
  )
  expect(await operator.stop()).toBe(0)
})
