import type { Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Change } from '../model/plan.ts'
import type { Planned } from '../reconcile.ts'
import type { Item, Settling } from './attempt.ts'
import { modeOf, type CustomResource, type Mode } from './custom-resource.ts'
import { factsOf } from './facts.ts'
import type { Result, Results } from './result.ts'

type Made = Exclude<Planned, { kind: 'invalid' }>

/** What a plan that was carried out, or was only to be looked at, means for each of its resources. */
export function successes(
  items: readonly Item[],
  { plan, desired, diagnostics }: Made,
  { enforce, catalogue }: Pick<Settling, 'enforce' | 'catalogue'>,
): Results {
  const changes = new Map(plan.changes.map(change => [change.address, change]))
  const warnings = Map.groupBy(diagnostics, ({ file }) => file)
  const facts = factsOf(desired, catalogue)
  return new Map(
    items.map(({ resource }): readonly [Address, Result] => {
      const { address } = resource
      const change = changes.get(address)
      if (!enforce && change !== undefined) return [address, drifted(change, resource)]
      const state = desired.state.get(address)
      const result: Result = {
        kind: 'done',
        action: change?.action,
        fields: fieldsOf(change),
        warnings: (warnings.get(address) ?? []).filter(isWarning),
        facts: state === undefined ? {} : facts(state),
      }
      return [address, result]
    }),
  )
}

function fieldsOf(change: Change | undefined): readonly string[] {
  return change !== undefined && 'fields' in change ? change.fields.map(({ path }) => path) : []
}

function isWarning({ severity }: Diagnostic): boolean {
  return severity === 'warning'
}

const MOST_FIELDS = 10

/** Why a difference stays. Where a resource does not say its mode, the operator's is Observe. */
const UNWRITTEN: Readonly<Record<Mode, string>> = {
  Enforce: '',
  Observe: 'Nothing is written in mode Observe.',
  Approve: 'It waits for approval: nothing else is written in mode Approve.',
}

function drifted(change: Change, resource: CustomResource): Result {
  const fields = fieldsOf(change)
  const more = fields.length > MOST_FIELDS ? ` and ${fields.length - MOST_FIELDS} more` : ''
  const where = fields.length === 0 ? '' : ` (${fields.slice(0, MOST_FIELDS).join(', ')}${more})`
  const message = `The store differs from this resource: a run would ${change.action} it${where}. ${UNWRITTEN[modeOf(resource, 'Observe')]}`
  return { kind: 'stalled', reason: 'Drifted', message }
}
