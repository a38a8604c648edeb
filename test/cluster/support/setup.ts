/** Starts one cluster for the whole run of the cluster tests, with a PostgreSQL server beside it, and ends both. */
import type { TestProject } from 'vitest/node'
import setupPostgres from '../../support/postgres.ts'
import { findAssets, HOW_TO_GET, missingAssets } from './assets.ts'
import { startControlPlane, type Connection } from './control-plane.ts'
import { openWorld } from './world.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster of the run; null where its programs are missing. */
    cluster: Connection | null
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = missingAssets()
  if (missing.length > 0) return leaveOut(project, missing)
  const stopPostgres = await setupPostgres(project)
  const plane = await startControlPlane(findAssets()).catch(async (error: unknown) => {
    await stopPostgres()
    throw error
  })
  const stop = async (): Promise<void> => {
    await plane.stop()
    await stopPostgres()
  }
  project.provide('cluster', plane.connection)
  await prepare(plane.connection).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return stop
}

async function prepare(connection: Connection): Promise<void> {
  const world = openWorld(connection)
  try {
    await world.installCrds()
  } finally {
    await world.end()
  }
}

function leaveOut({ provide }: TestProject, missing: readonly string[]): () => Promise<void> {
  const message = `The cluster tests are left out: no ${missing.join(', ')}. To get them: ${HOW_TO_GET}.`
  if (process.env['CI']) throw new Error(message)
  console.warn(message)
  provide('cluster', null)
  provide('postgres', '')
  return async () => {}
}
