import type { Because, Cause, Line, LineOf, ReviewedOperation } from '../../model/finding.ts'
import type { AccessRow } from '../rows.ts'
import { joined, type About } from './about.ts'
import type { Edit } from './edits.ts'
import type { Necessity, Unit } from './necessity.ts'
import { idOf, nameOf } from './scope.ts'
import { wordsFor } from './words.ts'

/** Causes as they were found for one class of people and operations of one integration that are treated alike. */
export interface Found extends About {
  readonly necessity: Necessity
}

/** Cells that have the same causes, where those of people who joined together, or of operations, count as the same. */
interface Told {
  readonly necessity: Necessity
  readonly about: About
}

/** Edits of these kinds differ only in the person or operation, and are told in one line. */
const TOGETHER: ReadonlySet<Edit['what']['kind']> = new Set([
  'member',
  'operation',
  'id',
  'path',
  'tags',
  'accepted',
  'unaccepted',
])

/** The reasons of a row, those that concern most people first. */
export function becauseOf(found: readonly Found[], row: AccessRow, tell: Tell): readonly Because[] {
  const told = [...Map.groupBy(found, ({ necessity }) => keyOf(necessity)).values()].flatMap(same => {
    return joined(same, row).map(about => ({ necessity: same[0]!.necessity, about }))
  })
  const sorted = told.toSorted((a, b) => b.about.people.length - a.about.people.length)
  return apart(sorted, row).flatMap(each => because(each, row, tell))
}

/**
 * Puts those about the same cells, as far as it is told, side by side: first where any edit is enough, last where each is
 * needed, so that the former never seem to belong to the latter.
 */
function apart(told: readonly Told[], row: AccessRow): readonly Told[] {
  if (told.length < 2 || told.every(({ necessity }) => necessity.either.length === 0)) return told
  const same = Map.groupBy(told, ({ about }) => JSON.stringify(limits(about, row)))
  return [...same.values()].flatMap(each => each.toSorted((a, b) => rank(a) - rank(b)))
}

function rank({ necessity: { each, either } }: Told): number {
  return each.length === 0 ? 0 : either.length === 0 ? 2 : 1
}

function keyOf({ each, either }: Necessity): string {
  return JSON.stringify([each.map(sortOf).toSorted(), either.map(sortOf).toSorted()])
}

function sortOf(unit: Unit): string {
  const { address, side, at, what } = unit[0]!
  const item = TOGETHER.has(what.kind) ? '' : (at.item ?? '')
  return `${unit.length} ${address} ${side} ${what.kind} ${at.path.join('.')} ${item}`
}

function because(told: Told, row: AccessRow, tell: Tell): readonly Because[] {
  const { necessity, about } = told
  const limited = limits(about, row)
  return (['each', 'either'] as const).flatMap(need => {
    const causes = necessity[need].map(unit => tell(unit, about))
    return causes.length === 0 ? [] : [{ need, causes, ...limited }]
  })
}

/** What cells are, where they are not all of a row. */
function limits({ people, operations, integrations }: About, row: AccessRow): Omit<Because, 'need' | 'causes'> {
  const all = row.who.kind === 'people' ? row.who.people.length : 0
  return {
    ...(people.length !== all && { people: people.length }),
    ...(operations.length !== row.operations.length && { operations: idsOf(operations) }),
    ...(integrations.length !== row.integrations.length && { integrations }),
  }
}

const ids = new WeakMap<readonly ReviewedOperation[], readonly string[]>()

/** The same list for the same operations: many reasons are about them. */
function idsOf(operations: readonly ReviewedOperation[]): readonly string[] {
  let known = ids.get(operations)
  if (known === undefined) ids.set(operations, (known = operations.map(idOf)))
  return known
}

/** Tells of a cause where it stands and what it is. */
type Tell = (unit: Unit, about: About) => Cause

/** Asks for each line once: many rows have the same causes. */
export function teller(lineOf: LineOf): Tell {
  const lines = new Map<Edit, Line>()
  const causes = new Map<Edit, Cause>()
  const lineFor = (edit: Edit): Line => {
    let line = lines.get(edit)
    if (line === undefined) lines.set(edit, (line = lineOf(edit.side, edit.address, edit.at)))
    return line
  }
  return (unit, about) => {
    const edit = unit[0]!
    const { address, side, what } = edit
    if (unit.length > 1) return { address, edit: `${unit.length} edits`, ...lineOf(side, address, { path: ['spec'] }) }
    if (TOGETHER.has(what.kind)) return { address, edit: wordsFor(what, namesIn(what.kind, about)), ...lineFor(edit) }
    let cause = causes.get(edit)
    if (cause === undefined) causes.set(edit, (cause = { address, edit: wordsFor(what, []), ...lineFor(edit) }))
    return cause
  }
}

function namesIn(kind: Edit['what']['kind'], { people, operations }: About): readonly string[] {
  return kind === 'member' ? people : operations.map(nameOf)
}
