import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Change, Plan, PlanReview, Refusal } from '../../model/plan.ts'
import type { Resource } from '../../model/state.ts'
import { VERSION } from '../version.ts'
import { judgementJson } from './review/json-sections.ts'

/** Version of the JSON of plans; within it fields are only added. */
export const FORMAT_VERSION = 1

/** An error of the world or of ours, as machines read it. */
export interface ErrorJson {
  readonly code: string
  readonly message: string
  readonly cure?: string
}

/** What `plan -o json` prints, whatever happened (`schemas/plan.schema.json`). */
export function planJson(
  plan: Plan | undefined,
  diagnostics: readonly Diagnostic[],
  refusals: readonly Refusal[] = [],
  errors: readonly ErrorJson[] = [],
): Record<string, unknown> {
  const { changes, withheld, unchanged, access } = plan ?? NOTHING
  return {
    formatVersion: FORMAT_VERSION,
    tool: { name: 'tenon', version: VERSION },
    complete: plan !== undefined,
    ...(plan && identity(plan)),
    summary: { ...counts(changes), unchanged, withheld: withheld.length },
    changes: changes.map(changeJson),
    withheld: withheld.map(({ action, address }) => ({ action, address, reason: 'prune-off' })),
    access,
    ...(plan?.review && { review: planReviewJson(plan.review) }),
    refusals,
    diagnostics,
    errors,
  }
}

const NOTHING: Pick<Plan, 'changes' | 'withheld' | 'unchanged' | 'access'> = {
  changes: [],
  withheld: [],
  unchanged: 0,
  access: [],
}

function planReviewJson({ digest, judgements }: PlanReview): object {
  return { digest, guardrails: judgements.map(judgementJson) }
}

function identity({ owner, digest, storeRevision, verified }: Plan): object {
  return { owner, digest, storeRevision, verified }
}

/** How many changes of each kind there are. */
export function counts(changes: readonly Change[]): Record<Change['action'], number> {
  const found = { create: 0, update: 0, replace: 0, delete: 0 }
  for (const { action } of changes) found[action]++
  return found
}

function changeJson(change: Change): Record<string, unknown> {
  const { action, address, reasons } = change
  const differences = 'fields' in change ? change.fields : []
  const resource = 'after' in change ? change.after : change.before
  const { file, line } = resource.origin
  return {
    action,
    address,
    fields: differences.map(({ path }) => path),
    ...('fields' in change && { differences }),
    ...(action === 'create' && { after: contents(resource) }),
    ...(action === 'delete' && { before: contents(resource), orphan: change.orphan }),
    ...(reasons.length > 0 && { reasons }),
    source: { file, line },
  }
}

/** A resource as its document would say it; of a credential's values only that they are set. */
function contents({ labels, annotations, spec, secret }: Resource): Record<string, unknown> {
  return { labels, annotations, spec, ...(secret && { data: 'set' }) }
}
