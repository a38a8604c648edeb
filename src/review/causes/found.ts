import type { Because, Cause, Line, LineOf, ReviewedOperation } from '../../model/finding.ts'
import type { Edit } from './edits.ts'
import type { Necessity, Unit } from './necessity.ts'
import { nameOf } from './scope.ts'
import { wordsFor } from './words.ts'

/** Causes as they were found for one class of people and operations that are treated alike. */
export interface Found {
  readonly necessity: Necessity
  /** Nobody for a set whose members are unknown here. */
  readonly people: readonly string[]
  readonly operations: () => readonly ReviewedOperation[]
}

/** Everything that has the same causes, where those of people who joined together, or of operations, count as the same. */
interface Told {
  readonly necessity: Necessity
  readonly people: readonly string[]
  readonly found: readonly Found[]
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

/** The reasons of a row, those that concern most people first; `all` is how many people it has. */
export function becauseOf(found: readonly Found[], all: number | undefined, tell: Tell): readonly Because[] {
  const told = [...Map.groupBy(found, ({ necessity }) => keyOf(necessity)).values()].map(same => ({
    necessity: same[0]!.necessity,
    people: peopleIn(same, all),
    found: same,
  }))
  return told.toSorted((a, b) => b.people.length - a.people.length).flatMap(each => because(each, all, tell))
}

/** Everybody in any of these; most often all are of one class, or one has everybody. */
function peopleIn(found: readonly Found[], all: number | undefined): readonly string[] {
  const whole = found.find(({ people }) => people.length === all) ?? (found.length === 1 ? found[0] : undefined)
  return whole?.people ?? [...new Set(found.flatMap(({ people }) => people))].toSorted()
}

function keyOf({ each, either }: Necessity): string {
  return JSON.stringify([each.map(sortOf).toSorted(), either.map(sortOf).toSorted()])
}

function sortOf(unit: Unit): string {
  const { address, side, at, what } = unit[0]!
  const item = TOGETHER.has(what.kind) ? '' : (at.item ?? '')
  return `${unit.length} ${address} ${side} ${what.kind} ${at.path.join('.')} ${item}`
}

function because(told: Told, all: number | undefined, tell: Tell): readonly Because[] {
  const { necessity, people } = told
  const about = all === undefined || people.length === all ? {} : { people: people.length }
  return (['each', 'either'] as const).flatMap(need => {
    const causes = necessity[need].map(unit => tell(unit, told))
    return causes.length === 0 ? [] : [{ need, causes, ...about }]
  })
}

/** Tells of a cause where it stands and what it is. */
type Tell = (unit: Unit, told: Told) => Cause

/** Asks for each line once: many rows have the same causes. */
export function teller(lineOf: LineOf): Tell {
  const lines = new Map<Edit, Line>()
  const causes = new Map<Edit, Cause>()
  const lineFor = (edit: Edit): Line => {
    let line = lines.get(edit)
    if (line === undefined) lines.set(edit, (line = lineOf(edit.side, edit.address, edit.at)))
    return line
  }
  return (unit, told) => {
    const edit = unit[0]!
    const { address, side, what } = edit
    if (unit.length > 1) return { address, edit: `${unit.length} edits`, ...lineOf(side, address, { path: ['spec'] }) }
    if (TOGETHER.has(what.kind)) return { address, edit: wordsFor(what, namesIn(what.kind, told)), ...lineFor(edit) }
    let cause = causes.get(edit)
    if (cause === undefined) causes.set(edit, (cause = { address, edit: wordsFor(what, []), ...lineFor(edit) }))
    return cause
  }
}

function namesIn(kind: Edit['what']['kind'], { people, found }: Told): readonly string[] {
  if (kind === 'member') return people
  return [...new Set(found.flatMap(({ operations }) => operations()))].map(nameOf)
}
