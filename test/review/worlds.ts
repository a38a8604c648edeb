/** Pairs of whole worlds for properties: small enough to be judged cell by cell, odd enough to meet every word boundary. */
import * as fc from 'fast-check'
import type { World } from '../../src/access/consequences.ts'
import { addressOf, type Address } from '../../src/model/address.ts'
import type { Effect } from '../../src/model/effect.ts'
import type { Operation } from '../../src/model/operation.ts'
import { serviceAddress } from '../../src/model/references.ts'
import type { Permission, Resource, ResourceOf } from '../../src/model/state.ts'
import { accessGroup, integration } from '../access/facts.ts'

type Integration = ResourceOf<'integration'>
type Group = ResourceOf<'accessGroup'>
type Access = Integration['spec']['access']

/** One state: everything that decisions depend on. */
export interface Facts {
  readonly groups: ReadonlyMap<Address, Group>
  readonly integrations: ReadonlyMap<Address, Integration>
  readonly services: ReadonlyMap<Address, readonly Operation[]>
  readonly asOf: string | undefined
}

export interface FactsPair {
  readonly before: Facts
  readonly after: Facts
}

/** How much there is of everything. */
export interface Shape {
  readonly people: number
  readonly groups: number
  readonly operations: number
  readonly integrations: number
  readonly permissions: number
}

/** At and around the ends of 32-bit words, and where two signatures no longer fit into one number. */
const COUNTS = [1, 2, 5, 20, 21, 22, 31, 32, 33, 63, 64, 65, 70] as const

const shape: fc.Arbitrary<Shape> = fc.record({
  people: fc.constantFrom(4, 12, 40, 75),
  groups: fc.constantFrom(...COUNTS),
  operations: fc.constantFrom(...COUNTS),
  integrations: fc.integer({ min: 1, max: 6 }),
  permissions: fc.constantFrom(3, 8, 40),
})

/** Two worlds: everything may differ between them, or a few things, or nothing. Shrinks to smaller ones. */
export const factsPair: fc.Arbitrary<FactsPair> = fc
  .tuple(fc.integer(), shape, fc.integer({ min: 1, max: 6 }))
  .map(([seed, size, edits]) => pairOf(seed, size, edits))

/** From six edits on, the worlds have nothing to do with each other. */
function pairOf(seed: number, size: Shape, edits: number): FactsPair {
  const dice = diceOf(seed)
  const before = factsOf(dice, size)
  if (edits > 5) return { before, after: factsOf(dice, size) }
  let after: Facts = before
  for (let count = 0; count < edits; count++) after = dice.one(EDITS)(after, dice, size)
  return { before, after }
}

/** What the engine reads a state by. */
export function worldOf({ groups, integrations, services, asOf }: Facts): World {
  const tables = new Map<string, readonly Operation[]>()
  const found = new Map<Address, Resource>([...groups, ...integrations])
  for (const [address, operations] of services) {
    const digest = `sha256:${JSON.stringify(operations)}`
    tables.set(digest, operations)
    const spec = { displayName: address, description: address, type: 'openapi', auth: [], operations: digest } as const
    found.set(address, { ...accessGroup(address, {}), kind: 'serviceDefinition', address, spec })
  }
  const tableOf: World['table'] = digest => {
    const operations = tables.get(digest)
    return operations && { digest, operations }
  }
  return { find: address => found.get(address), table: tableOf, ...(asOf === undefined ? {} : { asOf }) }
}

export function integrationsIn({ before, after }: FactsPair): readonly Address[] {
  return [...new Set([...before.integrations.keys(), ...after.integrations.keys()])]
}

interface Dice {
  below(limit: number): number
  one<T>(values: readonly T[]): T
  some<T>(values: readonly T[], atMost: number): T[]
  chance(oneIn: number): boolean
}

