import type { Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import { nameIn } from '../describe.ts'
import { edited, usersOf, type OutsideInput } from './input.ts'
import { finding } from './say.ts'

/** What sorts behind every day. */
const NEVER = '9999-12-31'

/** The findings about groups that end on another day: what is temporary becomes lasting without anybody gaining anything today. */
export function endFindings(input: OutsideInput): readonly ResourceFinding[] {
  return edited(input, 'accessGroup').flatMap(({ address, before, after }) => {
    const [was, is] = [before.spec.expires, after.spec.expires]
    if (was === is) return []
    const widens = (is ?? NEVER) > (was ?? NEVER)
    const group = nameIn(address)
    const summary =
      is === undefined
        ? `group ${group} no longer ends, and what it gives lasts`
        : `group ${group} ends ${widens ? 'later' : 'earlier'}: what it gives lasts until ${is}`
    return finding(
      {
        kind: 'group-end-changed',
        address,
        severity: widens ? 'medium' : 'low',
        direction: widens ? 'widens' : 'narrows',
        integrations: usersOf('integration', holdersOf(address, input)),
        summary,
        before: was ?? 'no end',
        after: is ?? 'no end',
        facts: { before: was ?? null, after: is ?? null },
        edits: [{ side: is === undefined ? 'before' : 'after', address, path: ['spec', 'expires'], edit: 'last day' }],
      },
      input,
    )
  })
}

/** Whatever uses a group, also through groups that hold it. */
function holdersOf(group: Address, { usedBy }: OutsideInput): readonly Address[] {
  const found = new Set<Address>([group])
  // A set grows while it is walked, so that each group is visited once, circles included.
  for (const address of found) {
    if (!address.startsWith('accessGroup/')) continue
    for (const side of ['before', 'after'] as const) for (const user of usedBy(side, address)) found.add(user)
  }
  return [...found]
}
