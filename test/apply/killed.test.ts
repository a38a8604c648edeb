/** An apply that is killed with SIGKILL leaves the old state or the new one, audit log included. */
import { spawn } from 'node:child_process'
import { cpSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CONFIG, documents, group, integration, write } from '../support/stories.ts'
import { PROJECT, temporaryFolder, tenon } from '../support/tenon.ts'

const APPLY = ['apply', '-f', 'src', '--yes', '-q']
const COUNT = 300
/** Points spread over the whole run, and points close to the moment at which the database is written. */
const BY_TIME = 15
const BY_WRITE = 25

function source(effect: string): string {
  const names = Array.from({ length: COUNT }, (_, index) => `i${index}`)
  return documents(group('support', ['ana@acme.example']), ...names.map(name => integration(name, effect)))
}

test(
  `killed at ${BY_TIME} points from start to end, and at ${BY_WRITE} around the commit`,
  { timeout: 300_000 },
  async () => {
    const cwd = temporaryFolder()
    write(cwd, 'src/tenon.yaml', CONFIG)
    write(cwd, 'src/all.yaml', source('allow'))
    expect((await tenon(APPLY, { cwd })).code).toBe(0)
    write(cwd, 'src/all.yaml', source('confirm'))

    await runAndKill(copyOf(cwd), async ended => ended)
    const whole = await runAndKill(copyOf(cwd), async ended => ended)
    const moments = [
      ...Array.from({ length: BY_TIME }, (_, point) => () => sleep((whole * point) / (BY_TIME - 3))),
      ...Array.from(
        { length: BY_WRITE },
        (_, point) => (_ended: Promise<unknown>, here: string) => afterFirstWrite(here, point),
      ),
    ]
    const seen = new Set<string>()
    for (const moment of moments) {
      const here = copyOf(cwd)
      await runAndKill(here, moment)
      seen.add(await stateOf(here))
    }
    seen.add(await stateOf(await applied(copyOf(cwd))))
    expect([...seen].toSorted()).toEqual(['new', 'old'])
  },
)

/** Waits until the write-ahead log grows, and so many milliseconds more. */
async function afterFirstWrite(cwd: string, ms: number): Promise<void> {
  const log = path.join(cwd, '.tenon/store.db-wal')
  const deadline = performance.now() + 20_000
  while ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0 && performance.now() < deadline) await sleep(1)
  await sleep(ms)
}

async function applied(cwd: string): Promise<string> {
  await runAndKill(cwd, async ended => ended)
  return cwd
}

function copyOf(cwd: string): string {
  const copy = temporaryFolder()
  cpSync(cwd, copy, { recursive: true })
  return copy
}

/** Applies in a process of its own, kills it at a moment, and gives how long it ran. */
async function runAndKill(
  cwd: string,
  moment: (ended: Promise<unknown>, cwd: string) => Promise<unknown>,
): Promise<number> {
  const start = performance.now()
  const child = spawn(process.execPath, [path.join(PROJECT, 'src/main.ts'), ...APPLY], { cwd, stdio: 'ignore' })
  const ended = new Promise(resolve => child.once('close', resolve))
  await Promise.race([moment(ended, cwd), ended])
  child.kill('SIGKILL')
  await ended
  return performance.now() - start
}

/** The one state that the store is in, judged by its rows, its answers, its revision and its log. */
async function stateOf(cwd: string): Promise<string> {
  const plan = JSON.parse((await tenon(['plan', '-f', 'src', '-o', 'json'], { cwd })).stdout)
  const { effect } = JSON.parse(
    (await tenon(['can', 'ana@acme.example', 'getIssue', 'acme/i0', '-o', 'json'], { cwd })).stdout,
  )
  const verified = (await tenon(['audit', 'verify'], { cwd })).code
  const { update, unchanged } = plan.summary
  const facts = JSON.stringify({ update, unchanged, revision: plan.storeRevision, effect, verified })
  if (facts === JSON.stringify({ update: COUNT, unchanged: 1, revision: 1, effect: 'allow', verified: 0 })) return 'old'
  if (facts === JSON.stringify({ update: 0, unchanged: COUNT + 1, revision: 2, effect: 'confirm', verified: 0 }))
    return 'new'
  return facts
}
