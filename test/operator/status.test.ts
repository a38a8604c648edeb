import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CustomResource } from '../../src/operator/custom-resource.ts'
import type { Facts, Reason, Result } from '../../src/operator/result.ts'
import { isSameStatus, statusAfter, statusOf, type Status, type StoredFacts } from '../../src/operator/status.ts'
import { statusFaults, successionFaults } from '../cluster/support/status-rules.ts'
import { resource, withStatus } from './observed.ts'

const done: Result = { kind: 'done', action: undefined, fields: [], warnings: [], facts: {} }
const NOW = '2026-11-01T12:00:00Z'

const STALLED: readonly Reason[] = [
  'ValidationFailed',
  'GuardRefused',
  'Conflict',
  'AccessDenied',
  'DecryptFailed',
  'Drifted',
]
const RETRIED: readonly Reason[] = ['DependencyNotReady', 'ApplyFailed', 'PruneFailed']

const message = fc.string({ minLength: 1, unit: 'binary' })
const warning = fc.record({
  severity: fc.constant('warning' as const),
  code: fc.constantFrom('rotation-due', 'personal-account', 'selector-matches-nothing'),
  message,
})
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    operations: fc.record({ total: fc.nat(), allow: fc.nat(), confirm: fc.nat(), deny: fc.nat() }),
    people: fc.nat(),
    unknownPeople: fc.boolean(),
    isTestable: fc.boolean(),
  },
  { requiredKeys: [] },
)
const results: fc.Arbitrary<Result> = fc.oneof(
  fc.record({
    kind: fc.constant('done' as const),
    action: fc.constantFrom(undefined, 'update' as const),
    fields: fc.constant([]),
    warnings: fc.uniqueArray(warning, { selector: ({ code }) => code }),
    facts,
  }),
  fc.record({ kind: fc.constant('stalled' as const), reason: fc.constantFrom(...STALLED), message }),
  fc.record({ kind: fc.constant('retry' as const), reason: fc.constantFrom(...RETRIED), message }),
)
const stored: fc.Arbitrary<StoredFacts | undefined> = fc.option(
  fc.record({ revision: fc.option(fc.nat(), { nil: undefined }), referencedBy: fc.constant([]) }),
  { nil: undefined },
)

/** A run, and whether the spec changed before it. */
const runs = fc.array(fc.record({ result: results, stored, isNew: fc.boolean() }), { minLength: 1, maxLength: 8 })

