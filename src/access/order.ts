import type { ReviewedOperation } from '../model/finding.ts'
import type { AccessStep } from './compare.ts'
import { TRANSITIONS } from './effects.ts'

const RANKS = new Map(TRANSITIONS.map(({ before, after }, index) => [`${before} ${after}`, index]))

/** As `TRANSITIONS`; then open sets and larger ones first; then by code unit of the names. */
export function inOrder(a: AccessStep, b: AccessStep): number {
  return (
    rank(a) - rank(b) ||
    size(b) - size(a) ||
    b.operations.length - a.operations.length ||
    byCodeUnit(a.who.name, b.who.name) ||
    byPeople(a, b) ||
    byOperations(a.operations, b.operations)
  )
}

function rank({ before, after }: AccessStep): number {
  return RANKS.get(`${before} ${after}`) ?? -1
}

function size({ who }: AccessStep): number {
  return who.kind === 'people' ? who.people.length : Number.MAX_SAFE_INTEGER
}

/** Others of the same number may have the same first three. */
function byPeople({ who: a }: AccessStep, { who: b }: AccessStep): number {
  if (a.kind !== 'people' || b.kind !== 'people') return byCodeUnit(a.kind, b.kind)
  const differing = a.people === b.people ? -1 : a.people.findIndex((person, at) => person !== b.people[at])
  return differing < 0 ? 0 : byCodeUnit(a.people[differing]!, b.people[differing]!)
}

function byOperations(a: readonly ReviewedOperation[], b: readonly ReviewedOperation[]): number {
  const differing = a === b ? -1 : a.findIndex(({ key }, at) => key !== b[at]!.key)
  return differing < 0 ? 0 : byCodeUnit(a[differing]!.key, b[differing]!.key)
}

/** The order of UTF-16 code units, which is the same everywhere. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
