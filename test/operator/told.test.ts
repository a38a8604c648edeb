import { describe, expect, test } from 'vitest'
import type { CustomResource } from '../../src/operator/custom-resource.ts'
import type { Result } from '../../src/operator/result.ts'
import { statusAfter } from '../../src/operator/status.ts'
import { happeningOf, isDrift } from '../../src/operator/told.ts'
import { resource, withStatus } from './observed.ts'

const unchanged: Extract<Result, { kind: 'done' }> = {
  kind: 'done',
  action: undefined,
  fields: [],
  warnings: [],
  facts: {},
}
const invalid: Extract<Result, { kind: 'stalled' }> = {
  kind: 'stalled',
  reason: 'ValidationFailed',
  message: 'unknown-operation: no.',
}

function done(action: 'create' | 'update' | 'replace', ...fields: readonly string[]): Result {
  return { ...unchanged, action, fields }
}

const fresh = resource()
const applied = withStatus(
  fresh,
  statusAfter(fresh, unchanged, { revision: 3, referencedBy: [] }, '2026-11-01T12:00:00Z'),
)
const edited: CustomResource = {
  ...applied,
  object: { ...applied.object, metadata: { ...applied.object.metadata, generation: 2 } },
}
const waits: Result = { kind: 'stalled', reason: 'ApprovalRequired', message: 'Waits for x.', digest: 'x' }
const waiting = withStatus(edited, statusAfter(edited, waits, undefined, '2026-11-01T13:00:00Z'))
const failed = withStatus(applied, statusAfter(applied, invalid, undefined, '2026-11-01T13:00:00Z'))

/** What is told of a result, in one line; nothing where it is not worth an event. */
const TABLE: readonly [string, CustomResource, Result, string | undefined][] = [
  ['a new row', fresh, done('create'), 'Normal Applied: Created'],
  [
    'a changed row',
    edited,
    done('update', '/spec/title', '/spec/endpoint'),
    'Normal Applied: Updated: /spec/title, /spec/endpoint',
  ],
  ['a replaced row', edited, done('replace', '/spec/access/level'), 'Normal Applied: Replaced: /spec/access/level'],
  ['a row that was as it should be', applied, unchanged, undefined],
  [
    'a row that somebody else changed',
    applied,
    done('update', '/spec/title'),
    'Normal DriftCorrected: The store differed: /spec/title',
  ],
  ['a row that somebody else deleted', applied, done('create'), 'Normal DriftCorrected: The store had lost the row.'],
  ['a failure', applied, invalid, 'Warning ValidationFailed: unknown-operation: no.'],
  ['the same failure again', failed, invalid, undefined],
  ['another failure', failed, { ...invalid, message: 'other: no.' }, 'Warning ValidationFailed: other: no.'],
  ['what waits for approval', edited, waits, 'Warning ApprovalRequired: Waits for x.'],
  ['what waits for the same', waiting, waits, undefined],
  ['what waits for another', waiting, { ...waits, message: 'Waits for y.' }, 'Warning ApprovalRequired: Waits for y.'],
  [
    'what was approved',
    waiting,
    { ...unchanged, action: 'update', fields: ['/spec/title'], approved: 'x' },
    'Normal Approved: Updated as approved by x: /spec/title',
  ],
  [
    'what went, approved',
    waiting,
    { ...unchanged, action: 'delete', approved: 'x' },
    'Normal Approved: Deleted as approved by x',
  ],
  ['a recovery', failed, unchanged, 'Normal Succeeded: The store has what this resource asks for.'],
  ['a recovery that wrote', failed, done('update', '/spec/title'), 'Normal Applied: Updated: /spec/title'],
]

test.each(TABLE)('of %s', (_, before, result, expected) => {
  const found = happeningOf(before, result)
  expect(found && `${found.type} ${found.reason}: ${found.note}`).toBe(expected)
})

test('an event names ten fields and no more', () => {
  const fields = Array.from({ length: 50 }, (_, index) => `/spec/f${index}`)
  expect(happeningOf(edited, done('update', ...fields))?.note.split(', ')).toHaveLength(10)
})

describe('no drift is', () => {
  test.each(['/metadata/labels/team', '/data', '/sops', '/spec/operations'])(
    'a change of %s, which the cluster may have asked for without a new generation',
    field => {
      expect(isDrift(applied, done('update', field))).toBe(false)
      expect(isDrift(applied, done('update', '/spec/title'))).toBe(true)
    },
  )

  test('what a resource asked for that was never applied, was changed, or had failed', () => {
    for (const before of [fresh, edited, failed]) expect(isDrift(before, done('update', '/spec/title'))).toBe(false)
  })
})