describe('a status', () => {
  test('is a fixed point: the same run again has nothing to write, at whatever time', () => {
    fc.assert(
      fc.property(runs, history => {
        for (const { before, run, status } of play(history)) {
          const again = statusAfter(withStatus(before, status), run.result, run.stored, '2026-12-24T00:00:00.5Z')
          expect(again).toEqual(status)
          expect(isSameStatus(again, status)).toBe(true)
        }
      }),
    )
  })

  test('keeps the contract through any runs', () => {
    fc.assert(
      fc.property(runs, history => {
        for (const { before, status } of play(history)) {
          const after = withStatus(before, status)
          expect(statusFaults(after.object as never)).toEqual([])
          expect(successionFaults(before.object as never, after.object as never)).toEqual([])
        }
      }),
    )
  })

  test('says when it was asked to run, whatever came of that', () => {
    const metadata = { annotations: { 'tenon.dev/requestedAt': 'now!' } }
    for (const result of [done, failure('stalled', 'Conflict'), failure('retry', 'ApplyFailed')])
      expect(statusAfter(resource(metadata), result, undefined, NOW)).toMatchObject({ lastHandledReconcileAt: 'now!' })
    expect(statusAfter(resource(), done, undefined, NOW)).not.toHaveProperty('lastHandledReconcileAt')
  })

  test('has the facts of a run that went well, and keeps them through one that failed', () => {
    const people = { ...done, facts: { people: 2, unknownPeople: true, isTestable: false } }
    const status = statusAfter(resource(), people, { revision: 7, referencedBy: ['consumer/acme/desk'] }, NOW)
    const known = { people: 2, unknownPeople: true, lastAppliedRevision: 7, referencedBy: ['consumer/acme/desk'] }
    expect(status).toMatchObject(known)
    expect(status).not.toHaveProperty('isTestable')
    const failed = statusAfter(withStatus(resource(), status), failure('retry', 'ApplyFailed'), undefined, NOW)
    expect(failed).toMatchObject(known)
    expect(
      statusAfter(withStatus(resource(), status), done, { revision: 7, referencedBy: [] }, NOW),
    ).not.toHaveProperty('referencedBy')
  })

  test('names the digest that waits for approval, for as long as it does', () => {
    const waits = { ...failure('stalled', 'ApprovalRequired'), digest: 'sha256:1' } as Result
    const status = statusAfter(resource(), waits, undefined, NOW)
    expect(status).toMatchObject({ approvalRequired: 'sha256:1', observedGeneration: 1 })
    for (const next of [done, failure('stalled', 'GuardRefused'), failure('retry', 'ApplyFailed')])
      expect(statusAfter(withStatus(resource(), status), next, undefined, NOW)).not.toHaveProperty('approvalRequired')
  })

  test('lists no more than people read, and no text that a terminal would obey', () => {
    const code = 'selector-matches-nothing'
    const warnings = Array.from({ length: 50 }, (_, index) => {
      return { severity: 'warning' as const, code, message: `${index} \u001B[31m\u202E ${'\u{1F600}'.repeat(600)}` }
    })
    const referencedBy = Array.from({ length: 500 }, (_, index) => `consumer/acme/c-${index}` as const)
    const status = statusAfter(resource(), { ...done, warnings }, { revision: 1, referencedBy }, NOW)
    expect([status.warnings?.length, status.referencedBy?.length]).toEqual([20, 100])
    for (const { message: text } of status.warnings ?? []) {
      expect(text.length).toBeLessThanOrEqual(1024)
      expect(text.isWellFormed()).toBe(true)
      expect(text).toMatch(/^\d+ \\u001b\[31m\\u202e /)
    }
  })

  test('that somebody else wrote in another shape counts for nothing', () => {
    const odd = resource({ status: { observedGeneration: 'x', conditions: 'y' } })
    expect(statusOf(odd)).toEqual({ observedGeneration: -1, conditions: [] })
  })

  test('is the same in whatever order its conditions stand', () => {
    const status = statusAfter(resource(), failure('stalled', 'Conflict'), undefined, NOW)
    const turned: Status = { ...status, conditions: status.conditions.toReversed() }
    expect(isSameStatus(status, turned)).toBe(true)
    expect(isSameStatus(status, { ...turned, observedGeneration: 9 })).toBe(false)
  })
})

interface Played {
  /** As it was when the run began. */
  readonly before: CustomResource
  readonly run: { readonly result: Result; readonly stored: StoredFacts | undefined }
  readonly status: Status
}

/** The statuses that runs give one resource, one after the other. */
function* play(
  history: readonly { readonly result: Result; readonly stored: StoredFacts | undefined; readonly isNew: boolean }[],
): Generator<Played> {
  let now = resource({ generation: 1 })
  let seconds = 0
  for (const { isNew, ...run } of history) {
    const { generation = 1 } = now.object.metadata
    const metadata = { ...now.object.metadata, generation: generation + Number(isNew) }
    const before = { ...now, object: { ...now.object, metadata } }
    const status = statusAfter(
      before,
      run.result,
      run.stored,
      `2026-11-01T12:00:${String(seconds++).padStart(2, '0')}Z`,
    )
    yield { before, run, status }
    now = withStatus(before, status)
  }
}

function failure(kind: 'stalled' | 'retry', reason: Reason): Result {
  return { kind, reason, message: 'code: No.' }
}
