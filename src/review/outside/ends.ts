import type { Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import { nameIn } from '../describe.ts'
import { edited, usersOf, type OutsideInput } from './input.ts'
import { finding, type Said } from './say.ts'

/** What sorts behind every day. */
const NEVER = '9999-12-31'

/** The findings about groups that end on another day: what is temporary becomes lasting without anybody gaining anything today. */
export function endFindings(input: OutsideInput): readonly ResourceFinding[] {
  return edited(input, 'accessGroup').flatMap(({ address, before, after }) => {
    const [was, is] = [before.spec.expires, after.spec.expires]
    return was === is ? [] : [finding({ ...told(address, was, is), integrations: usersOfGroup(address, input) }, input)]
  })
}

function told(address: Address, was = NEVER, is = NEVER): Omit<Said, 'integrations'> {
  const widens = is > was
  const lasts =
    is === NEVER ? 'no longer ends, and what it gives lasts' : `ends ${widens ? 'later' : 'earlier'}: on ${is}`
  return {
    kind: 'group-end-changed',
    address,
    severity: widens ? 'medium' : 'low',
    direction: widens ? 'widens' : 'narrows',
    summary: `group ${nameIn(address)} ${lasts}`,
    before: shown(was),
    after: shown(is),
    facts: { before: shown(was), after: shown(is) },
    edits: [{ side: is === NEVER ? 'before' : 'after', address, path: ['spec', 'expires'], edit: 'last day' }],
  }
}

function shown(day: string): string {
  return day === NEVER ? 'no end' : day
}

/** The integrations that use a group, also through groups that hold it. */
function usersOfGroup(group: Address, { usedBy }: OutsideInput): readonly Address[] {
  const found = new Set<Address>([group])
  // A set grows while it is walked, so that each group is visited once, circles included.
  for (const address of found) {
    if (!address.startsWith('accessGroup/')) continue
    for (const side of ['before', 'after'] as const) for (const user of usedBy(side, address)) found.add(user)
  }
  return usersOf('integration', [...found])
}
