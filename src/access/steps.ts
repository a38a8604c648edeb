import { principal, type Principal } from '../model/effect.ts'
import type { Who } from '../model/finding.ts'
import { equalBits, hashBits, isEmpty, type Bits } from './bits.ts'
import type { CompiledAccess } from './compile.ts'
import type { Division } from './division.ts'
import { effectsOfRules, rulesFor, stepping, TRANSITIONS, type Effects, type Transition } from './effects.ts'
import { NO, UNKNOWN, YES, type membership } from './groups.ts'
import { whoIn } from './names.ts'
import { audiencesOf, idpGroupsOf, stranger } from './people.ts'
import { sameRules } from './same.ts'
import { renumber, type JointTable } from './table.ts'

/** What the same rules together give, found out when somebody asks. */
type Standing = () => Effects

/** Says how a person stands on one side: the same object for people to whom the same rules apply. */
export type Standings = (person: Principal, inGroup?: typeof membership) => Standing

const NONE: Bits = new Uint32Array()
const DENIED: Effects = { allow: NONE, confirm: NONE }
const outside: Standing = () => DENIED

/** How people stand on both sides; one that does not exist denies everything. */
export function standings(
  before: CompiledAccess | undefined,
  after: CompiledAccess | undefined,
  table: JointTable,
): Pick<Change, 'was' | 'is'> {
  const isSame =
    table.fromBefore === undefined &&
    before?.operations === after?.operations &&
    before !== undefined &&
    after !== undefined &&
    sameRules(before.integration, after.integration)
  const known = new Map<string, Standing>()
  return {
    was: standingsOn(before, known, effects => renumbered(effects, table)),
    // Where only groups differ, the same rules give the same on both sides, and nobody need compare it.
    is: standingsOn(after, isSame ? known : new Map<string, Standing>(), effects => effects),
  }
}

function standingsOn(
  side: CompiledAccess | undefined,
  known: Map<string, Standing>,
  numbered: (effects: Effects) => Effects,
): Standings {
  if (side === undefined) return () => outside
  return (person, inGroup) => {
    const applying = rulesFor(side, person, inGroup)
    const key = applying.join(',')
    let standing = known.get(key)
    if (standing === undefined) {
      let effects: Effects | undefined
      standing = () => (effects ??= numbered(effectsOfRules(side, applying)))
      known.set(key, standing)
    }
    return standing
  }
}

function renumbered({ allow, confirm }: Effects, { fromBefore, size }: JointTable): Effects {
  return { allow: renumber(allow, fromBefore, size), confirm: renumber(confirm, fromBefore, size) }
}

/** Two sides of a change. */
export interface Change {
  readonly was: Standings
  readonly is: Standings
  /** Those that exist. */
  readonly sides: readonly CompiledAccess[]
}

/** People who take a step, and the operations on which they do, by their numbers. */
export interface Step {
  readonly transition: Transition
  readonly who: Who
  readonly operations: Bits
}

/** The steps of companies and of the identity provider's groups. */
export function stepsOfOpenSets({ was, is, sides }: Change): readonly Step[] {
  const audiences = sides.flatMap(side => audiencesOf(side).map(people => ({ people, side })))
  const companies = new Set(audiences.flatMap(({ people }) => people.companies))
  const idpGroups = new Set(audiences.flatMap(({ people, side }) => idpGroupsOf(people, side)))
  const open = [
    ...[...companies].map(name => ({ who: { kind: 'company', name } as const, person: stranger(name, []) })),
    ...[...idpGroups].map(name => ({ who: { kind: 'idpGroup', name } as const, person: stranger(undefined, [name]) })),
  ]
  return open.flatMap(({ who, person }) =>
    stepsBetween(was(person), is(person)).map(({ transition, operations }) => ({ transition, operations, who })),
  )
}

type Taken = Omit<Step, 'who'>

function stepsBetween(before: Standing, after: Standing): readonly Taken[] {
  if (before === after) return []
  const [was, is] = [before(), after()]
  if (equalBits(was.allow, is.allow) && equalBits(was.confirm, is.confirm)) return []
  return TRANSITIONS.map(transition => ({ transition, operations: stepping(transition, was, is) })).filter(
    ({ operations }) => !isEmpty(operations),
  )
}

/** The steps of people known by name: classes that take the same step on the same operations take it together. */
export function stepsOfPeople(change: Change, division: Division): readonly Step[] {
  const merged: (Taken & { readonly hash: number; readonly classes: number[] })[] = []
  for (const { steps, classes } of alike(change, division)) {
    for (const step of steps) {
      const hash = hashBits(step.operations)
      const same = merged.find(
        each =>
          each.hash === hash && each.transition === step.transition && equalBits(each.operations, step.operations),
      )
      if (same === undefined) merged.push({ ...step, hash, classes: [...classes] })
      else same.classes.push(...classes)
    }
  }
  return merged.map(({ transition, operations, classes }) => ({
    transition,
    operations,
    who: whoIn(classes, division),
  }))
}

interface Alike {
  readonly steps: readonly Taken[]
  readonly classes: number[]
}

/** The classes by what they may do on both sides, each of which is compared once. */
function alike({ was, is }: Change, { classes, classesIn, directory }: Division): readonly Alike[] {
  const all: Alike[] = []
  const found = new Map<Standing, Map<Standing, Alike>>()
  for (const [number, [first]] of classes.entries()) {
    const person = principal(directory.people[first!]!)
    const inGroup: typeof membership = (_, group) =>
      classesIn.get(group)!.has(number) ? YES : group.open ? UNKNOWN : NO
    const [before, after] = [was(person, inGroup), is(person, inGroup)]
    const ofBefore = found.get(before) ?? new Map<Standing, Alike>()
    const known = ofBefore.get(after)
    if (known !== undefined) {
      known.classes.push(number)
      continue
    }
    const made = { steps: stepsBetween(before, after), classes: [number] }
    found.set(before, ofBefore.set(after, made))
    all.push(made)
  }
  return all
}
