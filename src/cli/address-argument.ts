import { addressOf, parseAddress, type Address } from '../model/address.ts'

/** The address that an argument is, or `undefined` for any other text. */
export function addressIn(text: string): Address | undefined {
  const parts = parseAddress(text)
  return parts === undefined ? undefined : addressOf(parts.kind, parts.namespace, parts.name)
}
