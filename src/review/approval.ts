import type { Difference } from '../access/consequences.ts'
import { namespaceOf, type Address } from '../model/address.ts'
import { digestOf } from '../model/digest.ts'
import type { Finding, ResourceFinding } from '../model/finding.ts'
import type { Changed } from '../model/review.ts'
import { operationFacts, whoFacts } from './fingerprint.ts'
import type { Part } from './substance.ts'

/** What a change does, in the parts that an approval is given for. */
export interface EffectiveDelta {
  readonly differences: readonly Difference[]
  readonly findings: readonly ResourceFinding[]
  readonly changes: readonly Changed[]
  /** Everything else that differs, but for wording. */
  readonly parts: readonly Part[]
}

/**
 * The digest that an approval names: `sha256:` and hex over everything that a change does to what people can do, and to
 * where credentials go. No file, line, commit or wording is in it, so it survives a merge and a rebase that do not change
 * what the change does.
 */
export function approvalDigest(delta: EffectiveDelta): string {
  const { differences, findings, changes, parts } = delta
  const steps = differences.flatMap(({ integration, steps: taken }) =>
    taken.map(({ before, after, who, operations }) =>
      [integration, before, after, whoFacts(who), operationFacts(operations)].join(' '),
    ),
  )
  const facts = new Set(findings.filter(isFact).flatMap(factsOf))
  return digestOf({
    steps: steps.toSorted(),
    facts: [...facts].toSorted(),
    values: changes.flatMap(valuesOf).toSorted(),
    parts: parts.map(({ digest }) => digest).toSorted(),
  })
}

/**
 * The same for each namespace by itself, sorted: an operator approves and applies one namespace at a time. What belongs to
 * no namespace is in none of these.
 */
export function approvalsByNamespace(delta: EffectiveDelta): readonly { namespace: string; digest: string }[] {
  const places = [
    ...delta.differences.map(({ integration }) => integration),
    ...delta.changes.map(({ address }) => address),
    ...delta.findings.flatMap(placesOf),
  ]
  const namespaces = new Set(places.flatMap(address => namespaceOf(address) ?? []))
  return [...namespaces].toSorted().map(namespace => ({ namespace, digest: approvalDigest(partOf(delta, namespace)) }))
}

function partOf({ differences, findings, changes, parts }: EffectiveDelta, namespace: string): EffectiveDelta {
  return {
    differences: differences.filter(({ integration }) => namespaceOf(integration) === namespace),
    findings: findings.flatMap(finding => partOfFinding(finding, namespace) ?? []),
    changes: changes.filter(({ address }) => namespaceOf(address) === namespace),
    parts: parts.filter(({ address }) => namespaceOf(address) === namespace),
  }
}

/** Where a finding belongs: keys that go elsewhere concern those whose keys they are, whoever says where. */
function placesOf({ kind, address, integrations }: ResourceFinding): readonly Address[] {
  return kind === 'destination-changed' ? integrations : [address]
}

function partOfFinding(finding: ResourceFinding, namespace: string): ResourceFinding | undefined {
  const here = placesOf(finding).filter(address => namespaceOf(address) === namespace)
  if (here.length === 0) return undefined
  return finding.kind === 'destination-changed' ? { ...finding, integrations: here } : finding
}

/** What the ciphertext of a credential tells is known in a review of files only; its digest stands for all of it. */
const BY_CIPHERTEXT: ReadonlySet<string> = new Set([
  'credential-values-changed',
  'credential-re-encrypted',
  'credential-values-added',
  'credential-values-removed',
  'credential-values-moved',
  'credential-readers-added',
  'credential-readers-removed',
  'encryption-weakened',
] satisfies ResourceFinding['kind'][])

/** What no store holds, so that no plan could come to the same digest. */
const IN_FILES_ONLY: ReadonlySet<string> = new Set([
  'limits-changed',
  'lock-changed',
] satisfies ResourceFinding['kind'][])

/** Whether the digest of the change stands for a finding: what no store holds is approved by its fingerprint only. */
export function isCovered({ kind }: Pick<Finding, 'kind'>): boolean {
  return !IN_FILES_ONLY.has(kind)
}

function isFact({ kind }: ResourceFinding): boolean {
  return !BY_CIPHERTEXT.has(kind) && !IN_FILES_ONLY.has(kind)
}

function factsOf({ kind, address, facts, integrations }: ResourceFinding): readonly string[] {
  if (kind !== 'destination-changed') return [digestOf({ kind, address, facts })]
  // One for each integration: how findings are put together depends on what ciphertext tells of the key that is sent.
  const { use, from, to, news } = facts
  return integrations.map(integration => digestOf({ kind, integration, use, from, to, news }))
}

/** Whether encrypted values are set that nobody can look into: an approval is needed for them, too. */
export function setsValues(changes: readonly Changed[]): boolean {
  return changes.some(change => valuesOf(change).length > 0)
}

/** A credential with other bytes than before, by the bytes that it will have. */
function valuesOf({ address, before, after }: Changed): readonly string[] {
  const [was, is] = [before?.secret?.source, after?.secret?.source]
  return is === undefined || was === is ? [] : [`${address} ${is}`]
}
