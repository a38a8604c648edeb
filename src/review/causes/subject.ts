import type { World } from '../../access/consequences.ts'
import { compile } from '../../access/compile.ts'
import type { GroupResolver } from '../../access/groups.ts'
import type { Rule } from '../../access/rule.ts'
import type { Address } from '../../model/address.ts'
import type { Operation } from '../../model/operation.ts'
import { serviceAddress } from '../../model/references.ts'
import type { Changed } from '../../model/review.ts'
import type { ResourceOf } from '../../model/state.ts'
import { editsOf, type Edit } from './edits.ts'
import { integrationSlots, type IntegrationSlots } from './integration.ts'
import { namespaces, reach, type Namespace } from './namespace.ts'
import { services, type Locks, type Service } from './services.ts'

/** The two states that rows compare. */
export interface Sides {
  readonly before: World
  readonly after: World
  readonly changes: readonly Changed[]
  readonly guards?: Locks
}

/** An integration on both sides, with the groups and services around it. */
export interface Subject {
  readonly address: Address
  readonly slots: IntegrationSlots
  readonly namespace: Namespace
  /** The service that it had before, then the one that it has after, where that is another one. */
  readonly services: readonly Service[]
  /** All edits of the integration and of groups that it names, but for those of members. */
  readonly edits: readonly Edit[]
  /** Groups that it names, or that are nested in these, and whose members changed. */
  readonly joined: readonly string[]
  readonly rules: (integration: ResourceOf<'integration'>, table: readonly Operation[]) => readonly Rule[]
}

/** Integrations as they are first asked for. */
export function subjects(sides: Sides): (address: Address) => Subject {
  const spaces = namespaces(sides)
  const serviceAt = services(sides)
  const rules = ruleBook()
  const known = new Map<Address, Subject>()
  return address => {
    let made = known.get(address)
    if (made === undefined) {
      const [before, after] = [integrationIn(sides.before, address), integrationIn(sides.after, address)]
      const slots = integrationSlots(before, after)
      const namespace = spaces((after ?? before)?.namespace)
      const found = servicesOf(slots).map(serviceAt)
      made = {
        address,
        slots,
        namespace,
        rules: rules(namespace.groups),
        services: found,
        ...editsAround(slots, namespace),
      }
      known.set(address, made)
    }
    return made
  }
}

function integrationIn(world: World, address: Address): ResourceOf<'integration'> | undefined {
  const found = world.find(address)
  return found?.kind === 'integration' ? found : undefined
}

function servicesOf({ service, whole }: IntegrationSlots): readonly Address[] {
  const namespace = (whole.after ?? whole.before)?.namespace
  const both = [service.before, service.after].filter(reference => reference !== undefined)
  return [...new Set(both.map(reference => serviceAddress(reference, namespace)))]
}

function editsAround(slots: IntegrationSlots, namespace: Namespace): Pick<Subject, 'edits' | 'joined'> {
  const own = [...slots.edits, ...editsOf(slots.permissions)]
  if (namespace.changed.size === 0) return { edits: own, joined: [] }
  const changed = changedGroups(namespace, namedGroups(slots))
  return {
    edits: [...own, ...changed.flatMap(({ edits }) => edits)].filter(edit => !isPartOf(slots, edit)),
    joined: changed.filter(({ members }) => members.size > 0).map(({ name }) => name),
  }
}

/**
 * Whether an edit is part of another one: an integration that is created, or deleted, comes and goes with the groups and
 * the service that are created, or deleted, in the same change.
 */
export function isPartOf({ whole }: IntegrationSlots, { what: { kind } }: Edit): boolean {
  return whole.edit !== undefined && (kind === 'group' || kind === 'definition')
}

/** The groups that its access or one of these permissions names, on either side. */
export function namedGroups(slots: IntegrationSlots, permissions = slots.permissions): readonly string[] {
  const narrowed = permissions.flatMap(({ before, after }) => [...(before?.groups ?? []), ...(after?.groups ?? [])])
  return [...new Set([...accessGroups(slots), ...narrowed])]
}

/** The groups that an integration is for, on either side. */
function accessGroups({ access }: IntegrationSlots): readonly string[] {
  if (access.kind === 'whole') return [access.slot.before, access.slot.after].flatMap(spec => spec?.groups ?? [])
  return access.list === 'groups' ? access.slots.map(({ before, after }) => (after ?? before)!) : []
}

/** The groups among these and all that is nested in them that differ. */
export function changedGroups(namespace: Namespace, roots: readonly string[]): ReturnType<typeof reach>['changed'] {
  return [...new Set(roots.flatMap(root => reach(namespace, root).changed))]
}

/** The rules of integrations over tables, each made once, for the groups after the change. */
function ruleBook(): (groups: GroupResolver) => Subject['rules'] {
  const known = new WeakMap<ResourceOf<'integration'>, Map<readonly Operation[], readonly Rule[]>>()
  return groups => (integration, operations) => {
    const tables = known.get(integration) ?? new Map<readonly Operation[], readonly Rule[]>()
    known.set(integration, tables)
    let rules = tables.get(operations)
    if (rules === undefined) {
      ;({ rules } = compile({ integration, operations, group: groups.lookup }, groups))
      tables.set(operations, rules)
    }
    return rules
  }
}
