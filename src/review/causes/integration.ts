import type { Address } from '../../model/address.ts'
import type { AccessSpec, ServiceReference } from '../../model/manifest.gen.ts'
import type { Permission, ResourceOf } from '../../model/state.ts'
import { editsOf, entries, kept, pick, pickAll, sideOf, type Edit, type Made, type Slot } from './edits.ts'
import { matchPermissions, type Pair } from './permissions.ts'
import type { What } from './words.ts'

type Integration = ResourceOf<'integration'>

/** A permission on both sides, with its position on each. */
export interface PermissionSlot extends Slot<Permission> {
  readonly was: number | undefined
  readonly is: number | undefined
}

/** Who has access, on both sides: entry by entry where both have the same level. */
export type AccessSlot =
  | { readonly kind: 'whole'; readonly slot: Slot<AccessSpec> }
  | {
      readonly kind: 'entries'
      readonly level: AccessSpec['level']
      readonly list: 'companies' | 'groups' | 'individuals'
      readonly slots: readonly Slot<string>[]
    }

/** All of an integration that decisions depend on, on both sides. */
export interface IntegrationSlots {
  readonly whole: Slot<Integration>
  readonly enabled: Slot<boolean>
  readonly service: Slot<ServiceReference>
  readonly access: AccessSlot
  /** In the order of the side after, then those that were removed. */
  readonly permissions: readonly PermissionSlot[]
  /** The edits of everything but the permissions. */
  readonly edits: readonly Edit[]
}

/** The two sides of an integration, edit by edit; at least one of them has it. */
export function integrationSlots(before: Integration | undefined, after: Integration | undefined): IntegrationSlots {
  if (before === undefined || after === undefined) return onOneSide(before, after)
  if (before === after) return unchanged(after)
  const { address } = after
  const [was, is] = [before.spec, after.spec]
  const whole = { before, after, edit: undefined }
  const edit = (field: string, what: What): Edit => ({ address, side: 'after', at: { path: ['spec', field] }, what })
  const enabled = {
    before: was.enabled,
    after: is.enabled,
    edit: was.enabled === is.enabled ? undefined : edit('enabled', { kind: 'enabled', after: is.enabled }),
  }
  const names = serviceNames(was.service, is.service)
  const service = {
    before: was.service,
    after: is.service,
    edit: names.before === names.after ? undefined : edit('service', { kind: 'service', ...names }),
  }
  const access = accessSlot(address, was.access, is.access)
  const permissions = matchPermissions(was.permissions, is.permissions).map(pair => permissionSlot(pair, before, after))
  const slots = access.kind === 'whole' ? [access.slot] : access.slots
  return { whole, enabled, service, access, permissions, edits: editsOf([whole, enabled, service, ...slots]) }
}

function onOneSide(before: Integration | undefined, after: Integration | undefined): IntegrationSlots {
  const only = (after ?? before)!
  const change = after === undefined ? 'deleted' : 'created'
  const side = after === undefined ? 'before' : 'after'
  const edit: Edit = { address: only.address, side, at: { path: [] }, what: { kind: 'integration', change } }
  return { ...unchanged(only), whole: { before, after, edit }, edits: [edit] }
}

function unchanged(integration: Integration): IntegrationSlots {
  const { enabled, service, access, permissions } = integration.spec
  return {
    whole: kept(integration),
    enabled: kept(enabled),
    service: kept(service),
    access: { kind: 'whole', slot: kept(access) },
    permissions: permissions.map((permission, index) => ({
      before: permission,
      after: permission,
      edit: undefined,
      was: index,
      is: index,
    })),
    edits: [],
  }
}

function serviceNames(
  was: ServiceReference,
  is: ServiceReference,
): { readonly before: string; readonly after: string } {
  if (was.name !== is.name) return { before: was.name, after: is.name }
  return { before: `${was.kind} ${was.name}`, after: `${is.kind} ${is.name}` }
}

const LISTS = { company: 'companies', group: 'groups', individual: 'individuals' } as const

function accessSlot(address: Address, before: AccessSpec, after: AccessSpec): AccessSlot {
  const path = ['spec', 'access']
  if (before.level !== after.level) {
    const what = { kind: 'level', before: before.level, after: after.level } as const
    return { kind: 'whole', slot: { before, after, edit: { address, side: 'after', at: { path }, what } } }
  }
  const list = LISTS[after.level]
  const slots = entries(before[list] ?? [], after[list] ?? [], (name, change) => ({
    address,
    side: sideOf(change),
    at: { path: [...path, list], item: name },
    what: { kind: 'access', change, list, name },
  }))
  return { kind: 'entries', level: after.level, list, slots }
}

function permissionSlot(
  { before: was, after: is, isSame }: Pair,
  before: Integration,
  after: Integration,
): PermissionSlot {
  const [old, made] = [before.spec.permissions[was ?? -1], after.spec.permissions[is ?? -1]]
  const slots = { before: old, after: made, was, is }
  if (isSame) return { ...slots, edit: undefined }
  const position = is ?? was ?? 0
  return {
    ...slots,
    edit: {
      address: after.address,
      side: is === undefined ? 'before' : 'after',
      at: { path: ['spec', 'permissions', position] },
      what: whatOf(old, made, position + 1),
    },
  }
}

function whatOf(before: Permission | undefined, after: Permission | undefined, number: number): What {
  if (before === undefined || after === undefined) {
    const change = after === undefined ? 'removed' : 'added'
    return { kind: 'permission', change, number, effect: (after ?? before)!.effect }
  }
  const isOnlyEffect = matchPermissions([{ ...before, effect: after.effect }], [after])[0]?.isSame === true
  return { kind: 'permission-changed', number, effects: isOnlyEffect ? [before.effect, after.effect] : undefined }
}

/** The access that a mixture of both sides gives. */
export function pickAccess(access: AccessSlot, made: Made): AccessSpec | undefined {
  if (access.kind === 'whole') return pick(access.slot, made)
  return { level: access.level, [access.list]: pickAll(access.slots, made) }
}

/** Sets of people that an access is made of: what both sides name together, then what only one of them does, each alone. */
export function accessLists(access: AccessSlot): readonly Omit<AccessSpec, 'level'>[] {
  if (access.kind === 'whole') return [access.slot.before, access.slot.after].filter(spec => spec !== undefined)
  const { list, slots } = access
  const lasting = slots.filter(({ edit }) => edit === undefined).map(({ after }) => after!)
  const edited = slots.filter(({ edit }) => edit !== undefined).map(({ before, after }) => [(after ?? before)!])
  return [lasting, ...edited].map(names => ({ [list]: names }))
}
