import { describe, expect, test } from 'vitest'
import {
  customResource,
  intervalOf,
  isSuspended,
  milliseconds,
  modeOf,
  triggerOf,
} from '../../src/operator/custom-resource.ts'
import { shown, type Shown } from './custom-resources.ts'

function of(more: Shown): ReturnType<typeof customResource> {
  return customResource('integration', shown('jira', more))
}

test.each([
  ['1s', 1000],
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['1m1s1ms', 61_001],
  ['', undefined],
  ['10', undefined],
  ['10d', undefined],
  ['-1s', undefined],
  ['1s ', undefined],
  ['1 s', undefined],
])('the duration "%s" is %s milliseconds', (text, ms) => {
  expect(milliseconds(text)).toBe(ms)
})

test.each([
  { interval: undefined, every: 600_000 },
  { interval: '5m', every: 300_000 },
  { interval: '2h', every: 7_200_000 },
  { interval: '1s', every: 60_000 },
  { interval: '59s', every: 60_000 },
  { interval: 'often', every: 600_000 },
  { interval: 5, every: 600_000 },
])('a resource with interval $interval is looked at every $every ms', ({ interval, every }) => {
  expect(intervalOf(of({ spec: interval === undefined ? {} : { interval } }), 600_000)).toBe(every)
})

test('an operator whose interval is shorter than a minute looks at a resource once a minute', () => {
  expect(intervalOf(of({}), 1000)).toBe(60_000)
})

test.each([
  ['Observe', 'Enforce', 'Observe'],
  ['Enforce', 'Observe', 'Enforce'],
  ['Approve', 'Enforce', 'Approve'],
  [undefined, 'Observe', 'Observe'],
  ['Else', 'Enforce', 'Enforce'],
] as const)('mode %s, where the operator is in %s, is %s', (mode, otherwise, expected) => {
  expect(modeOf(of({ spec: mode === undefined ? {} : { mode } }), otherwise)).toBe(expected)
})

test.each<[Shown, boolean]>([
  [{}, false],
  [{ spec: { suspend: true } }, true],
  [{ spec: { suspend: false } }, false],
  [{ spec: { suspend: 'true' } }, false],
  [{ annotations: { 'tenon.dev/reconcile': 'disabled' } }, true],
  [{ annotations: { 'tenon.dev/reconcile': 'enabled' } }, false],
])('of %j it is %s that it is suspended', (more, expected) => {
  expect(isSuspended(of(more))).toBe(expected)
})

describe('what calls for a run', () => {
  const before: Shown = { generation: 3, version: 5, labels: { team: 'a' }, annotations: { note: 'b' } }

  test.each<[string, Shown]>([
    ['a new spec', { generation: 4 }],
    ['being deleted', { deletionTimestamp: '2026-11-01T12:00:00Z' }],
    ['another object of the name', { uid: 'another' }],
    ["a person's label", { labels: { team: 'c' } }],
    ["a person's annotation", { annotations: { note: 'd' } }],
    ...['requestedAt', 'reconcile', 'adopt', 'replace', 'accept-older', 'force', 'skip-cleanup'].map(
      (name): [string, Shown] => [`tenon.dev/${name}`, { annotations: { note: 'b', [`tenon.dev/${name}`]: 'x' } }],
    ),
  ])('%s', (_, change) => {
    expect(triggerOf(of({ ...before, ...change }))).not.toBe(triggerOf(of(before)))
  })

  test.each<[string, Shown]>([
    ['a status', { status: { observedGeneration: 3 }, version: 6 }],
    ['our finalizer', { finalizers: ['tenon.dev/finalizer'], version: 6 }],
    ["a tool's label", { labels: { team: 'a', 'kustomize.toolkit.fluxcd.io/name': 'x' } }],
    ["a tool's annotation", { annotations: { note: 'b', 'meta.helm.sh/release-name': 'x' } }],
  ])('is not %s', (_, change) => {
    expect(triggerOf(of({ ...before, ...change }))).toBe(triggerOf(of(before)))
  })
})
