import type { AccessFinding, Because, Finding, ResourceFinding, ReviewedOperation } from '../../../model/finding.ts'
import { isWrite } from '../../../model/operation.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { operationOf } from '../../../review/severity.ts'
import type { Paint } from '../../style.ts'
import { comparisonText } from './markdown-head.ts'
import { findingsOf, violationText } from './markdown-guardrails.ts'
import { counted } from './numbers.ts'
import { causeText, idOf, requestOf, sentenceOf, witnessText } from './phrases.ts'
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
    finding.because.map(because => becauseText(because, write)).join('\n'),
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
function becauseText({ need, causes, people }: Because, write: Writer): string {
  const about = people === undefined ? '' : `, for ${counted(people, 'person', 'people')}`
  const head = causes.length < 2 ? `Because of this edit${about}` : `Because of ${NEEDS[need]}${about}`
  const lines = causes.map(cause => causeText(cause, write))
  return list(head, lines)
}

const NEEDS = {
  each: 'all of these edits (undoing any of them undoes it)',
  either: 'any of these edits (only undoing all of them undoes it)',
} as const satisfies Record<Because['need'], string>

function brokenBy({ review }: ReviewReport, { id }: Finding, write: Writer): readonly string[] {
  return review.judgements.flatMap(judgement =>
    judgement.violations
      .filter(violation => findingsOf([violation]).includes(id))
      .map(violation => violationText(violation, judgement, write)),
  )
}
