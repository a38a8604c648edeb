/** An operator that starts over ten thousand resources which are all as they should be. */
import { eventually } from '../support/eventually.ts'
import type { Figure, Part } from './bench.ts'
import { allReady, askedSince, createAll, integrations, operatorIn, peakMemory, shown, writesIn } from './subject.ts'

const COUNT = 10_000

export const restart: Part = async (world): Promise<readonly Figure[]> => {
  const namespace = await world.freshNamespace()
  const first = await operatorIn(world, namespace)
  const started = performance.now()
  const created = await createAll(world, integrations(namespace, COUNT))
  const ready = await allReady(world, namespace, COUNT, 600_000)
  console.log(
    `  created in ${((created - started) / 1000).toFixed(0)} s, all ready ${((ready - created) / 1000).toFixed(1)} s later`,
  )
  const busy = peakMemory(first.pid)
  await first.stop()
  const mark = world.auditMark()
  const restarted = performance.now()
  const second = await operatorIn(world, namespace, { folder: first.folder })
  await eventually(
    async () => {
      const runs = (await second.metrics()).sum('controller_runtime_reconcile_total', { result: 'success' })
      if (runs < COUNT + 1) throw new Error(`${runs} runs`)
    },
    { within: 120_000 },
  )
  const seconds = (performance.now() - restarted) / 1000
  const metrics = await second.metrics()
  const asked = askedSince(world, mark)
  const writes = writesIn(asked).length + metrics.sum('tenon_store_transactions_total')
  const memory = peakMemory(second.pid)
  console.log(`  requests: ${shown(asked)}`)
  await second.stop()
  return [
    {
      what: `in sync with ${COUNT} resources`,
      measured: `${seconds.toFixed(1)} s`,
      limit: '30 s',
      holds: seconds <= 30,
    },
    { what: 'writes to the API or the store', measured: String(writes), limit: '0', holds: writes === 0 },
    { what: 'peak memory at the restart', measured: `${memory} MB`, limit: '400 MB', holds: memory <= 400 },
    { what: 'peak memory while they were created', measured: `${busy} MB`, limit: '400 MB', holds: busy <= 400 },
  ]
}
