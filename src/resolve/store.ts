import type { Address } from '../model/address.ts'
import type { Decrypt } from '../model/sops.ts'
import type { Head, StoreReader } from '../model/store.ts'
import type { StoreContext } from './context.ts'

/** What resolving asks of a store: rows of others, and which encrypted values it has seen. */
export function storeContext(
  store: StoreReader,
  heads: ReadonlyMap<Address, Head>,
  run: {
    readonly owner: string
    readonly decrypt: Decrypt | undefined
    readonly part?: { readonly deletes: ReadonlyMap<Address, unknown> }
  },
): StoreContext {
  return {
    decrypt: run.decrypt,
    foreign: async addresses => {
      const rows = [...(await store.load(addresses))].filter(([address, { owner }]) =>
        // What a whole source does not declare is going; in a part of one it is only not looked at.
        owner === run.owner ? run.part !== undefined && !run.part.deletes.has(address) : true,
      )
      return new Map(rows.map(([address, { resource }]) => [address, resource]))
    },
    tables: digests => store.tables(digests),
    secret: address => heads.get(address)?.secret,
    fingerprint: (address, values) => store.fingerprint(address, values),
  }
}
