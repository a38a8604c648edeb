import { describeReason } from '../../access/describe.ts'
import type { Reason } from '../../access/reasons.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Effect } from '../../model/effect.ts'
import type { Operation } from '../../model/operation.ts'
import type { ResourceOf } from '../../model/state.ts'
import { visible, type Paint } from '../style.ts'
import type { ErrorJson } from './plan-json.ts'

/** What `can` found: the decision, and of whom and what it speaks. */
export interface CanAnswer {
  readonly person: string
  /** As text where the request is refused whatever is permitted. */
  readonly operation: Operation | string
  readonly integration: ResourceOf<'integration'>
  readonly from: 'store' | 'files'
  readonly effect: Effect
  readonly reasons: readonly Reason[]
  /** Why such a request is never let through. */
  readonly refused?: string
}

/** What `can -o json` prints, whatever happened (`schemas/can.schema.json`). */
export function canJson(
  answer: CanAnswer | undefined,
  diagnostics: readonly Diagnostic[],
  errors: readonly ErrorJson[],
): Record<string, unknown> {
  if (answer === undefined) return { complete: false, effect: 'deny', reasons: [], diagnostics, errors }
  const { person, integration, from, effect } = answer
  return {
    complete: true,
    effect,
    person,
    operation: operationJson(answer.operation),
    integration: integration.address,
    source: from,
    reasons: reasonsJson(answer),
    diagnostics,
    errors,
  }
}

/** An operation by its id, with what it does where that is known. */
export function operationJson(operation: Operation | string): Record<string, unknown> {
  if (typeof operation === 'string') return { id: operation }
  const { id, method, path, summary } = operation
  return { id, method, path, ...(summary !== undefined && { summary }) }
}

function reasonsJson({ reasons, refused, integration }: CanAnswer): readonly Record<string, unknown>[] {
  const { file, line } = integration.origin
  if (refused !== undefined) return [{ kind: 'refused', decides: true, message: refused, file, line }]
  return reasons.map(reasonJson)
}

function reasonJson(reason: Reason): Record<string, unknown> {
  const { kind, decides, integration: _integration, person: _person, operation: _operation, ...rest } = reason
  return { kind, decides, message: describeReason(reason), ...rest }
}

const PAINT = { allow: 'green', confirm: 'yellow', deny: 'red' } as const satisfies Record<Effect, string>

/** An effect in its colour. */
export function effectText(effect: Effect, paint: Paint): string {
  return paint(PAINT[effect], effect)
}

const VERDICTS = {
  allow: 'may call',
  confirm: 'may call, after confirming it,',
  deny: 'may not call',
} as const satisfies Record<Effect, string>

/** The decision in one line, then the reasons: those that decide, and what else bears on it. */
export function canText(answer: CanAnswer, paint: Paint, quiet: boolean): string {
  const { person, effect, integration, operation, reasons, refused } = answer
  if (quiet) return `${effect}\n`
  const name = `${integration.namespace}/${integration.name}`
  const head = `${effectText(effect, paint)}: ${visible(person)} ${VERDICTS[effect]} ${operationText(operation)} on ${visible(name)}\n`
  const lines =
    refused === undefined
      ? reasons.map(reason => `  ${reason.decides ? '▸' : '·'} ${visible(describeReason(reason))}\n`)
      : [`  ▸ ${visible(refused)}\n`]
  return head + lines.join('')
}

/** An operation by its id, and by method and path where the id does not say them. */
export function operationText(operation: Operation | string): string {
  if (typeof operation === 'string') return visible(operation)
  const request = `${operation.method.toUpperCase()} ${operation.path}`
  return visible(operation.id === request ? request : `${operation.id} (${request})`)
}
