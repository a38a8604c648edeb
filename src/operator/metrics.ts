import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Address } from '../model/address.ts'

/** Everything that the operator counts; names and labels are those of controller-runtime where it has them. */
export type Metrics = ReturnType<typeof operatorMetrics>

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

// oxlint-disable-next-line typescript/explicit-module-boundary-types -- what it makes is the type above
export function operatorMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
    new Gauge({ name, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, ...labelNames: L[]): Histogram<L> =>
    new Histogram({ name, help, labelNames, registers, buckets: SECONDS })
  return {
    registry,
    reconciles: counter('controller_runtime_reconcile_total', 'Runs by result.', 'controller', 'result'),
    errors: counter('controller_runtime_reconcile_errors_total', 'Runs that failed and are tried again.', 'controller'),
    terminal: counter(
      'controller_runtime_terminal_reconcile_errors_total',
      'Runs after which somebody has to act.',
      'controller',
    ),
    panics: counter('controller_runtime_reconcile_panics_total', 'Runs that met a bug.', 'controller'),
    timeouts: counter('controller_runtime_reconcile_timeouts_total', 'Runs that took too long.', 'controller'),
    time: histogram('controller_runtime_reconcile_time_seconds', 'How long a run takes.', 'controller'),
    active: gauge('controller_runtime_active_workers', 'Runs under way.', 'controller'),
    workers: gauge(
      'controller_runtime_max_concurrent_reconciles',
      'Most requests to the API server at once.',
      'controller',
    ),
    depth: gauge('workqueue_depth', 'Keys that are due.', 'name'),
    adds: counter('workqueue_adds_total', 'Keys that became due.', 'name'),
    waited: histogram('workqueue_queue_duration_seconds', 'How long keys were due before a run took them.', 'name'),
    worked: histogram('workqueue_work_duration_seconds', 'How long keys were worked on.', 'name'),
    retries: counter('workqueue_retries_total', 'Keys that are tried again.', 'name'),
    leader: gauge('leader_election_master_status', 'Whether this process leads.', 'name'),
    requests: counter('rest_client_requests_total', 'Requests to the API server.', 'code', 'method', 'host'),
    transactions: counter('tenon_store_transactions_total', 'Writes to the store, each one transaction.'),
    changes: counter('tenon_store_changes_total', 'Rows written.', 'kind', 'action'),
    batch: histogram('tenon_reconcile_batch_seconds', 'How long one batch of runs takes.'),
    ready: gauge('tenon_resources', 'Custom resources by the state of Ready.', 'kind', 'ready', 'reason'),
    unapproved: gauge('tenon_resources_unapproved', 'Custom resources that wait for approval.', 'kind'),
    drift: counter(
      'tenon_drift_corrected_total',
      'Rows that differed from an unchanged resource and were corrected.',
      'kind',
    ),
    swept: counter('tenon_swept_rows_total', 'Rows that were removed because their resources were gone.', 'kind'),
    leftovers: gauge('tenon_leftover_rows', 'Rows without resources that stay in the store.', 'kind'),
    watchFailures: counter('tenon_watch_failures_total', 'Lists and watches that failed.', 'kind'),
    storeUp: gauge('tenon_store_up', 'Whether the last run reached the store.'),
    webhook: counter('tenon_webhook_requests_total', 'Admission reviews by answer.', 'allowed'),
  }
}

/** Lets every series of these controllers be there before it counts anything, so that a first failure is a rise. */
export function beginAtZero(metrics: Metrics, controllers: Iterable<string>, concurrent: number): void {
  for (const controller of controllers) {
    for (const result of ['success', 'error']) metrics.reconciles.inc({ controller, result }, 0)
    for (const counter of [metrics.errors, metrics.terminal, metrics.panics, metrics.timeouts])
      counter.inc({ controller }, 0)
    metrics.active.set({ controller }, 0)
    metrics.workers.set({ controller }, concurrent)
    metrics.time.zero({ controller })
    metrics.depth.set({ name: controller }, 0)
    for (const counter of [metrics.adds, metrics.retries]) counter.inc({ name: controller }, 0)
    for (const histogram of [metrics.waited, metrics.worked]) histogram.zero({ name: controller })
  }
}

/** How a kind is called in the label `controller`: as controller-runtime does, in lower case. */
export function controllerOf(kind: string): string {
  return kind.toLowerCase()
}

/** The same of a resource's address. */
export function controllerOfAddress(address: Address): string {
  return controllerOf(address.slice(0, address.indexOf('/')))
}
