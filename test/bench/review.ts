/**
 * What a comparison of two states of a very large company takes: `node test/bench/review.ts [CASE]`. Each case runs in a
 * process of its own, whose peak memory holds both states and all that the comparison says; making the states, which
 * stands for reading files, is not timed.
 */
import { spawnSync } from 'node:child_process'
import type { World } from '../../src/access/consequences.ts'
import type { AccessFinding } from '../../src/model/finding.ts'
import { affectedIntegrations, changedResources, referrersIn } from '../../src/review/changed.ts'
import { review, type ReviewInput } from '../../src/review/review.ts'
import { FLAGS } from './measure.ts'
import { person, reviewWorld, SIZE, type Edit, type ReviewWorld } from './review-world.ts'

export interface ReviewFigures {
  readonly seconds: number
  /** Of processors: what it takes where nothing else runs is between this and `seconds`. */
  readonly cpuSeconds: number
  /** Peak resident memory of the process, and what it had before the comparison began. */
  readonly megabytes: number
  readonly megabytesBefore: number
  /** Integrations compared, merged rows, all findings, and cells that differ. */
  readonly compared: number
  readonly rows: number
  readonly findings: number
  readonly cells: number
}

interface Case {
  readonly name: string
  /** `undefined`: there was nothing before. */
  readonly edit: Edit | undefined
  readonly limits: { readonly seconds?: number; readonly megabytes?: number }
}

const JOINING = [person(SIZE.people)]

export const REVIEW_CASES: readonly Case[] = [
  { name: 'nothing', edit: {}, limits: {} },
  { name: 'one person added to a small group', edit: { joins: new Map([[SIZE.groups - 1, JOINING]]) }, limits: {} },
  {
    name: 'one person added to a widely used group',
    edit: { joins: new Map([[0, JOINING]]) },
    limits: { seconds: 1.5 },
  },
  { name: '40 operations added to one document', edit: { addedOperations: 40 }, limits: { seconds: 0.5 } },
  { name: '200 integrations get a group', edit: { regranted: 200 }, limits: { seconds: 3 } },
  { name: '20 permission sets rewritten', edit: { rewritten: 20 }, limits: {} },
  {
    name: 'every integration gets a group',
    edit: { regranted: SIZE.integrations },
    limits: { seconds: 20, megabytes: 1000 },
  },
  { name: 'first adoption', edit: undefined, limits: {} },
]

/** Measures one case in a process of its own. */
export function benchReview(name: string): ReviewFigures {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, import.meta.filename, '--case', name], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`review, ${name}: ${stderr.slice(0, 2000)}`)
  return JSON.parse(stdout) as ReviewFigures
}

const NOTHING: ReviewWorld = { state: new Map(), tables: new Map() }

/** The whole review: rows, causes, what stands beside the cells, order, totals and digest. */
function measure({ edit }: Case): ReviewFigures {
  const before = edit === undefined ? NOTHING : reviewWorld()
  const after = reviewWorld(edit, before)
  const megabytesBefore = peakMegabytes()
  const start = performance.now()
  const cpu = process.cpuUsage()
  const changes = changedResources(before.state, after.state)
  const affected = affectedIntegrations(changes, [before.state, after.state])
  const { findings } = review(inputOf({ before, after }, changes, affected))
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const rows = findings.filter(finding => finding.kind === 'access')
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    megabytes: peakMegabytes(),
    megabytesBefore,
    compared: affected.length,
    rows: rows.length,
    findings: findings.length,
    cells: rows.reduce((sum, row) => sum + cellsOf(row), 0),
  }
}

interface Worlds {
  readonly before: ReviewWorld
  readonly after: ReviewWorld
}

function inputOf(worlds: Worlds, changes: ReviewInput['changes'], affected: ReviewInput['affected']): ReviewInput {
  const users = { before: referrersIn(worlds.before.state), after: referrersIn(worlds.after.state) }
  const guards = { owner: undefined, requireBinding: false, limits: undefined, lock: undefined }
  return {
    changes,
    affected,
    before: worldOf(worlds.before),
    after: worldOf(worlds.after),
    sealed: { before: new Map(), after: new Map() },
    usedBy: (side, address) => users[side](address),
    lineOf: (side, address) => ({ side, file: address, line: 1 }),
    hasValues: true,
    guards: { before: guards, after: guards },
  }
}

function worldOf({ state, tables }: ReviewWorld): World {
  return { find: address => state.get(address), table: digest => tables.get(digest) }
}

function cellsOf({ who, operations, integrations }: AccessFinding): number {
  return (who.kind === 'people' ? who.people.length : 1) * operations.length * integrations.length
}

function peakMegabytes(): number {
  return process.resourceUsage().maxRSS / 1024
}

if (import.meta.main) {
  const [first, name] = process.argv.slice(2)
  const chosen = REVIEW_CASES.find(each => each.name === name)
  if (first === '--case' && chosen !== undefined) process.stdout.write(JSON.stringify(measure(chosen)))
  else {
    const cases = REVIEW_CASES.filter(each => each.name.includes(first ?? ''))
    for (const each of cases) console.log(each.name, benchReview(each.name))
  }
}
