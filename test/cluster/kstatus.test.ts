import { describe, expect, test } from 'vitest'
import { kstatus, type Condition, type Observed } from './support/kstatus.ts'
import { statusFaults, successionFaults } from './support/status-rules.ts'
import { rowOf } from './support/status-table.ts'

const TIME = '2026-11-01T12:00:00Z'
const LATER = '2026-11-01T12:00:05Z'

/** An object of generation 2: what was observed, then conditions as `Type=Status/Reason`. */
function object(observedGeneration: number | undefined, ...conditions: readonly string[]): Observed {
  const status = { ...(observedGeneration !== undefined && { observedGeneration }), conditions: conditions.map(parse) }
  return { metadata: { generation: 2 }, status }
}

function parse(text: string): Condition {
  const [, type, status, reason] = /^(\w+)=(\w+)\/(\w+)$/.exec(text)!
  const told = { status: status as Condition['status'], reason: reason!, message: 'told' }
  return { type: type!, ...told, lastTransitionTime: TIME, observedGeneration: 2 }
}

/** The first condition of an object, changed. */
function changed(before: Observed, change: Partial<Record<keyof Condition, unknown>>): Observed {
  const [first, ...rest] = before.status!.conditions!
  return { ...before, status: { ...before.status, conditions: [{ ...first, ...change } as Condition, ...rest] } }
}

const DONE = object(2, 'Ready=True/Succeeded')

describe('kstatus', () => {
  test.each([
    ['an object that nobody has seen', object(-1), 'InProgress'],
    ['one without a status', { metadata: { generation: 2 } }, 'Current'],
    ['one that is worked on', object(1, 'Ready=Unknown/Progressing', 'Reconciling=True/Progressing'), 'InProgress'],
    ['work on the generation that was seen', object(2, 'Reconciling=True/Progressing'), 'InProgress'],
    [
      'one that is retried',
      object(1, 'Ready=False/ApplyFailed', 'Reconciling=True/ProgressingWithRetry'),
      'InProgress',
    ],
    ['one that needs its author', object(2, 'Ready=False/Conflict', 'Stalled=True/Conflict'), 'Failed'],
    ['a stall of the generation before', object(1, 'Ready=False/Conflict', 'Stalled=True/Conflict'), 'InProgress'],
    ['one that is done', DONE, 'Current'],
    ['the success of the generation before', object(1, 'Ready=True/Succeeded'), 'InProgress'],
    ['one that is not ready', object(2, 'Ready=False/ApplyFailed'), 'InProgress'],
    ['one whose readiness nobody knows', object(2, 'Ready=Unknown/Progressing'), 'InProgress'],
    ['a false Stalled', object(2, 'Ready=True/Succeeded', 'Stalled=False/Succeeded'), 'Current'],
    ['one that goes', { ...DONE, metadata: { generation: 2, deletionTimestamp: TIME } }, 'Terminating'],
  ] as const)('%s', (_, observed, expected) => {
    expect(kstatus(observed)).toBe(expected)
  })
})

describe('a status that the contract allows', () => {
  test.each([
    ['unseen', object(-1)],
    ['working', object(1, 'Ready=Unknown/Progressing', 'Reconciling=True/Progressing')],
    ['retrying', object(1, 'Ready=False/DependencyNotReady', 'Reconciling=True/ProgressingWithRetry')],
    ['retrying', object(2, 'Ready=False/ApplyFailed', 'Reconciling=True/ProgressingWithRetry')],
    ['stalled', object(2, 'Ready=False/GuardRefused', 'Stalled=True/GuardRefused')],
    ['done', DONE],
    ['done', object(2, 'Ready=True/Succeeded', 'Tested=False/NotAnswered', 'RotationDue=True/Overdue')],
    ['suspended', { ...object(1, 'Ready=False/ApplyFailed'), spec: { suspend: true } }],
  ] as const)('%s', (row, observed) => {
    expect(statusFaults(observed)).toEqual([])
    expect(rowOf(observed)).toBe(row)
  })
})

