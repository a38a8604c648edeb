import type { ResourceOf } from '../model/state.ts'

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
