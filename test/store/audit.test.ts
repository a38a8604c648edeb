import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import stringify from 'fast-json-stable-stringify'
import { describe, expect, test } from 'vitest'
import type { AuditRecord, Store } from '../../src/model/store.ts'
import { batch, credential, group, integration, OWNER, put, values } from './samples.ts'
import { ENGINES, failure, type World } from './worlds.ts'

const jira = integration('jira')
const renamed = integration('jira', { title: 'Renamed' })

/** Three revisions: records 1–3, 4–5 and 6–8, the last of each being its `apply`. */
async function threeRevisions(place: World): Promise<Store> {
  const store = await place.open()
  await store.write(batch({ puts: [put(jira), put(credential('bot'), 'create', values({ token: 't' }))] }))
  await store.write(batch({ expectedRevision: 1, puts: [put(renamed, 'update')], actor: 'ben@acme.example' }))
  await store.write(
    batch({ owner: OWNER, expectedRevision: 2, deletes: [jira.address], orphans: ['credential/acme/bot'] }),
  )
  return store
}

describe.each(ENGINES)('the audit log on $name', ({ world }) => {
  test('has a line for every change and one that closes each revision', async () => {
    const store = await threeRevisions(await world())
    const log = await store.audit({})
    const lines = log.map(({ sequence, revision, action, address, fields, before, after }) => [
      sequence,
      revision,
      action,
      address,
      fields.join(),
      before,
      after,
    ])
    const plan = batch({}).planDigest
    const bot = credential('bot').digest
    expect(lines).toEqual([
      [1, 1, 'create', jira.address, '', undefined, jira.digest],
      [2, 1, 'create', 'credential/acme/bot', '', undefined, bot],
      [3, 1, 'apply', undefined, '', undefined, plan],
      [4, 2, 'update', jira.address, '/spec/title', jira.digest, renamed.digest],
      [5, 2, 'apply', undefined, '', undefined, plan],
      [6, 3, 'delete', jira.address, '', renamed.digest, undefined],
      [7, 3, 'orphan', 'credential/acme/bot', '', bot, bot],
      [8, 3, 'apply', undefined, '', undefined, plan],
    ])
    expect(log[3]).toMatchObject({
      actor: 'ben@acme.example',
      owner: OWNER,
      commit: 'c0ffee',
      at: '2026-03-04T05:06:07Z',
    })
    expect(log.slice(1).map(record => record.previous)).toEqual(log.slice(0, -1).map(record => record.hash))
    expect(await store.verifyAudit()).toEqual({ kind: 'intact', records: 8, head: log[7]?.hash })
  })

  test('is listed by address, by owner, and from its end', async () => {
    const store = await threeRevisions(await world())
    const sequences = async (filter: Parameters<typeof store.audit>[0]): Promise<number[]> =>
      (await store.audit(filter)).map(record => record.sequence)
    expect(await sequences({ address: jira.address })).toEqual([1, 4, 6])
    expect(await sequences({ limit: 3 })).toEqual([6, 7, 8])
    expect(await sequences({ address: jira.address, limit: 1 })).toEqual([6])
    expect(await sequences({ owner: 'git:nobody/nothing' })).toEqual([])
  })

  test('stays verifiable over more records than one page', async () => {
    const store = await (await world()).open()
    const many = Array.from({ length: 2_500 }, (_, index) => put(group(`g-${index}`)))
    await store.write(batch({ puts: many }))
    expect(await store.verifyAudit()).toMatchObject({ kind: 'intact', records: 2_501 })
  })

  test('is verified while others write', async () => {
    const place = await world()
    const store = await place.open()
    const other = await place.open()
    const verdicts: unknown[] = []
    const writes = (async () => {
      for (let revision = 0; revision < 20; revision++) {
        await other.write(batch({ expectedRevision: revision, puts: [put(group(`g-${revision}`))] }))
      }
    })()
    for (let look = 0; look < 20; look++) verdicts.push((await store.verifyAudit()).kind)
    await writes
    expect(new Set(verdicts)).toEqual(new Set(['intact']))
    expect(await store.verifyAudit()).toMatchObject({ kind: 'intact', records: 40 })
  })

  // What somebody can do who may write the database, but has no key.
  const TAMPERS: readonly { name: string; statements: readonly string[]; sequence: number; reason: RegExp }[] = [
    {
      name: 'another actor',
      statements: ["UPDATE tenon_audit SET actor = 'eve' WHERE sequence = 4"],
      sequence: 4,
      reason: /changed/,
    },
    {
      name: 'another time',
      statements: ["UPDATE tenon_audit SET at = '2020-01-01T00:00:00Z' WHERE sequence = 1"],
      sequence: 1,
      reason: /changed/,
    },
    {
      name: 'another commit',
      statements: ['UPDATE tenon_audit SET commit_id = NULL WHERE sequence = 6'],
      sequence: 6,
      reason: /changed/,
    },
    {
      name: 'other fields',
      statements: ["UPDATE tenon_audit SET fields = '[]' WHERE sequence = 4"],
      sequence: 4,
      reason: /changed/,
    },
    {
      name: 'fields that are no JSON',
      statements: ["UPDATE tenon_audit SET fields = 'x' WHERE sequence = 4"],
      sequence: 4,
      reason: /changed/,
    },
    {
      name: 'another revision',
      statements: ['UPDATE tenon_audit SET revision = 2 WHERE sequence = 3'],
      sequence: 3,
      reason: /changed/,
    },
    {
      name: 'a record removed',
      statements: ['DELETE FROM tenon_audit WHERE sequence = 4'],
      sequence: 4,
      reason: /missing/,
    },
    {
      name: 'the first record removed',
      statements: ['DELETE FROM tenon_audit WHERE sequence = 1'],
      sequence: 1,
      reason: /missing/,
    },
    {
      name: 'a record removed and the gap closed',
      statements: [
        'DELETE FROM tenon_audit WHERE sequence = 4',
        'UPDATE tenon_audit SET sequence = sequence - 100 WHERE sequence > 4',
        'UPDATE tenon_audit SET sequence = sequence + 99 WHERE sequence < 0',
      ],
      sequence: 4,
      reason: /changed/,
    },
    {
      name: 'two records exchanged',
      statements: [
        'UPDATE tenon_audit SET sequence = -1 WHERE sequence = 1',
        'UPDATE tenon_audit SET sequence = 1 WHERE sequence = 2',
        'UPDATE tenon_audit SET sequence = 2 WHERE sequence = -1',
      ],
      sequence: 1,
      reason: /changed/,
    },
    {
      name: 'the newest record removed',
      statements: ['DELETE FROM tenon_audit WHERE sequence = 8'],
      sequence: 8,
      reason: /ends at record 7; the newest one written was 8/,
    },
    {
      name: 'the newest revision removed',
      statements: ['DELETE FROM tenon_audit WHERE sequence > 5'],
      sequence: 6,
      reason: /ends at record 5/,
    },
    { name: 'everything removed', statements: ['DELETE FROM tenon_audit'], sequence: 1, reason: /ends at record 0/ },
    {
      name: 'the newest revision removed, its note too',
      statements: [
        'DELETE FROM tenon_audit WHERE sequence > 5',
        'UPDATE tenon_store SET revision = 2, audit_sequence = 5, audit_head = (SELECT hash FROM tenon_audit WHERE sequence = 5), audit_seal = (SELECT seal FROM tenon_audit WHERE sequence = 5)',
      ],
      sequence: 5,
      reason: /note of the newest record was changed/,
    },
    {
      name: 'the revision set back',
      statements: ['UPDATE tenon_store SET revision = 2'],
      sequence: 8,
      reason: /note of the newest record was changed/,
    },
    {
      name: 'a seal of another record',
      statements: [
        'UPDATE tenon_audit SET seal = (SELECT seal FROM tenon_audit WHERE sequence = 3) WHERE sequence = 5',
      ],
      sequence: 5,
      reason: /not sealed/,
    },
    {
      name: 'a seal removed',
      statements: ['UPDATE tenon_audit SET seal = NULL WHERE sequence = 3'],
      sequence: 3,
      reason: /not sealed/,
    },
  ]

  test.each(TAMPERS)('$name is found', async ({ statements, sequence, reason }) => {
    const place = await world()
    const store = await threeRevisions(place)
    await withoutTriggers(place)
    for (const statement of statements) await place.tamper(statement)
    const verdict = await store.verifyAudit()
    expect(verdict).toMatchObject({ kind: 'broken', sequence })
    expect(verdict.kind === 'broken' && verdict.reason).toMatch(reason)
  })

  test('a record added at the end is found', async () => {
    const place = await world()
    const store = await threeRevisions(place)
    const [last] = await store.audit({ limit: 1 })
    assert(last)
    await insert(place, { ...last, sequence: 9, revision: 4, actor: 'eve', previous: last.hash })
    expect(await store.verifyAudit()).toMatchObject({
      kind: 'broken',
      sequence: 9,
      reason: expect.stringMatching(/not sealed/),
    })
  })

  test('a record that closes nothing, added at the end, is found', async () => {
    const place = await world()
    const store = await threeRevisions(place)
    const [first] = await store.audit({})
    const [last] = await store.audit({ limit: 1 })
    assert(first && last)
    await insert(place, { ...first, sequence: 9, revision: 4, previous: last.hash })
    const reason = 'The newest record written was 8; later ones were added to the log.'
    expect(await store.verifyAudit()).toEqual({ kind: 'broken', sequence: 9, reason })
    const next = failure(store.write(batch({ expectedRevision: 3, puts: [put(jira)] })))
    expect(await next).toMatchObject({ code: 'store-corrupt', cure: expect.stringContaining('audit verify') })
    expect(await store.list({})).toHaveLength(1)
  })

  test('a log rewritten with all its hashes is found, for the seals need the key', async () => {
    const place = await world()
    const store = await threeRevisions(place)
    const log = await store.audit({})
    await withoutTriggers(place)
    await place.tamper('DELETE FROM tenon_audit')
    let previous = log[0]?.previous ?? ''
    for (const record of log) {
      previous = await insert(place, { ...record, actor: 'somebody-else', previous })
    }
    await place.tamper(`UPDATE tenon_store SET audit_head = '${previous}'`)
    expect(await store.verifyAudit()).toMatchObject({
      kind: 'broken',
      sequence: 3,
      reason: expect.stringMatching(/rewritten/),
    })
  })

  test('a log of another store is found', async () => {
    const [place, elsewhere] = [await world(), await world()]
    const store = await threeRevisions(place)
    const log = await (await threeRevisions(elsewhere)).audit({})
    await withoutTriggers(place)
    await place.tamper('DELETE FROM tenon_audit')
    for (const record of log) await insert(place, record)
    expect(await store.verifyAudit()).toMatchObject({
      kind: 'broken',
      sequence: 1,
      reason: expect.stringMatching(/does not follow/),
    })
  })
})

/** Writes a record with a correct hash and no seal, and gives the hash. */
async function insert(place: World, record: AuditRecord): Promise<string> {
  const text = stringify({ ...record, hash: undefined })
  const hash = `sha256:${createHash('sha256').update(text).digest('hex')}`
  const { sequence, revision, at, actor, owner, commit, action, address, fields, before, after, previous } = record
  const columns = [
    sequence,
    revision,
    at,
    actor,
    owner,
    commit,
    action,
    address,
    JSON.stringify(fields),
    before,
    after,
    previous,
    hash,
    undefined,
  ]
  const literals = columns.map(value =>
    value === undefined ? 'NULL' : typeof value === 'number' ? value : `'${value}'`,
  )
  await place.tamper(`INSERT INTO tenon_audit VALUES (${literals.join(', ')})`)
  return hash
}

/** SQLite refuses to change the log; whoever can write the file drops that first. */
async function withoutTriggers(place: World): Promise<void> {
  if (place.url.startsWith('postgres')) return
  for (const event of ['update', 'delete']) await place.tamper(`DROP TRIGGER tenon_audit_no_${event}`)
}
