import { addBits, bothBits, noBits, type Bits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { effectsOfRules, rulesFor, type Effects } from '../../access/effects.ts'
import type { Principal } from '../../model/effect.ts'

/** The least effect that counts. */
export type Least = 'confirm' | 'allow'

/**
 * What people may do on one integration, found out once for all who stand alike: they get the same objects. It lives as
 * long as the integration is looked at.
 */
export interface Standing {
  readonly effects: (compiled: CompiledAccess, person: Principal) => Effects
  /** What somebody can do among selected operations: anything, and what without being asked; or only the latter. */
  readonly counted: (effects: Effects, selected: Bits, least?: Least) => readonly Bits[]
  /** Tells sets apart that are not the same object. */
  readonly idOf: (bits: Bits) => number
}

/** Begins to find out. */
export function standing(): Standing {
  const effects = new Map<CompiledAccess, Map<string, Effects>>()
  const counts = new Map<Effects, Map<Bits, Counted>>()
  const ids = new Map<Bits, number>()
  return {
    effects: (compiled, person) => {
      const applying = rulesFor(compiled, person)
      const ofAccess = once(effects, compiled, () => new Map<string, Effects>())
      return once(ofAccess, applying.join(','), () => effectsOfRules(compiled, applying))
    },
    counted: (found, selected, least = 'confirm') => {
      const ofEffects = once(counts, found, () => new Map<Bits, Counted>())
      return once(ofEffects, selected, () => count(found, selected))[least]
    },
    idOf: bits => once(ids, bits, () => ids.size),
  }
}

function once<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

/** What somebody may do who may do nothing. */
export function nothing({ operations }: CompiledAccess): Effects {
  const none = noBits(operations.length)
  return { allow: none, confirm: none }
}

type Counted = Readonly<Record<Least, readonly Bits[]>>

function count({ allow, confirm }: Effects, selected: Bits): Counted {
  const unasked = bothBits(allow, selected)
  const any = bothBits(allow, selected)
  addBits(any, bothBits(confirm, selected))
  return { confirm: [any, unasked], allow: [unasked] }
}
