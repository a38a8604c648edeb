import { principal, type Principal } from '../model/effect.ts'
import type { Who } from '../model/finding.ts'
import { equalBits, hashBits, isEmpty, type Bits } from './bits.ts'
import type { CompiledAccess } from './compile.ts'
import type { Division } from './division.ts'
import { effectsOfRules, rulesFor, stepping, TRANSITIONS, type Effects, type Transition } from './effects.ts'
import { NO, UNKNOWN, YES, type membership } from './groups.ts'
import { audiencesOf, idpGroupsOf, stranger } from './people.ts'
import { renumber } from './table.ts'
import { whoIn } from './names.ts'

/** Says what a person may do on one side: the same object for people to whom the same rules apply. */
export type Standings = (person: Principal, inGroup?: typeof membership) => Effects

const NONE: Bits = new Uint32Array()
const DENIED: Effects = { allow: NONE, confirm: NONE }

/** What people may do on a side, which denies everything where it does not exist; renumbered for the later table. */
export function standings(
  side: CompiledAccess | undefined,
  positions?: readonly number[],
  size = side?.operations.length ?? 0,
): Standings {
  if (side === undefined) return () => DENIED
  const known = new Map<string, Effects>()
  return (person, inGroup) => {
    const applying = rulesFor(side, person, inGroup)
    const key = applying.join(',')
    let effects = known.get(key)
    if (effects === undefined) {
      const { allow, confirm } = effectsOfRules(side, applying)
      effects = { allow: renumber(allow, positions, size), confirm: renumber(confirm, positions, size) }
      known.set(key, effects)
    }
    return effects
  }
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

function stepsBetween(was: Effects, is: Effects): readonly Taken[] {
  if (was === is || (equalBits(was.allow, is.allow) && equalBits(was.confirm, is.confirm))) return []
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
  const found = new Map<Effects, Map<Effects, Alike>>()
  for (const [number, [first]] of classes.entries()) {
    const person = principal(directory.people[first!]!)
    const inGroup: typeof membership = (_, group) =>
      classesIn.get(group)!.has(number) ? YES : group.open ? UNKNOWN : NO
    const [before, after] = [was(person, inGroup), is(person, inGroup)]
    const ofBefore = found.get(before) ?? new Map<Effects, Alike>()
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
