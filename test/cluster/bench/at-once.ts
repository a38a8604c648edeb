/** A thousand integrations, created as fast as the API server takes them. */
import type { Figure, Part } from './bench.ts'
import { allReady, askedSince, createAll, integrations, operatorIn, shown, writesIn } from './subject.ts'

const COUNT = 1000

export const at: Part = async (world): Promise<readonly Figure[]> => {
  const namespace = await world.freshNamespace()
  const operator = await operatorIn(world, namespace)
  const mark = world.auditMark()
  const started = performance.now()
  const created = await createAll(world, integrations(namespace, COUNT))
  const ready = await allReady(world, namespace, COUNT, 120_000)
  const asked = askedSince(world, mark)
  const writes = writesIn(asked).length / (COUNT + 1)
  const metrics = await operator.metrics()
  const transactions = metrics.sum('tenon_store_transactions_total')
  console.log(`  created in ${((created - started) / 1000).toFixed(1)} s; requests: ${shown(asked)}`)
  await operator.stop()
  const seconds = (ready - created) / 1000
  return [
    {
      what: `${COUNT} ready after the last was created`,
      measured: `${seconds.toFixed(1)} s`,
      limit: '20 s',
      holds: seconds <= 20,
    },
    { what: 'API writes for each resource', measured: writes.toFixed(2), limit: '3', holds: writes <= 3 },
    {
      what: 'store transactions',
      measured: String(transactions),
      limit: 'far fewer than 1,000',
      holds: transactions < COUNT / 5,
    },
  ]
}
