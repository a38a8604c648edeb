/**
 * What a comparison of two states of a very large company takes: `node test/bench/review.ts [CASE]`. Each case runs in a
 * process of its own, whose peak memory holds both states and all that the comparison says; making the states, which
 * stands for reading files, is not timed.
 */
import { spawnSync } from 'node:child_process'
import { differences, type World } from '../../src/access/consequences.ts'
import type { AccessStep } from '../../src/access/compare.ts'
import { affectedIntegrations, changedResources } from '../../src/review/changed.ts'
import { accessRows } from '../../src/review/rows.ts'
import { FLAGS } from './measure.ts'
import { person, reviewWorld, SIZE, type Edit, type ReviewWorld } from './review-world.ts'

export interface ReviewFigures {
  readonly seconds: number
  /** Of processors: what it takes where nothing else runs is between this and `seconds`. */
  readonly cpuSeconds: number
  /** Peak resident memory of the process, and what it had before the comparison began. */
  readonly megabytes: number
  readonly megabytesBefore: number
  /** Integrations compared, those that differ, merged rows, and cells that differ. */
  readonly compared: number
  readonly differing: number
  readonly rows: number
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

function measure({ edit }: Case): ReviewFigures {
  const before = edit === undefined ? NOTHING : reviewWorld()
  const after = reviewWorld(edit, before)
  const megabytesBefore = peakMegabytes()
  const start = performance.now()
  const cpu = process.cpuUsage()
  const changes = changedResources(before.state, after.state)
  const affected = affectedIntegrations(changes, [before.state, after.state])
  const found = differences(affected, worldOf(before), worldOf(after))
  const rows = accessRows(found)
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const cells = found.flatMap(({ steps }) => steps).reduce((sum, step) => sum + cellsOf(step), 0)
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    megabytes: peakMegabytes(),
    megabytesBefore,
    compared: affected.length,
    differing: found.length,
    rows: rows.length,
    cells,
  }
}

function worldOf({ state, tables }: ReviewWorld): World {
  return { find: address => state.get(address), table: digest => tables.get(digest) }
}

function cellsOf({ who, operations }: AccessStep): number {
  return (who.kind === 'people' ? who.people.length : 1) * operations.length
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
