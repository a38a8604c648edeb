import type { ResourceOf } from '../model/state.ts'
import type { Audience } from './audience.ts'
import { numbersIn } from './bits.ts'
import type { GroupResolver } from './groups.ts'

/**
 * A group as it counts on a day, `YYYY-MM-DD`. `expires` is its last day: from the next one on nobody is in it, neither by
 * name nor through other groups or the identity provider, so that it gives nothing, and what is narrowed to it reaches
 * nobody. Without a day nothing expires.
 */
export function inForce(group: ResourceOf<'accessGroup'>, asOf: string | undefined): ResourceOf<'accessGroup'> {
  if (!hasExpired(group.spec, asOf)) return group
  return { ...group, spec: { ...group.spec, members: [], groups: [], idpGroups: [] } }
}

/** Whether the last day of a group is over. */
function hasExpired({ expires }: { readonly expires?: string }, asOf: string | undefined): boolean {
  return expires !== undefined && asOf !== undefined && expires < asOf
}

/** A group in which nobody is, and its last day. */
export interface EndedGroup {
  readonly name: string
  readonly until: string
}

/** The groups in an audience that have a last day and nobody in them, which is how they are once that is over. */
export function endedIn({ groups }: Audience, resolver: GroupResolver): readonly EndedGroup[] {
  const numbers = new Set(groups.flatMap(closure => numbersIn(closure.groups)))
  const ended = [...numbers].flatMap(number => {
    const { name, group } = resolver.nodes[number]!
    const { expires, members = [], groups: nested = [], idpGroups = [] } = group?.spec ?? {}
    return expires === undefined || members.length + nested.length + idpGroups.length > 0
      ? []
      : [{ name, until: expires }]
  })
  return ended.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