describe('a status that breaks the contract', () => {
  const table: readonly (readonly [string, Observed, string])[] = [
    ['Reconciling beside Ready', object(2, 'Ready=True/Succeeded', 'Reconciling=True/Progressing'), 'no row'],
    ['Stalled beside Ready', object(2, 'Ready=True/Succeeded', 'Stalled=True/Conflict'), 'no row'],
    [
      'Stalled and Reconciling',
      object(2, 'Ready=False/Conflict', 'Reconciling=True/ProgressingWithRetry', 'Stalled=True/Conflict'),
      'no row',
    ],
    ['a retry that says Progressing', object(1, 'Ready=False/ApplyFailed', 'Reconciling=True/Progressing'), 'no row'],
    ['a failure with neither', object(2, 'Ready=False/ApplyFailed'), 'no row'],
    [
      'an author’s mistake that is retried',
      object(1, 'Ready=False/ValidationFailed', 'Reconciling=True/ProgressingWithRetry'),
      'no row',
    ],
    [
      'a missing reference that stalls',
      object(2, 'Ready=False/DependencyNotReady', 'Stalled=True/DependencyNotReady'),
      'no row',
    ],
    ['two reasons at once', object(2, 'Ready=False/Conflict', 'Stalled=True/AccessDenied'), 'no row'],
    ['ready while it drifts', object(2, 'Ready=True/Drifted'), 'no row'],
    ['Stalled alone', object(2, 'Stalled=True/Conflict'), 'no row'],
    ['a false Stalled', object(2, 'Ready=True/Succeeded', 'Stalled=False/Conflict'), 'instead of absent'],
    [
      'a suspended one that is worked on',
      { ...object(1, 'Ready=True/Succeeded', 'Reconciling=True/Progressing'), spec: { suspend: true } },
      'no row',
    ],
    ['a reason of its own', object(2, 'Ready=True/AllGood'), 'undocumented reason'],
    ['a condition of its own', object(2, 'Ready=True/Succeeded', 'Happy=True/Succeeded'), 'no documented condition'],
    ['a condition twice', object(2, 'Ready=True/Succeeded', 'Ready=True/Succeeded'), 'there twice'],
    ['a phase', { ...DONE, status: { ...DONE.status, phase: 'Done' } } as Observed, 'a phase'],
    ['a generation of the future', object(3, 'Ready=True/Succeeded'), 'of the future'],
    ['success before the generation was observed', object(1, 'Ready=True/Succeeded'), 'Ready of another generation'],
    [
      'a stall before the generation was observed',
      object(1, 'Ready=False/Conflict', 'Stalled=True/Conflict'),
      'of another generation',
    ],
    ['no message', changed(DONE, { message: '' }), 'no message'],
    ['no time', changed(DONE, { lastTransitionTime: undefined }), 'has the time'],
    ['a time with fractions', changed(DONE, { lastTransitionTime: '2026-11-01T12:00:00.123Z' }), 'has the time'],
    ['no generation on a condition', changed(DONE, { observedGeneration: undefined }), 'of generation undefined'],
    ['a condition of the future', changed(DONE, { observedGeneration: 3 }), 'of a generation of the future'],
  ]
  test.each(table)('%s', (_, observed, fault) => {
    expect(statusFaults(observed).join('\n')).toContain(fault)
  })
})

describe('a status and the one before', () => {
  const retrying = object(1, 'Ready=False/ApplyFailed', 'Reconciling=True/ProgressingWithRetry')

  test.each([
    ['work, then success', retrying, DONE],
    ['the same again', DONE, DONE],
    ['a new message', DONE, changed(DONE, { message: 'otherwise' })],
    ['a status that moves with its time', DONE, changed(DONE, { status: 'False', lastTransitionTime: LATER })],
    ['a status that moves within a second', DONE, changed(DONE, { status: 'False' })],
  ] as const)('%s', (_, before, after) => {
    expect(successionFaults(before, after)).toEqual([])
  })

  test.each([
    ['a time that moves alone', DONE, changed(DONE, { lastTransitionTime: LATER }), 'but not its status'],
    [
      'a time that goes back',
      changed(DONE, { lastTransitionTime: LATER }),
      changed(DONE, { status: 'False' }),
      'time back',
    ],
    ['a generation that goes back', DONE, object(1, 'Ready=True/Succeeded'), 'went back from 2 to 1'],
    [
      'a generation that is observed too early',
      object(1),
      { ...retrying, status: { ...retrying.status, observedGeneration: 2 } },
      'before the work was done',
    ],
  ] as const)('%s', (_, before, after, fault) => {
    expect(successionFaults(before, after).join('\n')).toContain(fault)
  })
})
