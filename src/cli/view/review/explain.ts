import type { AccessFinding, Finding, ResourceFinding, ReviewedOperation } from '../../../model/finding.ts'
import { isWrite } from '../../../model/operation.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { operationOf } from '../../../review/severity.ts'
import type { Paint } from '../../style.ts'
import { comparisonText } from './markdown-head.ts'
import { findingsOf, violationText } from './markdown-guardrails.ts'
import { counted } from './numbers.ts'
import { causeText, idOf, requestOf, sentenceOf, witnessText } from './phrases.ts'
import { aboutTexts, reasonsOf, type Edits, type Reason } from './reasons.ts'
import { ruleOf, RULES } from './rules.ts'
import { terminalWriter, type Writer } from './writer.ts'

/** Longer lists are cut, and the cut is counted; JSON has them whole. */
const MAX_LINES = 200

/** One finding with its derivation: who exactly, what, where, the proof on both sides, the edits, and what undoes it. */
export function explainText(report: ReviewReport, finding: Finding, paint: Paint): string {
  const write = terminalWriter(paint)
  const { severity, id, direction } = finding
  return [
    `${paint('bold', `${id} ${severity}`)}, ${DIRECTIONS[direction]}: ${sentenceOf(finding, write)}\n`,
    finding.kind === 'access' ? accessText(finding, write) : resourceText(finding, write),
    list(
      'Integrations',
      finding.integrations.map(name => write.name(name)),
    ),
    becauseText(finding, write),
    list('Guardrails that it breaks', brokenBy(report, finding, write)),
    `What to do\n  ${RULES[ruleOf(finding)].help}\n`,
    `Compared ${comparisonText(report.comparison, write)}, as of ${report.comparison.asOf}\nFingerprint ${finding.fingerprint}\n`,
  ]
    .filter(part => part !== '')
    .join('\n')
}

const DIRECTIONS = {
  widens: 'widens access',
  narrows: 'narrows access',
  unclear: 'beside access',
} as const satisfies Record<Finding['direction'], string>

function accessText(finding: AccessFinding, write: Writer): string {
  const { who, operations, until } = finding
  return [
    who.kind === 'people'
      ? list(
          `Who: ${write.sentence(who.name)}, ${counted(who.people.length, 'person', 'people')}`,
          who.people.map(person => write.name(person)),
        )
      : `Who: ${write.name(who.name)}, ${OPEN[who.kind]}\n`,
    list(
      `Operations: ${finding.before} → ${finding.after}`,
      operations.map(operation => operationText(operation, write)),
    ),
    `Until: ${until ?? 'no end'}\n`,
    `Witness: ${witnessText(finding, write)}\n  before: ${finding.witness.before}\n  after:  ${finding.witness.after}\n`,
  ].join('\n')
}

const OPEN = {
  company: 'a company: how many people it has is unknown here',
  idpGroup: 'a group of the identity provider: its members are unknown here',
} as const

function operationText(operation: ReviewedOperation, write: Writer): string {
  const { before, after } = operation
  const renamed = before !== undefined && after !== undefined && before.id !== after.id
  const sort = isWrite(operationOf(operation)) ? 'write' : 'read'
  const [id, request] = [idOf(operation), requestOf(operation)]
  return [
    write.name(id),
    ...(id === request ? [] : [`(${write.name(request)})`]),
    sort,
    ...(renamed ? [`formerly ${write.name(before.id)}`] : []),
    ...(before === undefined ? ['not there before'] : []),
    ...(after === undefined ? ['not there any more'] : []),
  ].join(' ')
}

function resourceText({ address, before, after }: ResourceFinding, write: Writer): string {
  const side = (text: string | undefined): string => (text === undefined ? '(nothing)' : write.sentence(text))
  return `About ${write.name(address)}\n  before: ${side(before)}\n  after:  ${side(after)}\n`
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  const more = lines.length - MAX_LINES
  const shown = lines.slice(0, MAX_LINES).map(line => `  ${line}\n`)
  return `${title}\n${shown.join('')}${more > 0 ? `  and ${counted(more, 'more', 'more')} (-o json lists them all)\n` : ''}`
}

/** Edits of which each is needed are undone by undoing any; where any is enough, all have to be undone. */
function becauseText(finding: Finding, write: Writer): string {
  const reasons = reasonsOf(finding)
  const abouts = aboutTexts(reasons, finding, write)
  return reasons.map((reason, index) => reasonText(reason, abouts[index]!, write)).join('\n')
}

function reasonText({ each, either }: Reason, about: string, write: Writer): string {
  const head = about === '' ? 'Because of' : `${about.replace(/^[a-z]/, letter => letter.toUpperCase())}: because of`
  const lines = (edits: readonly Edits[]): readonly string[] => edits.map(edit => causeText(edit, write))
  if (each.length + either.length < 2) return list(`${head} this edit`, lines([...each, ...either]))
  const needed = list(`${head} ${NEEDS.each}`, lines(each))
  return needed + list(`${needed === '' ? head : 'and of'} ${NEEDS.either}`, lines(either))
}

const NEEDS = {
  each: 'all of these edits (undoing any of them undoes it)',
  either: 'any of these edits (only undoing all of them undoes it)',
} as const satisfies Record<'each' | 'either', string>

function brokenBy({ review }: ReviewReport, { id }: Finding, write: Writer): readonly string[] {
  return review.judgements.flatMap(judgement =>
    judgement.violations
      .filter(violation => findingsOf([violation]).includes(id))
      .map(violation => violationText(violation, judgement, write)),
  )
}
