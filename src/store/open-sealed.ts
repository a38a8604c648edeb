import type { Address } from '../model/address.ts'
import { WorldError } from '../model/errors.ts'
import type { SecretValues } from '../model/state.ts'
import { queryIn } from './bulk.ts'
import { keyIdOf, type Key } from './envelope.ts'
import type { KeyRing } from './keys.ts'
import { openValues } from './seal.ts'
import type { SqlSession } from './sql.ts'
import type { StoreKeys } from './unlock.ts'

/** A row of `tenon_secrets`. */
export interface SealedRow {
  readonly address: Address
  readonly version: number
  readonly record: string
}

/** Opens the values of credentials. Throws `WorldError` for a row that was changed or moved, or whose key is gone. */
export async function openSealed(
  session: SqlSession,
  { installation, ring }: StoreKeys,
  addresses: Iterable<Address>,
): Promise<ReadonlyMap<Address, SecretValues>> {
  const text = 'SELECT address, version, record FROM tenon_secrets WHERE address IN (?)'
  const opened = new Map<Address, SecretValues>()
  for (const row of await queryIn<SealedRow>(session, text, addresses)) {
    const { address, version, record } = row
    const values = openValues(keyFor(row, ring), { installation, address, version }, record)
    if (values === undefined) throw damaged(address)
    opened.set(address, values)
  }
  return opened
}

/** The key that a sealed row names. Throws `WorldError` where the ring has none of that id. */
export function keyFor({ address, record }: SealedRow, ring: KeyRing): Key {
  const id = keyIdOf(record)
  if (id === undefined) throw damaged(address)
  const key = ring.byId.get(id)
  if (key !== undefined) return key
  throw new WorldError('key-missing', `The values of ${address} are sealed with the key ${id}, not in ${ring.file}.`, {
    cure: 'Add that key to the key file again.',
  })
}

/** The error for values that do not open although their key is there. */
export function damaged(address: Address): WorldError {
  return new WorldError(
    'secret-damaged',
    `The sealed values of ${address} do not open: the row was changed or moved.`,
    {
      cure: 'Restore the store from a backup, or apply the credential again from its file.',
    },
  )
}
