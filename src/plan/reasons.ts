import type { Address } from '../model/address.ts'
import type { OperationTable } from '../model/operation.ts'
import type { Change } from '../model/plan.ts'
import { serviceAddress } from '../model/references.ts'
import type { Lookup } from './surroundings.ts'

type TableOf = (digest: string) => OperationTable | undefined

const SHOWN = 5

/** What the reasons of a plan are drawn from. */
export interface ReasonFacts {
  readonly table: TableOf
  readonly after: Lookup
  /** Who goes on using what is deleted or replaced. */
  readonly usedBy: ReadonlyMap<Address, readonly Address[]>
}

/** Adds to each change what its fields do not tell a reader. */
export function withReasons(changes: readonly Change[], facts: ReasonFacts): readonly Change[] {
  return changes.map(change => {
    const more = [
      ...operationReasons(change, facts.table),
      ...userReasons(change, facts),
      ...unlistedReasons(change, facts),
    ]
    return more.length === 0 ? change : { ...change, reasons: [...change.reasons, ...more] }
  })
}

/** Which operations came and went: the digest of a document alone tells nothing. */
function operationReasons(change: Change, table: TableOf): readonly string[] {
  if (change.action !== 'update' || !('operations' in change.before.spec) || !('operations' in change.after.spec))
    return []
  const was = table(change.before.spec.operations)
  const is = table(change.after.spec.operations)
  const [before, after] = [idsOf(was), idsOf(is)]
  const [newBefore, newAfter] = [newIdsOf(was), newIdsOf(is)]
  const accepted = new Set([...newBefore].filter(id => after.has(id)))
  return [
    ...named('added', after, before),
    ...named('removed', before, after),
    ...named('accepted', accepted, newAfter),
    ...named('new, which permissions cover only by name', newAfter, newBefore),
  ]
}

function userReasons({ action, address }: Change, { usedBy }: ReasonFacts): readonly string[] {
  const users = action === 'replace' ? usedBy.get(address) : undefined
  return users === undefined ? [] : [`used by ${users.join(', ')}`]
}

/** Where a service lists nothing, no line can say what a permission covers, and silence would look like nothing. */
function unlistedReasons(change: Change, { after, table }: ReasonFacts): readonly string[] {
  const integration = change.action === 'delete' ? undefined : change.after
  if (integration?.kind !== 'integration' || integration.spec.permissions.length === 0) return []
  const service = after(serviceAddress(integration.spec.service, integration.namespace))
  if (service === undefined || !('operations' in service.spec)) return []
  if ((table(service.spec.operations)?.operations.length ?? 0) > 0) return []
  return ['the service lists no operations, so how access changes cannot be shown: read the permissions']
}

function idsOf(table: OperationTable | undefined): ReadonlySet<string> {
  return new Set(table?.operations.map(({ id }) => id))
}

function newIdsOf(table: OperationTable | undefined): ReadonlySet<string> {
  return new Set(table?.operations.filter(({ isNew }) => isNew).map(({ id }) => id))
}

function named(what: string, these: ReadonlySet<string>, those: ReadonlySet<string>): readonly string[] {
  const ids = [...these].filter(id => !those.has(id))
  if (ids.length === 0) return []
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : ''
  return [
    `${ids.length} ${ids.length === 1 ? 'operation' : 'operations'} ${what}: ${ids.slice(0, SHOWN).join(', ')}${more}`,
  ]
}
