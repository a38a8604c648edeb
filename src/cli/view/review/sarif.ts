import type { Cause, FindingSeverity } from '../../../model/finding.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { alertsOf, NOWHERE, type Alert, type Anchor } from './alerts.ts'
import { shown } from './names.ts'
import { counted, grouped } from './numbers.ts'
import { RULES, type Rule } from './rules.ts'

/** GitHub shows so many, and refuses files with five times as many. */
const MAX_RESULTS = 5000

const MAX_LOCATIONS = 20

const LEVELS = { high: 'error', medium: 'warning', low: 'note' } as const satisfies Record<FindingSeverity, string>

/** A review as SARIF 2.1.0: results on the lines that cause them, worst first. */
export function reviewSarif({ review, comparison }: ReviewReport): Record<string, unknown> {
  const alerts = alertsOf(review)
  const shownAlerts = alerts.slice(0, MAX_RESULTS)
  const rules = [...new Set(shownAlerts.map(({ rule }) => rule))].toSorted()
  const numbers = new Map(rules.map((rule, index) => [rule, index]))
  const { environment, version } = comparison
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tenon', version, informationUri: 'https://tenon.dev/', rules: rules.map(ruleJson) } },
        automationDetails: { id: `tenon-review/${environment === undefined ? '' : `${shown(environment)}/`}` },
        columnKind: 'utf16CodeUnits',
        invocations: [invocation(alerts.length, shownAlerts.length)],
        results: shownAlerts.map(alert => resultJson(alert, numbers.get(alert.rule)!)),
        properties: { digest: review.digest, asOf: comparison.asOf },
      },
    ],
  }
}

function invocation(found: number, told: number): object {
  const text = `${counted(found, 'result')}, of which ${grouped(told)} are here: the worst. The JSON output has all.`
  const notes = found === told ? [] : [{ level: 'warning', message: { text } }]
  return { executionSuccessful: true, toolExecutionNotifications: notes }
}

function ruleJson(rule: Rule): object {
  const { title, help } = RULES[rule]
  return {
    id: rule,
    name: rule.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: help, markdown: help },
  }
}

function resultJson(alert: Alert, ruleIndex: number): object {
  const { rule, severity, at, fingerprint, integrations } = alert
  const print = fingerprint.replace(/^sha256:/, '')
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: messageText(alert.message()) },
    locations: [locationJson(alert)],
    relatedLocations: relatedJson(alert),
    // GitHub looks at the first of these only.
    partialFingerprints: { primaryLocationLineHash: `${print.slice(0, 16)}:1`, 'tenonFinding/v1': fingerprint },
    properties: { severity, integrations: integrations.length, ...(at === undefined && { anchored: false }) },
  }
}

/** Plain messages have links, `[text](target)`, and placeholders, `{0}`: names must not become either. */
function messageText(text: string): string {
  if (text === '') return '(empty)'
  const linked = text.includes('](') ? text.replaceAll(/[[\]\\]/g, String.raw`\$&`) : text
  return linked.replaceAll(/\{(\d+)\}/g, '{{$1}}')
}

/** The place of a result, and the integrations that it is about. */
function locationJson({ at, integrations }: Alert): object {
  const names = integrations.slice(0, MAX_LOCATIONS)
  return {
    physicalLocation: physical(at ?? NOWHERE),
    ...(names.length > 0 && {
      logicalLocations: names.map(name => ({ fullyQualifiedName: shown(name), kind: 'resource' })),
    }),
  }
}

function physical({ file, line }: Anchor): object {
  return { artifactLocation: artifact(file), region: { startLine: line } }
}

/** A file as a reference from the top of the repository, or as it is where it lies elsewhere. */
function artifact(file: string): object {
  const uri = file
    .toWellFormed()
    .split('/')
    .map(part => encodeURIComponent(part))
    .join('/')
  if (uri.startsWith('/')) return { uri: `file://${uri}` }
  return uri.startsWith('../') ? { uri } : { uri: uri.replace(/^(?:\.\/)+/, ''), uriBaseId: '%SRCROOT%' }
}

/** The other edits behind a result. */
function relatedJson({ at, causes }: Alert): readonly object[] {
  const others = causes.filter(({ side, file, line }) => side === 'before' || file !== at?.file || line !== at.line)
  return others.slice(0, MAX_LOCATIONS).map((cause, index) => relatedLocation(cause, index + 1))
}

function relatedLocation({ side, file, line, edit }: Cause, id: number): object {
  const message = { text: messageText(shown(side === 'after' ? edit : `${edit} (line ${line} before the change)`)) }
  if (side === 'after') return { id, physicalLocation: physical({ file, line: Math.max(1, line) }), message }
  return { id, physicalLocation: { artifactLocation: artifact(file) }, message }
}
