import { EFFECTS } from '../../model/effect.ts'
import type { Change, EffectChange, FieldChange, Plan, PlanReview, Refusal } from '../../model/plan.ts'
import { warningsOf } from '../../review/objections.ts'
import { visible, type Paint } from '../style.ts'
import { counts } from './plan-json.ts'

export const SYMBOLS = { create: '+', update: '~', replace: '±', delete: '-' } as const satisfies Record<
  Change['action'],
  string
>
const COLOURS = { create: 'green', update: 'yellow', replace: 'red', delete: 'red' } as const

/** More effect lines than this are counted instead of shown; JSON has them all. */
const MAX_EFFECTS = 100

/** A plan as people read it on a terminal: one line a change, its fields, how access changes, and the counts. */
export function planText(plan: Plan, refusals: readonly Refusal[], paint: Paint): string {
  const parts = [
    plan.changes.map(change => changeText(change, paint)).join(''),
    withheldText(plan.withheld, paint),
    accessText(plan.access, paint),
    plan.verified
      ? ''
      : `${paint('yellow', 'Not verified:')} SOPS files were compared by digest only (--no-decrypt).\n`,
    guardrailsText(plan.review, paint),
    refusalsText(refusals, paint),
    `${summary(plan, paint)}\n`,
  ]
  return parts.filter(part => part !== '').join('\n')
}

function changeText(change: Change, paint: Paint): string {
  const { action, address, reasons } = change
  const colour = COLOURS[action]
  const note = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  const head = `${paint(colour, SYMBOLS[action])} ${paint('bold', visible(address))}${visible(note)}\n`
  return 'fields' in change ? head + change.fields.map(field => fieldText(field, paint)).join('') : head
}

function fieldText({ path, before, after }: FieldChange, paint: Paint): string {
  const name = dotted(path)
  if (isNames(before) && isNames(after)) return `    ${name}: ${setText(before, after, paint)}\n`
  return `    ${name}: ${valueText(before)} → ${valueText(after)}\n`
}

/** A JSON Pointer as people write paths: `spec.permissions[0].effect`. */
export function dotted(path: string): string {
  const parts = path
    .slice(1)
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return visible(
    parts.map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join(''),
  )
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function setText(before: readonly string[], after: readonly string[], paint: Paint): string {
  const gone = before.filter(item => !after.includes(item)).map(item => paint('red', `-${visible(item)}`))
  const came = after.filter(item => !before.includes(item)).map(item => paint('green', `+${visible(item)}`))
  return shortened([...came, ...gone])
}

const MAX_ITEMS = 10

function shortened(items: readonly string[]): string {
  if (items.length <= MAX_ITEMS) return items.join(' ')
  return `${items.slice(0, MAX_ITEMS).join(' ')} and ${items.length - MAX_ITEMS} more`
}

const MAX_VALUE = 100

/** A value in one line, cut where it is long. */
export function valueText(value: unknown): string {
  if (value === undefined) return '(none)'
  const plain =
    typeof value === 'string' ? value.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…') : JSON.stringify(value)
  const text = visible(plain)
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}

function withheldText(withheld: readonly Change[], paint: Paint): string {
  if (withheld.length === 0) return ''
  const lines = withheld.map(({ address }) => `  ${paint('dim', `- ${visible(address)}`)}\n`)
  return `Withheld: no longer declared, and --prune was not given\n${lines.join('')}`
}

function accessText(access: readonly EffectChange[], paint: Paint): string {
  if (access.length === 0) return ''
  const shown = access.slice(0, MAX_EFFECTS).map(change => effectText(change, paint))
  const hidden = access.length - shown.length
  const more = hidden === 0 ? '' : `  and ${hidden} more (-o json lists them all)\n`
  return `Access:\n${shown.join('')}${more}`
}

function effectText(change: EffectChange, paint: Paint): string {
  const { integration, before, after } = change
  const widens = EFFECTS.indexOf(after) > EFFECTS.indexOf(before)
  const arrow = widens ? paint('yellow', '↑') : paint('cyan', '↓')
  return `  ${arrow} ${visible(integration)}  ${whoText(change)}: ${operationsText(change.operations)} ${before} → ${paint('bold', after)}\n`
}

/** Who an effect line is about, with a count where it is known. */
export function whoText({ who, people }: Pick<EffectChange, 'who' | 'people'>): string {
  if (people === undefined) return visible(who)
  return `${visible(who)} (${people} ${people === 1 ? 'person' : 'people'})`
}

/** A few operations by name, many by number. */
export function operationsText(operations: readonly string[]): string {
  const shown = operations.slice(0, 3).map(visible).join(', ')
  return operations.length <= 3 ? shown : `${shown} and ${operations.length - 3} more`
}

/** What guardrails say that do not refuse, and the digest that an approval names; those that refuse are among the refusals. */
function guardrailsText(review: PlanReview | undefined, paint: Paint): string {
  if (review === undefined) return ''
  const warnings = warningsOf(review.judgements).map(
    ({ message }) => `${paint('yellow', 'warning')} ${visible(message)}\n`,
  )
  return [...warnings, review.hasEffect ? `Approval: ${review.digest}\n` : ''].join('')
}

function refusalsText(refusals: readonly Refusal[], paint: Paint): string {
  return refusals
    .map(
      ({ rule, message, cure }) =>
        `${paint('red', 'refused')} ${rule}: ${visible(message)}\n  ${paint('cyan', visible(cure))}\n`,
    )
    .join('')
}

/** The last line: counts of everything, also of what did not change. */
export function summary(plan: Plan, paint: Paint): string {
  const { create, update, replace, delete: deleted } = counts(plan.changes)
  const withheld = plan.withheld.length === 0 ? '' : `, ${plan.withheld.length} withheld`
  if (plan.changes.length === 0) return `${paint('bold', 'No changes.')} ${plan.unchanged} unchanged${withheld}.`
  const counted = `${create} to create, ${update} to update, ${replace} to replace, ${deleted} to delete, ${plan.unchanged} unchanged${withheld}.`
  return `${paint('bold', 'Plan:')} ${counted}`
}
