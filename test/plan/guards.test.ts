import { describe, expect, test } from 'vitest'
import type { Address } from '../../src/model/address.ts'
import type { Change } from '../../src/model/plan.ts'
import type { SecretState } from '../../src/model/state.ts'
import { DEFAULT_LIMITS } from '../../src/model/store.ts'
import { guard, type GuardFacts } from '../../src/plan/guards.ts'
import { resource } from '../support/resources.ts'

const CALM: GuardFacts = {
  changes: [],
  isEmpty: false,
  integrations: 100,
  limits: DEFAULT_LIMITS,
  counted: true,
  replace: new Set(),
  acceptOlder: new Set(),
  usedBy: new Map(),
  emptied: [],
  force: new Set(),
}

const jira: Address = 'integration/acme/jira'
const helpdesk: Address = 'consumer/acme/helpdesk'

function deletes(count: number): readonly Change[] {
  return Array.from({ length: count }, (_, index) => {
    const before = resource('integration', `i${index}`)
    return { action: 'delete', address: before.address, before, orphan: false, reasons: [] }
  })
}

const replaced: Change = {
  action: 'replace',
  address: jira,
  before: resource('integration', 'jira'),
  after: resource('integration', 'jira', { access: { level: 'group', groups: ['sales'] } }),
  fields: [],
  adopted: undefined,
  reasons: [],
}

function rules(facts: Partial<GuardFacts>): readonly string[] {
  return guard({ ...CALM, ...facts }).map(({ rule }) => rule)
}

describe('guards', () => {
  test.each<{ name: string; facts: Partial<GuardFacts>; refused: readonly string[] }>([
    { name: 'a plan without changes passes', facts: {}, refused: [] },
    { name: 'no documents at all', facts: { isEmpty: true }, refused: ['empty-desired'] },
    { name: '10 of 100 deleted', facts: { changes: deletes(10) }, refused: [] },
    { name: '11 of 100 deleted', facts: { changes: deletes(11) }, refused: ['max-deletes'] },
    { name: '3 of 10 deleted', facts: { changes: deletes(3), integrations: 10 }, refused: [] },
    { name: '4 of 10 deleted', facts: { changes: deletes(4), integrations: 10 }, refused: ['max-delete-percent'] },
    {
      name: '8 of 9 deleted: small sets are guarded too',
      facts: { changes: deletes(8), integrations: 9 },
      refused: ['max-delete-percent'],
    },
    { name: 'the only one deleted', facts: { changes: deletes(1), integrations: 1 }, refused: ['max-delete-percent'] },
    {
      name: 'all of 20 deleted',
      facts: { changes: deletes(20), integrations: 20 },
      refused: ['max-deletes', 'max-delete-percent'],
    },
    {
      name: 'all deleted in a cluster, where deleting is explicit',
      facts: { changes: deletes(20), integrations: 20, counted: false },
      refused: [],
    },
    {
      name: 'limits that flags changed',
      facts: { changes: deletes(20), integrations: 20, limits: { maxDeletes: 20, maxDeletePercent: 100 } },
      refused: [],
    },
    { name: 'a replace that is not named', facts: { changes: [replaced] }, refused: ['replace-not-named'] },
    {
      name: 'a replace that is named',
      facts: { changes: [replaced], replace: new Set([jira]), usedBy: new Map([[jira, [helpdesk]]]) },
      refused: [],
    },
    {
      name: 'deleting what a consumer uses',
      facts: { changes: deletes(1), usedBy: new Map([['integration/acme/i0', [helpdesk]]]) },
      refused: ['in-use'],
    },
    {
      name: 'deleting it anyway',
      facts: {
        changes: deletes(1),
        usedBy: new Map([['integration/acme/i0', [helpdesk]]]),
        force: new Set(['in-use']),
      },
      refused: [],
    },
    {
      name: 'a group that gives access and loses its last member',
      facts: { emptied: [{ group: 'accessGroup/acme/support', integrations: [jira] }] },
      refused: ['last-member'],
    },
  ])('$name', ({ facts, refused }) => {
    expect(rules(facts)).toEqual(refused)
  })

  test('a refusal says what would happen, the limit, and what would lift it', () => {
    expect(guard({ ...CALM, changes: deletes(4), integrations: 10 })[0]).toMatchObject({
      message: '4 of 10 integrations would be deleted, which is 40 %; the limit is 30 %',
      cure: 'Delete fewer at a time, or pass --max-delete-percent 40.',
      limit: 30,
      actual: 40,
    })
  })

  test('an unnamed replace says first what uses the integration', () => {
    const [refusal] = guard({ ...CALM, changes: [replaced], usedBy: new Map([[jira, [helpdesk]]]) })
    expect(refusal?.message).toContain('used by consumer/acme/helpdesk')
    expect(refusal?.cure).toContain('--replace integration/acme/jira')
  })
})

describe('replayed credentials', () => {
  const secret = (source: string, lastModified: string, revision?: number): SecretState => ({
    source,
    fingerprint: source,
    fields: ['token'],
    lastModified,
    binding: revision === undefined ? undefined : { revision },
  })
  const update = (before: SecretState, after: SecretState): Change => ({
    action: 'update',
    address: 'credential/acme/bot',
    before: { ...resource('credential', 'bot'), secret: before },
    after: { ...resource('credential', 'bot'), secret: after },
    fields: [],
    adopted: undefined,
    reasons: [],
  })

  test.each([
    {
      name: 'a newer file',
      change: update(secret('a', '2026-01-01T00:00:00Z'), secret('b', '2026-02-01T00:00:00Z')),
      refused: [],
    },
    {
      name: 'an older file',
      change: update(secret('a', '2026-02-01T00:00:00Z'), secret('b', '2026-01-01T00:00:00Z')),
      refused: ['replay'],
    },
    {
      name: 'an older file by an hour, in another time zone',
      change: update(secret('a', '2026-02-01T12:00:00Z'), secret('b', '2026-02-01T12:00:00+01:00')),
      refused: ['replay'],
    },
    {
      name: 'a smaller revision in a newer file',
      change: update(secret('a', '2026-01-01T00:00:00Z', 7), secret('b', '2026-02-01T00:00:00Z', 6)),
      refused: ['replay'],
    },
    {
      name: 'a revision that is gone',
      change: update(secret('a', '2026-01-01T00:00:00Z', 7), secret('b', '2026-02-01T00:00:00Z')),
      refused: ['replay'],
    },
    {
      name: 'the same file, moved',
      change: update(secret('a', '2026-02-01T00:00:00Z', 7), secret('a', '2026-02-01T00:00:00Z', 7)),
      refused: [],
    },
  ])('$name', ({ change, refused }) => {
    expect(rules({ changes: [change] })).toEqual(refused)
    expect(rules({ changes: [change], acceptOlder: new Set([change.address]) })).toEqual([])
  })
})
