import type { Diagnostic } from '../../../model/diagnostic.ts'
import type {
  AccessFinding,
  Because,
  Cause,
  Decision,
  Finding,
  ResourceFinding,
  ReviewedOperation,
  SecretChange,
  ServiceRevision,
} from '../../../model/finding.ts'
import type { Judgement } from '../../../model/judgement.ts'
import type { Operation } from '../../../model/operation.ts'
import type { Compared, Comparison, ReviewReport } from '../../../model/review.ts'
import { VERSION } from '../../version.ts'
import type { ErrorJson } from '../plan-json.ts'

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
    comparison: comparisonJson(comparison),
    totals: review.totals,
    findings: review.findings.map(findingJson),
    services: review.services.map(serviceJson),
    secrets: review.secrets.map(secretJson),
    removals: review.removals,
    guardrails: review.judgements.map(judgementJson),
    unseen: review.unseen,
    diagnostics,
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
    who: who.kind === 'people' ? { ...who, count: who.people.length } : who,
    operations: operations.map(operationJson),
    before,
    after,
    ...(until !== undefined && { until }),
    witness: { ...witness, operation: witness.operation.key },
  }
}

function resourceJson({ address, before, after, facts }: ResourceFinding): object {
  return {
    address,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    facts: sorted(facts),
  }
}

function operationJson({ key, before, after }: ReviewedOperation): object {
  return {
    key,
    ...(before !== undefined && { before: oneOperation(before) }),
    ...(after !== undefined && { after: oneOperation(after) }),
  }
}

function oneOperation({ id, method, path, tags, isNew }: Operation): object {
  return { id, method, path, tags, ...(isNew === true && { new: true }) }
}

function becauseJson({ need, causes, people }: Because): object {
  return { need, ...(people !== undefined && { people }), causes: causes.map(causeJson) }
}

function causeJson({ address, edit, side, file, line }: Cause): object {
  return { address, edit, side, file, line }
}

function serviceJson({ service, added, removed, renamed, moved, decisions, isLocked }: ServiceRevision): object {
  return {
    service,
    locked: isLocked,
    added: added.map(operationJson),
    removed: removed.map(operationJson),
    renamed: renamed.map(operationJson),
    moved,
    decisions: decisions.map(decisionJson),
  }
}

function decisionJson({ operation, covering }: Decision): object {
  return { operation: operationJson(operation), covering }
}

function secretJson({ credential, file, entries, isRekeyed, readers }: SecretChange): object {
  return { credential, file, rekeyed: isRekeyed, entries, readers }
}

function judgementJson(judgement: Judgement): object {
  const { guardrail, description, actions, before, after, violations, brokenAlready, waivers } = judgement
  const { failure, byNewText } = judgement
  return {
    guardrail,
    description,
    actions,
    before,
    after,
    violations,
    brokenAlready,
    waivers,
    ...(failure !== undefined && { failure }),
    ...(byNewText !== undefined && { byNewText }),
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
