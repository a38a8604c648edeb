import { describe, expect, test } from 'vitest'
import { Fenced, StaleState } from '../../src/model/errors.ts'
import { batch, credential, group, integration, OWNER, put, revealed, service, table, values } from './samples.ts'
import { ENGINES } from './worlds.ts'

const OTHER = 'git:globex/integrations'
const jira = integration('jira')
const support = group('support')
const sales = group('sales', { groups: ['support'] })

describe.each(ENGINES)('a store on $name', ({ world }) => {
  test('gives back what was written, with who wrote it, when and from which commit', async () => {
    const store = await (await world()).open()
    const { revision } = await store.write(batch({ puts: [put(jira), put(support), put(credential('bot'))] }))
    expect(revision).toBe(1)
    const stored = await store.load([jira.address, 'integration/acme/absent', 'credential/acme/bot'])
    expect([...stored.keys()].toSorted()).toEqual(['credential/acme/bot', jira.address])
    expect(stored.get(jira.address)).toEqual({
      resource: jira,
      owner: OWNER,
      revision: 1,
      createdAt: '2026-03-04T05:06:07Z',
      updatedAt: '2026-03-04T05:06:07Z',
      updatedBy: 'ana@acme.example',
      commit: 'c0ffee',
    })
    expect(stored.get('credential/acme/bot')?.resource).toEqual(credential('bot'))
  })

  test('is the same after it was closed and opened again', async () => {
    const place = await world()
    const first = await place.open()
    await first.write(batch({ puts: [put(jira), put(sales)] }))
    const before = await first.list({})
    await first.close()
    expect(await (await place.open()).list({})).toEqual(before)
  })

  test('keeps text of every kind as it is', async () => {
    const store = await (await world()).open()
    const title = 'quote \' " $1 ? \\ \u0000 \u{1F600} \uD800 \u202E 名前\r\n'
    const odd = integration('odd', { title, settings: { __proto__: null, 'a:b': [1.5, -0.1, null, 2 ** 53] } })
    await store.write(batch({ puts: [put(odd)], actor: "o'brien@acme.example", commit: undefined }))
    const [stored] = await store.list({})
    expect(stored?.resource).toEqual(odd)
    expect(stored).toMatchObject({ updatedBy: "o'brien@acme.example", commit: undefined })
  })

  test('an update keeps when and by whom a row was created', async () => {
    const store = await (await world()).open()
    await store.write(batch({ puts: [put(jira), put(support)] }))
    const renamed = integration('jira', { title: 'Renamed' })
    const later = { at: '2026-03-05T00:00:00Z', actor: 'ben@acme.example', commit: 'beef' }
    await store.write(batch({ expectedRevision: 1, puts: [put(renamed, 'update')], ...later }))
    const stored = await store.load([jira.address, support.address])
    expect(stored.get(jira.address)).toMatchObject({
      resource: renamed,
      revision: 2,
      createdAt: '2026-03-04T05:06:07Z',
      updatedAt: later.at,
      updatedBy: later.actor,
      commit: 'beef',
    })
    expect(stored.get(support.address)).toMatchObject({ revision: 1, updatedBy: 'ana@acme.example' })
  })

  test('heads are all rows of the owner, and others at the addresses asked for', async () => {
    const store = await (await world()).open()
    await store.write(batch({ puts: [put(jira), put(support)] }))
    const theirs = [integration('theirs'), integration('asked')]
    await store.write(batch({ owner: OTHER, expectedRevision: 1, puts: theirs.map(one => put(one)) }))
    const heads = await store.heads(OWNER, ['integration/acme/asked', jira.address, 'integration/acme/absent'])
    expect(heads).toEqual(
      new Map([
        [jira.address, { owner: OWNER, digest: jira.digest, revision: 1 }],
        [support.address, { owner: OWNER, digest: support.digest, revision: 1 }],
        ['integration/acme/asked', { owner: OTHER, digest: theirs[1]?.digest, revision: 2 }],
      ]),
    )
  })

  test('answers for more addresses than one statement holds', async () => {
    const store = await (await world()).open()
    const many = Array.from({ length: 1_300 }, (_, index) => integration(`i-${index}`))
    await store.write(batch({ puts: many.map(one => put(one)) }))
    const addresses = many.map(one => one.address)
    expect((await store.load(addresses)).size).toBe(1_300)
    expect((await store.heads(OTHER, addresses)).size).toBe(1_300)
    expect((await store.list({})).length).toBe(1_300)
    await store.write(batch({ expectedRevision: 1, deletes: addresses }))
    expect((await store.heads(OWNER, addresses)).size).toBe(0)
  })

  test('lists what matches, in dependency order', async () => {
    const store = await (await world()).open()
    const elsewhere = integration('jira', {}, 'globex')
    await store.write(batch({ puts: [put(jira), put(support), put(sales), put(credential('bot'))] }))
    await store.write(batch({ owner: OTHER, expectedRevision: 1, puts: [put(elsewhere)] }))
    const listed = async (filter: Parameters<typeof store.list>[0]): Promise<string[]> =>
      (await store.list(filter)).map(({ resource }) => resource.address)
    const acme = ['accessGroup/acme/sales', 'accessGroup/acme/support', 'credential/acme/bot', 'integration/acme/jira']
    expect(await listed({})).toEqual([...acme, 'integration/globex/jira'])
    expect(await listed({ namespace: 'acme' })).toEqual(acme)
    expect(await listed({ owner: OTHER })).toEqual(['integration/globex/jira'])
    expect(await listed({ kinds: ['integration'], owner: OWNER })).toEqual(['integration/acme/jira'])
    expect(await listed({ kinds: [] })).toEqual([])
  })

  test('knows who owns rows, and whose name begins alike', async () => {
    const store = await (await world()).open()
    const owners = ['cluster:prod', 'cluster:prod/ns/ä_%', 'cluster:prod/ns/acme', 'cluster:prod2', 'git:cluster:prod']
    expect(await store.owners('')).toEqual([])
    for (const [expectedRevision, owner] of owners.toReversed().entries())
      await store.write(batch({ owner, expectedRevision, puts: [put(integration(`i-${expectedRevision}`))] }))
    expect(await store.owners('cluster:prod')).toEqual([owners[0], owners[2], owners[1], owners[3]])
    expect(await store.owners('cluster:prod/ns/ä_')).toEqual([owners[1]])
    expect(await store.owners('cluster:p_od')).toEqual([])
    await store.write(batch({ owner: 'cluster:prod2', expectedRevision: 5, deletes: ['integration/acme/i-1'] }))
    await store.write(batch({ owner: 'cluster:prod', expectedRevision: 6, orphans: ['integration/acme/i-4'] }))
    expect(await store.owners('cluster:prod')).toEqual([owners[2], owners[1]])
  })

  test('knows who refers to what, and forgets references with their rows', async () => {
    const store = await (await world()).open()
    const second = integration('another', { credentials: [] })
    await store.write(batch({ puts: [put(support), put(sales), put(jira), put(second)] }))
    const asked = ['accessGroup/acme/support', 'credential/acme/jira-bot', 'clusterServiceDefinition/jira'] as const
    expect(await store.referrers([...asked, 'accessGroup/acme/nobody'])).toEqual(
      new Map([
        ['accessGroup/acme/support', ['accessGroup/acme/sales', 'integration/acme/another', 'integration/acme/jira']],
        ['credential/acme/jira-bot', ['integration/acme/jira']],
        ['clusterServiceDefinition/jira', ['integration/acme/another', 'integration/acme/jira']],
      ]),
    )
    const narrowed = integration('jira', { access: { level: 'group', groups: ['sales'] }, credentials: [] })
    await store.write(batch({ expectedRevision: 1, puts: [put(narrowed, 'replace')], deletes: [second.address] }))
    expect(await store.referrers(asked)).toEqual(
      new Map([
        ['accessGroup/acme/support', ['accessGroup/acme/sales']],
        ['clusterServiceDefinition/jira', ['integration/acme/jira']],
      ]),
    )
  })

  test('keeps operation tables while a service names them', async () => {
    const store = await (await world()).open()
    const [one, two, unused] = [table('listInvoices'), table('listInvoices', 'charge'), table('unused')]
    const tables = new Map([one, two, unused].map(each => [each.digest, each]))
    const kept = async (): Promise<unknown[]> => [...(await store.tables(tables.keys())).values()]
    await store.write(batch({ puts: [put(service('billing', one)), put(service('copy', one))], tables }))
    expect(await kept()).toEqual([one])
    await store.write(batch({ expectedRevision: 1, puts: [put(service('billing', two), 'update')], tables }))
    expect(await kept()).toHaveLength(2)
    await store.write(batch({ expectedRevision: 2, puts: [put(service('copy', two), 'update')] }))
    expect(await kept()).toEqual([two])
    await store.write(
      batch({ expectedRevision: 3, deletes: ['serviceDefinition/acme/billing', 'serviceDefinition/acme/copy'] }),
    )
    expect(await kept()).toEqual([])
  })

  test('refuses a service whose operations nobody has: a bug of the caller', async () => {
    const store = await (await world()).open()
    await expect(store.write(batch({ puts: [put(service('billing', table('charge')))] }))).rejects.toThrow(/operations/)
    expect(await store.list({})).toEqual([])
    expect(await store.position(OWNER)).toMatchObject({ revision: 0 })
  })

  test('an orphan stays, is owned by nobody, and can be declared again', async () => {
    const store = await (await world()).open()
    const secrets = values({ token: 'kept-token' })
    await store.write(batch({ puts: [put(credential('bot'), 'create', secrets)] }))
    await store.write(batch({ expectedRevision: 1, orphans: ['credential/acme/bot'] }))
    expect((await store.heads(OWNER, [])).size).toBe(0)
    const orphaned = await store.heads(OWNER, ['credential/acme/bot'])
    expect(orphaned.get('credential/acme/bot')).toMatchObject({ owner: undefined, revision: 2 })
    expect(revealed((await store.open(['credential/acme/bot'])).get('credential/acme/bot'))).toEqual({
      token: 'kept-token',
    })
    await store.write(batch({ owner: OTHER, expectedRevision: 2, puts: [put(credential('bot'), 'update')] }))
    expect((await store.heads(OTHER, [])).get('credential/acme/bot')).toMatchObject({ owner: OTHER, revision: 3 })
  })

  test('rows are removed by their owner only: anything else is a bug of the caller', async () => {
    const store = await (await world()).open()
    await store.write(batch({ puts: [put(jira)] }))
    for (const wrong of [{ deletes: [jira.address] }, { orphans: [jira.address] }]) {
      await expect(store.write(batch({ owner: OTHER, expectedRevision: 1, ...wrong }))).rejects.toThrow(
        /its owner only/,
      )
    }
    expect(await store.position(OTHER)).toEqual({ revision: 1, ownerRevision: 0, limits: undefined })
  })

  test('the position of an owner has the revision and limits of its own last write', async () => {
    const store = await (await world()).open()
    expect(await store.position(OWNER)).toEqual({ revision: 0, ownerRevision: 0, limits: undefined })
    const limits = { maxDeletes: 10, maxDeletePercent: 33.3 }
    await store.write(batch({ puts: [put(jira)], limits }))
    await store.write(batch({ owner: OTHER, expectedRevision: 1, puts: [put(support)] }))
    expect(await store.position(OWNER)).toEqual({ revision: 2, ownerRevision: 1, limits })
    expect(await store.position(OTHER)).toEqual({ revision: 2, ownerRevision: 2, limits: undefined })
    await store.write(batch({ expectedRevision: 2, puts: [put(sales)] }))
    expect(await store.position(OWNER)).toEqual({ revision: 3, ownerRevision: 3, limits })
  })

  test('a batch that changes nothing writes nothing', async () => {
    const store = await (await world()).open()
    const limits = { maxDeletes: 10, maxDeletePercent: 30 }
    await store.write(batch({ puts: [put(jira)], limits }))
    const log = await store.audit({})
    expect(await store.write(batch({ expectedRevision: 1 }))).toEqual({ revision: 1 })
    expect(await store.write(batch({ expectedRevision: 1, limits }))).toEqual({ revision: 1 })
    expect(await store.write(batch({ expectedRevision: 0, owner: OTHER }))).toEqual({ revision: 1 })
    expect(await store.audit({})).toEqual(log)
  })

  test('limits that differ from the recorded ones are a change of their own', async () => {
    const store = await (await world()).open()
    const limits = { maxDeletes: 20, maxDeletePercent: 30 }
    await store.write(batch({ puts: [put(jira)], limits: { ...limits, maxDeletes: 10 } }))
    expect(await store.write(batch({ expectedRevision: 1, limits }))).toEqual({ revision: 2 })
    expect(await store.position(OWNER)).toMatchObject({ limits })
  })

  test('refuses a batch planned at another revision, and says who wrote since', async () => {
    const store = await (await world()).open()
    await store.write(batch({ puts: [put(jira)], actor: 'ben@acme.example', at: '2026-05-01T00:00:00Z' }))
    const late = store.write(batch({ owner: OTHER, expectedRevision: 0, puts: [put(support)] }))
    await expect(late).rejects.toThrow(StaleState)
    await expect(late).rejects.toThrow(
      /at revision 1, written by ben@acme.example for git:acme\/integrations at 2026-05-01T00:00:00Z.* at revision 0/,
    )
    expect(await store.load([support.address])).toEqual(new Map())
    expect(await store.audit({})).toHaveLength(2)
  })

  test('of two writers at one revision exactly one commits', async () => {
    const place = await world()
    const stores = [await place.open(), await place.open()]
    const attempts = stores.flatMap((store, index) =>
      [0, 1, 2].map(async number => store.write(batch({ puts: [put(integration(`by-${index}-${number}`))] }))),
    )
    const outcomes = await Promise.allSettled(attempts)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const reasons = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? outcome.reason : []))
    for (const reason of reasons) expect(reason).toBeInstanceOf(StaleState)
    expect(await stores[0]?.list({})).toHaveLength(1)
    expect(await stores[1]?.verifyAudit()).toMatchObject({ kind: 'intact', records: 2 })
  })

  test('a batch that fails in its middle leaves nothing behind', async () => {
    const place = await world()
    const store = await place.open()
    await store.write(batch({ puts: [put(jira)] }))
    const twice = store.write(batch({ expectedRevision: 1, puts: [put(support), put(support)] }))
    await expect(twice).rejects.toThrow(/each address once/)
    expect(await store.list({})).toHaveLength(1)
    expect(await store.position(OWNER)).toMatchObject({ revision: 1 })
    await store.write(batch({ expectedRevision: 1, puts: [put(support)] }))
    expect(await store.verifyAudit()).toMatchObject({ kind: 'intact', records: 4 })
  })

  test('a reader sees committed writes only', async () => {
    const store = await (await world()).open()
    const seen: number[] = []
    const many = Array.from({ length: 600 }, (_, index) => put(integration(`i-${index}`)))
    const writing = store.write(batch({ puts: many }))
    for (let look = 0; look < 20; look++) seen.push((await store.heads(OWNER, [])).size)
    await writing
    seen.push((await store.heads(OWNER, [])).size)
    expect(seen.filter(size => size !== 0 && size !== 600)).toEqual([])
    expect(seen.at(-1)).toBe(600)
  })
})

