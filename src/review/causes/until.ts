import type { Address } from '../../model/address.ts'
import { principal, type Effect, type Principal } from '../../model/effect.ts'
import type { AccessRow } from '../rows.ts'
import { everything, effectIn } from './mixed.ts'
import { isListed, reach, slotsOf } from './namespace.ts'
import { openPerson } from './people.ts'
import { scopesOf, type Scope } from './scope.ts'
import { namedGroups, type Subject } from './subject.ts'

/** More cells than this are not looked at for one row: then no end is claimed. */
const MAX_CELLS = 500

/**
 * The last day on which a row holds for anybody in it, where groups end; `undefined` where it does not end for somebody,
 * or where that cannot be said.
 */
export function untilOf(row: AccessRow, subjectAt: (address: Address) => Subject): string | undefined {
  let last = ''
  let room = MAX_CELLS
  for (const end of endsOf(row, subjectAt)) {
    if (end === undefined || room-- === 0) return undefined
    if (end > last) last = end
  }
  return last === '' ? undefined : last
}

/** When each cell that groups may tell apart ends, looked at only as far as somebody asks. */
function* endsOf(row: AccessRow, subjectAt: (address: Address) => Subject): Generator<string | undefined> {
  for (const address of row.integrations) {
    const subject = subjectAt(address)
    if (daysAhead(subject, namedGroups(subject.slots)).length === 0) yield undefined
    for (const scope of scopesOf(subject, row.operations)) {
      const days = daysAhead(subject, namedGroups(subject.slots, scope.permissions))
      for (const person of peopleToAsk(row, scope)) yield lastDay(scope, person, { days, effect: row.after })
    }
  }
}

/** The last days of these groups, and of all that is nested in them, that are still to come. */
function daysAhead({ namespace }: Subject, roots: readonly string[]): readonly string[] {
  const { asOf } = namespace
  if (asOf === undefined) return []
  const days = new Set(roots.flatMap(root => reach(namespace, root).ends))
  return [...days].filter(day => day >= asOf).toSorted()
}

/** One person of each class that groups tell apart after the change. */
function* peopleToAsk({ who }: AccessRow, scope: Scope): Generator<Principal> {
  if (who.kind !== 'people') {
    yield openPerson(who)
    return
  }
  const { namespace, slots } = scope.subject
  const groups = [...new Set(namedGroups(slots, scope.permissions).flatMap(root => reach(namespace, root).names))]
  const seen = new Set<string>()
  for (const person of who.people) {
    const key = groups.filter(name => isListed(slotsOf(namespace, name).whole.after, person)).join()
    if (!seen.has(key)) yield principal(person)
    seen.add(key)
  }
}

/** The first day on whose end the effect becomes another one. */
function lastDay(
  scope: Scope,
  person: Principal,
  { days, effect }: { readonly days: readonly string[]; readonly effect: Effect },
): string | undefined {
  return days.find(day => effectIn(scope, person, everything, dayAfter(day)) !== effect)
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
