import type { Address } from '../model/address.ts'
import type { Decrypt } from '../model/sops.ts'
import type { Head, StoreReader } from '../model/store.ts'
import type { StoreContext } from './context.ts'

/** What resolving asks of a store: rows of others, and which encrypted values it has seen. */
export function storeContext(
  store: StoreReader,
  heads: ReadonlyMap<Address, Head>,
  run: { readonly owner: string; readonly decrypt: Decrypt | undefined },
): StoreContext {
  return {
    decrypt: run.decrypt,
    foreign: async addresses => {
      const rows = [...(await store.load(addresses))].filter(([, { owner }]) => owner !== run.owner)
      return new Map(rows.map(([address, { resource }]) => [address, resource]))
    },
    tables: digests => store.tables(digests),
    secret: address => heads.get(address)?.secret,
    fingerprint: (address, values) => store.fingerprint(address, values),
  }
}
