import type { Address } from '../model/address.ts'
import { type Effect } from '../model/effect.ts'
import type { ReviewedOperation, Who } from '../model/finding.ts'
import type { Operation } from '../model/operation.ts'
import type { EffectChange } from '../model/plan.ts'
import type { CompiledAccess } from './compile.ts'
import type { Directory } from './directory.ts'
import { directoryOfSides, divisionOf } from './division.ts'
import { inOrder } from './order.ts'
import { standings, stepsOfOpenSets, stepsOfPeople } from './steps.ts'
import { isSameService } from './same.ts'
import { apartTable, jointTable, operationsIn, type JointTable } from './table.ts'

/** One step that the same people take on the same operations: part of an exact difference. */
export interface AccessStep {
  readonly before: Effect
  readonly after: Effect
  readonly who: Who
  /** In the order of the table; never empty. The same array wherever the same operations of two tables are meant. */
  readonly operations: readonly ReviewedOperation[]
}

/** What is known of both states beside the two sides of one integration. */
export interface Surroundings {
  /** Names everybody whom either side names; shared by all integrations of a namespace. */
  readonly directory: Directory
  /** The operations of the service, also on a side where the integration does not exist. */
  readonly before: readonly Operation[]
  readonly after: readonly Operation[]
}

/**
 * How effective access to one integration changes, in the words of a plan; see `accessSteps`.
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

/**
 * How effective access to one integration changes, exactly; what widens comes first. An absent side denies everything.
 * Operations of one service are the same where their endpoints are, whatever they are called; one that a table does not
 * hold is denied. Those of two services never are the same: what an integration leaves is lost, and the other is gained.
 * People known by name are all compared. Groups of the identity provider and companies stand for those whom no document
 * names, in that one group or company.
 */
export function accessSteps(
  before: CompiledAccess | undefined,
  after: CompiledAccess | undefined,
  around?: Surroundings,
): readonly AccessStep[] {
  const sides = [before, after].filter(side => side !== undefined)
  if (sides.length === 0 || isSame(before, after)) return []
  const table = tableOf(before, after, around)
  const change = { ...standings(before, after, table), sides }
  const division = divisionOf(sides, around?.directory ?? directoryOfSides(sides))
  return [...stepsOfOpenSets(change), ...stepsOfPeople(change, division)]
    .map(({ transition: { before: from, after: to }, who, operations }) => ({
      before: from,
      after: to,
      who,
      operations: operationsIn(operations, table),
    }))
    .toSorted(inOrder)
}

/** The operations of both sides; of an integration that connects to another service now, none is the same. */
export function tableOf(
  before: CompiledAccess | undefined,
  after: CompiledAccess | undefined,
  around?: Pick<Surroundings, 'before' | 'after'>,
): JointTable {
  const isOther = before !== undefined && after !== undefined && !isSameService(before.integration, after.integration)
  const tables = [around?.before ?? before?.operations, around?.after ?? after?.operations] as const
  return isOther ? apartTable(...tables) : jointTable(...tables)
}

function isSame(before: CompiledAccess | undefined, after: CompiledAccess | undefined): boolean {
  return (
    before?.integration === after?.integration &&
    before?.operations === after?.operations &&
    before?.groups === after?.groups
  )
}
