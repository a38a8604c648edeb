import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gitWorld, ours, reading, type GitWorld } from './git-world.ts'

const FILES = 10_000
const CHANGED = 10

let world: GitWorld

beforeAll(() => {
  world = gitWorld()
  world.init('r')
  for (let index = 0; index < FILES; index++) write(index, ours(`n${index}`))
  world.commit('r')
  world.git('r', 'checkout', '--quiet', '-b', 'feature')
  for (let index = 0; index < CHANGED; index++) write(index * 7, ours(`n${index * 7}`, ', members: [x]'))
  world.commit('r')
}, 120_000)

afterAll(() => world.remove())

function write(index: number, text: string): void {
  const folder = path.join(world.folder, 'r', `${index % 100}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, `${index}.yaml`), text)
}

test.each(['loose', 'packed'])(
  '10,000 %s files of which 10 differ are read once',
  async how => {
    if (how === 'packed') world.git('r', 'gc', '--quiet')
    const open = await reading(world, 'r')
    try {
      const start = performance.now()
      const [before, after] = await open.read(['main', ['main', 'feature']])
      const took = performance.now() - start
      const shared = new Set(before!.documents)
      expect([before!.documents.length, after!.documents.length]).toEqual([FILES, FILES])
      expect(after!.documents.filter(document => !shared.has(document))).toHaveLength(CHANGED)
      // About 0.3 s alone on two cores; several times that is still no second reading of everything.
      expect(took).toBeLessThan(5000)
    } finally {
      await open.close()
    }
  },
  60_000,
)
