/** An operator with nothing to do, over more than one interval, so that every resource is looked at again. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure, Part } from './bench.ts'
import { allReady, askedSince, createAll, integrations, operatorIn, shown, writesIn } from './subject.ts'

const COUNT = 1000
const SECONDS = 90

export const idle: Part = async (world): Promise<readonly Figure[]> => {
  const namespace = await world.freshNamespace()
  const operator = await operatorIn(world, namespace, { flags: ['--interval', '1m'] })
  await createAll(world, integrations(namespace, COUNT))
  await allReady(world, namespace, COUNT, 120_000)
  await sleep(3000)
  const before = await operator.metrics()
  const mark = world.auditMark()
  await sleep(SECONDS * 1000)
  const asked = askedSince(world, mark)
  const after = await operator.metrics()
  const grown = (name: string): number => after.sum(name) - before.sum(name)
  console.log(`  requests in ${SECONDS} s: ${shown(asked)}`)
  console.log(`  runs in ${SECONDS} s: ${grown('controller_runtime_reconcile_total')}`)
  await operator.stop()
  const writes = writesIn(asked).length
  const transactions = grown('tenon_store_transactions_total')
  return [
    { what: 'API writes besides the Lease', measured: String(writes), limit: '0', holds: writes === 0 },
    { what: 'store transactions', measured: String(transactions), limit: '0', holds: transactions === 0 },
  ]
}