describe.each(ENGINES)('turns on $name', ({ world }) => {
  const AT = '2026-03-04T05:06:07Z'

  test('go up, each by its name, and are seen by every process', async () => {
    const place = await world()
    const [one, other] = [await place.open(), await place.open()]
    expect(await one.fence('cluster:prod', 'a', AT)).toEqual({ name: 'cluster:prod', epoch: 1 })
    expect(await other.fence('cluster:prod', 'b', AT)).toEqual({ name: 'cluster:prod', epoch: 2 })
    expect(await other.fence('cluster:test', 'b', AT)).toEqual({ name: 'cluster:test', epoch: 1 })
  })

  test('let only the newest holder write, and who holds none', async () => {
    const store = await (await world()).open()
    const old = await store.fence('cluster:prod', 'a', AT)
    const now = await store.fence('cluster:prod', 'b', AT)
    const late = store.write(batch({ puts: [put(jira)], fence: old }))
    await expect(late).rejects.toThrow(Fenced)
    await expect(late).rejects.toThrow('taken over by b at 2026-03-04T05:06:07Z')
    expect(await store.list({})).toEqual([])
    expect(await store.write(batch({ puts: [put(jira)], fence: now }))).toEqual({ revision: 1 })
    expect(await store.write(batch({ expectedRevision: 1, puts: [put(support)] }))).toEqual({ revision: 2 })
  })

  test('create a store that does not exist yet', async () => {
    const place = await world()
    const fence = await (await place.open({ create: false })).fence('cluster:prod', 'a', AT)
    const store = await place.open()
    expect(await store.write(batch({ puts: [put(jira)], fence }))).toEqual({ revision: 1 })
  })
})

