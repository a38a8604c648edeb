import type { Effect, Principal } from '../model/effect.ts'
import { belongs } from './audience.ts'
import { addBits, bothBits, noBits, withoutBits, type Bits } from './bits.ts'
import type { CompiledAccess } from './compile.ts'
import { membership, YES } from './groups.ts'
import { applies, reaches } from './rule.ts'

/** One person's effects on all operations of a table: allowed, to be confirmed, and denied for the rest. */
export interface Effects {
  readonly allow: Bits
  readonly confirm: Bits
}

/** What `effectOf` says of every operation of the table at once. */
export function effectsOf(compiled: CompiledAccess, person: Principal): Effects {
  return effectsOfRules(compiled, rulesFor(compiled, person))
}

/** The positions of the rules that apply to a person; none where the person has no access. */
export function rulesFor(
  { integration, access, rules, groups }: CompiledAccess,
  person: Principal,
  inGroup = membership,
): readonly number[] {
  const applying: number[] = []
  if (!integration.spec.enabled || belongs(access, person, groups, inGroup) !== YES) return applying
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!
    if (applies(rule, reaches(rule, person, groups, inGroup))) applying.push(index)
  }
  return applying
}

/** The effects of rules together, for somebody with access to whom they and no others apply. */
export function effectsOfRules({ operations, rules }: CompiledAccess, applying: readonly number[]): Effects {
  const named = {
    deny: noBits(operations.length),
    confirm: noBits(operations.length),
    allow: noBits(operations.length),
  }
  for (const index of applying) addBits(named[rules[index]!.effect], rules[index]!.operations)
  const confirm = withoutBits(named.confirm, named.deny)
  return { confirm, allow: withoutBits(withoutBits(named.allow, named.deny), confirm) }
}

/** All steps from one effect to another, as people should read of them: what widens first, allow before confirm. */
export const TRANSITIONS = [
  { before: 'deny', after: 'allow' },
  { before: 'confirm', after: 'allow' },
  { before: 'deny', after: 'confirm' },
  { before: 'allow', after: 'confirm' },
  { before: 'allow', after: 'deny' },
  { before: 'confirm', after: 'deny' },
] as const satisfies readonly { readonly before: Effect; readonly after: Effect }[]

export type Transition = (typeof TRANSITIONS)[number]

/** The operations that take a step, where both sides number operations alike. */
export function stepping(step: Transition, was: Effects, is: Effects): Bits {
  if (step.before === 'deny') return withoutBits(withoutBits(is[step.after], was.allow), was.confirm)
  if (step.after === 'deny') return withoutBits(withoutBits(was[step.before], is.allow), is.confirm)
  return bothBits(was[step.before], is[step.after])
}
