import { expect, test } from 'vitest'
import { MERGE_PATCH, type KubeObject } from './client.ts'
import { crdNames } from './crds.ts'
import { eventually } from './eventually.ts'
import { pathOfObject } from './objects.ts'
import { testWorld } from './test-world.ts'

const TIME = '2026-11-01T12:00:00Z'

function group(namespace: string): KubeObject {
  const spec = { displayName: 'Support', owner: 'lead@acme.example', members: ['ana@acme.example'] }
  return { apiVersion: 'tenon.dev/v1alpha1', kind: 'AccessGroup', metadata: { name: 'support', namespace }, spec }
}

function ready(generation: number, message = 'told', lastTransitionTime = TIME): object {
  const condition = { type: 'Ready', status: 'True', reason: 'Succeeded', message, lastTransitionTime }
  return { observedGeneration: generation, conditions: [{ ...condition, observedGeneration: generation }] }
}

test.runIf(crdNames().length > 0)('every status write is seen, a restart of the server in between', async () => {
  const world = testWorld()
  const object = group(await world.freshNamespace())
  const watch = await world.watchStatuses({ overtakenWithin: 0 })
  const write = async (status: object): Promise<void> => {
    await world.client.patch(`${pathOfObject(object)}/status`, { status }, MERGE_PATCH)
  }
  const seen = (): readonly string[] => watch.writes.map(({ object: { status } }) => status.conditions[0].message)

  await world.apply(object)
  await write(ready(1, 'one'))
  await write(ready(1, 'two'))
  await world.apiServer.restart()
  await eventually(async () => write(ready(1, 'three')))
  await eventually(() => expect(seen()).toEqual(['one', 'two', 'three']))
  expect(watch.faults()).toEqual([])
  expect(watch.gaps).toBe(0)

  await write(ready(1, 'four', '2026-11-01T12:00:09Z'))
  await world.patch('AccessGroup', object.metadata.namespace, 'support', { spec: { displayName: 'Sales' } })
  await write(ready(1, 'late', '2026-11-01T12:00:09Z'))
  await eventually(() => expect(seen()).toEqual(['one', 'two', 'three', 'four', 'late']))
  const faults = watch.faults().map(fault => fault.replace(/^.*\): /, ''))
  expect(faults).toEqual(['Ready moved its time but not its status', 'Ready of generation 1, not 2'])
})
