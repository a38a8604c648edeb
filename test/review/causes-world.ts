import type { CompiledAccess } from '../../src/access/compile.ts'
import { compiler, type World } from '../../src/access/consequences.ts'
import { effectOf } from '../../src/access/decide.ts'
import { bitsOf } from '../../src/access/bits.ts'
import { jointTable, operationsIn } from '../../src/access/table.ts'
import { stranger } from '../../src/access/people.ts'
import { addressOf, compareAddresses, type Address } from '../../src/model/address.ts'
import { principal, type Effect, type Principal } from '../../src/model/effect.ts'
import type { ReviewedOperation, Who } from '../../src/model/finding.ts'
import type { Operation } from '../../src/model/operation.ts'
import type { Changed } from '../../src/model/review.ts'
import type { Resource, ResourceOf, ResourceSpecs } from '../../src/model/state.ts'
import { explainRows, type Explained } from '../../src/review/causes.ts'
import type { AccessRow } from '../../src/review/rows.ts'
import { accessGroup, integration } from '../access/facts.ts'

type IntegrationSpec = Pick<ResourceSpecs['integration'], 'access'> & Partial<ResourceSpecs['integration']>

/** One state in few words: groups, integrations and services of the namespace `acme`, by name. */
export interface Told {
  readonly groups?: Readonly<Record<string, Partial<ResourceSpecs['accessGroup']>>>
  readonly integrations?: Readonly<Record<string, IntegrationSpec>>
  readonly services?: Readonly<Record<string, readonly Operation[]>>
  readonly asOf?: string
  /** What the lock file accepts, by service; there is none without it. */
  readonly lock?: Readonly<Record<string, readonly string[]>>
}

export function integrationNamed(name: string, spec: IntegrationSpec): ResourceOf<'integration'> {
  const service = { kind: 'ServiceDefinition', name: 'jira' } as const
  return { ...integration({ service, ...spec }), name, address: addressOf('integration', 'acme', name) }
}

export function serviceNamed(name: string, operations: string): Resource {
  return {
    ...accessGroup(name, {}),
    kind: 'serviceDefinition',
    address: addressOf('serviceDefinition', 'acme', name),
    spec: { displayName: name, description: name, type: 'openapi', auth: [], operations },
  }
}

export interface State extends World {
  readonly resources: ReadonlyMap<Address, Resource>
  readonly lock: ReadonlyMap<Address, readonly string[]> | undefined
}

export function stateOf({ groups = {}, integrations = {}, services = {}, asOf, lock }: Told): State {
  const digests = Object.fromEntries(Object.entries(services).map(([name, table]) => [name, JSON.stringify(table)]))
  const tables = new Map(
    Object.entries(services).map(([name, operations]) => [digests[name]!, { digest: digests[name]!, operations }]),
  )
  const all: readonly Resource[] = [
    ...Object.entries(groups).map(([name, spec]) => accessGroup(name, spec)),
    ...Object.entries(integrations).map(([name, spec]) => integrationNamed(name, spec)),
    ...Object.keys(services).map(name => serviceNamed(name, digests[name]!)),
  ]
  const resources = new Map(all.map(resource => [resource.address, resource]))
  return {
    resources,
    lock:
      lock && new Map(Object.entries(lock).map(([name, keys]) => [addressOf('serviceDefinition', 'acme', name), keys])),
    find: address => resources.get(address),
    table: digest => tables.get(digest),
    ...(asOf !== undefined && { asOf }),
  }
}

/** Everything counts as changed that is not the very same text on both sides. */
export function changesBetween(before: State, after: State): readonly Changed[] {
  const addresses = [...new Set([...before.resources.keys(), ...after.resources.keys()])].toSorted(compareAddresses)
  return addresses
    .map(address => ({ address, before: before.resources.get(address), after: after.resources.get(address) }))
    .filter(change => JSON.stringify(change.before) !== JSON.stringify(change.after))
}

export interface Asked {
  readonly who: Who['kind']
  readonly name: string
  readonly person: Principal
}

