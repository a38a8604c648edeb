import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/model/diagnostic.ts'
import type { Refusal } from '../../src/model/plan.ts'
import { blameDiagnostics, blameRefusals, cut, sentences } from '../../src/operator/blame.ts'

const JIRA = 'integration/acme/jira'

function error(code: string, file = JIRA): Diagnostic {
  return { severity: 'error', code, message: `about ${code}`, cure: 'Act.', file }
}

function refusal(rule: Refusal['rule'], ...addresses: Refusal['addresses']): Refusal {
  return { rule, message: `about ${rule}`, cure: 'Pass --some-flag.', addresses: addresses.length ? addresses : [JIRA] }
}

describe('a diagnostic means', () => {
  test.each([
    ['unknown-operation', 'stalled', 'ValidationFailed'],
    ['credential-not-bound', 'stalled', 'ValidationFailed'],
    ['unknown-reference', 'retry', 'DependencyNotReady'],
    ['cluster-object-missing', 'retry', 'DependencyNotReady'],
    ['cluster-object-unreadable', 'retry', 'DependencyNotReady'],
    ['identity-unreadable', 'retry', 'DependencyNotReady'],
    ['cluster-object-denied', 'stalled', 'AccessDenied'],
    ['sops-no-matching-identity', 'stalled', 'DecryptFailed'],
    ['sops-mac-mismatch', 'stalled', 'DecryptFailed'],
    ['identity-malformed', 'stalled', 'DecryptFailed'],
  ])('%s: %s %s', (code, kind, reason) => {
    const { failure, isOwn } = blameDiagnostics([error(code)]).get(JIRA)!
    expect(failure).toEqual({ kind, reason, message: `${code}: about ${code}. Act.` })
    expect(isOwn).toBe(true)
  })

  test('nothing where it is a warning, or about no resource', () => {
    const { file: _file, ...nowhere } = error('unknown-operation')
    expect(blameDiagnostics([{ ...error('rotation-due'), severity: 'warning' }, nowhere])).toEqual(new Map())
  })

  test('that somebody has to act, where something else would pass by itself', () => {
    const found = blameDiagnostics([error('unknown-reference'), error('unknown-operation')]).get(JIRA)
    expect(found?.failure).toMatchObject({ kind: 'stalled', reason: 'ValidationFailed' })
    expect(found?.failure.message).not.toContain('unknown-reference')
  })

  test('something for each resource by itself', () => {
    const found = blameDiagnostics([error('unknown-operation'), error('unknown-reference', 'consumer/acme/desk')])
    expect([...found].map(([address, { failure }]) => [address, failure.kind])).toEqual([
      [JIRA, 'stalled'],
      ['consumer/acme/desk', 'retry'],
    ])
  })

  test.each(['duplicate-default', 'group-cycle'])('less, where it is %s: the other one may be the cause', code => {
    expect(blameDiagnostics([error(code)]).get(JIRA)?.isOwn).toBe(false)
    expect(blameDiagnostics([error(code), error('unknown-operation')]).get(JIRA)?.isOwn).toBe(true)
  })
})

describe('a refusal means', () => {
  test.each([
    ['owned-by-another', 'stalled', 'Conflict', 'tenon.dev/adopt: "true"'],
    ['in-use', 'stalled', 'GuardRefused', 'tenon.dev/force: in-use'],
    ['last-member', 'stalled', 'GuardRefused', 'tenon.dev/force: last-member'],
    ['replace-not-named', 'stalled', 'GuardRefused', 'tenon.dev/replace: "true"'],
    ['replay', 'stalled', 'GuardRefused', 'tenon.dev/accept-older: "true"'],
    ['default-taken', 'stalled', 'GuardRefused', 'Pass --some-flag.'],
    ['credential-not-bound', 'stalled', 'ValidationFailed', 'Pass --some-flag.'],
    ['not-selected', 'retry', 'DependencyNotReady', 'Pass --some-flag.'],
  ] as const)('%s: %s %s, and how to lift it in a cluster', (rule, kind, reason, cure) => {
    const { failure } = blameRefusals([refusal(rule)], []).get(JIRA)!
    expect(failure).toMatchObject({ kind, reason })
    expect(failure.message).toContain(`${rule}: about ${rule}. `)
    expect(failure.message).toContain(cure)
  })

  test('something for the first that it names', () => {
    const found = blameRefusals([refusal('in-use', JIRA, 'consumer/acme/desk')], [])
    expect([...found.keys()]).toEqual([JIRA])
  })

  test.each(['last-member', 'credential-not-bound', 'guardrail'] as const)('less, where it is %s', rule => {
    expect(blameRefusals([refusal(rule, JIRA, JIRA)], [{ action: 'update', address: JIRA }]).get(JIRA)?.isOwn).toBe(
      false,
    )
  })

  test('what a guardrail names after itself and the plan changes', () => {
    const denial = refusal('guardrail', 'guardrail/acme/no', JIRA, 'integration/acme/crm')
    const change = { action: 'update', address: JIRA } as const
    const found = blameRefusals([denial], [change])
    expect([...found.keys()]).toEqual([JIRA])
    expect(found.get(JIRA)?.failure).toMatchObject({ kind: 'stalled', reason: 'GuardRefused' })
    expect(blameRefusals([refusal('guardrail', 'guardrail/acme/no')], [change]).size).toBe(0)
  })

  test.each(['max-deletes', 'max-delete-percent'] as const)('%s: nothing of what would go may go', rule => {
    const going = [JIRA, 'consumer/acme/desk', 'accessGroup/acme/support'] as const
    const changes = going.map(address => ({ action: 'delete', address }) as const)
    const other = { action: 'create', address: 'accessGroup/acme/new' } as const
    expect([...blameRefusals([refusal(rule)], [...changes, other]).keys()]).toEqual(going)
  })
})

describe('the message', () => {
  test('has five problems, and how many there are besides', () => {
    const text = sentences(Array.from({ length: 8 }, (_, index) => error(`code-${index}`)))
    expect(text).toContain('code-4: about code-4. Act. 3 more problems.')
    expect(text).not.toContain('code-5')
  })

  test('is bounded, whatever names are in it', () => {
    const text = sentences([{ code: 'long', message: '\u{1F600}'.repeat(100_000) }])
    expect(text.length).toBeLessThanOrEqual(4096)
    expect(text.isWellFormed()).toBe(true)
  })

  test('shows what a terminal would obey', () => {
    const text = sentences([{ code: 'odd', message: 'a\u001B[31mb\u0000c\u202Ed\ne\u2066f\u200Bg' }])
    expect(text).toBe(String.raw`odd: a\u001b[31mb\u0000c\u202ed\u000ae\u2066f\u200bg.`)
  })

  test('ends each problem as a sentence, once', () => {
    expect(
      sentences([
        { code: 'a', message: 'Is it?' },
        { code: 'b', message: 'it is' },
      ]),
    ).toBe('a: Is it? b: it is.')
  })

  test('is cut between characters', () => {
    expect(cut('ab\u{1F600}cd', 4).isWellFormed()).toBe(true)
    expect([cut('abcd', 4), cut('abcde', 4)]).toEqual(['abcd', 'abc…'])
  })
})
