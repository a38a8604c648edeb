import { byCodeUnit } from '../access/order.ts'
import type { World } from '../access/consequences.ts'
import type { Address } from '../model/address.ts'
import { principal, type Effect, type Principal } from '../model/effect.ts'
import type { Because, LineOf, Witness } from '../model/finding.ts'
import type { Changed } from '../model/review.ts'
import { classesOf } from './causes/classes.ts'
import type { Edit } from './causes/edits.ts'
import { becauseOf, teller, type Found } from './causes/found.ts'
import { effectIn } from './causes/mixed.ts'
import { necessity, type Necessity } from './causes/necessity.ts'
import { openPerson } from './causes/people.ts'
import { editsFor, editsIn, type Relevant } from './causes/relevant.ts'
import { differingIn, effectOf, saidTo } from './causes/said.ts'
import { scopesOf, witnessOf, type Scope } from './causes/scope.ts'
import type { Locks } from './causes/services.ts'
import { subjects, type Subject } from './causes/subject.ts'
import { untilOf } from './causes/until.ts'
import type { AccessRow } from './rows.ts'

/** Two states of the world, and where in their documents things stand. */
export interface CausesContext {
  readonly before: World
  readonly after: World
  readonly changes: readonly Changed[]
  readonly lineOf: LineOf
  /** What lock files accept on each side. */
  readonly guards?: Locks
}

/** Why a row is what it is, what proves it, and how long it holds. */
export interface Explained {
  /** Empty where it cannot be said. */
  readonly because: readonly Because[]
  readonly witness: Witness
  readonly until: string | undefined
}

/** More cells than this are not looked at for one row: what is said then is true, but there may be more to say. */
const MAX_WITNESSES = 24

/** Explains each row of an exact difference, in their order. */
export function explainRows(rows: readonly AccessRow[], context: CausesContext): readonly Explained[] {
  const subjectAt = subjects(context)
  const tell = teller(context.lineOf)
  const explained: Explained[] = []
  // What is known of an integration is forgotten again, so its rows are looked at one after the other.
  const order = [...rows.entries()].toSorted(([, a], [, b]) => byCodeUnit(a.integrations[0]!, b.integrations[0]!))
  for (const [index, row] of order) {
    const found = findCauses(row, subjectAt)
    explained[index] = {
      because: becauseOf(found, row, tell),
      witness: witnessFor(row),
      until: untilOf(row, subjectAt),
    }
  }
  return explained
}

function witnessFor({ who, operations, integrations, before, after }: AccessRow): Witness {
  const name = who.kind === 'people' ? who.people[0]! : who.name
  return { who: name, operation: witnessOf(operations), integration: integrations[0]!, before, after }
}

function findCauses(row: AccessRow, subjectAt: ReturnType<typeof subjects>): readonly Found[] {
  const found: Found[] = []
  let room = MAX_WITNESSES
  for (const address of row.integrations) {
    const subject = subjectAt(address)
    const only = onlyEdit(subject)
    if (only !== undefined) found.push(foundFor(row, address, only))
    else {
      const more = causesIn(row, subject, room)
      room -= more.length
      found.push(...more)
    }
  }
  return found
}

/** The causes in one integration, as far as `room` goes. */
function causesIn(row: AccessRow, subject: Subject, room: number): readonly Found[] {
  if (room === 0) return []
  const found: Found[] = []
  const integrations = [subject.address]
  for (const scope of scopesOf(subject, row.operations)) {
    const relevant = editsIn(scope)
    for (const people of classesIn(row, scope, relevant).slice(0, room - found.length)) {
      const person = row.who.kind === 'people' ? principal(people[0]!) : openPerson(row.who)
      const needed = needOf(row.after, person, { scope, relevant })
      found.push({ necessity: needed, people, operations: scope.operations, integrations })
    }
  }
  return found
}

interface Around {
  readonly scope: Scope
  readonly relevant: Relevant
}

/** The edits that an effect for one person depends on. */
function needOf(effect: Effect, person: Principal, { scope, relevant }: Around): Necessity {
  const said = saidTo(scope, relevant, person)
  if (said !== undefined) return necessity(differingIn(said), made => effectOf(said, made) === effect)
  return necessity(editsFor(scope, relevant, person), made => effectIn(scope, person, made) === effect)
}

/** Where one edit alone bears on an integration, it is the cause of all that differs there. */
function onlyEdit({ slots, edits, joined, services }: Subject): Edit | undefined {
  const isWhole = slots.whole.edit !== undefined
  const isSettled = services.every(({ edited }) => edited === 'no' || (edited === 'whole' && isWhole))
  return isSettled && joined.length === 0 && edits.length === 1 ? edits[0] : undefined
}

function foundFor({ who, operations }: AccessRow, integration: Address, only: Edit): Found {
  return {
    necessity: { each: [[only]], either: [] },
    people: who.kind === 'people' ? who.people : [],
    operations,
    integrations: [integration],
  }
}

/** The largest classes first, but that of the witness before all. */
function classesIn({ who }: AccessRow, scope: Scope, relevant: Relevant): readonly (readonly string[])[] {
  if (who.kind !== 'people') return [[]]
  const { edits, groups } = relevant
  if (edits.length === 1 && groups.every(({ members }) => members.size === 0)) return [who.people]
  const [first = [], ...others] = classesOf(who.people, scope, relevant)
  return [first, ...others.toSorted((a, b) => b.length - a.length)]
}
