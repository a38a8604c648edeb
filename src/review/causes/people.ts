import { stranger } from '../../access/people.ts'
import type { Principal } from '../../model/effect.ts'
import type { Who } from '../../model/finding.ts'

/** Somebody of a set whose members are unknown here, whom no document names. */
export function openPerson({ kind, name }: Exclude<Who, { readonly kind: 'people' }>): Principal {
  return kind === 'company' ? stranger(name, []) : stranger(undefined, [name])
}
