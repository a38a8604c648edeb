import type { Address } from '../../../model/address.ts'
import { digestOf } from '../../../model/digest.ts'
import type { Cause, Finding, FindingSeverity, Line } from '../../../model/finding.ts'
import type { Judgement, Violation } from '../../../model/judgement.ts'
import type { Review } from '../../../model/review.ts'
import { nameIn } from '../../../review/describe.ts'
import { openViolations } from '../../../review/objections.ts'
import { shown } from './names.ts'
import { byImportance } from './places.ts'
import { becauseText, causesOf } from './phrases.ts'
import { ruleOf, type Rule } from './rules.ts'
import { textWriter } from './writer.ts'

/** One thing that another program is told, at one place in the files. */
export interface Alert {
  readonly rule: Rule
  readonly severity: FindingSeverity
  readonly blocks: boolean
  readonly narrows: boolean
  readonly fingerprint: string
  /** Where it is shown; nothing where no file is behind it. */
  readonly at: Anchor | undefined
  readonly causes: readonly Cause[]
  readonly integrations: readonly Address[]
  /** In plain text, with nothing hidden. Made when it is asked for. */
  message(): string
}

/** Programs leave out what has no place at all: the top of the settings stands for it. */
export const NOWHERE: Anchor = { file: 'tenon.yaml', line: 1 }

/** A place in the files after the change. */
export interface Anchor {
  readonly file: string
  readonly line: number
}

const write = textWriter()

/** Everything there is to tell, worst first: broken promises, then findings, of each severity. */
export function alertsOf({ findings, judgements }: Review): readonly Alert[] {
  const byId = new Map(findings.map(finding => [finding.id, finding]))
  const promises = judgements.flatMap(judgement => promiseAlerts(judgement, byId))
  const facts = byImportance(findings).map(findingAlert)
  return (['high', 'medium', 'low'] as const).flatMap(severity =>
    [promises, facts].flatMap(alerts => alerts.filter(alert => alert.severity === severity)),
  )
}

function findingAlert(finding: Finding): Alert {
  const { severity, fingerprint, integrations, direction } = finding
  return {
    rule: ruleOf(finding),
    severity,
    blocks: false,
    narrows: direction === 'narrows',
    fingerprint,
    at: anchorOf(finding.because.flatMap(({ causes }) => causes)),
    causes: causesOf(finding),
    integrations,
    message: () => `${finding.id} ${severity}: ${shown(finding.summary)}${whyText(finding)}`,
  }
}

/** Only what the place itself does not say: other edits that are needed, or enough. */
function whyText(finding: Finding): string {
  const causes = finding.because.reduce((count, because) => count + because.causes.length, 0)
  return causes > 1 ? `. Why: ${becauseText(finding, write)}` : ''
}

/** A line of the files after the change, or the top of a file in which a line is gone. */
export function anchorOf(lines: readonly Line[]): Anchor | undefined {
  const after = lines.find(({ side }) => side === 'after')
  if (after !== undefined) return { file: after.file, line: Math.max(1, after.line) }
  const [before] = lines
  return before && { file: before.file, line: 1 }
}

function promiseAlerts(judgement: Judgement, byId: ReadonlyMap<string, Finding>): readonly Alert[] {
  const open = openViolations(judgement)
  const broken = open.map(violation => violationAlert(violation, judgement, byId))
  return judgement.after === 'failed' ? [failedAlert(judgement), ...broken] : broken
}

function severityOf({ actions }: Judgement): FindingSeverity {
  if (actions.includes('Deny')) return 'high'
  return actions.includes('Warn') ? 'medium' : 'low'
}

function violationAlert(violation: Violation, judgement: Judgement, byId: ReadonlyMap<string, Finding>): Alert {
  const { fingerprint, integrations, line, findings } = violation
  const causes = findings.flatMap(id => byId.get(id)?.because.flatMap(because => because.causes) ?? [])
  return {
    rule: 'guardrail-broken',
    severity: severityOf(judgement),
    blocks: judgement.actions.includes('Deny'),
    narrows: false,
    fingerprint,
    at: anchorOf(line === undefined ? causes : [line]),
    causes,
    integrations,
    message: () => `guardrail ${shown(nameIn(judgement.guardrail))}: ${violationText(violation)}`,
  }
}

function failedAlert(judgement: Judgement): Alert {
  const { guardrail, actions, failure } = judgement
  return {
    rule: 'guardrail-failed',
    severity: severityOf(judgement),
    blocks: actions.includes('Deny'),
    narrows: false,
    fingerprint: digestOf({ guardrail, failed: true }),
    at: undefined,
    causes: [],
    integrations: [],
    message: () => {
      return `guardrail ${shown(nameIn(guardrail))} could not be evaluated: ${shown(failure ?? 'no reason is known')}`
    },
  }
}

function violationText({ message, witness }: Violation): string {
  return `${shown(message)}${witness === undefined ? '' : `. Witness: ${shown(witness)}`}`
}
