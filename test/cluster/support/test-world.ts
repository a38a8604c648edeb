/** Worlds for tests: they end with the test, or with the file. */
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest'
import { openWorld, type World } from './world.ts'

/** What this run of the cluster tests has besides a cluster. */
export const HAS = {
  postgres: inject('postgres') !== '',
  controllers: inject('cluster')?.assets.controllerManager !== undefined,
  helm: inject('cluster')?.assets.helm !== undefined,
  helm3: inject('cluster')?.assets.helm3 !== undefined,
}

/** The world of one test. */
export function testWorld(): World {
  const world = open()
  onTestFinished(async () => world.end())
  return world
}

/** One world for all tests of a file, or of the group in which this is called. It is there from the first hook on. */
export function sharedWorld(): World {
  const shared: { world?: World } = {}
  beforeAll(() => {
    shared.world = open()
  })
  afterAll(async () => shared.world?.end())
  return new Proxy({} as World, {
    get(_, property) {
      if (shared.world === undefined) throw new Error('a shared world is there within tests and hooks only')
      return shared.world[property as keyof World]
    },
  })
}

function open(): World {
  const connection = inject('cluster')
  if (connection === null) throw new Error('there is no cluster')
  return openWorld(connection, inject('postgres'))
}
