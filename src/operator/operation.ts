import type { Address } from '../model/address.ts'
import type { Fenced } from '../model/errors.ts'
import type { Fence, Store } from '../model/store.ts'
import type { ApprovedOn } from './approved-on.ts'
import type { Cache, Scope } from './cache.ts'
import type { Mode } from './custom-resource.ts'
import type { Surroundings } from './due.ts'
import type { Recorder } from './events.ts'
import type { Cleanup } from './let-go.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { KeyQueue } from './queue.ts'
import type { Writes } from './writes.ts'

/** Everything that the runs of one operator share. */
export interface Operation {
  readonly cluster: string
  readonly mode: Mode
  /** Whether rows without resources are removed, or only told of. */
  readonly prune: boolean
  /** Milliseconds between two runs of a resource that nobody changed. */
  readonly interval: number
  /** Requests to the API server at once. */
  readonly concurrent: number
  /** Milliseconds after which a run is given up. */
  readonly timeout: number
  /** What the cache follows. */
  readonly scopes: readonly Scope[]
  readonly cache: Cache
  readonly queue: KeyQueue<Address>
  readonly writes: Writes
  readonly recorder: Recorder
  readonly metrics: Metrics
  readonly log: Log
  /** Opens the store where that was not possible yet. Throws `WorldError`. */
  readonly store: () => Promise<Store>
  /** The turn to write under. Throws `WorldError`. */
  readonly fence: () => Promise<Fence | undefined>
  /** What runs are made in, anew for each batch. */
  readonly around: () => Surroundings
  /** Whether a namespace is being deleted. Throws `ApiError`. */
  readonly isTerminating: (namespace: string) => Promise<boolean>
  /** What the annotation of a namespace approves. */
  readonly approvedOn: ApprovedOn
  /** RFC 3339. */
  readonly now: () => string
  /** Somebody else writes now: this process has to end. */
  readonly onFenced: (error: Fenced) => void
}

/** An operation that is under way, with what it remembers from one batch to the next. */
export interface Running extends Operation {
  /** Failed because the store did not answer. */
  readonly waiting: Set<Address>
  /** Failed in a way that does not tell whether something was written. */
  readonly unsure: Set<Address>
  /** Wait for somebody to approve what they would do. */
  readonly unapproved: Set<Address>
  /** Deletions that failed so far, by the uid of what is deleted. */
  readonly cleanups: Map<string, Cleanup>
  /** Looks for rows without resources before long. */
  readonly sweepSoon: () => void
}
