import type { Change, EffectChange, Plan, Refusal } from '../../model/plan.ts'
import { warningsOf } from '../../review/objections.ts'
import { visible, type Paint } from '../style.ts'
import { dotted, operationsText, summary, SYMBOLS, valueText, whoText } from './plan-text.ts'

const plain: Paint = (_style, text) => text

/** Longer lists are cut, and the cut is counted: comments have a size limit. */
const MAX_ROWS = 200

/** A plan as Markdown for a comment: how access changes first, then every field, then the counts. */
export function planMarkdown(plan: Plan, refusals: readonly Refusal[]): string {
  const parts = [
    `## Plan for ${code(plan.owner)}\n`,
    ...refusals.map(({ rule, message, cure }) => `> **Refused** ${code(rule)}: ${escaped(message)} ${escaped(cure)}\n`),
    ...warningsOf(plan.review?.judgements ?? []).map(({ message }) => `> **Warning** ${escaped(message)}\n`),
    plan.access.length === 0 ? '' : table(['Who', 'Operations', 'On', 'Before', 'After'], plan.access.map(accessRow)),
    plan.changes.length === 0
      ? ''
      : table(['', 'Object', 'Field', 'Before', 'After', 'Source'], plan.changes.flatMap(changeRows)),
    plan.withheld.length === 0
      ? ''
      : `Withheld without \`--prune\`: ${plan.withheld.map(({ address }) => code(address)).join(', ')}\n`,
    plan.verified ? '' : '**Not verified:** SOPS files were compared by digest only.\n',
    plan.review?.hasEffect === true ? `Approval: ${code(plan.review.digest)}\n` : '',
    `${escaped(summary(plan, plain))}\n`,
  ]
  return parts.filter(part => part !== '').join('\n')
}

function accessRow(change: EffectChange): readonly string[] {
  const { operations, integration, before, after } = change
  return [escaped(whoText(change)), escaped(operationsText(operations)), code(integration), before, `**${after}**`]
}

function changeRows(change: Change): readonly (readonly string[])[] {
  const { origin } = 'after' in change ? change.after : change.before
  const source = code(`${origin.file}:${origin.line}`)
  const reasons = change.reasons.length === 0 ? '' : ` (${escaped(change.reasons.join('; '))})`
  const symbol = `${SYMBOLS[change.action]} ${change.action}${reasons}`
  if (!('fields' in change) || change.fields.length === 0) return [[symbol, code(change.address), '', '', '', source]]
  return change.fields.map(({ path, before, after }) => {
    return [
      symbol,
      code(change.address),
      code(dotted(path)),
      escaped(valueText(before)),
      escaped(valueText(after)),
      source,
    ]
  })
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.slice(0, MAX_ROWS)].map(cells => `| ${cells.join(' | ')} |\n`)
  const hidden = rows.length - MAX_ROWS
  return lines.join('') + (hidden > 0 ? `\n${hidden} more rows are not shown.\n` : '')
}

/** Text that Markdown and HTML leave alone: names come from documents and may try to look like something else. */
function escaped(text: string): string {
  return visible(text).replaceAll(/[\\`*_{}[\]()#+!|<>&~@-]/g, character => `&#${character.charCodeAt(0)};`)
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`
}
