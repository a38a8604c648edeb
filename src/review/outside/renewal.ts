import type { Address } from '../../model/address.ts'
import { isOf, type OutsideInput } from './input.ts'

/**
 * Whether a credential goes on having the values that it had. `perhaps` where everything was encrypted anew, or where
 * nothing tells; `new` where there was no such credential.
 */
export type Renewal = 'same' | 'perhaps' | 'renewed' | 'new'

/** What ciphertext tells of the values of a credential after the change; what they are for is no value. */
export function renewalOf({ before, after, sealed }: OutsideInput, address: Address): Renewal {
  const [was, is] = [before.find(address), after.find(address)]
  if (!isOf(was, 'credential')) return 'new'
  if (isOf(is, 'credential') && was.secret?.source === is.secret?.source) return 'same'
  const [old, now] = [sealed.before.get(address), sealed.after.get(address)]
  if (old === undefined || now === undefined) return 'perhaps'
  const fields = [...now.entries].filter(([name]) => name !== 'for' && !name.startsWith('for.'))
  if (fields.some(([name, digest]) => old.entries.get(name) === digest)) return 'same'
  // With another data key every ciphertext is another one, whatever it holds.
  return old.dataKey === now.dataKey && fields.length > 0 ? 'renewed' : 'perhaps'
}
