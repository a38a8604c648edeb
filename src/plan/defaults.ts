import type { Address } from '../model/address.ts'
import type { Change, Refusal } from '../model/plan.ts'
import { serviceAddress } from '../model/references.ts'
import type { ResourceOf, State } from '../model/state.ts'
import type { StoreReader } from '../model/store.ts'

/**
 * Refuses a second default for a service, scope and namespace where the first belongs to another owner; two of one source
 * are found before that. Rows are read only where a change makes a credential the default.
 */
export async function takenDefaults(
  changes: readonly Change[],
  desired: State,
  store: Pick<StoreReader, 'list'>,
): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = []
  const going = new Set(changes.filter(({ action }) => action === 'delete').map(({ address }) => address))
  for (const change of changes) {
    if (change.action === 'delete' || change.after.kind !== 'credential' || !change.after.spec.isDefault) continue
    const holder = await holderOf(change.after, address => desired.has(address) || going.has(address), store)
    if (holder !== undefined) refusals.push(refusal(change.address, holder, change.after.spec.scope))
  }
  return refusals
}

async function holderOf(
  credential: ResourceOf<'credential'>,
  isOurs: (address: Address) => boolean,
  store: Pick<StoreReader, 'list'>,
): Promise<Address | undefined> {
  const { namespace } = credential
  const rows = await store.list({ kinds: ['credential'], ...(namespace !== undefined && { namespace }) })
  const same = rows.find(
    ({ resource }) => !isOurs(resource.address) && resource.kind === 'credential' && isRival(resource, credential),
  )
  return same?.resource.address
}

function isRival(a: ResourceOf<'credential'>, b: ResourceOf<'credential'>): boolean {
  const service = ({ spec, namespace }: ResourceOf<'credential'>): Address => serviceAddress(spec.service, namespace)
  return a.spec.isDefault && a.spec.scope === b.spec.scope && service(a) === service(b)
}

function refusal(address: Address, holder: Address, scope: string): Refusal {
  return {
    rule: 'default-taken',
    message: `${address} cannot become the default: ${holder} is the default ${scope} credential for this service already`,
    cure: 'Keep isDefault on one of them.',
    addresses: [address, holder],
  }
}
