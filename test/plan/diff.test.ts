import { describe, expect, test } from 'vitest'
import type { Address } from '../../src/model/address.ts'
import type { Resource, SecretState } from '../../src/model/state.ts'
import type { Head, Stored } from '../../src/model/store.ts'
import { diff, difference, type Ownership } from '../../src/plan/diff.ts'
import { withhold } from '../../src/plan/withhold.ts'
import { resource, stateOf } from '../support/resources.ts'

const OURS = 'git:ours'
const MINE: Ownership = { owner: OURS, adopt: new Set(), selects: () => true }

/** Compares rows of the store with declared resources, as a plan does. */
function planned(
  observed: readonly Resource[],
  desired: readonly Resource[],
  ownership = MINE,
  owner: string | undefined = OURS,
): readonly string[] {
  const heads = new Map<Address, Head>(
    observed.map(({ address, digest, secret }) => [address, { owner, digest, revision: 1, ...(secret && { secret }) }]),
  )
  const bodies = new Map<Address, Stored>(
    observed.map(row => [
      row.address,
      { resource: row, owner, revision: 1, createdAt: '', updatedAt: '', updatedBy: '', commit: undefined },
    ]),
  )
  const state = stateOf(...desired)
  const found = difference(heads, state, ownership)
  return diff(found, bodies, state, ownership).map(change => {
    const fields = 'fields' in change ? change.fields.map(({ path }) => path).join(' ') : ''
    return `${change.action} ${change.address}${fields === '' ? '' : ` ${fields}`}`
  })
}

const support = resource('accessGroup', 'support', { members: ['ana@acme.example'] })
const jira = resource('integration', 'jira')
const helpdesk = resource('consumer', 'helpdesk', { integrations: ['jira'] })

describe('a plan', () => {
  test('of what is there already is empty', () => {
    expect(planned([support, jira, helpdesk], [helpdesk, jira, support])).toEqual([])
  })

  test('creates first what others refer to', () => {
    expect(planned([], [helpdesk, jira, support])).toEqual([
      'create accessGroup/acme/support',
      'create integration/acme/jira',
      'create consumer/acme/helpdesk',
    ])
  })

  test('deletes last what others refer to', () => {
    expect(planned([support, jira, helpdesk], [])).toEqual([
      'delete consumer/acme/helpdesk',
      'delete integration/acme/jira',
      'delete accessGroup/acme/support',
    ])
  })

  test('names the fields of an update', () => {
    const changed = resource('integration', 'jira', {
      title: 'B',
      permissions: [{ methods: ['get'], effect: 'allow' }],
    })
    expect(planned([jira], [changed])).toEqual(['update integration/acme/jira /spec/title /spec/permissions'])
  })

  test('replaces an integration whose access changed', () => {
    const changed = resource('integration', 'jira', { access: { level: 'group', groups: ['sales'] } })
    expect(planned([jira], [changed])).toEqual(['replace integration/acme/jira /spec/access/groups'])
  })

  test('updates a group whose members changed: its integrations keep their access', () => {
    expect(planned([support], [resource('accessGroup', 'support')])).toEqual([
      'update accessGroup/acme/support /spec/members',
    ])
  })

  test('leaves alone what a selector does not select, deletes included', () => {
    const ownership = { ...MINE, selects: ({ namespace }: { namespace: string | undefined }) => namespace === 'other' }
    expect(planned([support], [jira], ownership)).toEqual([])
  })
})

describe('ownership', () => {
  const heads = new Map<Address, Head>([[jira.address, { owner: 'git:theirs', digest: jira.digest, revision: 1 }]])

  test("another owner's row at a declared address is a conflict, not an update", () => {
    expect(difference(heads, stateOf(jira), MINE).foreign).toEqual([jira.address])
  })

  test('an orphaned row belongs to nobody, so it is not taken silently either', () => {
    const orphan = new Map<Address, Head>([[jira.address, { owner: undefined, digest: jira.digest, revision: 1 }]])
    expect(difference(orphan, stateOf(jira), MINE).foreign).toEqual([jira.address])
  })

  test('--adopt takes it over, even where nothing else differs', () => {
    const ownership = { ...MINE, adopt: new Set([jira.address]) }
    expect(planned([jira], [jira], ownership, 'git:theirs')).toEqual(['update integration/acme/jira'])
  })

  test("another owner's row that is not declared here is never deleted", () => {
    expect(difference(heads, stateOf(), MINE).delete).toEqual([])
  })
})

describe('credentials', () => {
  const base: SecretState = {
    source: 'sha256:1',
    fingerprint: 'f1',
    fields: ['token'],
    lastModified: undefined,
    binding: undefined,
  }
  const credential = (secret: Partial<SecretState>): Resource => ({
    ...resource('credential', 'bot'),
    secret: { ...base, ...secret },
  })

  test.each([
    { name: 'the same file', secret: {}, expected: [] },
    {
      name: 'new values',
      secret: { source: 'sha256:2', fingerprint: 'f2' },
      expected: ['update credential/acme/bot /data'],
    },
    {
      name: 'the same values encrypted again',
      secret: { source: 'sha256:2' },
      expected: ['update credential/acme/bot /sops'],
    },
    {
      name: 'another file that was not decrypted',
      secret: { source: 'sha256:2', fingerprint: undefined },
      expected: ['update credential/acme/bot /data'],
    },
  ])('$name', ({ secret, expected }) => {
    expect(planned([credential({})], [credential(secret)])).toEqual(expected)
  })

  test('a change says "changed", and nothing that comes from the values', () => {
    const before = credential({})
    const after = credential({ source: 'sha256:2', fingerprint: 'f2' })
    const heads = new Map<Address, Head>([
      [before.address, { owner: OURS, digest: before.digest, revision: 1, secret: before.secret! }],
    ])
    const stored = {
      resource: before,
      owner: OURS,
      revision: 1,
      createdAt: '',
      updatedAt: '',
      updatedBy: '',
      commit: undefined,
    }
    const state = stateOf(after)
    const [change] = diff(difference(heads, state, MINE), new Map([[before.address, stored]]), state, MINE)
    expect(change).toMatchObject({ fields: [{ path: '/data', before: 'set', after: 'changed' }] })
  })
})

describe('without --prune', () => {
  test('deletes are withheld, and everything else is made', () => {
    const state = stateOf(jira)
    const heads = new Map<Address, Head>([[support.address, { owner: OURS, digest: support.digest, revision: 1 }]])
    const stored = {
      resource: support,
      owner: OURS,
      revision: 1,
      createdAt: '',
      updatedAt: '',
      updatedBy: '',
      commit: undefined,
    }
    const changes = diff(difference(heads, state, MINE), new Map([[support.address, stored]]), state, MINE)
    const { made, withheld } = withhold(changes, false)
    expect(made.map(({ address }) => address)).toEqual([jira.address])
    expect(withheld.map(({ address }) => address)).toEqual([support.address])
    expect(withhold(changes, true)).toEqual({ made: changes, withheld: [] })
  })
})