describe.each(ENGINES)('a store that does not exist yet on $name', ({ world }) => {
  test('reads as empty and creates nothing', async () => {
    const place = await world()
    const store = await place.open({ create: false })
    expect(await store.position(OWNER)).toEqual({ revision: 0, ownerRevision: 0, limits: undefined })
    expect(await store.heads(OWNER, [jira.address])).toEqual(new Map())
    expect(await store.list({})).toEqual([])
    expect(await store.owners('')).toEqual([])
    expect(await store.audit({})).toEqual([])
    expect(await store.verifyAudit()).toEqual({ kind: 'intact', records: 0, head: '' })
    const [one, other] = [values({ token: 'a' }), values({ token: 'b' })]
    expect(store.fingerprint('credential/acme/bot', one)).toBe(store.fingerprint('credential/acme/bot', one))
    expect(store.fingerprint('credential/acme/bot', one)).not.toBe(store.fingerprint('credential/acme/bot', other))
    expect(await store.write(batch({}))).toEqual({ revision: 0 })
    await store.close()
    expect(await (await place.open({ create: false })).position(OWNER)).toMatchObject({ revision: 0 })
  })

  test('is created by the first write, with fingerprints that last', async () => {
    const place = await world()
    const store = await place.open({ create: false })
    const secrets = values({ token: 'first' })
    const passing = store.fingerprint('credential/acme/bot', secrets)
    const bot = credential('bot')
    const planned = { ...bot, secret: { ...bot.secret, fingerprint: passing } }
    expect(await store.write(batch({ puts: [put(planned, 'create', secrets)] }))).toEqual({ revision: 1 })
    const lasting = store.fingerprint('credential/acme/bot', secrets)
    expect((await store.heads(OWNER, [])).get(bot.address)?.secret?.fingerprint).toBe(lasting)
    await store.close()
    const again = await place.open({ create: false })
    expect(again.fingerprint('credential/acme/bot', secrets)).toBe(lasting)
    expect(await again.list({})).toHaveLength(1)
  })

  test('refuses a first write when somebody else made one meanwhile', async () => {
    const place = await world()
    const [slow, fast] = [await place.open({ create: false }), await place.open({ create: false })]
    await fast.write(batch({ puts: [put(jira)] }))
    await expect(slow.write(batch({ puts: [put(support)] }))).rejects.toThrow(StaleState)
    expect(await slow.list({})).toHaveLength(1)
  })

  test('may be created by several at once', async () => {
    const place = await world()
    const stores = await Promise.all(Array.from({ length: 6 }, async () => place.open()))
    const prints = stores.map(store => store.fingerprint('credential/acme/bot', values({ token: 'same' })))
    expect(new Set(prints).size).toBe(1)
  })
})
