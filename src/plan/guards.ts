import type { Address } from '../model/address.ts'
import type { Change, Refusal } from '../model/plan.ts'
import type { Resource } from '../model/state.ts'
import type { Limits } from '../model/store.ts'

/** What guards need to know beside the changes. */
export interface GuardFacts {
  readonly changes: readonly Change[]
  /** Nothing was declared at all. */
  readonly isEmpty: boolean
  /** How many integrations the owner has in the store. */
  readonly integrations: number
  readonly limits: Limits
  /** Deleting the integrations one by one in a cluster is explicit: there the counts do not bind. */
  readonly counted: boolean
  readonly replace: ReadonlySet<Address>
  readonly acceptOlder: ReadonlySet<Address>
  /** Who still uses what a change deletes or replaces, after the plan. */
  readonly usedBy: ReadonlyMap<Address, readonly Address[]>
  /** Groups that give access and lose their last member. */
  readonly emptied: readonly { readonly group: Address; readonly integrations: readonly Address[] }[]
  readonly force: ReadonlySet<Refusal['rule']>
}

/** Every guard's "no" to a plan; the same in a preview as in an apply. */
export function guard(facts: GuardFacts): readonly Refusal[] {
  const refusals = [
    emptyDesired(facts),
    ...tooManyDeletes(facts),
    ...unnamedReplaces(facts),
    ...inUse(facts),
    ...lastMembers(facts),
    ...replays(facts),
  ]
  return refusals.filter(refusal => refusal !== undefined).filter(({ rule }) => !facts.force.has(rule))
}

function emptyDesired({ isEmpty }: GuardFacts): Refusal | undefined {
  if (!isEmpty) return undefined
  const cure = 'Check the path given with -f; --allow-empty says that nothing is meant.'
  return { rule: 'empty-desired', message: 'no documents were found', cure, addresses: [] }
}

function tooManyDeletes({ changes, integrations, limits, counted }: GuardFacts): readonly Refusal[] {
  const addresses = changes
    .filter(({ action, address }) => action === 'delete' && address.startsWith('integration/'))
    .map(({ address }) => address)
  const actual = addresses.length
  if (!counted || actual === 0) return []
  const refusals: Refusal[] = []
  const { maxDeletes, maxDeletePercent } = limits
  const of = `${actual} of ${integrations} integrations would be deleted`
  if (actual > maxDeletes) {
    const cure = `Delete fewer at a time, or pass --max-deletes ${actual}.`
    refusals.push({
      rule: 'max-deletes',
      message: `${of}; the limit is ${maxDeletes}`,
      cure,
      addresses,
      limit: maxDeletes,
      actual,
    })
  }
  const percent = Math.ceil((actual * 100) / integrations)
  if (actual * 100 > integrations * maxDeletePercent) {
    const cure = `Delete fewer at a time, or pass --max-delete-percent ${percent}.`
    const message = `${of}, which is ${percent} %; the limit is ${maxDeletePercent} %`
    refusals.push({ rule: 'max-delete-percent', message, cure, addresses, limit: maxDeletePercent, actual: percent })
  }
  return refusals
}

function unnamedReplaces({ changes, replace, usedBy }: GuardFacts): readonly Refusal[] {
  return changes
    .filter(({ action, address }) => action === 'replace' && !replace.has(address))
    .map(({ address }) => {
      const users = usedBy.get(address) ?? []
      const message = `the access of ${address} changed, and access cannot change after creation; it is used by ${list(users) || 'nothing'}`
      const cure = `Put the old access back, or pass --replace ${address} to delete it and create it anew.`
      return { rule: 'replace-not-named' as const, message, cure, addresses: [address, ...users] }
    })
}

function inUse({ changes, usedBy }: GuardFacts): readonly Refusal[] {
  return changes.flatMap(({ action, address }) => {
    const users = usedBy.get(address) ?? []
    if (action !== 'delete' || users.length === 0) return []
    const message = `${address} would be deleted while ${list(users)} ${users.length === 1 ? 'uses' : 'use'} it`
    const cure = 'Take it out of what uses it first, or pass --force in-use.'
    return [{ rule: 'in-use' as const, message, cure, addresses: [address, ...users] }]
  })
}

function lastMembers({ emptied }: GuardFacts): readonly Refusal[] {
  return emptied.map(({ group, integrations }) => ({
    rule: 'last-member' as const,
    message: `${group} would lose its last member, and it gives access to ${list(integrations)}`,
    cure: 'Leave somebody in it, take it out of the access, or pass --force last-member.',
    addresses: [group, ...integrations],
  }))
}

/** An older encrypted file put back would bring back values that were replaced for a reason. */
function replays({ changes, acceptOlder }: GuardFacts): readonly Refusal[] {
  return changes.flatMap(change => {
    if (change.action !== 'update' || acceptOlder.has(change.address)) return []
    const why = olderThan(change.before, change.after)
    if (why === undefined) return []
    const cure = `Restore the newer file, or pass --accept-older ${change.address}.`
    return [
      {
        rule: 'replay' as const,
        message: `the values of ${change.address} are older than those applied: ${why}`,
        cure,
        addresses: [change.address],
      },
    ]
  })
}

function olderThan({ secret: before }: Resource, { secret: after }: Resource): string | undefined {
  if (before === undefined || after?.fingerprint === undefined || before.source === after.source) return undefined
  return (
    olderRevision(before.binding?.revision, after.binding?.revision) ??
    olderFile(before.lastModified, after.lastModified)
  )
}

function olderRevision(was: number | undefined, is: number | undefined): string | undefined {
  return was !== undefined && (is ?? -1) < was ? `revision ${is ?? 'none'} after revision ${was}` : undefined
}

function olderFile(was: string | undefined, is: string | undefined): string | undefined {
  if (was === undefined || is === undefined) return undefined
  return Date.parse(is) < Date.parse(was) ? `lastmodified ${is} after ${was}` : undefined
}

function list(addresses: readonly Address[]): string {
  const shown = addresses.slice(0, 3).join(', ')
  return addresses.length > 3 ? `${shown} and ${addresses.length - 3} more` : shown
}
