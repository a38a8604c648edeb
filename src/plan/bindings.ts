import type { Refusal } from '../model/plan.ts'
import type { Address } from '../model/address.ts'
import { bindingFaults } from '../model/binding.ts'
import type { State } from '../model/state.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Refuses a plan after which a credential would be used where its binding forbids it, whoever declared the integration: a
 * service of another owner, or a document that is not part of this run, may move the host that an old row sends it to.
 */
export function unboundUses({ affected, after }: Surroundings, catalogue: State): readonly Refusal[] {
  const world = { find: after, isShipped: (address: Address) => catalogue.has(address) }
  return affected.flatMap(address => {
    const integration = after(address)
    if (integration?.kind !== 'integration') return []
    return bindingFaults(integration, world).map(({ message }) => ({
      rule: 'credential-not-bound' as const,
      message: `${address}: ${message}`,
      cure: 'Somebody who holds the secret has to encrypt it again for this use.',
      addresses: [address],
    }))
  })
}
