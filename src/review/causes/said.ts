import { hasBit } from '../../access/bits.ts'
import { NO } from '../../access/groups.ts'
import { applies, reaches, type Rule } from '../../access/rule.ts'
import { EFFECTS, type Effect, type Principal } from '../../model/effect.ts'
import { pick, type Edit, type Made, type Slot } from './edits.ts'
import type { Relevant } from './relevant.ts'
import { rulesOf } from './rules.ts'
import type { Scope } from './scope.ts'

/** What each permission says to one person about the operations of a scope, on both sides. */
export type Said = readonly Slot<Effect>[]

/** Absent where more was edited than permissions: then mixtures of both sides have to be made. */
export function saidTo(scope: Scope, { groups }: Relevant, person: Principal): Said | undefined {
  const { subject, position, edits } = scope
  if (position === undefined || groups.length > 0 || edits.length > 0 || subject.slots.edits.length > 0)
    return undefined
  const { rules } = rulesOf(subject, subject.services[0]!.tables.after)
  const says = (rule: Rule | undefined): Effect | undefined => {
    if (rule === undefined || !hasBit(rule.operations, position)) return undefined
    const reached = reaches(rule, person, subject.namespace.groups)
    return reached !== NO && applies(rule, reached) ? rule.effect : undefined
  }
  return scope.permissions.map(slot => ({
    before: says(rules.before[slot.was ?? -1]),
    after: says(rules.after[slot.is ?? -1]),
    edit: slot.edit,
  }))
}

/** The edits that make a difference to what is said. */
export function differingIn(said: Said): readonly Edit[] {
  return said.flatMap(({ before, after, edit }) => (edit === undefined || before === after ? [] : [edit]))
}

/** The strictest of what is said where only some edits are made; nothing said denies. */
export function effectOf(said: Said, made: Made): Effect {
  let effect: Effect | undefined
  for (const slot of said) {
    const each = pick(slot, made)
    if (each === undefined) continue
    if (effect === undefined || EFFECTS.indexOf(each) < EFFECTS.indexOf(effect)) effect = each
  }
  return effect ?? 'deny'
}
