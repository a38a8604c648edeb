import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openStore } from '../../src/store/open.ts'
import { start, type Child } from './children/children.ts'
import { OWNER, revealed } from './samples.ts'
import { temporaryFolder } from '../support/tenon.ts'
import { embeddedWorld, ENGINES, type World, writeKey } from './worlds.ts'

describe.each(ENGINES)('processes on one store on $name', ({ world }) => {
  test('two processes × 300 read-modify-writes lose none', { timeout: 120_000 }, async () => {
    const place = await world()
    const store = await place.open()
    const children = [0, 1].map(() => start('count', [place.url, place.keyFile, '300']))
    for (const child of children) expect([await child.end, child.complaint()]).toEqual([0, ''])
    const [counter] = await store.list({})
    expect(counter?.resource.spec).toMatchObject({ title: '600' })
    expect(await store.position(OWNER)).toMatchObject({ revision: 600 })
    expect(await store.verifyAudit()).toMatchObject({ kind: 'intact', records: 1200 })
  })

  test('several processes that start first at once make one store', { timeout: 60_000 }, async () => {
    const place = await world()
    // The embedded store also makes its key.
    const keyFile = place.url.startsWith('postgres') ? place.keyFile : ''
    const children = Array.from({ length: 5 }, () => start('open', [place.url, keyFile]))
    for (const child of children) expect([await child.end, child.complaint()]).toEqual([0, ''])
    const prints = children.flatMap(child => child.lines)
    expect(prints).toHaveLength(5)
    expect(new Set(prints).size).toBe(1)
  })

  test('killed at any moment, a store is as before or as after a write', { timeout: 240_000 }, async () => {
    const kills = world === embeddedWorld ? 30 : 10
    let place = await world()
    let reached = 0
    let most = 0
    for (let kill = 0; kill < kills; kill++) {
      // Every third one begins anew and is killed soon, so that the creation of the store is interrupted as well.
      const anew = kill % 3 === 0
      if (anew) place = await world()
      const keyFile = place.url.startsWith('postgres') ? place.keyFile : ''
      const child = start('write', [place.url, keyFile, String(process.pid)])
      if (!anew) await firstLine(child)
      await sleep(randomInt(anew ? 400 : 60))
      child.process.kill('SIGKILL')
      expect([await child.end, child.complaint()]).toEqual(['SIGKILL', ''])
      await lastCommitMade(place)
      reached = await checkWhole(place, keyFile, Math.max(anew ? 0 : reached, Number(child.lines.at(-1) ?? 0)))
      most = Math.max(most, reached)
    }
    expect(most).toBeGreaterThan(kills / 3)
  })
})

async function firstLine({ lines }: Child): Promise<void> {
  while (lines.length === 0) await sleep(5)
}

/** A server may still be carrying out what a client that is gone had sent. */
async function lastCommitMade(place: World): Promise<void> {
  if (!place.url.startsWith('postgres')) return
  const text = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
  while ((await place.tamper(text)).length > 0) await sleep(5)
}

/** The store holds one whole revision, not older than the last one reported; its number. */
async function checkWhole(place: World, keyFile: string, reported: number): Promise<number> {
  const store = await openStore({
    url: place.url,
    keyFile: keyFile === '' ? undefined : keyFile,
    create: true,
    notice: () => {},
  })
  try {
    const { revision } = await store.position(OWNER)
    expect(revision).toBeGreaterThanOrEqual(reported)
    const rows = await store.list({})
    const texts = rows.map(({ resource }) => (resource.kind === 'accessGroup' ? resource.spec.displayName : 'bot'))
    const whole = revision === 0 ? [] : ['bot', ...Array.from({ length: 39 }, () => `revision ${revision}`)]
    expect(texts.toSorted()).toEqual(whole)
    const opened = await store.open(['credential/acme/bot'])
    expect(revealed(opened.get('credential/acme/bot'))).toEqual(revision === 0 ? {} : { token: `revision ${revision}` })
    expect(await store.verifyAudit()).toMatchObject({ kind: 'intact', records: revision * 41 })
    return revision
  } finally {
    await store.close()
  }
}

interface Filled {
  readonly revision: number
  readonly code: string
  readonly message: string
  readonly rows: number
}

// A real full disk: a file system of 1 MiB in a mount namespace of its own, where the kernel lets users make one.
const UNSHARE = ['--user', '--map-root-user', '--mount']
const MOUNT = [...UNSHARE, 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"']
const mountable = spawnSync('unshare', [...MOUNT, tmpdir(), 'true']).status === 0

describe('an embedded store that cannot grow', () => {
  test.skipIf(!mountable)('on a full disk says so and keeps the last revision', async () => {
    const folder = temporaryFolder()
    const disk = path.join(folder, 'disk')
    mkdirSync(disk)
    writeKey(path.join(folder, 'key'), 'first')
    const child = start('fill', [path.join(disk, 'store'), path.join(folder, 'key')], ['unshare', ...MOUNT, disk])
    expect([await child.end, child.complaint()]).toEqual([0, ''])
    const { revision, code, message, rows }: Filled = JSON.parse(child.lines.join(''))
    expect(code).toBe('store-full')
    expect(message).toMatch(/the disk is full/)
    expect(revision).toBeGreaterThan(0)
    expect(rows).toBe(revision * 100)
  })

  test('over a limit of file size says that the disk refused, and goes on from the last revision', async () => {
    const place = await embeddedWorld()
    // In blocks of 512 bytes or 1 KiB, as the shell has it.
    const child = start('fill', [place.url, place.keyFile], ['sh', '-c', 'ulimit -f 1000; exec "$0" "$@"'])
    expect([await child.end, child.complaint()]).toEqual([0, ''])
    const { revision, code, rows }: Filled = JSON.parse(child.lines.join(''))
    expect(code).toBe('store-io')
    expect(rows).toBe(revision * 100)
    const store = await place.open()
    expect(await store.position(OWNER)).toMatchObject({ revision })
    expect(await store.verifyAudit()).toMatchObject({ kind: 'intact', records: revision * 101 })
  })
})
