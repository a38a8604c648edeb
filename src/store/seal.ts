import { createHmac } from 'node:crypto'
import { Secret } from '../model/secret.ts'
import type { SecretValues } from '../model/state.ts'
import { fromJson } from './sql.ts'
import { framed, seal, unseal, type Key, type RecordPlace } from './envelope.ts'

// The length of a ciphertext is the length of its content. Padded, it tells no more than a multiple of this.
const PADDING = 64

/** The field of a credential that binds it to its use: kept with the values, but none of them. */
const BINDING = 'for'

/** Seals a credential's values for its row. Here alone values are revealed. */
export function sealValues(key: Key, place: RecordPlace, values: SecretValues): string {
  const text = Buffer.from(JSON.stringify(Array.from(values, ([field, value]) => [field, value.reveal()])))
  const content = Buffer.alloc(Math.ceil(text.length / PADDING) * PADDING, ' ')
  text.copy(content)
  const record = seal(key, place, content)
  text.fill(0)
  content.fill(0)
  return record
}

/** The values that `sealValues` sealed, or `undefined` when the record was not sealed by this key for this place. */
export function openValues(key: Key, place: RecordPlace, record: string): SecretValues | undefined {
  const content = unseal(key, place, record)
  if (content === undefined) return undefined
  const fields = fromJson<[string, string][]>(content.toString())
  content.fill(0)
  return new Map(fields.map(([field, value]) => [field, new Secret(value)]))
}

/** A fingerprint of values, equal for equal values at one address; without the key it tells nothing of them. */
export function fingerprintOf(key: Buffer, address: string, values: SecretValues): string {
  const hmac = createHmac('sha256', key)
  hmac.update(framed(['tenon fingerprint', address]))
  for (const [field, value] of [...values].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (field !== BINDING) hmac.update(framed([field, value.reveal()]))
  }
  return `hmac-sha256:${hmac.digest('hex')}`
}
