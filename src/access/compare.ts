import type { Address } from '../model/address.ts'
import { principal, type Effect, type Principal } from '../model/effect.ts'
import type { ReviewedOperation, Who } from '../model/finding.ts'
import type { EffectChange } from '../model/plan.ts'
import { isEmpty, type Bits } from './bits.ts'
import { partition, type Partition, type Sides } from './classes.ts'
import type { CompiledAccess } from './compile.ts'
import { effectsOf, stepping, TRANSITIONS, type Effects, type Transition } from './effects.ts'
import { nameOf } from './names.ts'
import { audiencesOf, idpGroupsOf, stranger } from './people.ts'
import { jointTable, operationsIn, renumber, type JointTable } from './table.ts'

/** One step that the same people take on the same operations: part of an exact difference. */
export interface AccessStep {
  readonly before: Effect
  readonly after: Effect
  readonly who: Who
  /** In the order of the table; never empty. The same array wherever the same operations of two tables are meant. */
  readonly operations: readonly ReviewedOperation[]
}

/**
 * How effective access to one integration changes; an absent side denies everything. Operations are the same where
 * their endpoints are, whatever they are called; one that a table does not hold is denied. People known by name are compared exactly. Groups of the
 * identity provider and companies stand for those whom no document names, in that one group or company.
 */
export function compareAccess(
  before: CompiledAccess | undefined,
  after: CompiledAccess | undefined,
): readonly EffectChange[] {
  const integration = (after ?? before)?.integration.address
  if (integration === undefined) return []
  return accessSteps(before, after).map(step => effectChange(integration, step))
}

/** A step in the words of a plan. */
export function effectChange(integration: Address, { who, operations, before, after }: AccessStep): EffectChange {
  return {
    integration,
    who: who.kind === 'people' ? who.name : `${OPEN_NAMES[who.kind]} ${who.name} (people unknown)`,
    people: who.kind === 'people' ? who.people.length : undefined,
    operations: idsOf(operations),
    before,
    after,
  }
}

const OPEN_NAMES = { company: 'everyone at', idpGroup: 'identity provider group' } as const

const ids = new WeakMap<readonly ReviewedOperation[], readonly string[]>()

/** What operations are called: after the change, or before it where they are gone. */
function idsOf(operations: readonly ReviewedOperation[]): readonly string[] {
  let known = ids.get(operations)
  if (known === undefined) ids.set(operations, (known = operations.map(({ before, after }) => (after ?? before)!.id)))
  return known
}

/** The difference that `compareAccess` puts into words, with every person in it; what widens comes first. */
export function accessSteps(
  before: CompiledAccess | undefined,
  after: CompiledAccess | undefined,
): readonly AccessStep[] {
  const sides = [before, after].filter(side => side !== undefined)
  if (sides.length === 0 || isSame(before, after)) return []
  const table = jointTable(before?.operations, after?.operations)
  const change = { before, after, table }
  return [...stepsOfPeople(change, sides), ...stepsOfOpenSets(change, sides)].toSorted(inOrder)
}

function isSame(before: CompiledAccess | undefined, after: CompiledAccess | undefined): boolean {
  return (
    before?.integration === after?.integration &&
    before?.operations === after?.operations &&
    before?.groups === after?.groups
  )
}

interface Compared {
  readonly before: CompiledAccess | undefined
  readonly after: CompiledAccess | undefined
  readonly table: JointTable
}

const NONE: Bits = new Uint32Array()
const DENIED: Effects = { allow: NONE, confirm: NONE }

/** The operations of each step that a person takes, in the order of `TRANSITIONS`; `undefined` where nothing changes. */
function stepsOf({ before, after, table }: Compared, person: Principal): readonly Bits[] | undefined {
  const was = before === undefined ? DENIED : renumbered(effectsOf(before, person), table)
  const is = after === undefined ? DENIED : effectsOf(after, person)
  const steps = TRANSITIONS.map(step => stepping(step, was, is))
  return steps.every(isEmpty) ? undefined : steps
}

function renumbered({ allow, confirm }: Effects, table: JointTable): Effects {
  return { allow: renumber(allow, table), confirm: renumber(confirm, table) }
}

interface Merged {
  readonly transition: Transition
  readonly operations: Bits
  readonly classes: number[]
}

/** Classes that take the same step on the same operations make one step together. */
function stepsOfPeople(change: Compared, sides: Sides): AccessStep[] {
  const divided = partition(sides)
  const merged = new Map<string, Merged>()
  for (const [number, people] of divided.classes.entries()) {
    const steps = stepsOf(change, principal(people[0]!)) ?? []
    for (const [index, operations] of steps.entries()) {
      if (isEmpty(operations)) continue
      const key = `${index}:${operations.join(',')}`
      const same = merged.get(key)
      if (same === undefined) merged.set(key, { transition: TRANSITIONS[index]!, operations, classes: [number] })
      else same.classes.push(number)
    }
  }
  return [...merged.values()].map(step => stepOfClasses(step, divided, { ...change, sides }))
}

function stepOfClasses(
  { transition, operations, classes }: Merged,
  divided: Partition,
  { table, sides }: Compared & { readonly sides: Sides },
): AccessStep {
  const people =
    classes.length === 1
      ? divided.classes[classes[0]!]!
      : classes.flatMap(number => divided.classes[number]!).toSorted()
  const key = classes.join(',')
  let name = divided.names.get(key)
  if (name === undefined) divided.names.set(key, (name = nameOf(people, sides)))
  return { ...transition, who: { kind: 'people', name, people }, operations: operationsIn(operations, table) }
}

function stepsOfOpenSets(change: Compared, sides: Sides): AccessStep[] {
  const companies = new Set(sides.flatMap(side => audiencesOf(side).flatMap(people => people.companies)))
  const idpGroups = new Set(sides.flatMap(side => audiencesOf(side).flatMap(people => idpGroupsOf(people, side))))
  const open = [
    ...[...companies].map(name => ({ who: { kind: 'company', name } as const, person: stranger(name, []) })),
    ...[...idpGroups].map(name => ({ who: { kind: 'idpGroup', name } as const, person: stranger(undefined, [name]) })),
  ]
  return open.flatMap(({ who, person }) =>
    (stepsOf(change, person) ?? []).flatMap((operations, index) =>
      isEmpty(operations) ? [] : [{ ...TRANSITIONS[index]!, who, operations: operationsIn(operations, change.table) }],
    ),
  )
}

/** As `TRANSITIONS`; then open sets and larger ones first; then by code unit of the names. */
function inOrder(a: AccessStep, b: AccessStep): number {
  return (
    rank(a) - rank(b) ||
    size(b) - size(a) ||
    b.operations.length - a.operations.length ||
    byCodeUnit(a.who.name, b.who.name) ||
    byCodeUnit(keysOf(a.operations), keysOf(b.operations))
  )
}

function keysOf(operations: readonly ReviewedOperation[]): string {
  return operations.map(({ key }) => key).join(' ')
}

function rank({ before, after }: AccessStep): number {
  return TRANSITIONS.findIndex(step => step.before === before && step.after === after)
}

function size({ who }: AccessStep): number {
  return who.kind === 'people' ? who.people.length : Number.MAX_SAFE_INTEGER
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
