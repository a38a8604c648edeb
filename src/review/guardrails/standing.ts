import { addBits, bothBits, noBits, type Bits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { effectsOfRules, rulesFor, type Effects } from '../../access/effects.ts'
import type { Principal } from '../../model/effect.ts'
import type { Operation } from '../../model/operation.ts'

const known = new WeakMap<CompiledAccess, Map<string, Effects>>()

/** What a person may do: the same object for people to whom the same permissions apply. */
export function effectsFor(compiled: CompiledAccess, person: Principal): Effects {
  let ofAccess = known.get(compiled)
  if (ofAccess === undefined) known.set(compiled, (ofAccess = new Map()))
  const applying = rulesFor(compiled, person)
  const key = applying.join(',')
  let effects = ofAccess.get(key)
  if (effects === undefined) ofAccess.set(key, (effects = effectsOfRules(compiled, applying)))
  return effects
}

const nothings = new WeakMap<readonly Operation[], Effects>()

/** What somebody may do who may do nothing. */
export function nothing({ operations }: CompiledAccess): Effects {
  let effects = nothings.get(operations)
  if (effects === undefined) {
    const none = noBits(operations.length)
    nothings.set(operations, (effects = { allow: none, confirm: none }))
  }
  return effects
}

/** The least effect that counts. */
export type Least = 'confirm' | 'allow'

const counts = new WeakMap<Effects, Map<Bits, Readonly<Record<Least, readonly Bits[]>>>>()

/**
 * What somebody can do among selected operations: anything, and what without being asked; or only the latter. The same
 * array for the same effects.
 */
export function counted(effects: Effects, selected: Bits, least: Least = 'confirm'): readonly Bits[] {
  let ofEffects = counts.get(effects)
  if (ofEffects === undefined) counts.set(effects, (ofEffects = new Map()))
  let found = ofEffects.get(selected)
  if (found === undefined) ofEffects.set(selected, (found = count(effects, selected)))
  return found[least]
}

function count({ allow, confirm }: Effects, selected: Bits): Readonly<Record<Least, readonly Bits[]>> {
  const unasked = bothBits(allow, selected)
  return { confirm: [bothBits(union(allow, confirm), selected), unasked], allow: [unasked] }
}

/** What is in either of two sets over the same table. */
export function union(a: Bits, b: Bits): Bits {
  const sum = a.slice()
  addBits(sum, b)
  return sum
}
