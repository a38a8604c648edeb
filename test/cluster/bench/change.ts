/** One change at a time, among a thousand integrations: from the answer to the change until its status says ready. */
import type { KubeObject } from '../support/client.ts'
import { pathOf } from '../support/objects.ts'
import type { Figure, Part } from './bench.ts'
import { allReady, createAll, integrations, isReady, operatorIn } from './subject.ts'

const COUNT = 1000
const CHANGES = 200

export const change: Part = async (world): Promise<readonly Figure[]> => {
  const namespace = await world.freshNamespace()
  const operator = await operatorIn(world, namespace)
  await createAll(world, integrations(namespace, COUNT))
  await allReady(world, namespace, COUNT, 120_000)
  const { metadata } = await world.client.get(pathOf('Integration', namespace))
  const stop = new AbortController()
  const path = `${pathOf('Integration', namespace)}?watch=1&resourceVersion=${metadata.resourceVersion}`
  let seen: (object: KubeObject) => void = () => {}
  const watching = (async () => {
    for await (const { object } of world.client.watch(path, stop.signal)) seen(object)
  })()
  const times: number[] = []
  for (let index = 0; index < CHANGES; index++) {
    const name = `jira-${(index * 37) % COUNT}`
    const { promise, resolve } = Promise.withResolvers<number>()
    let generation = Number.POSITIVE_INFINITY
    const latest = new Map<string, KubeObject>()
    seen = object => {
      latest.set(object.metadata.name, object)
      if (object.metadata.name === name && object.metadata.generation >= generation && isReady(object))
        resolve(performance.now())
    }
    const changed = await world.patch('Integration', namespace, name, { spec: { title: `changed ${index}` } })
    const started = performance.now()
    generation = changed.metadata.generation
    const already = latest.get(name)
    if (already !== undefined && already.metadata.generation >= generation && isReady(already))
      resolve(performance.now())
    times.push((await promise) - started)
  }
  stop.abort()
  await watching.catch(() => {})
  await operator.stop()
  times.sort((a, b) => a - b)
  const p = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)]!)
  return [
    {
      what: `one change → Ready, p99 of ${CHANGES}`,
      measured: `${p(0.99)} ms (median ${p(0.5)} ms, worst ${p(1)} ms)`,
      limit: '500 ms',
      holds: p(0.99) <= 500,
    },
  ]
}
