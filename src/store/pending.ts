import { randomBytes } from 'node:crypto'
import type { Store } from '../model/store.ts'
import { fingerprintOf } from './seal.ts'

/**
 * A store that does not exist yet: it reads as empty and creates nothing until something is written, or a turn is taken; from then on it is
 * the store that was created.
 */
export function pendingStore(create: () => Promise<Store>): Store {
  let created: Promise<Store> | undefined
  let current: Store | undefined
  // Nothing is stored that these fingerprints could be compared with: `write` makes its own.
  const passing = randomBytes(32)
  const orEmpty = async <Answer>(answer: (store: Store) => Promise<Answer>, empty: Answer): Promise<Answer> =>
    created === undefined ? empty : answer(await created)

  const make = async (): Promise<Store> => {
    created ??= create()
    try {
      return (current = await created)
    } catch (error) {
      created = undefined
      throw error
    }
  }

  return {
    position: async owner => orEmpty(async store => store.position(owner), EMPTY_POSITION),
    heads: async (owner, addresses) => orEmpty(async store => store.heads(owner, addresses), new Map()),
    load: async addresses => orEmpty(async store => store.load(addresses), new Map()),
    list: async filter => orEmpty(async store => store.list(filter), []),
    referrers: async addresses => orEmpty(async store => store.referrers(addresses), new Map()),
    owners: async prefix => orEmpty(async store => store.owners(prefix), []),
    tables: async digests => orEmpty(async store => store.tables(digests), new Map()),
    open: async addresses => orEmpty(async store => store.open(addresses), new Map()),
    audit: async filter => orEmpty(async store => store.audit(filter), []),
    verifyAudit: async () => orEmpty(async store => store.verifyAudit(), { kind: 'intact', records: 0, head: '' }),
    fingerprint: (address, values) => current?.fingerprint(address, values) ?? fingerprintOf(passing, address, values),
    write: async batch => (await make()).write(batch),
    fence: async (name, holder, at) => (await make()).fence(name, holder, at),
    close: async () => orEmpty(async store => store.close(), undefined),
  }
}

const EMPTY_POSITION = { revision: 0, ownerRevision: 0, limits: undefined }
