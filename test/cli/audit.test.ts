import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import path from 'node:path'
import stringify from 'fast-json-stable-stringify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tenon } from '../support/tenon.ts'
import { appliedCompany, apply, end, json, put, world, type Json, type World } from './world.ts'

let acme: World
beforeAll(async () => {
  acme = await appliedCompany()
  put(acme, 'other.yaml', OTHER)
  await apply(acme, 'other.yaml', '--owner', 'git:other', '--actor', 'eve', '--commit', 'abc1234')
})
afterAll(() => end(acme))

const OTHER =
  'apiVersion: tenon.dev/v1alpha1\nkind: Consumer\nmetadata: {name: other, namespace: acme}\nspec: {type: job, displayName: Other}\n'

test('lists who changed what for which source, from which commit, oldest first', async () => {
  const { json: log, code } = await json(['audit'], acme)
  expect(code).toBe(0)
  expect(log['records'].map(({ sequence }: Json) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  expect(log['records'].at(-2)).toMatchObject({
    revision: 2,
    at: '2026-11-01T12:00:00.000Z',
    actor: 'eve',
    owner: 'git:other',
    commit: 'abc1234',
    action: 'create',
    address: 'consumer/acme/other',
  })
  expect(log['records'].at(-1)).toMatchObject({ revision: 2, action: 'apply' })
})

test('gives records as they are hashed, so that anybody can follow the chain', async () => {
  const { json: log } = await json(['audit', '--limit', '0'], acme)
  let previous = log['records'][0].previous
  for (const { hash, ...record } of log['records']) {
    expect(record.previous).toBe(previous)
    expect(`sha256:${createHash('sha256').update(stringify(record)).digest('hex')}`).toBe(hash)
    previous = hash
  }
  const { json: verified } = await json(['audit', 'verify'], acme)
  expect(verified['verdict']).toEqual({ intact: true, records: 14, head: previous })
})

test.each([
  [['consumer/acme/other'], [13]],
  [['integration/acme/wiki'], [9]],
  [
    ['--owner', 'git:other'],
    [13, 14],
  ],
  [
    ['--limit', '3'],
    [12, 13, 14],
  ],
  [
    ['--limit', '14'],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
  ],
])('%j', async (flags, expected) => {
  const { json: log } = await json(['audit', ...flags], acme)
  expect(log['records'].map(({ sequence }: Json) => sequence)).toEqual(expected)
})

test('says where there are older records', async () => {
  expect((await tenon(['audit', '--limit', '3'], acme)).stderr).toBe('The newest 3 records; --limit 0 lists all.\n')
  expect((await tenon(['audit', '--limit', '14'], acme)).stderr).toBe('')
})

test('is a table for people', async () => {
  const { stdout } = await tenon(['audit', 'consumer/acme/other'], acme)
  expect(stdout.split('\n').map(line => line.split(/ {2,}/))).toEqual([
    ['RECORD', 'REVISION', 'AT', 'BY', 'OWNER', 'ACTION', 'ADDRESS', 'FIELDS', 'COMMIT'],
    ['13', '2', '2026-11-01T12:00:00.000Z', 'eve', 'git:other', 'create', 'consumer/acme/other', 'abc1234'],
    [''],
  ])
})

test('an address of which nothing was ever recorded is invalid input; a text that is none, wrong usage', async () => {
  const ran = await json(['audit', 'integration/acme/wikki'], acme)
  expect(ran.code).toBe(3)
  expect(ran.json['diagnostics']).toMatchObject([{ cure: 'Did you mean "integration/acme/wiki"?' }])
  expect((await tenon(['audit', 'wiki'], acme)).code).toBe(64)
})

test('without a store there is nothing to list or prove', async () => {
  const empty = await world({})
  for (const args of [['audit'], ['audit', 'verify']]) {
    const ran = await json(args, empty)
    expect(ran.code).toBe(1)
    expect(ran.json).toMatchObject({ complete: false, errors: [{ code: 'no-store' }] })
  }
  end(empty)
})

test('verify: an intact log is 0, a changed one 1 and names the record', async () => {
  const made = await appliedCompany()
  const intact = await tenon(['audit', 'verify'], made)
  expect(intact.code).toBe(0)
  expect(intact.stdout).toMatch(/^Intact: 12 records/)
  const database = new DatabaseSync(path.join(made.cwd, '.tenon/store.db'))
  database.exec("DROP TRIGGER tenon_audit_no_update; UPDATE tenon_audit SET actor = 'mallory' WHERE sequence = 5")
  database.close()
  const broken = await json(['audit', 'verify'], made)
  expect(broken.code).toBe(1)
  expect(broken.json).toMatchObject({ complete: true, verdict: { intact: false, sequence: 5 } })
  expect(broken.json['diagnostics']).toMatchObject([{ code: 'audit-broken' }])
  expect((await tenon(['audit', 'verify', '-q'], made)).stdout).toMatch(/^Broken at record 5: /)
  end(made)
})
