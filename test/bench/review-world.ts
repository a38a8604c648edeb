/** A very large company in memory, for benchmarks of comparisons: the same every time. */
import { addressOf, type Address } from '../../src/model/address.ts'
import { digestOf } from '../../src/model/digest.ts'
import type { Operation, OperationTable } from '../../src/model/operation.ts'
import type { Permission, Resource, ResourceOf, State } from '../../src/model/state.ts'
import { accessGroup, integration } from '../access/facts.ts'

export const SIZE = {
  integrations: 10_000,
  people: 50_000,
  groups: 2_000,
  /** On average; 280,000 memberships in all. */
  members: 140,
  /** Of an integration, at most. */
  groupsEach: 9,
  services: 300,
  operations: 1_000,
  permissionSets: 500,
} as const

/** One side of a comparison. */
export interface ReviewWorld {
  readonly state: State
  readonly tables: ReadonlyMap<string, OperationTable>
}

/** What a pull request does to the world. */
export interface Edit {
  /** People who join a group, by its number: the first groups are used most. */
  readonly joins?: ReadonlyMap<number, readonly string[]>
  /** Operations that the document of the first service gains. */
  readonly addedOperations?: number
  /** Integrations that get one group more: the first so many. */
  readonly regranted?: number
  /** Permission sets that are written anew: the first so many, which are used most. */
  readonly rewritten?: number
}

/**
 * The world, or what an edit makes of it: what it leaves alone is the same object on both sides, as it is where documents
 * are read once for both.
 */
export function reviewWorld(edit: Edit = {}, before?: ReviewWorld): ReviewWorld {
  const random = randomNumbers(4)
  const state = new Map<Address, Resource>()
  const tables = new Map<string, OperationTable>()
  const put = (made: Resource): void => {
    const known = before?.state.get(made.address)
    state.set(made.address, known?.digest === made.digest ? known : made)
  }
  numbers(SIZE.groups).forEach(number => put(group(number, random, edit.joins?.get(number) ?? [])))
  for (const number of numbers(SIZE.services)) {
    const table = operationTable(number, SIZE.operations + (number === 0 ? (edit.addedOperations ?? 0) : 0))
    tables.set(table.digest, table)
    put(service(number, table.digest))
  }
  const sets = numbers(SIZE.permissionSets).map(number => permissionSet(number, number < (edit.rewritten ?? 0)))
  numbers(SIZE.integrations).forEach(number => put(oneIntegration(number, random, { sets, edit })))
  return { state, tables }
}

function group(number: number, random: Random, joining: readonly string[]): ResourceOf<'accessGroup'> {
  const size = 1 + random(2 * SIZE.members - 1)
  const members = new Set([...numbers(size).map(() => person(random(SIZE.people))), ...joining])
  const nested = random(10) === 0 ? [groupName(random(SIZE.groups))] : []
  return digested(accessGroup(groupName(number), { members: [...members].toSorted(), groups: nested }))
}

export function person(number: number): string {
  return `person-${String(number).padStart(5, '0')}@acme.example`
}

function groupName(number: number): string {
  return `team-${String(number).padStart(4, '0')}`
}

function service(number: number, operations: string): ResourceOf<'serviceDefinition'> {
  return digested({
    ...accessGroup(serviceName(number), {}),
    kind: 'serviceDefinition',
    address: addressOf('serviceDefinition', 'acme', serviceName(number)),
    spec: { displayName: `Service ${number}`, description: 'A service.', type: 'openapi', auth: [], operations },
  })
}

function serviceName(number: number): string {
  return `service-${number}`
}

/** Another method for each operation of four, ten parts, twelve tags. */
function operationTable(number: number, size: number): OperationTable {
  const operations = numbers(size).map((at): Operation => ({
    id: `s${number}.operation${at}`,
    method: ['get', 'post', 'put', 'delete'][at % 4]!,
    path: `/service${number}/part${at % 10}/{id}/items${at}`,
    tags: [`tag${at % 12}`],
  }))
  // As it comes from a file: text in one piece, which it is not while it is put together.
  const read = JSON.parse(JSON.stringify(operations)) as readonly Operation[]
  return { digest: digestOf(operations.map(({ id }) => id)), operations: read }
}

/** Of four to eleven permissions; `other` is what the set is rewritten to. */
function permissionSet(
  number: number,
  other: boolean,
): readonly (Permission & { readonly narrowed: number | undefined })[] {
  const random = randomNumbers(number * 2 + (other ? 1001 : 1000))
  return numbers(4 + random(8)).map(() => ({
    ...selectors(random),
    effect: (['allow', 'allow', 'allow', 'allow', 'confirm', 'confirm', 'confirm', 'deny'] as const)[random(8)]!,
    narrowed: random(2) === 0 ? random(SIZE.groupsEach) : undefined,
  }))
}

function selectors(random: Random): Pick<Permission, 'methods' | 'tags' | 'paths'> {
  const given = random(4)
  if (given === 0) return { methods: ['get'] }
  if (given === 1) return { methods: [['post', 'put', 'delete'][random(3)]!], tags: [`tag${random(12)}`] }
  if (given === 2) return { tags: [`tag${random(12)}`, `tag${random(12)}`] }
  return { paths: [`/*/part${random(10)}/**`] }
}

interface Known {
  readonly sets: readonly ReturnType<typeof permissionSet>[]
  readonly edit: Edit
}

function oneIntegration(number: number, random: Random, { sets, edit }: Known): ResourceOf<'integration'> {
  const named = new Set(numbers(1 + random(SIZE.groupsEach)).map(() => groupName(skewed(random, SIZE.groups, 1.5))))
  const groups = [...named].slice(0, SIZE.groupsEach)
  const set = sets[skewed(random, SIZE.permissionSets, 1.84)]!
  const used = serviceName(random(SIZE.services))
  const more = groupName(random(SIZE.groups))
  const permissions = set.map(({ narrowed, ...permission }) => ({
    ...structuredClone(permission),
    ...(narrowed === undefined ? {} : { groups: [groups[narrowed % groups.length]!] }),
  }))
  const regranted = number < (edit.regranted ?? 0) ? [...new Set([...groups, more])] : groups
  const name = `integration-${number}`
  return digested({
    ...integration({
      service: { kind: 'ServiceDefinition', name: used },
      access: { level: 'group', groups: regranted.toSorted() },
      permissions,
    }),
    name,
    address: addressOf('integration', 'acme', name),
  })
}

function digested<T extends Resource>(resource: T): T {
  return { ...resource, digest: digestOf(resource.spec) }
}

type Random = (below: number) => number

/** Whole numbers from 0, by a generator that says the same everywhere (mulberry32). */
function randomNumbers(seed: number): Random {
  let at = seed
  return below => {
    at = (at + 0x6d2b79f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Small numbers more often than large ones. */
function skewed(random: Random, below: number, power: number): number {
  return Math.floor(below * (random(1_000_000) / 1_000_000) ** power)
}

export function numbers(count: number): readonly number[] {
  return [...Array(count).keys()]
}
