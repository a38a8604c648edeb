/**
 * Measures the operator against a real API server: `npm run bench:cluster`, or some parts of it by name, such as
 * `npm run bench:cluster -- change`. Everything runs on this machine: the API server and etcd share its cores with what
 * is measured.
 */
import { startControlPlane } from '../support/control-plane.ts'
import { findAssets, HOW_TO_GET, missingAssets } from '../support/assets.ts'
import { openWorld, type World } from '../support/world.ts'
import { at } from './at-once.ts'
import { change } from './change.ts'
import { idle } from './idle.ts'
import { restart } from './restart.ts'

export type Part = (world: World) => Promise<readonly Figure[]>

export interface Figure {
  readonly what: string
  readonly measured: string
  readonly limit: string
  readonly holds: boolean
}

const PARTS: Readonly<Record<string, Part>> = { at, idle, change, restart }

const missing = missingAssets()
if (missing.length > 0) throw new Error(`no ${missing.join(', ')}; to get them: ${HOW_TO_GET}`)

const wanted = process.argv.slice(2)
const plane = await startControlPlane(findAssets())
try {
  const setUp = openWorld(plane.connection)
  await setUp.installCrds()
  for (const [name, part] of Object.entries(PARTS))
    if (wanted.length === 0 || wanted.includes(name)) await measure(name, part)
} finally {
  await plane.stop()
}

async function measure(name: string, part: Part): Promise<void> {
  const world = openWorld(plane.connection)
  console.log(`\n${name}`)
  try {
    for (const { what, measured, limit, holds } of await part(world))
      console.log(`  ${holds ? 'ok  ' : 'MISS'} ${what}: ${measured} (limit ${limit})`)
  } finally {
    await world.end()
  }
}
