import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/model/diagnostic.ts'
import { conditionsAfter, unstated, type Condition } from '../../src/operator/conditions.ts'
import type { Result } from '../../src/operator/result.ts'
import { kstatus, type Kstatus } from '../cluster/support/kstatus.ts'
import { statusAfter, statusAtRest } from '../../src/operator/status.ts'
import { resource, withStatus } from './observed.ts'

const done: Result = { kind: 'done', action: undefined, fields: [], warnings: [], facts: {} }
const invalid: Result = { kind: 'stalled', reason: 'ValidationFailed', message: 'unknown-operation: no.' }
const failed: Result = { kind: 'retry', reason: 'ApplyFailed', message: 'store-unreachable: no.' }

interface Row {
  readonly situation: string
  readonly result: Result
  /** `status/reason` of Ready, Reconciling and Stalled. */
  readonly conditions: readonly [string, string, string]
  readonly observedGeneration: 'old' | 'new'
  readonly kstatus: Kstatus
}

/** The rows of the contract that a run leads to; nothing is written before one, and a suspended resource has none. */
const TABLE: readonly Row[] = [
  {
    situation: 'failed, will retry',
    result: failed,
    conditions: ['False/ApplyFailed', 'True/ProgressingWithRetry', '-'],
    observedGeneration: 'old',
    kstatus: 'InProgress',
  },
  {
    situation: 'failed, user must act',
    result: invalid,
    conditions: ['False/ValidationFailed', '-', 'True/ValidationFailed'],
    observedGeneration: 'new',
    kstatus: 'Failed',
  },
  {
    situation: 'done',
    result: done,
    conditions: ['True/Succeeded', '-', '-'],
    observedGeneration: 'new',
    kstatus: 'Current',
  },
]

const BEFORE = [undefined, done, invalid, failed] as const

describe('the conditions after a run that', () => {
  for (const row of TABLE) {
    test.each(BEFORE)(`${row.situation}, whatever was before`, before => {
      const first = resource({ generation: 1, result: before })
      const seen = { ...first, object: { ...first.object, metadata: { ...first.object.metadata, generation: 2 } } }
      const status = statusAfter(seen, row.result, undefined, '2026-11-01T12:00:05.123Z')
      expect(['Ready', 'Reconciling', 'Stalled'].map(type => shown(status.conditions, type))).toEqual(row.conditions)
      const old = before === undefined || before.kind === 'retry' ? -1 : 1
      expect(status.observedGeneration).toBe(row.observedGeneration === 'new' ? 2 : old)
      expect(kstatus(withStatus(seen, status).object as never)).toBe(row.kstatus)
    })
  }

  test('a resource is in progress before anything was written', () => {
    expect(kstatus(resource({ generation: 1 }).object as never)).toBe('InProgress')
  })

  test('a suspended resource is no longer on its way, and otherwise as it was', () => {
    for (const [before, after] of [
      [failed, ['False/ApplyFailed', '-', '-']],
      [invalid, undefined],
      [done, undefined],
      [undefined, undefined],
    ] as const) {
      const status = statusAtRest(resource({ generation: 1, result: before }))
      expect(status && ['Ready', 'Reconciling', 'Stalled'].map(type => shown(status.conditions, type))).toEqual(after)
    }
  })
})

describe('the time of a condition', () => {
  const at = (now: string, result: Result, conditions: readonly Condition[]): readonly Condition[] =>
    conditionsAfter(result, { conditions, generation: 1, now })
  const [one, two] = ['2026-11-01T12:00:00Z', '2026-11-01T13:00:00Z']

  test('stays while its status does, whatever its reason', () => {
    const before = at(one, invalid, [])
    const after = at(two, { ...invalid, reason: 'Conflict', message: 'owned-by-another: no.' }, before)
    expect(after.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual([
      ['Ready', one],
      ['Stalled', one],
    ])
  })

  test('moves with its status', () => {
    expect(at(two, done, at(one, invalid, []))).toMatchObject([{ type: 'Ready', lastTransitionTime: two }])
  })
})

describe('what else is known of a credential', () => {
  const warning = (code: string): Diagnostic => ({ severity: 'warning', code, message: `about ${code}`, cure: 'Act.' })

  test.each([
    ['rotation-due', 'RotationDue', 'Overdue'],
    ['credential-expired', 'Expired', 'Expired'],
    ['review-due', 'ReviewDue', 'Overdue'],
    ['personal-account', 'PersonalAccount', 'PersonalAccount'],
    ['admin-level', 'AdminLevel', 'AdminLevel'],
  ])('the warning %s is the condition %s, and Ready is not less true for it', (code, type, reason) => {
    const warned: Result = { ...done, warnings: [warning(code)] }
    const conditions = conditionsAfter(warned, { conditions: [], generation: 1, now: '2026-11-01T12:00:00Z' })
    expect(shown(conditions, 'Ready')).toBe('True/Succeeded')
    expect(conditions.find(one => one.type === type)).toMatchObject({
      status: 'True',
      reason,
      message: `about ${code}. Act.`,
    })
    expect(unstated(warned.warnings)).toEqual([])
  })

  test('another warning is none', () => {
    expect(unstated([warning('selector-matches-nothing')])).toHaveLength(1)
  })

  test('is kept by a run that failed, and forgotten by one that found it gone', () => {
    const warned: Result = { ...done, warnings: [warning('rotation-due')] }
    const before = { generation: 1, now: '2026-11-01T12:00:00Z' }
    const conditions = conditionsAfter(warned, { ...before, conditions: [] })
    const types = (result: Result): readonly string[] =>
      conditionsAfter(result, { ...before, conditions }).map(({ type }) => type)
    expect(types(failed)).toEqual(['Ready', 'Reconciling', 'RotationDue'])
    expect(types(done)).toEqual(['Ready'])
  })

  test('a service that says no harmless request cannot be tested', () => {
    const tested = (isTestable: boolean | undefined): string =>
      shown(
        conditionsAfter(
          { ...done, facts: isTestable === undefined ? {} : { isTestable } },
          { conditions: [], generation: 1, now: '2026-11-01T12:00:00Z' },
        ),
        'Tested',
      )
    expect([tested(true), tested(false), tested(undefined)]).toEqual(['-', 'Unknown/NotTestable', '-'])
  })
})

function shown(conditions: readonly Condition[], type: string): string {
  const found = conditions.find(one => one.type === type)
  return found === undefined ? '-' : `${found.status}/${found.reason}`
}
