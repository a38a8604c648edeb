import { SELECTORS } from '../../model/selector.ts'
import type { Permission } from '../../model/state.ts'

/** Permissions on both sides that are one and the same to their author: by position, absent on a side without it. */
export interface Pair {
  readonly before: number | undefined
  readonly after: number | undefined
  readonly isSame: boolean
}

/** Beyond this, permissions are not compared one by one: what is not the same counts as removed and added. */
const MAX_COMPARED = 10_000

/**
 * Matches permissions of both sides: first those that say the same, wherever they stand, then those that are most alike.
 * In the order of the side after, then what was removed.
 */
export function matchPermissions(before: readonly Permission[], after: readonly Permission[]): readonly Pair[] {
  const same = matchEqual(before, after)
  const changed = matchAlike({ before, after, ...unmatchedIn(same, before, after) })
  const { removed, added } = unmatchedIn([...same, ...changed], before, after)
  return [
    ...same,
    ...changed,
    ...added.map(is => ({ before: undefined, after: is, isSame: false })),
    ...removed.map(was => ({ before: was, after: undefined, isSame: false })),
  ].toSorted((a, b) => (a.after ?? after.length + a.before!) - (b.after ?? after.length + b.before!))
}

/** The positions that no pair holds. */
function unmatchedIn(
  pairs: readonly Pair[],
  before: readonly Permission[],
  after: readonly Permission[],
): { readonly removed: readonly number[]; readonly added: readonly number[] } {
  const was = new Set(pairs.map(pair => pair.before))
  const is = new Set(pairs.map(pair => pair.after))
  return {
    removed: [...before.keys()].filter(position => !was.has(position)),
    added: [...after.keys()].filter(position => !is.has(position)),
  }
}

function matchEqual(before: readonly Permission[], after: readonly Permission[]): readonly Pair[] {
  const positions = new Map<string, number[]>()
  for (const [was, permission] of before.entries()) {
    const text = textOf(permission)
    const same = positions.get(text)
    if (same === undefined) positions.set(text, [was])
    else same.push(was)
  }
  return [...after.entries()].flatMap(([is, permission]) => {
    const was = positions.get(textOf(permission))?.shift()
    return was === undefined ? [] : [{ before: was, after: is, isSame: true }]
  })
}

/** The same text for permissions that mean the same: the order of fields is only how somebody wrote them. */
function textOf(permission: Permission): string {
  return JSON.stringify(Object.entries(permission).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

interface Unmatched {
  readonly before: readonly Permission[]
  readonly after: readonly Permission[]
  readonly removed: readonly number[]
  readonly added: readonly number[]
}

/** The most alike first; of equals, those that stand where the other one stood. */
function matchAlike({ before, after, removed, added }: Unmatched): readonly Pair[] {
  if (removed.length * added.length > MAX_COMPARED) return []
  const candidates = removed.flatMap(was =>
    added.map(is => ({ was, is, likeness: likeness(before[was]!, after[is]!), apart: Math.abs(was - is) })),
  )
  const taken = { before: new Set<number>(), after: new Set<number>() }
  const pairs: Pair[] = []
  for (const { was, is, likeness: alike } of candidates.toSorted(
    (a, b) => b.likeness - a.likeness || a.apart - b.apart || a.is - b.is || a.was - b.was,
  )) {
    if (alike === 0 || taken.before.has(was) || taken.after.has(is)) continue
    taken.before.add(was)
    taken.after.add(is)
    pairs.push({ before: was, after: is, isSame: false })
  }
  return pairs
}

const NARROWINGS = ['groups', 'individuals', 'companies'] as const

/** None for permissions that share no entry of any selector: such ones are better told apart. */
function likeness(a: Permission, b: Permission): number {
  const selectors = shared(SELECTORS.map(selector => [a[selector], b[selector]]))
  if (selectors === 0) return 0
  const narrowing = shared(NARROWINGS.map(list => [a[list], b[list]]))
  return 4 * selectors + 2 * narrowing + (a.effect === b.effect ? 1 : 0)
}

type Lists = readonly [readonly string[] | undefined, readonly string[] | undefined]

/** How much of what either names both name, from 0 to 1. */
function shared(lists: readonly Lists[]): number {
  const given = lists.filter(([a, b]) => a !== undefined || b !== undefined)
  if (given.length === 0) return 1
  const parts = given.map(([a = [], b = []]) => {
    const other = new Set(b)
    const both = a.filter(name => other.has(name)).length
    return both / (a.length + b.length - both)
  })
  return parts.reduce((sum, part) => sum + part, 0) / parts.length
}
