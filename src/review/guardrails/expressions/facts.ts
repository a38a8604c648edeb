import type { Address } from '../../../model/address.ts'
import { parseAddress } from '../../../model/address.ts'
import { operationOf } from '../../severity.ts'
import { isWrite } from '../../../model/operation.ts'
import type { Cause, Finding, ReviewedOperation, Who } from '../../../model/finding.ts'
import type { Changed } from '../../../model/review.ts'
import type { ResourceOf } from '../../../model/state.ts'
import type { Values } from './cost.ts'

// Integers of the language are of 64 bits.
const int = (number: number): bigint => BigInt(number)

const NOBODY = { kind: '', name: '', names: [], size: int(0), external: false }
const NO_OPERATIONS = { count: int(0), writes: int(0), new: int(0), names: [], methods: [], paths: [], tags: [] }

/**
 * A finding as expressions of a namespace read it. Every field is there; what a finding does not have is empty. The names
 * of integrations elsewhere are nobody's business here.
 */
export function findingFacts(finding: Finding, namespace: string | undefined): Values {
  const { kind, severity, direction, summary, integrations, because } = finding
  const isAccess = finding.kind === 'access'
  return {
    kind,
    severity,
    direction,
    summary,
    transition: isAccess ? `${finding.before}-to-${finding.after}` : '',
    address: isAccess ? '' : finding.address,
    principal: isAccess ? principalFacts(finding.who) : NOBODY,
    operations: isAccess ? operationFacts(finding.operations) : NO_OPERATIONS,
    integrations: integrations.flatMap(address => nameWithin(address, namespace)),
    before: finding.before ?? '',
    after: finding.after ?? '',
    until: (isAccess ? finding.until : undefined) ?? '',
    causes: because.flatMap(({ causes }) => causes.map(causeFacts)),
  }
}

function nameWithin(address: Address, namespace: string | undefined): readonly string[] {
  const parsed = parseAddress(address)
  return parsed !== undefined && parsed.namespace === namespace ? [parsed.name] : []
}

function principalFacts(who: Who): Values {
  if (who.kind !== 'people') return { kind: who.kind, name: who.name, names: [], size: int(0), external: true }
  return { kind: 'people', name: who.name, names: who.people, size: int(who.people.length), external: false }
}

const known = new WeakMap<readonly ReviewedOperation[], Values>()

/** Thousands of findings are about the same operations. */
function operationFacts(reviewed: readonly ReviewedOperation[]): Values {
  let facts = known.get(reviewed)
  if (facts === undefined) known.set(reviewed, (facts = makeOperationFacts(reviewed)))
  return facts
}

function makeOperationFacts(reviewed: readonly ReviewedOperation[]): Values {
  const operations = reviewed.map(operationOf)
  return {
    count: int(operations.length),
    writes: int(operations.filter(isWrite).length),
    new: int(operations.filter(({ isNew }) => isNew === true).length),
    names: operations.map(({ id }) => id),
    methods: distinct(operations.map(({ method }) => method)),
    paths: distinct(operations.map(({ path }) => path)),
    tags: distinct(operations.flatMap(({ tags }) => tags)),
  }
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted()
}

function causeFacts({ file, line, address, edit }: Cause): Values {
  return { file, line: int(line), address, edit }
}

/** An integration as expressions read it. */
export function integrationFacts({ name, labels, spec }: ResourceOf<'integration'>): Values {
  const { title, service, access, enabled, dataClasses, credentials } = spec
  return { name, title, service: service.name, accessLevel: access.level, enabled, labels, dataClasses, credentials }
}

const GUARD_CHANGES: ReadonlySet<string> = new Set([
  'guardrail-changed',
  'limits-changed',
  'lock-changed',
  'acceptance-changed',
])

/** What a change does to one namespace, in numbers. */
export function diffFacts(findings: readonly Finding[], changes: readonly Changed[]): Values {
  const count = (test: (finding: Finding) => boolean): bigint => int(findings.filter(test).length)
  const removed = changes.filter(({ after }) => after === undefined).map(({ address }) => address)
  return {
    findings: int(findings.length),
    widens: count(({ direction }) => direction === 'widens'),
    narrows: count(({ direction }) => direction === 'narrows'),
    unclear: count(({ direction }) => direction === 'unclear'),
    high: count(({ severity }) => severity === 'high'),
    medium: count(({ severity }) => severity === 'medium'),
    low: count(({ severity }) => severity === 'low'),
    changed: int(changes.length),
    gaining: int(peopleIn(findings, 'widens').size),
    losing: int(peopleIn(findings, 'narrows').size),
    removals: int(removed.length),
    removed,
    guardChanges: count(({ kind }) => GUARD_CHANGES.has(kind)),
  }
}

function peopleIn(findings: readonly Finding[], direction: Finding['direction']): ReadonlySet<string> {
  const people = new Set<string>()
  for (const finding of findings) {
    if (finding.kind !== 'access' || finding.direction !== direction || finding.who.kind !== 'people') continue
    for (const person of finding.who.people) people.add(person)
  }
  return people
}
