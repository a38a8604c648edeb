import { EFFECTS } from '../../model/effect.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import type { Permission } from '../../model/state.ts'
import { nameIn } from '../describe.ts'
import { isOf, type OutsideInput } from './input.ts'
import { counted, finding, type Said } from './say.ts'
import { permissionWords } from './unlisted.ts'

/** The findings about permissions that reach whatever operations a service adds, before anybody has accepted them. */
export function futureFindings(input: OutsideInput): readonly ResourceFinding[] {
  return input.changes.flatMap(({ address, before, after }) => {
    if (!isOf(after, 'integration')) return []
    const was = isOf(before, 'integration') ? before.spec.permissions.filter(includesNew) : []
    const added = [...after.spec.permissions.entries()].filter(
      ([, permission]) => includesNew(permission) && !was.some(earlier => covers(earlier, permission)),
    )
    if (added.length === 0) return []
    const permissions = added.map(([, permission]) => permission)
    const said: Said = {
      kind: 'future-operations-covered',
      address,
      severity: 'medium',
      direction: 'widens',
      integrations: [address],
      summary: `${counted(added.length, 'permission')} of ${nameIn(address)} reach${added.length === 1 ? 'es' : ''} operations that its service adds, accepted or not`,
      after: permissions.map(permissionWords).join('; '),
      facts: { permissions },
      edits: added.map(([index]) => ({
        side: 'after',
        address,
        path: ['spec', 'permissions', index],
        edit: `permission ${index + 1} includes new operations`,
      })),
    }
    return [finding(said, input)]
  })
}

/** A denial reaches new operations always, and takes nothing but access. */
function includesNew({ includeNew, effect }: Permission): boolean {
  return includeNew === true && effect !== 'deny'
}

const LISTS = ['methods', 'operations', 'tags', 'paths', 'groups', 'individuals', 'companies'] as const

/** Whether one permission gives all that another one gives, by what they say. */
function covers(one: Permission, other: Permission): boolean {
  if (EFFECTS.indexOf(one.effect) < EFFECTS.indexOf(other.effect)) return false
  return LISTS.every(list => {
    const [wide, narrow]: readonly (readonly string[] | undefined)[] = [one[list], other[list]]
    return wide === undefined || narrow?.every(entry => wide.includes(entry)) === true
  })
}
