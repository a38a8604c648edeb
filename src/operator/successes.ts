import type { Diagnostic } from '../model/diagnostic.ts'
import type { Change } from '../model/plan.ts'
import type { Planned } from '../reconcile.ts'
import type { Item, Settling } from './attempt.ts'
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
    items.map(({ resource: { address } }): readonly [typeof address, Result] => {
      const change = changes.get(address)
      if (!enforce && change !== undefined) return [address, drifted(change)]
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

function drifted(change: Change): Result {
  const fields = fieldsOf(change)
  const more = fields.length > MOST_FIELDS ? ` and ${fields.length - MOST_FIELDS} more` : ''
  const where = fields.length === 0 ? '' : ` (${fields.slice(0, MOST_FIELDS).join(', ')}${more})`
  const message = `The store differs from this resource: a run would ${change.action} it${where}. Nothing is written in mode Observe.`
  return { kind: 'stalled', reason: 'Drifted', message }
}
