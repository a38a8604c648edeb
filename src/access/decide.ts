import { normalPerson, type Effect, type Principal } from '../model/effect.ts'
import { belongs } from './audience.ts'
import { hasBit } from './bits.ts'
import type { CompiledAccess } from './compile.ts'
import { YES } from './groups.ts'
import { reasonsFor, type Reason } from './reasons.ts'
import { applies, reaches } from './rule.ts'

/** What a person may do with an operation, and why. */
export interface Decision {
  readonly effect: Effect
  /** Those that decide come first; never empty. */
  readonly reasons: readonly Reason[]
}

/** Decides for one person and one operation, by its position in the table, and says why. */
export function decide(compiled: CompiledAccess, principal: Principal, operation: number): Decision {
  const person = normal(principal)
  const effect = effectOf(compiled, person, operation)
  return { effect, reasons: reasonsFor({ compiled, person, operation, effect }) }
}

/**
 * The effect alone. Somebody without access, or whose access is unknown here, is denied. Otherwise deny wins over confirm
 * and confirm over allow among the rules that match; what no rule matches is denied, and so is an operation that the
 * table does not hold. A rule narrowed to people among whom the person might be, unknown here, denies and confirms like
 * any other, and allows nothing.
 */
export function effectOf(compiled: CompiledAccess, principal: Principal, operation: number): Effect {
  const { integration, operations, access, rules, groups } = compiled
  const person = normal(principal)
  if (!integration.spec.enabled || operations[operation] === undefined) return 'deny'
  if (belongs(access, person, groups) !== YES) return 'deny'
  let effect: Effect | undefined
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!
    if (!hasBit(rule.operations, operation) || !applies(rule, reaches(rule, person, groups))) continue
    if (rule.effect === 'deny') return 'deny'
    if (effect !== 'confirm') effect = rule.effect
  }
  return effect ?? 'deny'
}

/** Principals come from drivers; one whose address was not lower-cased must not slip past a rule narrowed to it. */
function normal(principal: Principal): Principal {
  const id = normalPerson(principal.id)
  return id === principal.id ? principal : { ...principal, id }
}
