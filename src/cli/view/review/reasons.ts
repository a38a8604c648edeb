import type { Address } from '../../../model/address.ts'
import type { Because, Cause, Finding } from '../../../model/finding.ts'
import { nameIn } from '../../../review/describe.ts'
import { operationOf } from '../../../review/severity.ts'
import { counted } from './numbers.ts'
import type { Writer } from './writer.ts'

/** One edit, or the same edit of several integrations: each on a line of its own. */
export type Edits = readonly [Cause, ...Cause[]]

/** Why a finding holds for some of its cells, or for all: each of some edits is needed, and any one of others. */
export interface Reason {
  readonly about: Omit<Because, 'need' | 'causes'>
  readonly each: readonly Edits[]
  readonly either: readonly Edits[]
}

/** The reasons of a finding, in their order; those that differ only in the integration, and so in the line, as one. */
export function reasonsOf({ because, integrations }: Finding): readonly Reason[] {
  const reasons: Reason[] = []
  for (const [index, one] of because.entries()) {
    const before = because[index - 1]
    if (one.need === 'either' && before?.need === 'each' && isSame(aboutOf(before), aboutOf(one)))
      reasons.push({ ...reasons.pop()!, either: one.causes.map(cause => [cause]) })
    else reasons.push({ about: aboutOf(one), each: [], either: [], [one.need]: one.causes.map(cause => [cause]) })
  }
  return [...Map.groupBy(reasons, keyOf).values()].map(same => joined(same, integrations))
}

function aboutOf({ people, operations, integrations }: Because): Reason['about'] {
  return {
    ...(people !== undefined && { people }),
    ...(operations !== undefined && { operations }),
    ...(integrations !== undefined && { integrations }),
  }
}

function isSame(a: Reason['about'], b: Reason['about']): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The same for what is told as one: of numbers of people nobody knows whether they are the same people. */
function keyOf({ about, each, either }: Reason, index: number): string {
  const { people, operations, integrations } = about
  if (people !== undefined || integrations === undefined) return String(index)
  return JSON.stringify([operations ?? [], [each, either].map(edits => edits.map(([{ edit }]) => edit))])
}

function joined(same: readonly Reason[], all: readonly Address[]): Reason {
  const [first] = same as readonly [Reason]
  if (same.length === 1) return first
  const { operations } = first.about
  const integrations = same.flatMap(({ about }) => about.integrations ?? []).toSorted()
  const linesOf = (need: Because['need']): Reason['each'] =>
    first[need].map((_, index) => distinct(same.flatMap(reason => reason[need][index]!)))
  return {
    about: {
      ...(operations !== undefined && { operations }),
      ...(integrations.length !== all.length && { integrations }),
    },
    each: linesOf('each'),
    either: linesOf('either'),
  }
}

function distinct(causes: readonly Cause[]): Edits {
  const byLine = new Map(causes.map(cause => [`${cause.side} ${cause.line} ${cause.file}`, cause]))
  return [...byLine.values()] as unknown as Edits
}

/** What reasons are about, one after the other: the last operations are the others. */
export function aboutTexts(reasons: readonly Reason[], finding: Finding, write: Writer): readonly string[] {
  const left = new Set(finding.kind === 'access' ? finding.operations.map(each => operationOf(each).id) : [])
  const all = left.size
  return reasons.map(({ about: { people, operations, integrations } }) => {
    const isRest = left.size < all && operations?.length === left.size && operations.every(id => left.has(id))
    for (const id of operations ?? []) left.delete(id)
    return [
      ...(people === undefined ? [] : [counted(people, 'person', 'people')]),
      ...(operations === undefined ? [] : [`for ${operationsText(operations, isRest, write)}`]),
      ...(integrations === undefined ? [] : [`on ${write.names(integrations.map(nameIn))}`]),
    ].join(' ')
  })
}

const NAMED = 2

function operationsText(ids: readonly string[], isRest: boolean, write: Writer): string {
  return isRest && ids.length > NAMED ? counted(ids.length, 'other') : write.names(ids)
}