/** The same throws for the same seed (mulberry32). */
function diceOf(seed: number): Dice {
  let at = seed | 0
  const below = (limit: number): number => {
    at = (at + 0x6d2b79f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  const one = <T>(values: readonly T[]): T => values[below(values.length)]!
  return {
    below,
    one,
    some: (values, atMost) => [...new Set(times(1 + below(atMost), () => one(values)))],
    chance: oneIn => below(oneIn) === 0,
  }
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

const NAMESPACES = ['acme', 'other'] as const
const COMPANIES = ['acme.example', 'other.example', 'nobody.example']
const IDP_GROUPS = ['okta:a', 'okta:b', 'okta:c']
const METHODS = ['get', 'post', 'delete']
const TAGS = ['read', 'write', 'admin']
const PATHS = ['/', '/a', '/a/b', '/a/{id}', '/a/{name}', '/a/{id}/b', '/b/{id}', '/b/{id}/{name}', '/c/**', '/c/*']
const GLOBS = ['/**', '/*', '/a/*', '/a/**', '/**/b', '/b/**', '/c/*', '/none']
const DAY = '2026-10-07'
const DAYS = ['2026-10-06', DAY, '2026-10-08']
const SERVICES = ['one', 'two']

function peopleOf({ people }: Shape): string[] {
  return [...times(people, number => `p${number}@${COMPANIES[number % 2]}`), 'sub|42']
}

function groupNames({ groups }: Shape): string[] {
  return times(groups, number => `g${number}`)
}

function factsOf(dice: Dice, size: Shape): Facts {
  const groups = NAMESPACES.flatMap(namespace =>
    groupNames(size).map(name => [addressOf('accessGroup', namespace, name), group(dice, size, name)] as const),
  )
  const integrations: [Address, Integration][] = []
  for (const name of times(size.integrations, number => `i${number}`)) {
    const last = integrations.at(-1)?.[1]
    // Alike, so that they change alike.
    const made = last === undefined || dice.chance(2) ? oneIntegration(dice, size) : last
    const namespace = made === last && !dice.chance(4) ? last.namespace! : dice.one(NAMESPACES)
    const address = addressOf('integration', namespace, name)
    integrations.push([address, { ...made, address, namespace, name }])
  }
  const services = NAMESPACES.flatMap(namespace =>
    SERVICES.map(name => [addressOf('serviceDefinition', namespace, name), table(dice, size)] as const),
  )
  return {
    groups: new Map(groups),
    integrations: new Map(integrations),
    services: new Map(services),
    asOf: dice.chance(3) ? undefined : DAY,
  }
}

function group(dice: Dice, size: Shape, name: string): Group {
  const few = size.groups > 10
  return accessGroup(name, {
    members: dice.chance(6) ? [] : dice.some(peopleOf(size), few ? 3 : Math.ceil(size.people / 2)),
    groups: dice.chance(few ? 5 : 2) ? dice.some([...groupNames(size), 'undeclared'], 2) : [],
    idpGroups: dice.chance(5) ? dice.some(IDP_GROUPS, 2) : [],
    ...(dice.chance(5) ? { expires: dice.one(DAYS) } : {}),
  })
}

function table(dice: Dice, { operations }: Shape): readonly Operation[] {
  const isLocked = dice.chance(3)
  return times(operations, number => ({
    id: `o${number}`,
    ...place(dice),
    tags: dice.chance(3) ? [] : dice.some(TAGS, 2),
    ...(isLocked && dice.chance(3) ? { isNew: true as const } : {}),
  }))
}

/** Few places for many operations: some have the same method and path, but for the name of a parameter. */
function place(dice: Dice): Pick<Operation, 'method' | 'path'> {
  const path = dice.one(PATHS)
  return { method: dice.one(METHODS), path: dice.chance(2) ? path : `${path}/x${dice.below(4)}` }
}

function oneIntegration(dice: Dice, size: Shape): Integration {
  const level = dice.one<Access['level']>(['group', 'group', 'group', 'company', 'individual'])
  return integration({
    service: { kind: 'ServiceDefinition', name: dice.one(SERVICES) },
    enabled: !dice.chance(12),
    access: access(dice, size, level),
    permissions: times(dice.below(size.permissions + 1), () => permission(dice, size, level)),
  })
}

function access(dice: Dice, size: Shape, level: Access['level']): Access {
  if (level === 'company') return { level, companies: dice.some(COMPANIES, 2) }
  if (level === 'individual') return { level, individuals: dice.some(peopleOf(size), 4) }
  return { level, groups: dice.some(groupNames(size), dice.chance(3) ? size.groups : 3) }
}

const EFFECTS: readonly Effect[] = ['allow', 'allow', 'allow', 'allow', 'confirm', 'confirm', 'deny']

function permission(dice: Dice, size: Shape, level: Access['level']): Permission {
  const { level: _, ...people } = access(dice, size, level)
  return {
    ...selectors(dice, size),
    effect: dice.one(EFFECTS),
    ...(dice.chance(2) ? people : {}),
    ...(dice.chance(4) ? { includeNew: dice.chance(2) } : {}),
  }
}

function selectors(dice: Dice, { operations }: Shape): Pick<Permission, 'methods' | 'operations' | 'tags' | 'paths'> {
  const ids = times(operations + 1, number => `o${number}`)
  const choices = {
    paths: () => ({ paths: dice.some(GLOBS, 2) }),
    methods: () => ({ methods: dice.some(METHODS, 2) }),
    tags: () => ({ tags: dice.some(TAGS, 2) }),
    operations: () => ({ operations: dice.some(ids, 4) }),
    both: () => ({ methods: dice.some(METHODS, 2), paths: dice.some(GLOBS, 2) }),
    all: () => ({ paths: ['/**'] }),
    anyMethod: () => ({ methods: METHODS }),
  }
  return dice.one(Object.values(choices))()
}

type ApplyEdit = (facts: Facts, dice: Dice, size: Shape) => Facts

const EDITS: readonly ApplyEdit[] = [
  // Somebody joins, somebody leaves, or a group is written anew.
  (facts, dice, size) =>
    editGroup(facts, dice, old => withGroup(old, { members: [...old.spec.members, dice.one(peopleOf(size))] })),
  (facts, dice) => editGroup(facts, dice, old => withGroup(old, { members: old.spec.members.slice(1) })),
  (facts, dice, size) => editGroup(facts, dice, old => ({ ...group(dice, size, old.name) })),
  (facts, dice) => editGroup(facts, dice, () => undefined),
  (facts, dice) => editGroup(facts, dice, old => withGroup(old, { expires: dice.one(DAYS) })),
  // Permissions added, dropped, or with another effect.
  (facts, dice, size) =>
    editIntegration(facts, dice, old =>
      withSpec(old, { permissions: [...old.spec.permissions, permission(dice, size, old.spec.access.level)] }),
    ),
  (facts, dice) => editIntegration(facts, dice, old => withSpec(old, { permissions: old.spec.permissions.slice(1) })),
  (facts, dice) =>
    editIntegration(facts, dice, old =>
      withSpec(old, {
        permissions: old.spec.permissions.map((each, at) => (at === 0 ? { ...each, effect: dice.one(EFFECTS) } : each)),
      }),
    ),
  // The same for all.
  (facts, dice, size) => {
    const added = { ...permission(dice, size, 'group'), groups: dice.some(groupNames(size), 3) }
    return editGroupIntegrations(facts, old => ({ permissions: [...old.permissions, added] }))
  },
  (facts, dice) => {
    const effect = dice.one(EFFECTS)
    return editGroupIntegrations(facts, old => ({ permissions: old.permissions.map(each => ({ ...each, effect })) }))
  },
  (facts, dice, size) => {
    const more = dice.one(groupNames(size))
    return editGroupIntegrations(facts, old => ({
      access: { level: 'group', groups: [...new Set([...(old.access.groups ?? []), more])] },
    }))
  },
  // Switched on or off, for others, on another service, deleted.
  (facts, dice) => editIntegration(facts, dice, old => withSpec(old, { enabled: !old.spec.enabled })),
  (facts, dice, size) =>
    editIntegration(facts, dice, old => withSpec(old, { access: access(dice, size, old.spec.access.level) })),
  (facts, dice) =>
    editIntegration(facts, dice, old =>
      withSpec(old, { service: { kind: 'ServiceDefinition', name: dice.one([...SERVICES, 'gone']) } }),
    ),
  (facts, dice) => editIntegration(facts, dice, () => undefined),
  // Operations renamed, moved, added, dropped, put in another order, accepted or not.
  (facts, dice) =>
    editOperations(facts, dice, old => old.map(each => (dice.chance(4) ? { ...each, id: `${each.id}-new` } : each))),
  (facts, dice) =>
    editOperations(facts, dice, old => old.map(each => (dice.chance(4) ? { ...each, ...place(dice) } : each))),
  (facts, dice) =>
    editOperations(facts, dice, old => [...old, { id: 'added', ...place(dice), tags: dice.some(TAGS, 2) }]),
  (facts, dice) => editOperations(facts, dice, old => old.filter(() => !dice.chance(4))),
  (facts, dice) => editOperations(facts, dice, old => old.toReversed()),
  (facts, dice) =>
    editOperations(facts, dice, old =>
      old.map(({ isNew, ...each }) =>
        isNew === undefined && dice.chance(3) ? { ...each, isNew: true as const } : each,
      ),
    ),
  // The service's table under another name, and the day.
  (facts, dice, size) => editOperations(facts, dice, () => table(dice, size)),
  facts => ({ ...facts, asOf: facts.asOf === undefined ? DAY : undefined }),
]

function withGroup(old: Group, spec: Partial<Group['spec']>): Group {
  return { ...old, spec: { ...old.spec, ...spec } }
}

function withSpec(old: Integration, spec: Partial<Integration['spec']>): Integration {
  return { ...old, spec: { ...old.spec, ...spec } }
}

function editGroup(facts: Facts, dice: Dice, edit: (old: Group) => Group | undefined): Facts {
  return { ...facts, groups: edited(facts.groups, dice, edit) }
}

function editIntegration(facts: Facts, dice: Dice, edit: (old: Integration) => Integration | undefined): Facts {
  return { ...facts, integrations: edited(facts.integrations, dice, edit) }
}

function editGroupIntegrations(facts: Facts, edit: (old: Integration['spec']) => Partial<Integration['spec']>): Facts {
  const integrations = [...facts.integrations].map(
    ([address, old]) => [address, old.spec.access.level === 'group' ? withSpec(old, edit(old.spec)) : old] as const,
  )
  return { ...facts, integrations: new Map(integrations) }
}

function editOperations(facts: Facts, dice: Dice, edit: (old: readonly Operation[]) => readonly Operation[]): Facts {
  return { ...facts, services: edited(facts.services, dice, edit) }
}

/** One entry edited, or dropped. */
function edited<T>(map: ReadonlyMap<Address, T>, dice: Dice, edit: (old: T) => T | undefined): ReadonlyMap<Address, T> {
  const copy = new Map(map)
  if (copy.size === 0) return copy
  const address = dice.one([...copy.keys()])
  const made = edit(copy.get(address)!)
  if (made === undefined) copy.delete(address)
  else copy.set(address, made)
  return copy
}

/** The operations that an integration is about in a state. */
export function operationsFor({ services }: Facts, { spec, namespace }: Integration): readonly Operation[] {
  return services.get(serviceAddress(spec.service, namespace)) ?? []
}
