import type { Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Change } from '../model/plan.ts'
import type { Planned } from '../reconcile.ts'
import type { Item, Settling } from './attempt.ts'
import { factsOf } from './facts.ts'
import type { Result, Results } from './result.ts'
import { guardrailWarnings } from './unapproved.ts'

/** A plan that could be made, refused or not. */
export type Made = Exclude<Planned, { kind: 'invalid' }>

/** What a plan that was carried out, or was only to be looked at, means for each of its resources. */
export function successes(
  items: readonly Item[],
  { plan, desired, diagnostics }: Made,
  { enforce, needsApproval, catalogue }: Pick<Settling, 'enforce' | 'needsApproval' | 'catalogue'>,
): Results {
  const approved = needsApproval && plan.review?.hasEffect === true ? plan.review.digest : undefined
  const warnedOf = warnedIn(plan)
  const changes = new Map(plan.changes.map(change => [change.address, change]))
  const warnings = Map.groupBy(diagnostics, ({ file }) => file)
  const facts = factsOf(desired, catalogue)
  return new Map(
    items.map(({ resource }): readonly [Address, Result] => {
      const { address } = resource
      const change = changes.get(address)
      if (!enforce && change !== undefined) return [address, drifted(change)]
      const state = desired.state.get(address)
      const warned = warnedOf(address)
      const result: Result = {
        kind: 'done',
        action: change?.action,
        fields: fieldsOf(change),
        warnings: (warnings.get(address) ?? []).filter(isWarning),
        facts: state === undefined ? {} : facts(state),
        ...(change !== undefined && approved !== undefined && { approved }),
        ...(warned.length > 0 && { warned }),
      }
      return [address, result]
    }),
  )
}

/** What guardrails warn of for each resource: for those that change where none is named of what it is about. */
function warnedIn({ changes, review }: Made['plan']): (address: Address) => readonly string[] {
  const changed = new Set(changes.map(({ address }) => address))
  const warnings = guardrailWarnings(review).map(({ message, integrations }) => {
    const named = integrations.filter(address => changed.has(address))
    return { message, about: named.length > 0 ? new Set(named) : changed }
  })
  return address => warnings.filter(({ about }) => about.has(address)).map(({ message }) => message)
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
