import type { Fence, Store, StoreReader } from '../model/store.ts'
import { pause } from '../source/cluster/api.ts'
import { openStore } from '../store/open.ts'
import { inTime } from './in-time.ts'
import type { Log } from './log.ts'

/** The store behind a door that may be shut for a while: it is opened by whoever comes first, and tried again by the next. */
export interface StoreDoor {
  /** Throws `WorldError` when it cannot be opened now. */
  readonly store: () => Promise<Store>
  /** The store for who only reads: it is neither made nor brought up to date for that. Throws `WorldError`. */
  readonly reader: () => Promise<StoreReader>
  /** The turn to write under, taken once. Throws `WorldError`. */
  readonly fence: () => Promise<Fence>
  readonly close: () => Promise<void>
}

export interface DoorOptions {
  readonly url: string | undefined
  readonly keyFile: string | undefined
  readonly fenceName: string
  readonly holder: string
  readonly now: () => string
  readonly log: Log
}

const OPEN_MS = 30_000
/** What is still under way at the end is over by then, or will not end. */
const CLOSE_MS = 5000

export function storeDoor({ url, keyFile, fenceName, holder, now, log }: DoorOptions): StoreDoor {
  let opened: Promise<Store> | undefined
  let taken: Promise<Fence> | undefined
  let reading: Promise<Store> | undefined
  const open = (create: boolean): Promise<Store> =>
    openStore({ url, keyFile, create, notice: message => log.info({}, message) })
  const store = (): Promise<Store> => {
    // A server that takes a connection and says nothing must not hold up whoever comes after it is back.
    const opening = (opened ??= inTime(OPEN_MS, open(true)))
    opening.catch(() => {
      if (opened === opening) opened = undefined
    })
    return opening
  }
  return {
    store,
    reader: () => {
      if (opened !== undefined) return opened
      const opening = (reading ??= inTime(OPEN_MS, open(false)))
      opening.catch(() => {
        if (reading === opening) reading = undefined
      })
      return opening
    },
    fence: () => {
      const taking = (taken ??= store().then(at => inTime(OPEN_MS, at.fence(fenceName, holder, now()))))
      taking.catch(() => {
        if (taken === taking) taken = undefined
      })
      return taking
    },
    close: async () => {
      const closing = [opened, reading].map(async at => (await at)?.close())
      await Promise.race([Promise.allSettled(closing), pause(CLOSE_MS)])
    },
  }
}
