import { differences, type World } from '../access/consequences.ts'
import type { Address } from '../model/address.ts'
import type { AccessFinding, LineOf } from '../model/finding.ts'
import type { Changed, Review } from '../model/review.ts'
import type { Sealed } from '../model/sealed.ts'
import { approvalDigest, approvalsByNamespace } from './approval.ts'
import { explainRows, type Explained } from './causes.ts'
import { canNow, nameIn, shortList, whoPhrase } from './describe.ts'
import { numbered } from './order.ts'
import { resourceFindings, type GuardSettings } from './outside/outside.ts'
import { unsaidFindings } from './outside/unsaid.ts'
import { accessRows, type AccessRow } from './rows.ts'
import { secretChanges } from './secrets.ts'
import { serviceRevisions } from './services.ts'
import { accessSeverity, directionOf } from './severity.ts'
import { substance } from './substance.ts'
import { totalsOf } from './totals.ts'
import { unseenIn } from './unseen.ts'

/** Two states of the world, and what differs between them. */
export interface ReviewInput {
  readonly changes: readonly Changed[]
  /** The integrations whose decisions the changes may touch. */
  readonly affected: readonly Address[]
  readonly before: World
  readonly after: World
  /** What ciphertext tells of credentials whose bytes differ. */
  readonly sealed: { readonly before: ReadonlyMap<Address, Sealed>; readonly after: ReadonlyMap<Address, Sealed> }
  /** Who refers to a resource on a side, sorted. */
  readonly usedBy: (side: 'before' | 'after', address: Address) => readonly Address[]
  readonly lineOf: LineOf
  /** Whether both sides have the encrypted values of credentials. */
  readonly hasValues: boolean
  /** What `tenon.yaml` and the lock file say on each side. */
  readonly guards: { readonly before: GuardSettings; readonly after: GuardSettings }
}

/** Everything that can be said of a change but the verdicts of its guardrails; pure, and the same for the same input. */
export function review(input: ReviewInput): Omit<Review, 'judgements'> {
  const { changes, affected, before, after } = input
  const found = differences(affected, before, after)
  const rows = accessRows(found)
  const explained = explainRows(rows, input)
  const access = rows.map((row, index) => accessFinding(row, explained[index]!))
  const parts = substance(input)
  const said = resourceFindings(input)
  const outside = [...said, ...unsaidFindings(parts, [...access, ...said], input)]
  const findings = numbered([...access, ...outside])
  const delta = { differences: found, findings: outside, changes, parts }
  return {
    findings,
    totals: totalsOf(findings, changes, affected.length),
    services: serviceRevisions(input),
    secrets: secretChanges(input.sealed.before, input.sealed.after),
    unseen: unseenIn({ ...input, isLocked: input.guards.after.lock !== undefined }),
    removals: removalsOf(input),
    digest: approvalDigest(delta),
    approvals: approvalsByNamespace(delta),
  }
}

function accessFinding(row: AccessRow, explained: Explained): AccessFinding {
  return {
    kind: 'access',
    ...row,
    ...explained,
    severity: accessSeverity(row),
    direction: directionOf(row),
    summary: `${whoPhrase(row.who)} ${canNow(row.before, row.after, row.operations)}, on ${places(row)}`,
  }
}

function places({ integrations }: AccessRow): string {
  return shortList(integrations.map(nameIn))
}

function removalsOf({ changes, usedBy }: ReviewInput): Review['removals'] {
  return changes
    .filter(({ after }) => after === undefined)
    .map(({ address }) => ({ address, usedBy: usedBy('before', address) }))
}
