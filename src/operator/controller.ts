import { randomUUID } from 'node:crypto'
import type { Address } from '../model/address.ts'
import { admit } from './admit.ts'
import { beside, remember } from './approvals.ts'
import { startAsking } from './approved-on.ts'
import type { Item } from './attempt.ts'
import { groupsOf, type Group } from './due.ts'
import { finish } from './finish.ts'
import type { Cleanup } from './let-go.ts'
import { controllerOf, controllerOfAddress } from './metrics.ts'
import type { Operation, Running } from './operation.ts'
import { sayProgress } from './progress.ts'
import { recovered } from './recovered.ts'
import { isUnapproved, type Result, type Results } from './result.ts'
import { startSweeping } from './sweeping.ts'
import { oneByOne } from './turns.ts'
import { workGroup } from './work-group.ts'

/** One batch must not keep a single change waiting for long; ten thousand resources are twenty batches. */
const MOST_AT_ONCE = 500

/** Takes whatever is due and brings it about, until the queue is closed. */
export async function control(operation: Operation): Promise<void> {
  const { queue, metrics } = operation
  const inTurn = oneByOne()
  const sweeping = startSweeping(() => running, inTurn)
  const running: Running = { ...operation, ...memory(), sweepSoon: sweeping.soon }
  const asking = startAsking(() => running)
  sweeping.soon()
  // Statuses of one batch are written while the next one is planned, but no further ahead.
  let finishing: Promise<void> = Promise.resolve()
  for (;;) {
    const keys = await queue.take(MOST_AT_ONCE)
    if (keys.length === 0) break
    const end = metrics.batch.startTimer()
    const batch = { ...running, log: running.log.child({ reconcileID: randomUUID() }) }
    const controllers = keys.map(key => ({ controller: controllerOfAddress(key) }))
    for (const controller of controllers) metrics.active.inc(controller)
    const settled = await inTurn(() => reconcile(keys, batch))
    await finishing
    finishing = tell(keys, settled, batch).finally(() => {
      for (const controller of controllers) metrics.active.dec(controller)
      end()
    })
  }
  asking.stop()
  await Promise.all([finishing, sweeping.stop()])
}

function memory(): Pick<Running, 'waiting' | 'unsure' | 'unapproved' | 'cleanups'> {
  return { waiting: new Set(), unsure: new Set(), unapproved: new Set(), cleanups: new Map<string, Cleanup>() }
}

interface Settled {
  readonly group: Group
  readonly results: Results
}

/** Reconciles keys up to the store; never fails. */
async function reconcile(due: readonly Address[], running: Running): Promise<readonly Settled[]> {
  const keys = [...due, ...beside(due, running)]
  const items = await recovered(keys, running, () => admit(keys, running))
  const settled: Settled[] = []
  const enough = sayProgress(items ?? [], running)
  for (const group of groupsOf(items ?? [], running.cluster, running.mode)) {
    const started = performance.now()
    const results = await workGroup(group, running)
    settled.push({ group, results })
    count(group.items, results, (performance.now() - started) / 1000, running)
  }
  await enough()
  remember(keys, new Set(settled.flatMap(({ results }) => unapprovedIn(results))), running)
  return settled
}

function unapprovedIn(results: Results): readonly Address[] {
  return [...results].flatMap(([address, result]) => (isUnapproved(result) ? [address] : []))
}

/** Writes the statuses; never fails. */
async function tell(keys: readonly Address[], settled: readonly Settled[], running: Running): Promise<void> {
  for (const { group, results } of settled) {
    const told = group.items.map(({ resource }) => resource.address)
    await recovered(told, running, () => finish(group, results, running))
  }
  running.queue.done(keys)
}

function count(items: readonly Item[], results: Results, seconds: number, { metrics }: Operation): void {
  for (const { resource } of items) {
    const controller = controllerOf(resource.kind)
    const result = results.get(resource.address)
    countResult(controller, result, metrics)
    metrics.time.observe({ controller }, seconds)
    metrics.worked.observe({ name: controller }, seconds)
    if (result?.kind === 'done' && result.action !== undefined)
      metrics.changes.inc({ kind: controller, action: result.action })
  }
}

function countResult(controller: string, result: Result | undefined, metrics: Operation['metrics']): void {
  // What waits for approval went as it should.
  const isSuccess = result?.kind === 'done' || isUnapproved(result)
  metrics.reconciles.inc({ controller, result: isSuccess ? 'success' : 'error' })
  if (result?.kind === 'retry') metrics.errors.inc({ controller })
  if (result?.kind === 'stalled' && !isSuccess) metrics.terminal.inc({ controller })
}
