import type { Finding } from '../../../model/finding.ts'
import type { Judgement } from '../../../model/judgement.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { nameIn } from '../../../review/describe.ts'
import { openViolations } from '../../../review/objections.ts'
import { blockersOf } from './blockers.ts'
import { shown } from './names.ts'
import { becauseText } from './phrases.ts'
import { ruleOf } from './rules.ts'
import { textWriter } from './writer.ts'

/** One case, and what is wrong with it. */
interface Case {
  readonly classname: string
  readonly name: string
  /** `error`: it could not be evaluated. */
  readonly outcome: 'passed' | 'failure' | 'error'
  readonly type: string
  readonly text: string
}

/** A review as JUnit XML: a case for each guardrail, and one for each finding that blocks, or for whatever else does. */
export function reviewJunit(report: ReviewReport): string {
  const { findings, others } = blockersOf(report)
  const suites = [
    suite('guardrails', report.review.judgements.map(guardrailCase)),
    suite('findings', [...findings.map(findingCase), ...others.map(otherCase)]),
  ]
  const all = suites.flatMap(({ cases }) => cases)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="tenon review" ${countsOf(all)}>\n`,
    ...suites.map(({ text }) => text),
    '</testsuites>\n',
  ].join('')
}

function suite(name: string, cases: readonly Case[]): { readonly cases: readonly Case[]; readonly text: string } {
  const lines = cases.map(caseText).join('')
  return { cases, text: `  <testsuite name="${name}" ${countsOf(cases)}>\n${lines}  </testsuite>\n` }
}

function countsOf(cases: readonly Case[]): string {
  const failures = cases.filter(({ outcome }) => outcome === 'failure').length
  const errors = cases.filter(({ outcome }) => outcome === 'error').length
  return `tests="${cases.length}" failures="${failures}" errors="${errors}"`
}

function caseText({ classname, name, outcome, type, text }: Case): string {
  const head = `    <testcase classname="${xmlText(classname)}" name="${xmlText(name)}"`
  if (outcome === 'passed') {
    return text === '' ? `${head}/>\n` : `${head}>\n      <system-out>${xmlText(text)}</system-out>\n    </testcase>\n`
  }
  const [first = ''] = text.split('\n')
  const body = `<${outcome} type="${xmlText(type)}" message="${xmlText(first)}">${xmlText(text)}</${outcome}>`
  return `${head}>\n      ${body}\n    </testcase>\n`
}

/** Only guardrails that deny fail: the others say what they have to say, and pass. */
function guardrailCase(judgement: Judgement): Case {
  const { guardrail, description, actions, after, violations, failure } = judgement
  const denies = actions.includes('Deny')
  const open = openViolations(judgement)
  const failed = after === 'failed'
  const lines = [
    ...(failed ? [`could not be evaluated: ${shown(failure ?? 'no reason is known')}`] : []),
    ...open.map(({ message, fingerprint }) => `${shown(message)} (${shown(fingerprint)})`),
    ...violations
      .filter(({ waivedBy }) => waivedBy !== undefined)
      .map(({ message, waivedBy }) => `waived by ${shown(waivedBy ?? '')}: ${shown(message)}`),
  ]
  return {
    classname: 'tenon.guardrail',
    name: `${shown(nameIn(guardrail))}: ${shown(description)}`,
    outcome: denies && failed ? 'error' : denies && open.length > 0 ? 'failure' : 'passed',
    type: failed ? 'guardrail-failed' : 'guardrail-broken',
    text: lines.join('\n'),
  }
}

const write = textWriter()

function findingCase(finding: Finding): Case {
  const { id, severity, summary, fingerprint } = finding
  const why = becauseText(finding, write)
  return {
    classname: `tenon.finding.${severity}`,
    name: `${id}: ${shown(summary)}`,
    outcome: 'failure',
    type: ruleOf(finding),
    text: [`${id} ${severity}: ${shown(summary)}`, ...(why === '' ? [] : [`Why: ${why}`]), fingerprint].join('\n'),
  }
}

function otherCase(reason: string): Case {
  return { classname: 'tenon.gate', name: shown(reason), outcome: 'failure', type: 'gate', text: shown(reason) }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** What XML can hold: characters that it cannot are visible escapes already. */
export function xmlText(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => ENTITIES[character]!)
}
