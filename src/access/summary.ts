import { principal } from '../model/effect.ts'
import { addBits, countBits, noBits, withoutBits } from './bits.ts'
import type { CompiledAccess } from './compile.ts'
import { directoryOfSides, divisionOf } from './division.ts'
import { effectsOf } from './effects.ts'
import { audiencesOf, idpGroupsOf, peopleIn, stranger } from './people.ts'

/** An integration's access in a few numbers. */
export interface AccessSummary {
  readonly operations: number
  /** People known by name to have access. */
  readonly people: number
  /** Whether others have access too whose number is unknown here: in companies, or in groups of the identity provider. */
  readonly open: boolean
  /** Operations by the best effect that anybody has on them. */
  readonly effects: { readonly allow: number; readonly confirm: number; readonly deny: number }
}

/** Sums up who has access, and to how much. */
export function summarise(compiled: CompiledAccess): AccessSummary {
  const size = compiled.operations.length
  const allow = noBits(size)
  const confirm = noBits(size)
  const idpGroups = audiencesOf(compiled).flatMap(people => idpGroupsOf(people, compiled))
  const { classes, directory } = divisionOf([compiled], directoryOfSides([compiled]))
  const somebody = [
    ...classes.map(([first]) => principal(directory.people[first!]!)),
    ...compiled.access.companies.map(company => stranger(company, [])),
    stranger(undefined, idpGroups),
  ]
  for (const person of somebody) {
    const effects = effectsOf(compiled, person)
    addBits(allow, effects.allow)
    addBits(confirm, effects.confirm)
  }
  const allowed = countBits(allow)
  const confirmed = countBits(withoutBits(confirm, allow))
  return {
    operations: size,
    people: peopleIn(compiled.access, compiled).length,
    open: compiled.access.companies.length > 0 || idpGroupsOf(compiled.access, compiled).length > 0,
    effects: { allow: allowed, confirm: confirmed, deny: size - allowed - confirmed },
  }
}
