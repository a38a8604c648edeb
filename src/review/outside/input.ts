import type { World } from '../../access/consequences.ts'
import { addressOf, compareAddresses, type Address, type Kind } from '../../model/address.ts'
import type { LineOf, SideName } from '../../model/finding.ts'
import type { ConfigDocument } from '../../model/manifest.gen.ts'
import type { OperationTable } from '../../model/operation.ts'
import { serviceAddress } from '../../model/references.ts'
import type { Changed } from '../../model/review.ts'
import type { Sealed } from '../../model/sealed.ts'
import type { Resource, ResourceOf } from '../../model/state.ts'

/** What `tenon.yaml` and the lock file of a side say; nothing of it is a resource. */
export interface GuardSettings {
  readonly owner: string | undefined
  readonly requireBinding: boolean
  readonly limits: ConfigDocument['guards'] | undefined
  /** The endpoints that were accepted, by service; `undefined` without a lock file, where everything is. */
  readonly lock: ReadonlyMap<Address, readonly string[]> | undefined
}

/** Two states of the world, what differs between them, and who uses it. */
export interface OutsideInput {
  readonly changes: readonly Changed[]
  /** The integrations whose decisions the changes may touch. */
  readonly affected: readonly Address[]
  readonly before: World
  readonly after: World
  /** What ciphertext tells of credentials whose bytes differ. */
  readonly sealed: { readonly before: ReadonlyMap<Address, Sealed>; readonly after: ReadonlyMap<Address, Sealed> }
  /** Credentials before the change whose values come from the same bytes as those of this one after it; itself, perhaps. */
  readonly sameBytes?: (credential: Address) => readonly Address[]
  /** Who refers to a resource on a side. */
  readonly usedBy: (side: SideName, address: Address) => readonly Address[]
  readonly lineOf: LineOf
  readonly guards: { readonly before: GuardSettings; readonly after: GuardSettings }
}

/** A resource of one kind that is on both sides, and differs. */
export interface Edited<K extends Kind> {
  readonly address: Address
  readonly before: ResourceOf<K>
  readonly after: ResourceOf<K>
}

/** The changed resources of a kind that are on both sides. */
export function edited<K extends Kind>({ changes }: Pick<OutsideInput, 'changes'>, kind: K): readonly Edited<K>[] {
  return changes.flatMap(({ address, before, after }) =>
    isOf(before, kind) && isOf(after, kind) ? [{ address, before, after }] : [],
  )
}

/** Whether a resource is there and of a kind. */
export function isOf<K extends Kind>(resource: Resource | undefined, kind: K): resource is ResourceOf<K> & Resource {
  return resource?.kind === kind
}

export type Service = ResourceOf<'serviceDefinition' | 'clusterServiceDefinition'>
type Integration = ResourceOf<'integration'>

/** The services that are on both sides and differ. */
export function editedServices(input: Pick<OutsideInput, 'changes'>): readonly {
  readonly address: Address
  readonly before: Service
  readonly after: Service
}[] {
  return [...edited(input, 'clusterServiceDefinition'), ...edited(input, 'serviceDefinition')]
}

/** A service, if that is what stands there. */
export function asService(resource: Resource | undefined): Service | undefined {
  return isOf(resource, 'serviceDefinition') || isOf(resource, 'clusterServiceDefinition') ? resource : undefined
}

/** An integration of one side. */
export function integrationAt(world: World, address: Address): Integration | undefined {
  const found = world.find(address)
  return isOf(found, 'integration') ? found : undefined
}

/** The service of an integration, on the same side. */
export function serviceOf(world: World, { spec, namespace }: Integration): Service | undefined {
  return asService(world.find(serviceAddress(spec.service, namespace)))
}

/** The credentials of an integration, on the same side. */
export function credentialsOf(world: World, { spec, namespace }: Integration): readonly ResourceOf<'credential'>[] {
  return spec.credentials.flatMap(name => {
    const credential = world.find(addressOf('credential', namespace, name))
    return isOf(credential, 'credential') ? [credential] : []
  })
}

/** The operations of a service; none where it lists none. */
export function operationsOf(world: World, service: Pick<Service, 'spec'> | undefined): OperationTable['operations'] {
  return (service === undefined ? undefined : world.table(service.spec.operations)?.operations) ?? []
}

/** The integrations that refer to a resource on either side, sorted. */
export function integrationsUsing({ usedBy }: Pick<OutsideInput, 'usedBy'>, address: Address): readonly Address[] {
  return usersOf('integration', [...usedBy('before', address), ...usedBy('after', address)])
}

/** Those of a kind, sorted and once each. */
export function usersOf(kind: Kind, addresses: readonly Address[]): readonly Address[] {
  return [...new Set(addresses.filter(address => address.startsWith(`${kind}/`)))].toSorted(compareAddresses)
}
