import { hashText } from '../access/bits.ts'
import type { AccessStep } from '../access/compare.ts'
import type { Difference } from '../access/consequences.ts'
import { hashOfList } from '../access/hashes.ts'
import { byCodeUnit, inOrder } from '../access/order.ts'
import { hashOperation } from '../access/table.ts'
import type { Address } from '../model/address.ts'
import type { ReviewedOperation, Who } from '../model/finding.ts'

/** One step that the same people take on the same operations of one integration or several. */
export interface AccessRow extends AccessStep {
  /** Sorted; never empty. */
  readonly integrations: readonly Address[]
}

/**
 * Joins steps of the same people on the same operations, whatever integration they are on, and loses none. The same steps
 * give the same rows in the same order.
 */
export function accessRows(differences: readonly Difference[]): readonly AccessRow[] {
  const keyOf = rowKeys()
  const rows = new Map<string, GrowingRow>()
  const sorted = differences.toSorted((a, b) => byCodeUnit(a.integration, b.integration))
  for (const { integration, steps } of sorted) for (const step of steps) add(rows, keyOf(step), { step, integration })
  return [...rows.values()].toSorted(
    (a, b) => inOrder(a, b) || byCodeUnit(a.integrations.join(' '), b.integrations.join(' ')),
  )
}

interface GrowingRow extends AccessStep {
  who: Who
  readonly integrations: Address[]
}

interface Taken {
  readonly step: AccessStep
  readonly integration: Address
}

function add(rows: Map<string, GrowingRow>, key: string, { step, integration }: Taken): void {
  const row = rows.get(key)
  if (row === undefined) {
    rows.set(key, { ...step, integrations: [integration] })
    return
  }
  row.integrations.push(integration)
  if (isBetterName(step.who.name, row.who.name)) row.who = step.who
}

/** What steps have in common that make one row. */
function rowKeys(): (step: AccessStep) => string {
  const [who, what] = [whoNumbers(), setNumbers(hashOperation, isSameOperation)]
  return step => `${step.before} ${step.after} ${who(step.who)} ${what(step.operations)}`
}

/** The name of one group says more than that of several, and either more than names of people; a shorter one more. */
function isBetterName(name: string, other: string): boolean {
  if (name === other) return false
  return (kindOf(name) - kindOf(other) || name.length - other.length || (name < other ? -1 : 1)) < 0
}

const KINDS = ['group ', 'groups ']

function kindOf(name: string): number {
  const kind = KINDS.findIndex(start => name.startsWith(start))
  return kind < 0 ? KINDS.length : kind
}

/** Gives a number to everything: the same to what is equal, and to nothing else. */
type Numbers<T> = (thing: T) => number

function whoNumbers(): Numbers<Who> {
  const people = setNumbers<string>(hashText, (a, b) => a === b)
  const others = new Map<string, number>()
  return who => {
    if (who.kind === 'people') return 2 * people(who.people)
    const name = `${who.kind} ${who.name}`
    if (!others.has(name)) others.set(name, others.size)
    return 2 * others.get(name)! + 1
  }
}

/** Numbers for sets by all that is in them, in any order: a hash finds candidates, and every item decides. */
function setNumbers<T>(hashOf: (item: T) => number, isSame: Same<T>): Numbers<readonly T[]> {
  const known = new Map<readonly T[], number>()
  const byHash = new Map<number, (readonly T[])[]>()
  return list => {
    let number = known.get(list)
    if (number !== undefined) return number
    const hash = hashOfList(list, hashOf)
    const candidates = byHash.get(hash) ?? []
    const same = candidates.find(each => isSameSet(each, list, isSame))
    if (same === undefined) byHash.set(hash, [...candidates, list])
    number = same === undefined ? known.size : known.get(same)!
    known.set(list, number)
    return number
  }
}

type Same<T> = (a: T, b: T) => boolean

/** Sets are mostly in the same order. */
function isSameSet<T>(a: readonly T[], b: readonly T[], isSame: Same<T>): boolean {
  if (a.length !== b.length) return false
  return (
    a.every((item, at) => isSame(item, b[at]!)) ||
    (a.every(item => b.some(other => isSame(item, other))) && b.every(item => a.some(other => isSame(item, other))))
  )
}

/** Operations are equal where their endpoints are, and everything is that guardrails read of them, on both sides. */
function isSameOperation(a: ReviewedOperation, b: ReviewedOperation): boolean {
  return a === b || (a.key === b.key && isCalledTheSame(a.before, b.before) && isCalledTheSame(a.after, b.after))
}

function isCalledTheSame(a: ReviewedOperation['after'], b: ReviewedOperation['after']): boolean {
  if (a === b) return true
  return a?.id === b?.id && a?.isNew === b?.isNew && sameTags(a?.tags ?? [], b?.tags ?? [])
}

function sameTags(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag, at) => tag === b[at])
}
