import type { Diagnostic } from '../../../model/diagnostic.ts'
import type { AccessFinding, Because, Cause, Finding, ResourceFinding, Who } from '../../../model/finding.ts'
import type { Compared, Comparison, ReviewReport, ReviewTotals } from '../../../model/review.ts'
import { VERSION } from '../../version.ts'
import type { ErrorJson } from '../plan-json.ts'
import { judgementJson, operationJson, secretJson, serviceJson } from './json-sections.ts'

/** Version of the JSON of reviews; within it fields are only added. */
export const FORMAT_VERSION = 1

/** What `review -o json` prints when it could compare (`schemas/review.schema.json`): everything, hidden nowhere. */
export function reviewJson({ review, comparison, verdict, diagnostics }: ReviewReport): Record<string, unknown> {
  return {
    formatVersion: FORMAT_VERSION,
    tool: { name: 'tenon', version: comparison.version },
    complete: true,
    verdict: verdict.kind,
    reasons: verdict.kind === 'blocked' ? verdict.reasons : [],
    digest: review.digest,
    approvals: review.approvals.map(({ namespace, digest }) => ({ namespace, digest })),
    comparison: comparisonJson(comparison),
    totals: totalsJson(review.totals),
    findings: review.findings.map(findingJson),
    services: review.services.map(serviceJson),
    secrets: review.secrets.map(secretJson),
    removals: review.removals.map(({ address, usedBy }) => ({ address, usedBy })),
    guardrails: review.judgements.map(judgementJson),
    unseen: review.unseen,
    diagnostics: diagnostics.map(diagnosticJson),
    errors: [],
  }
}

/** The same shape where nothing could be compared: never green. */
export function reviewFailureJson(
  errors: readonly ErrorJson[],
  diagnostics: readonly Diagnostic[],
): Record<string, unknown> {
  return {
    formatVersion: FORMAT_VERSION,
    tool: { name: 'tenon', version: VERSION },
    complete: false,
    verdict: 'failed',
    reasons: [],
    approvals: [],
    findings: [],
    services: [],
    secrets: [],
    removals: [],
    guardrails: [],
    unseen: [],
    diagnostics,
    errors,
  }
}

function comparisonJson({ base, head, isMergeResult, asOf, environment }: Comparison): object {
  return {
    base: sideJson(base),
    head: sideJson(head),
    mergeResult: isMergeResult,
    guardsFrom: 'base',
    asOf,
    ...(environment !== undefined && { environment }),
  }
}

function sideJson({ label, commit, documents }: Compared): object {
  return { label, ...(commit !== undefined && { commit }), documents }
}

/** One finding with all its people, operations and causes. */
export function findingJson(finding: Finding): Record<string, unknown> {
  const { id, fingerprint, kind, severity, direction, summary, integrations, because } = finding
  return {
    id,
    fingerprint,
    kind,
    severity,
    direction,
    summary,
    ...(finding.kind === 'access' ? accessJson(finding) : resourceJson(finding)),
    integrations,
    because: because.map(becauseJson),
  }
}

function accessJson({ who, operations, before, after, until, witness }: AccessFinding): object {
  return {
    who: whoJson(who),
    operations: operations.map(operationJson),
    before,
    after,
    ...(until !== undefined && { until }),
    witness: {
      who: witness.who,
      operation: witness.operation.key,
      integration: witness.integration,
      before: witness.before,
      after: witness.after,
    },
  }
}

function whoJson(who: Who): object {
  const { kind, name } = who
  return who.kind === 'people' ? { kind, name, people: who.people, count: who.people.length } : { kind, name }
}

function resourceJson({ address, before, after, facts }: ResourceFinding): object {
  return {
    address,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    facts: sorted(facts),
  }
}

function becauseJson({ need, causes, people, operations, integrations }: Because): object {
  return {
    need,
    ...(people !== undefined && { people }),
    ...(operations !== undefined && { operations }),
    ...(integrations !== undefined && { integrations }),
    causes: causes.map(causeJson),
  }
}

function causeJson({ address, edit, side, file, line }: Cause): object {
  return { address, edit, side, file, line }
}

function totalsJson({ bySeverity, ...totals }: ReviewTotals): object {
  const { widens, narrows, unclear, changed, withoutEffect, compared, gaining, losing } = totals
  const { low, medium, high } = bySeverity
  const severities = { low, medium, high }
  return { widens, narrows, unclear, bySeverity: severities, changed, withoutEffect, compared, gaining, losing }
}

function diagnosticJson({ severity, code, message, cure, file, line, column }: Diagnostic): object {
  return {
    severity,
    code,
    message,
    ...(cure !== undefined && { cure }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  }
}

/** Facts come with their keys in any order, and leave in one. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, sorted(entry)]),
  )
}
