import { type Address } from '../model/address.ts'
import type { Change } from '../model/plan.ts'
import { references } from '../model/references.ts'
import type { OperationTable } from '../model/operation.ts'
import type { Resource, State } from '../model/state.ts'
import type { StoreReader } from '../model/store.ts'

/** Finds a resource as it is before the plan, or as it will be after it. */
export type Lookup = (address: Address) => Resource | undefined

/** What a plan touches beside its own changes. */
export interface Surroundings {
  readonly before: Lookup
  readonly after: Lookup
  /** Integrations whose decisions the plan may change, sorted: changed ones, and those that use a changed group or service. */
  readonly affected: readonly Address[]
  /** Rows that go on using what a change deletes or replaces. */
  readonly usedBy: ReadonlyMap<Address, readonly Address[]>
  /** Operation tables that only the store has: those of before the plan, and of other owners. */
  readonly tables: ReadonlyMap<string, OperationTable>
}

export interface Known {
  readonly changes: readonly Change[]
  readonly desired: State
  readonly catalogue: State
  readonly foreign: ReadonlyMap<Address, Resource>
  /** Declared, but left out of the plan by a selector: these stay as the store has them. */
  readonly unselected: readonly Address[]
}

/** Loads what surrounds the changes; costs as much as they touch, not as much as there is. */
export async function surroundings(
  known: Known,
  tables: ReadonlyMap<string, OperationTable>,
  store: Pick<StoreReader, 'load' | 'referrers' | 'tables'>,
): Promise<Surroundings> {
  const { changes, desired } = known
  const changed = new Map(changes.map(change => [change.address, change]))
  const usedBy = await users(changes, desired, store)
  const affected = await affectedIntegrations(changes, store)
  const rows = await loadAround(affected, known, store)
  const unchanged: Lookup = address =>
    desired.get(address) ?? known.catalogue.get(address) ?? known.foreign.get(address) ?? rows.get(address)
  const olds = changes.flatMap(change => ('before' in change ? [change.before] : []))
  const digests = [...olds, ...rows.values()].flatMap(({ spec }) => ('operations' in spec ? [spec.operations] : []))
  return {
    usedBy,
    affected,
    tables: await store.tables(digests.filter(digest => !tables.has(digest))),
    before: address => {
      const change = changed.get(address)
      if (change === undefined) return unchanged(address)
      return 'before' in change ? change.before : undefined
    },
    after: address => {
      const change = changed.get(address)
      if (change === undefined) return unchanged(address)
      if (change.action !== 'delete') return change.after
      // An orphan stays, and answers as before.
      return change.orphan ? change.before : undefined
    },
  }
}

/** Rows that refer to what is deleted or replaced, less those that the same plan deletes or whose documents let go of it. */
async function users(
  changes: readonly Change[],
  desired: State,
  store: Pick<StoreReader, 'referrers'>,
): Promise<ReadonlyMap<Address, readonly Address[]>> {
  const touched = changes
    .filter(({ action }) => action === 'delete' || action === 'replace')
    .map(({ address }) => address)
  if (touched.length === 0) return new Map()
  const deleted = new Set(
    changes.filter(change => change.action === 'delete' && !change.orphan).map(({ address }) => address),
  )
  const used = new Map<Address, readonly Address[]>()
  for (const [address, referrers] of await store.referrers(touched)) {
    const remaining = referrers.filter(referrer => {
      const declared = desired.get(referrer)
      return !deleted.has(referrer) && (declared === undefined || references(declared).includes(address))
    })
    if (remaining.length > 0) used.set(address, remaining)
  }
  return used
}

async function affectedIntegrations(
  changes: readonly Change[],
  store: Pick<StoreReader, 'referrers'>,
): Promise<readonly Address[]> {
  const affected = new Set<Address>()
  const visited = new Set<Address>()
  let next: Address[] = []
  for (const { address, action } of changes) {
    if (isIntegration(address)) affected.add(address)
    else if (action !== 'create' || !address.startsWith('credential/')) next.push(address)
  }
  // Upwards from a group through the groups that contain it.
  while (next.length > 0) {
    const found = await store.referrers(next)
    next = []
    for (const referrer of [...found.values()].flat()) {
      if (isIntegration(referrer)) affected.add(referrer)
      else if (referrer.startsWith('accessGroup/') && !visited.has(referrer)) next.push(referrer)
      visited.add(referrer)
    }
  }
  return [...affected].toSorted()
}

function isIntegration(address: Address): boolean {
  return address.startsWith('integration/')
}

/** The affected integrations of other owners, and what those refer to. */
async function loadAround(
  affected: readonly Address[],
  known: Known,
  store: Pick<StoreReader, 'load'>,
): Promise<ReadonlyMap<Address, Resource>> {
  const rows = new Map<Address, Resource>()
  const changed = new Set(known.changes.map(({ address }) => address))
  const has = (address: Address): boolean =>
    changed.has(address) ||
    known.desired.has(address) ||
    known.catalogue.has(address) ||
    known.foreign.has(address) ||
    rows.has(address)
  // What a deleted or changed integration referred to before is needed to say what it allowed.
  const olds = known.changes.flatMap(change => ('before' in change ? references(change.before) : []))
  let missing = [...affected, ...known.unselected, ...olds].filter(address => !has(address))
  while (missing.length > 0) {
    const loaded = await store.load(new Set(missing))
    for (const [address, { resource }] of loaded) rows.set(address, resource)
    missing = [...loaded.values()].flatMap(({ resource }) => references(resource)).filter(address => !has(address))
  }
  return rows
}

/** Groups in the access of an affected integration that have somebody before the plan and nobody after it. */
export function emptiedGroups(
  around: Surroundings,
): readonly { readonly group: Address; readonly integrations: readonly Address[] }[] {
  const emptied = new Map<Address, Address[]>()
  const before = new Map<Address, boolean>()
  const after = new Map<Address, boolean>()
  for (const address of around.affected) {
    const integration = around.after(address)
    if (integration === undefined) continue
    for (const group of accessGroups(integration, around.before)) {
      if (!hasSomebody(group, around.before, before) || hasSomebody(group, around.after, after)) continue
      const integrations = emptied.get(group)
      if (integrations === undefined) emptied.set(group, [address])
      else integrations.push(address)
    }
  }
  return [...emptied]
    .map(([group, integrations]) => ({ group, integrations }))
    .toSorted((a, b) => (a.group < b.group ? -1 : 1))
}

function accessGroups(integration: Resource, find: Lookup): ReadonlySet<Address> {
  const groups = new Set(references(integration).filter(address => address.startsWith('accessGroup/')))
  for (const address of groups) {
    const group = find(address)
    if (group !== undefined) for (const nested of references(group)) groups.add(nested)
  }
  return groups
}

/** Whether a group has members, or groups of an identity provider, of its own or nested. */
function hasSomebody(address: Address, find: Lookup, known: Map<Address, boolean>): boolean {
  const remembered = known.get(address)
  if (remembered !== undefined) return remembered
  known.set(address, false)
  const group = find(address)
  const some =
    group?.kind === 'accessGroup' &&
    (group.spec.members.length > 0 ||
      group.spec.idpGroups.length > 0 ||
      references(group).some(nested => hasSomebody(nested, find, known)))
  known.set(address, some)
  return some
}
