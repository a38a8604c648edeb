import { hasBit } from '../access/bits.ts'
import type { CompiledAccess } from '../access/compile.ts'
import { compiler, type World } from '../access/consequences.ts'
import type { Directory } from '../access/directory.ts'
import { directoryOfSides, divisionOf } from '../access/division.ts'
import { effectsOf, type Effects } from '../access/effects.ts'
import { idpGroupsOf, audiencesOf, stranger } from '../access/people.ts'
import { applies, reaches, type Rule } from '../access/rule.ts'
import type { Address } from '../model/address.ts'
import { principal, type Principal } from '../model/effect.ts'
import type { Decision, ReviewedOperation } from '../model/finding.ts'
import type { OperationTable } from '../model/operation.ts'
import { heldBack, selectorIndex } from '../model/selector.ts'
import { operationsOf, usersOf, type OutsideInput, type Service } from './outside/input.ts'

type Covering = Decision['covering'][number]

/** Somebody whom a permission may reach, and how many there are like them; `undefined` where nobody here knows. */
interface Somebody {
  readonly person: Principal
  readonly number: number | undefined
  readonly effects: Effects
}

/**
 * The decisions about new operations: the permissions that would cover each of them once it is accepted, with the people
 * for whom it would then have the effect of the permission, other permissions counted in.
 */
export function decisions(
  { service, after }: { readonly service: Address; readonly after: Service },
  waiting: readonly ReviewedOperation[],
  input: OutsideInput,
): readonly Decision[] {
  if (waiting.length === 0) return []
  const operations = operationsOf(input.after, after)
  const positions = new Map(waiting.map(({ after: operation }) => [operations.indexOf(operation!), [] as Covering[]]))
  const directories = new Map<string, Directory>()
  const compiled = compiler(withAccepted(input.after, after.spec.operations))
  for (const integration of usersOf('integration', input.usedBy('after', service))) {
    const access = compiled(integration)
    if (access !== undefined) cover(positions, { access, operations, input, directories })
  }
  return [...positions.values()].map((covering, index) => ({ operation: waiting[index]!, covering }))
}

/** The world in which every operation of one table is accepted. */
function withAccepted(world: World, digest: string): World {
  const table = world.table(digest)
  const operations = table?.operations.map(({ isNew: _isNew, ...operation }) => operation) ?? []
  const accepted: OperationTable = { digest, operations }
  return {
    find: address => world.find(address),
    table: asked => (asked === digest ? accepted : world.table(asked)),
    ...(world.asOf !== undefined && { asOf: world.asOf }),
  }
}

interface Integration {
  readonly access: CompiledAccess
  /** The operations as they are, new ones marked. */
  readonly operations: OperationTable['operations']
  readonly input: OutsideInput
  /** Of the people in groups: integrations that name the same ones share a directory. */
  readonly directories: Map<string, Directory>
}

function cover(positions: ReadonlyMap<number, Covering[]>, integration: Integration): void {
  const { access, operations, input, directories } = integration
  const { address } = access.integration
  let people: readonly Somebody[] | undefined
  for (const [index, rule] of access.rules.entries()) {
    const held = heldBack(selectorIndex(operations), rule.permission).filter(position => positions.has(position))
    if (held.length === 0) continue
    const reached = (people ??= everybody(access, directories)).filter(each => isReached(rule, each.person, access))
    const line = input.lineOf('after', address, { path: ['spec', 'permissions', index] })
    for (const position of held) {
      const covered = coveredBy(rule, position, reached)
      if (covered !== undefined)
        positions.get(position)!.push({ integration: address, effect: rule.effect, line, ...covered })
    }
  }
}

/** How many of these people would have the effect of a rule on an operation; `undefined` where nobody would. */
function coveredBy(
  { effect }: Rule,
  position: number,
  people: readonly Somebody[],
): Pick<Covering, 'people' | 'open'> | undefined {
  let [known, open] = [0, false]
  for (const { number, effects } of people) {
    if (!hasBit(effect === 'allow' ? effects.allow : effects.confirm, position)) continue
    if (number === undefined) open = true
    else known += number
  }
  return known > 0 || open ? { people: known, open } : undefined
}

function isReached(rule: Rule, person: Principal, { groups }: CompiledAccess): boolean {
  return applies(rule, reaches(rule, person, groups))
}

/** All people known by name, one for each class of them; then the sets whose members are unknown here. */
function everybody(access: CompiledAccess, directories: Map<string, Directory>): readonly Somebody[] {
  const audiences = audiencesOf(access)
  const companies = new Set(audiences.flatMap(audience => audience.companies))
  const idpGroups = new Set(audiences.flatMap(audience => idpGroupsOf(audience, access)))
  const { classes, directory } = divisionOf([access], directoryFor(access, directories))
  const somebody = (person: Principal, number?: number): Somebody => ({
    person,
    number,
    effects: effectsOf(access, person),
  })
  return [
    ...classes.map(people => somebody(principal(directory.people[people[0]!]!), people.length)),
    ...[...companies].map(company => somebody(stranger(company, []))),
    ...[...idpGroups].map(group => somebody(stranger(undefined, [group]))),
  ]
}

function directoryFor(access: CompiledAccess, directories: Map<string, Directory>): Directory {
  const audiences = audiencesOf(access)
  if (audiences.some(({ individuals }) => individuals.size > 0)) return directoryOfSides([access])
  const groups = audiences.flatMap(audience => audience.groups.map(({ name }) => name))
  const key = JSON.stringify([access.integration.namespace, ...new Set(groups)])
  let directory = directories.get(key)
  if (directory === undefined) directories.set(key, (directory = directoryOfSides([access])))
  return directory
}
