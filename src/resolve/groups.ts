import { addressOf } from '../model/address.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import type { Scope } from './context.ts'
import { placeOf } from './references.ts'

/** Reports every nesting of groups that leads back to where it began, once for each circle, at its first group by name. */
export function checkGroupCycles(manifests: readonly Manifest[], scope: Scope): void {
  const finished = new Set<string>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'accessGroup' || finished.has(manifest.address)) continue
    const circle = circleFrom(manifest, finished, scope)
    if (circle === undefined) continue
    const shown = [...circle, circle[0]].map(name => `"${name}"`).join(' → ')
    scope.report({
      severity: 'error',
      code: 'group-cycle',
      message: `access groups contain each other in a circle: ${shown}`,
      cure: 'Take one of them out of the other.',
      place: placeOf(manifest, ['spec', 'groups']),
    })
  }
}

/** Depth first without recursion: groups may be nested thousands deep. */
function circleFrom(
  start: ManifestOf<'accessGroup'>,
  finished: Set<string>,
  scope: Scope,
): readonly string[] | undefined {
  const { namespace } = start
  const trail: string[] = []
  const open = new Set<string>()
  const pending: { name: string; leave: boolean }[] = [{ name: start.name, leave: false }]
  let circle: readonly string[] | undefined
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    const address = addressOf('accessGroup', namespace, step.name)
    if (step.leave) {
      open.delete(step.name)
      trail.pop()
      finished.add(address)
      continue
    }
    if (open.has(step.name)) circle ??= trail.slice(trail.indexOf(step.name))
    if (open.has(step.name) || finished.has(address)) continue
    open.add(step.name)
    trail.push(step.name)
    pending.push({ name: step.name, leave: true })
    const group = scope.find(address)
    if (group?.kind === 'accessGroup') pending.push(...group.spec.groups.map(name => ({ name, leave: false })))
  }
  return circle
}
