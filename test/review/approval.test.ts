/** What a reviewer approved is what is applied: the digest of a review is the digest of the plan of the same change. */
import { cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, tenon, THROWAWAY_KEY, type Ran } from '../support/tenon.ts'
import { layStory, STORY_NAMES } from './laid.ts'

const env = { SOPS_AGE_KEY_FILE: THROWAWAY_KEY }
const ANOTHER = `sha256:${'0'.repeat(64)}`

interface World {
  readonly digest: string
  readonly apply: (...more: readonly string[]) => Promise<Ran>
}

/** A store that holds the state before the change, with the files as they are after it. */
async function merged(name: string): Promise<World | undefined> {
  const cwd = temporaryFolder()
  layStory(name, cwd)
  const reviewed = await tenon(['review', '--base', './before', '--head', './after', '-o', 'json'], { cwd })
  if (reviewed.code === 3) return undefined
  cpSync(path.join(cwd, 'before'), path.join(cwd, 'in'), { recursive: true })
  const applied = await tenon(['apply', '--yes', '-q', '-f', 'in'], { cwd, env })
  expect(applied.code, applied.stderr).toBe(0)
  rmSync(path.join(cwd, 'in'), { recursive: true })
  cpSync(path.join(cwd, 'after'), path.join(cwd, 'in'), { recursive: true })
  const flags = ['--prune', '--max-deletes', '100', '--max-delete-percent', '100', '--force', 'in-use']
  const replace = ['--replace', 'integration/acme/tickets']
  return {
    digest: (JSON.parse(reviewed.stdout) as { digest: string }).digest,
    apply: (...more) =>
      tenon(['apply', '--yes', '-f', 'in', ...flags, ...replace, ...more, '-o', 'json'], { cwd, env }),
  }
}

function rulesOf({ stdout }: Ran): readonly string[] {
  return (JSON.parse(stdout) as { refusals: { rule: string }[] }).refusals.map(({ rule }) => rule)
}

describe('an approval binds what is applied', () => {
  test.each(STORY_NAMES)('%s', async name => {
    const world = await merged(name)
    if (world === undefined) return
    const plan = await world.apply('--approved', ANOTHER)
    const said = JSON.parse(plan.stdout) as { review?: { digest: string } }
    if (said.review !== undefined) expect(said.review.digest).toBe(world.digest)
    const approved = await world.apply('--approved', world.digest)
    expect(rulesOf(approved)).not.toContain('not-approved')
    expect(approved.code, approved.stdout).toBe(rulesOf(approved).length === 0 ? 0 : 4)
  })

  test('another change is refused, and says which one it is', async () => {
    const world = await merged('02-nobody-is-asked-any-more')
    const refused = await world!.apply('--approved', ANOTHER)
    expect(refused.code).toBe(4)
    expect(rulesOf(refused)).toEqual(['not-approved'])
    expect(refused.stdout).toContain(world!.digest)
  })

  test('a digest that is none is wrong usage', async () => {
    const world = await merged('02-nobody-is-asked-any-more')
    await expect(world!.apply('--approved', 'yes')).resolves.toMatchObject({ code: 64 })
  })
})
