import type { Edit, Made } from './edits.ts'

/** Which edits an effect depends on. */
export interface Necessity {
  /** Without any one of these it would be another. */
  readonly each: readonly Unit[]
  /** Of these any one is enough, once those of `each` are made. */
  readonly either: readonly Unit[]
}

/** Edits that are put back together: one alone, or all of one resource where there are very many. */
export type Unit = readonly Edit[]

/** More edits than this about one person and one operation are taken together, resource by resource. */
const MAX_EDITS = 48

/**
 * Finds the edits that an effect depends on, by leaving out one after the other. `holds` says whether the effect is that
 * after the change where only some edits are made. Empty where there are too many to tell.
 */
export function necessity(edits: readonly Edit[], holds: (made: Made) => boolean): Necessity {
  if (edits.length === 1) return { each: [edits], either: [] }
  const units = edits.length > MAX_EDITS ? byResource(edits) : edits.map(edit => [edit])
  if (units.length === 1) return { each: units, either: [] }
  if (units.length > MAX_EDITS) return { each: [], either: [] }

  const holdsWith = (made: readonly Unit[]): boolean => {
    const set = new Set(made.flat())
    return holds(edit => set.has(edit))
  }
  const each = units.filter(unit => !holdsWith(units.filter(other => other !== unit)))
  if (each.length > 0 && (each.length === units.length || holdsWith(each))) return { each, either: [] }
  const others = units.filter(unit => !each.includes(unit))
  const either = others.filter(unit => holdsWith([...each, unit]))
  // Neither alone nor without the others: pairs of edits, say, each of which is enough.
  return either.length > 0 ? { each, either } : { each: units, either: [] }
}

function byResource(edits: readonly Edit[]): readonly Unit[] {
  const units = new Map<string, Edit[]>()
  for (const edit of edits) {
    const same = units.get(edit.address)
    if (same === undefined) units.set(edit.address, [edit])
    else same.push(edit)
  }
  return [...units.values()]
}