/** Everybody that either state names. */
export function everybodyIn(...states: readonly State[]): readonly Asked[] {
  const named = new Map<string, Asked>()
  const add = (who: Who['kind'], name: string, person: Principal): unknown =>
    named.set(`${who} ${name}`, { who, name, person })
  for (const { spec } of states.flatMap(({ resources }) => [...resources.values()])) {
    if ('members' in spec) for (const name of spec.members) add('people', name, principal(name))
    if ('idpGroups' in spec) for (const name of spec.idpGroups) add('idpGroup', name, stranger(undefined, [name]))
    if (!('permissions' in spec)) continue
    for (const each of [spec.access, ...spec.permissions]) {
      for (const name of each.individuals ?? []) add('people', principal(name).id, principal(name))
      for (const name of each.companies ?? []) add('company', name, stranger(name, []))
    }
  }
  return [...named.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The rows of a change, cell by cell: people of one integration who take the same steps on the same operations. */
export function rowsBetween(before: State, after: State): readonly AccessRow[] {
  const everybody = everybodyIn(before, after)
  const all = [...before.resources.values(), ...after.resources.values()]
  const addresses = new Set(all.filter(({ kind }) => kind === 'integration').map(({ address }) => address))
  const [was, is] = [compiler(before), compiler(after)]
  return [...addresses].toSorted().flatMap(address => {
    const [old, made] = [was(address), is(address)]
    const table = askedOf(old, made)
    const effect = (side: typeof old, person: Principal, operation: Operation | undefined): Effect =>
      side && operation ? effectOf(side, person, side.operations.indexOf(operation)) : 'deny'
    const rows = new Map<string, { asked: Asked[]; operations: ReviewedOperation[]; before: Effect; after: Effect }>()
    for (const asked of everybody) {
      const steps = new Map<string, { operations: ReviewedOperation[]; before: Effect; after: Effect }>()
      for (const operation of table) {
        const step = {
          before: effect(old, asked.person, operation.before),
          after: effect(made, asked.person, operation.after),
        }
        if (step.before === step.after) continue
        const key = `${step.before} ${step.after}`
        const same = steps.get(key) ?? { ...step, operations: [] }
        steps.set(key, { ...same, operations: [...same.operations, operation] })
      }
      for (const [key, step] of steps) {
        const open = asked.who === 'people' ? '' : asked.name
        const whole = `${key} ${asked.who} ${open} ${step.operations.map(each => each.key).join()}`
        const same = rows.get(whole) ?? { ...step, asked: [] }
        rows.set(whole, { ...same, asked: [...same.asked, asked] })
      }
    }
    return [...rows.values()].map(({ asked, ...row }) => ({ ...row, who: whoOf(asked), integrations: [address] }))
  })
}

/** The operations of an integration on both sides; two services have none in common. */
function askedOf(before: CompiledAccess | undefined, after: CompiledAccess | undefined): readonly ReviewedOperation[] {
  const [from, to] = [before, after].map(side => side?.integration.spec.service.name)
  if (from === undefined || to === undefined || from === to) return allOf(before?.operations, after?.operations)
  return [...allOf(before?.operations), ...allOf(undefined, after?.operations)]
}

/** All operations of two tables. */
export function allOf(before?: readonly Operation[], after?: readonly Operation[]): readonly ReviewedOperation[] {
  const joint = jointTable(before, after)
  return operationsIn(bitsOf(Array(joint.size).keys(), joint.size), joint)
}

function whoOf(asked: readonly Asked[]): Who {
  const { who, name } = asked[0]!
  return who === 'people' ? { kind: who, name, people: asked.map(each => each.name) } : { kind: who, name }
}

/** Explains rows; lines tell what was asked for, in the name of their file. */
export function explain(rows: readonly AccessRow[], before: State, after: State): readonly Explained[] {
  return explainRows(rows, {
    before,
    after,
    changes: changesBetween(before, after),
    guards: { before, after },
    lineOf: (side, address, { path, item }) => ({
      side,
      // Which operation of a document it is about is not asked here.
      file: [address, ...path, ...(item === undefined || path[1] === 'openapi' ? [] : [item])].join(' '),
      line: 1,
    }),
  })
}

/** Each reason in one line, such as `each for 2 of createRefund: permission 2 (confirm → allow) + member dana added`. */
export function inWords({ because }: Explained): readonly string[] {
  return because.map(({ need, people, operations, integrations, causes }) => {
    const about = [
      need,
      ...(people === undefined ? [] : [`for ${people}`]),
      ...(operations === undefined ? [] : [`of ${operations.join(' ')}`]),
      ...(integrations === undefined ? [] : [`on ${integrations.join(' ')}`]),
    ].join(' ')
    return `${about}: ${causes.map(({ edit }) => edit).join(' + ')}`
  })
}
