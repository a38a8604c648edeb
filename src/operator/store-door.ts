import type { Fence, Store } from '../model/store.ts'
import { openStore } from '../store/open.ts'
import type { Log } from './log.ts'

/** The store behind a door that may be shut for a while: it is opened by whoever comes first, and tried again by the next. */
export interface StoreDoor {
  /** Throws `WorldError` when it cannot be opened now. */
  readonly store: () => Promise<Store>
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

export function storeDoor({ url, keyFile, fenceName, holder, now, log }: DoorOptions): StoreDoor {
  let opened: Promise<Store> | undefined
  let taken: Promise<Fence> | undefined
  const store = (): Promise<Store> => {
    const opening = (opened ??= openStore({ url, keyFile, create: true, notice: message => log.info({}, message) }))
    opening.catch(() => (opened = undefined))
    return opening
  }
  return {
    store,
    fence: () => {
      const taking = (taken ??= store().then(open => open.fence(fenceName, holder, now())))
      taking.catch(() => (taken = undefined))
      return taking
    },
    close: async () => {
      const open = await opened?.catch(() => undefined)
      await open?.close()
    },
  }
}
