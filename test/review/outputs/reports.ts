/** Builds reports by hand, so that outputs are tested apart from what finds the facts. */
import { digestOf } from '../../../src/model/digest.ts'
import type { Address } from '../../../src/model/address.ts'
import { EFFECTS, type Effect } from '../../../src/model/effect.ts'
import type {
  AccessFinding,
  Because,
  Cause,
  Finding,
  ResourceFinding,
  ReviewedOperation,
  SecretChange,
  ServiceRevision,
  Unnumbered,
  Who,
} from '../../../src/model/finding.ts'
import type { Judgement, Violation } from '../../../src/model/judgement.ts'
import type { Operation } from '../../../src/model/operation.ts'
import type { Comparison, Review, ReviewReport, Verdict } from '../../../src/model/review.ts'
import { canNow, shortList, whoPhrase } from '../../../src/review/describe.ts'
import { numbered } from '../../../src/review/order.ts'
import { accessSeverity } from '../../../src/review/severity.ts'
import { totalsOf } from '../../../src/review/totals.ts'

/** An operation that is the same on both sides. */
export function operation(request: string, id = request): ReviewedOperation {
  const [method = '', path = ''] = request.split(/ (.*)/s)
  const same: Operation = { id, method: method.toLowerCase(), path, tags: [] }
  return { key: request, before: same, after: same }
}

/** Only after the change, or only before it. */
export function added({ key, after }: ReviewedOperation): ReviewedOperation {
  return { key, before: undefined, after }
}
export function removed({ key, before }: ReviewedOperation): ReviewedOperation {
  return { key, before, after: undefined }
}

export function people(name: string, ...ids: readonly string[]): Who {
  return { kind: 'people', name, people: ids.length === 0 ? [name] : ids.toSorted() }
}

/** So many people of one group. */
export function members(group: string, count: number): Who {
  const ids = Array.from({ length: count }, (_, index) => `${group}-${String(index).padStart(5, '0')}@acme.example`)
  return { kind: 'people', name: `group ${group}`, people: ids }
}

export function cause(file: string, line: number, edit: string, more: Partial<Cause> = {}): Cause {
  return { side: 'after', file, line, address: 'integration/acme/billing-eu', edit, ...more }
}

export function each(...causes: readonly Cause[]): Because {
  return { need: 'each', causes }
}

type Access = Partial<AccessFinding> & {
  readonly step: `${Effect} ${Effect}`
  readonly who: Who
  readonly operations: readonly ReviewedOperation[]
}

/** People who take a step on operations of one integration or several. */
export function access({ step, who, operations, ...more }: Access): AccessFinding {
  const [before, after] = step.split(' ') as [Effect, Effect]
  const integrations: readonly Address[] = more.integrations ?? ['integration/acme/billing-eu']
  const widens = EFFECTS.indexOf(after) > EFFECTS.indexOf(before)
  return {
    kind: 'access',
    severity: accessSeverity({ before, after, operations }),
    direction: widens ? 'widens' : 'narrows',
    summary: `${whoPhrase(who)} ${canNow(before, after, operations)}, on ${shortList(
      integrations.map(name => name.slice(name.indexOf('/') + 1)),
    )}`,
    integrations,
    because: [each(cause('integrations/billing.yaml', 31, 'permission 2 (confirm → allow)'))],
    before,
    after,
    who,
    operations,
    witness: {
      who: who.kind === 'people' ? who.people[0]! : who.name,
      operation: operations[0]!,
      integration: integrations[0]!,
      before,
      after,
    },
    until: undefined,
    ...more,
  }
}

export function resource(
  kind: ResourceFinding['kind'],
  summary: string,
  more: Partial<Omit<ResourceFinding, 'kind'>> = {},
): ResourceFinding {
  return {
    kind,
    severity: 'low',
    direction: 'unclear',
    summary,
    integrations: [],
    because: [],
    address: 'integration/acme/billing-eu',
    before: undefined,
    after: undefined,
    facts: { summary },
    ...more,
  }
}

export function violation(message: string, more: Partial<Violation> = {}): Violation {
  return {
    message,
    findings: [],
    integrations: [],
    witness: undefined,
    fingerprint: digestOf({ message }),
    waivedBy: undefined,
    line: undefined,
    ...more,
  }
}

export function judgement(name: string, more: Partial<Judgement> = {}): Judgement {
  return {
    guardrail: `guardrail/acme/${name}` as Address,
    description: `nobody breaks ${name}`,
    actions: ['Deny'],
    before: 'holds',
    after: 'holds',
    violations: [],
    brokenAlready: 0,
    waivers: [],
    failure: undefined,
    byNewText: undefined,
    ...more,
  }
}

export function service(name: string, more: Partial<ServiceRevision> = {}): ServiceRevision {
  return {
    service: `serviceDefinition/acme/${name}`,
    added: [],
    removed: [],
    renamed: [],
    moved: [],
    decisions: [],
    isLocked: true,
    ...more,
  }
}

export function secret(name: string, more: Partial<SecretChange> = {}): SecretChange {
  return {
    credential: `credential/acme/${name}`,
    file: `secrets/${name}.yaml`,
    entries: [],
    isRekeyed: false,
    readers: { added: [], removed: [], kept: [] },
    ...more,
  }
}

interface Parts {
  readonly findings?: readonly Unnumbered[]
  /** Findings that have their names already. */
  readonly numbered?: readonly Finding[]
  readonly review?: Partial<Review>
  readonly comparison?: Partial<Comparison>
  readonly verdict?: Verdict
  readonly diagnostics?: ReviewReport['diagnostics']
}

export function report(parts: Parts = {}): ReviewReport {
  const findings = parts.numbered ?? numbered(parts.findings ?? [])
  return {
    review: {
      findings,
      totals: { ...totalsOf(findings, [], 3), changed: 215, withoutEffect: 212 },
      services: [],
      secrets: [],
      judgements: [],
      unseen: [],
      removals: [],
      digest: digestOf(findings.map(({ fingerprint }) => fingerprint)),
      approvals: findings.length === 0 ? [] : [{ namespace: 'acme', digest: digestOf(findings.length) }],
      ...parts.review,
    },
    comparison: {
      base: { label: 'main', commit: '9f2c1d0aa11bb22cc33dd44ee55ff66aa77bb88c', documents: 230 },
      head: { label: 'change', commit: '51ab3e7aa11bb22cc33dd44ee55ff66aa77bb88c', documents: 231 },
      isMergeResult: true,
      asOf: '2026-10-07',
      environment: 'prod',
      version: '1.4.0',
      ...parts.comparison,
    },
    verdict: parts.verdict ?? { kind: 'passed' },
    diagnostics: parts.diagnostics ?? [],
  }
}

/** Blocked by the findings of this severity, as the gate says it. */
export function blockedBy(of: ReviewReport, ...more: readonly string[]): ReviewReport {
  const high = of.review.findings.filter(({ severity }) => severity === 'high')
  return {
    ...of,
    verdict: {
      kind: 'blocked',
      reasons: [...more, ...high.map(({ id, summary }) => `${id}: ${summary}`)],
      findings: high,
      others: more.filter(reason => !reason.startsWith('guardrail ')),
    },
  }
}
