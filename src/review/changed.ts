import { compareAddresses, parseAddress, type Address } from '../model/address.ts'
import { references, serviceAddress } from '../model/references.ts'
import type { Changed } from '../model/review.ts'
import type { ResourceOf, State } from '../model/state.ts'

/** The resources that differ between two states, in their normal form or in their encrypted values; sorted. */
export function changedResources(before: State, after: State): readonly Changed[] {
  const changes: Changed[] = []
  for (const [address, is] of after) {
    const was = before.get(address)
    if (was === is || (was !== undefined && was.digest === is.digest && was.secret?.source === is.secret?.source))
      continue
    changes.push({ address, before: was, after: is })
  }
  for (const [address, was] of before) if (!after.has(address)) changes.push({ address, before: was, after: undefined })
  return changes.toSorted((a, b) => compareAddresses(a.address, b.address))
}

/**
 * The integrations whose decisions the changes may touch, sorted: those that changed, and those that use a changed service
 * or group, also through groups nested in each other. Looks at every reference once, and at nothing else.
 */
export function affectedIntegrations(changes: readonly Changed[], sides: readonly State[]): readonly Address[] {
  const affected = new Set<Address>()
  const causes = new Set<Address>()
  for (const { address } of changes) (isIntegration(address) ? affected : causes).add(address)
  const others = [...causes].filter(address => !address.startsWith('credential/'))
  for (const state of others.length === 0 ? [] : sides) addAffected(affected, reaching(new Set(others), state), state)
  return [...affected].toSorted(compareAddresses)
}

function isIntegration(address: Address): boolean {
  return address.startsWith('integration/')
}

/** The causes, with every group that holds one of them, however deep. */
function reaching(causes: Set<Address>, state: State): ReadonlySet<Address> {
  const holders = new Map<Address, Address[]>()
  for (const [address, resource] of state) {
    if (resource.kind !== 'accessGroup') continue
    for (const nested of references(resource)) append(holders, nested, address)
  }
  // A set grows while it is walked, so that each group is visited once, circles included.
  for (const address of causes) for (const holder of holders.get(address) ?? []) causes.add(holder)
  return causes
}

/** Causes by namespace and name: thousands of integrations are looked at without making an address for each reference. */
interface Wanted {
  readonly groups: ReadonlyMap<string | undefined, ReadonlySet<string>>
  readonly services: ReadonlySet<Address>
}

function wantedOf(causes: ReadonlySet<Address>): Wanted {
  const groups = new Map<string | undefined, Set<string>>()
  const services = new Set<Address>()
  for (const address of causes) {
    const { kind, namespace, name } = parseAddress(address) ?? {}
    if (kind !== 'accessGroup' || name === undefined) {
      services.add(address)
      continue
    }
    const names = groups.get(namespace)
    if (names === undefined) groups.set(namespace, new Set([name]))
    else names.add(name)
  }
  return { groups, services }
}

function addAffected(affected: Set<Address>, causes: ReadonlySet<Address>, state: State): void {
  const wanted = wantedOf(causes)
  for (const [address, resource] of state) {
    if (resource.kind === 'integration' && !affected.has(address) && uses(resource, wanted)) affected.add(address)
  }
}

function uses({ spec, namespace }: ResourceOf<'integration'>, { groups, services }: Wanted): boolean {
  if (services.size > 0 && services.has(serviceAddress(spec.service, namespace))) return true
  const names = groups.get(namespace)
  if (names === undefined) return false
  const isWanted = (name: string): boolean => names.has(name)
  return (
    (spec.access.groups?.some(isWanted) ?? false) ||
    spec.permissions.some(permission => permission.groups?.some(isWanted) ?? false)
  )
}

/** Who refers to a resource in a state, sorted; the index is made when it is first asked for. */
export function referrersIn(state: State): (address: Address) => readonly Address[] {
  let index: ReadonlyMap<Address, Address[]> | undefined
  const sorted = new Map<Address, readonly Address[]>()
  return address => {
    index ??= indexOf(state)
    let list = sorted.get(address)
    if (list === undefined) sorted.set(address, (list = (index.get(address) ?? []).toSorted(compareAddresses)))
    return list
  }
}

function indexOf(state: State): ReadonlyMap<Address, Address[]> {
  const index = new Map<Address, Address[]>()
  for (const [address, resource] of state) for (const used of references(resource)) append(index, used, address)
  return index
}

function append(index: Map<Address, Address[]>, key: Address, value: Address): void {
  const list = index.get(key)
  if (list === undefined) index.set(key, [value])
  else list.push(value)
}
