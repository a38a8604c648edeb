import type { Address } from '../model/address.ts'
import type { Change, Refusal } from '../model/plan.ts'
import { serviceAddress } from '../model/references.ts'
import type { ResourceOf, State } from '../model/state.ts'
import type { Stored, StoreReader } from '../model/store.ts'

/**
 * Refuses a second default for a service, scope and namespace where the first belongs to another owner; two of one source
 * are found before that. Rows are read, once a namespace, only where a change makes a credential the default.
 */
export async function takenDefaults(
  changes: readonly Change[],
  desired: State,
  store: Pick<StoreReader, 'list'>,
): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = []
  const byNamespace = new Map<string, readonly Stored[]>()
  const going = new Set(changes.filter(({ action }) => action === 'delete').map(({ address }) => address))
  for (const change of changes) {
    if (change.action === 'delete' || change.after.kind !== 'credential' || !change.after.spec.isDefault) continue
    const { after } = change
    if ('before' in change && change.before.kind === 'credential' && isRival(change.before, after)) continue
    const { namespace = '' } = after
    let rows = byNamespace.get(namespace)
    if (rows === undefined) byNamespace.set(namespace, (rows = await store.list({ kinds: ['credential'], namespace })))
    const holder = holderOf(after, rows, address => desired.has(address) || going.has(address))
    if (holder !== undefined) refusals.push(refusal(change.address, holder, change.after.spec.scope))
  }
  return refusals
}

function holderOf(
  credential: ResourceOf<'credential'>,
  rows: readonly Stored[],
  isOurs: (address: Address) => boolean,
): Address | undefined {
  const rival = rows.find(({ resource }) => {
    return (
      resource.kind === 'credential' &&
      resource.namespace === credential.namespace &&
      !isOurs(resource.address) &&
      isRival(resource, credential)
    )
  })
  return rival?.resource.address
}

function isRival(a: ResourceOf<'credential'>, b: ResourceOf<'credential'>): boolean {
  return a.spec.isDefault && a.spec.scope === b.spec.scope && serviceOf(a) === serviceOf(b)
}

function serviceOf({ spec, namespace }: ResourceOf<'credential'>): Address {
  return serviceAddress(spec.service, namespace)
}

function refusal(address: Address, holder: Address, scope: string): Refusal {
  return {
    rule: 'default-taken',
    message: `${address} cannot become the default: ${holder} is the default ${scope} credential for this service already`,
    cure: 'Keep isDefault on one of them.',
    addresses: [address, holder],
  }
}
