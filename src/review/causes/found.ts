import type { Because, Cause, LineOf, ReviewedOperation } from '../../model/finding.ts'
import type { Edit } from './edits.ts'
import type { Necessity, Unit } from './necessity.ts'
import { nameOf } from './scope.ts'
import { wordsFor } from './words.ts'

/** Causes as they were found for one class of people and operations that are treated alike. */
export interface Found {
  readonly necessity: Necessity
  /** Nobody for a set whose members are unknown here. */
  readonly people: readonly string[]
  readonly operations: readonly ReviewedOperation[]
}

/** Everything that has the same causes, where those of people who joined together, or of operations, count as the same. */
interface Told {
  readonly necessity: Necessity
  readonly people: Set<string>
  readonly operations: Set<ReviewedOperation>
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
export function becauseOf(found: readonly Found[], all: number | undefined, lineOf: LineOf): readonly Because[] {
  const told = new Map<string, Told>()
  for (const { necessity, people, operations } of found) {
    const key = keyOf(necessity)
    const same = told.get(key) ?? { necessity, people: new Set(), operations: new Set() }
    told.set(key, same)
    for (const person of people) same.people.add(person)
    for (const operation of operations) same.operations.add(operation)
  }
  return [...told.values()]
    .toSorted((a, b) => b.people.size - a.people.size)
    .flatMap(each => because(each, all, lineOf))
}

function keyOf({ each, either }: Necessity): string {
  return JSON.stringify([each.map(sortOf).toSorted(), either.map(sortOf).toSorted()])
}

function sortOf(unit: Unit): string {
  const { address, side, at, what } = unit[0]!
  const item = TOGETHER.has(what.kind) ? '' : (at.item ?? '')
  return `${unit.length} ${address} ${side} ${what.kind} ${at.path.join('.')} ${item}`
}

function because(told: Told, all: number | undefined, lineOf: LineOf): readonly Because[] {
  const { necessity, people } = told
  const about = all === undefined || people.size === all ? {} : { people: people.size }
  return (['each', 'either'] as const).flatMap(need => {
    const causes = necessity[need].map(unit => causeOf(unit, told, lineOf))
    return causes.length === 0 ? [] : [{ need, causes, ...about }]
  })
}

function causeOf(unit: Unit, { people, operations }: Told, lineOf: LineOf): Cause {
  const { address, side, at, what } = unit[0]!
  if (unit.length > 1) return { address, edit: `${unit.length} edits`, ...lineOf(side, address, { path: ['spec'] }) }
  return { address, edit: wordsFor(what, namesIn(what.kind, people, operations)), ...lineOf(side, address, at) }
}

function namesIn(
  kind: Edit['what']['kind'],
  people: ReadonlySet<string>,
  operations: ReadonlySet<ReviewedOperation>,
): readonly string[] {
  if (!TOGETHER.has(kind)) return []
  return kind === 'member' ? [...people].toSorted() : [...operations].map(nameOf)
}
