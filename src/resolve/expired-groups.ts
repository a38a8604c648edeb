import type { Manifest, ManifestOf } from '../model/manifest.ts'
import type { Scope } from './context.ts'
import { placeOf } from './references.ts'

type GroupManifest = ManifestOf<'accessGroup'>

/** Warns of each group whose last day is over while an integration gives access to it, directly or around it. */
export function warnOfExpiredGroups(manifests: readonly Manifest[], { context, report }: Scope): void {
  const { today } = context
  const groups = manifests.filter(manifest => manifest.kind === 'accessGroup')
  const expired = groups.filter(
    ({ spec: { expires } }) => today !== undefined && expires !== undefined && expires < today,
  )
  if (expired.length === 0) return
  const outer = outerGroups(groups)
  const users = integrationsFor(manifests)
  for (const group of expired) {
    const around = [...withOuter(group, outer)]
    const names = [...new Set(around.flatMap(key => users.get(key) ?? []))].toSorted()
    if (names.length === 0) continue
    const more = names.length > 1 ? ` and ${names.length - 1} more` : ''
    report({
      severity: 'warning',
      code: 'group-expired',
      message: `access group "${group.name}" expired on ${group.spec.expires}, so nobody is in it, although it has access to integration "${names[0]}"${more}`,
      cure: 'Take the group out, or set a later day.',
      place: placeOf(group, ['spec', 'expires']),
    })
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`
}

/** For each group the groups that it is nested in directly. */
function outerGroups(groups: readonly GroupManifest[]): ReadonlyMap<string, readonly string[]> {
  const outer = new Map<string, string[]>()
  for (const { namespace, name, spec } of groups) {
    for (const nested of spec.groups ?? []) append(outer, keyOf(namespace, nested), keyOf(namespace, name))
  }
  return outer
}

/** For each group the integrations whose access names it. */
function integrationsFor(manifests: readonly Manifest[]): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'integration') continue
    const { namespace, name, spec } = manifest
    for (const group of spec.access.groups ?? []) append(users, keyOf(namespace, group), name)
  }
  return users
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** A group and all that it is nested in, however deep. */
function withOuter({ namespace, name }: GroupManifest, outer: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set([keyOf(namespace, name)])
  // A set grows while it is walked, so that each group is visited once, circles included.
  for (const key of found) for (const next of outer.get(key) ?? []) found.add(next)
  return found
}
