import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ran } from '../support/tenon.ts'
import { hooks } from './files.ts'
import { CI, ciWorld, type CiWorld, type Project } from './world.ts'

let world: CiWorld
let project: Project

/** A clone whose branch `feature` has commits that its remote has not. */
beforeEach(() => {
  world = ciWorld()
  project = world.project('12-the-same-key-for-a-new-host', 'origin')
  world.git('origin', 'branch', '--quiet', 'at-base', project.base)
  world.git('.', 'clone', '--quiet', world.at('origin'), world.at('clone'))
  world.git('clone', 'checkout', '--quiet', '-b', 'work', project.head)
})

afterEach(() => {
  world.remove()
})

const hook = (id: string) => hooks.find(candidate => candidate.id === id)!

/** As pre-commit does it: a script by its path in the repository of hooks, and then the arguments. */
async function pushed(env: Readonly<Record<string, string>> = {}, args = hook('tenon-review').args): Promise<Ran> {
  const script = readFileSync(path.join(CI, 'pre-commit', hook('tenon-review').entry), 'utf8')
  return world.run(script, { cwd: world.at('clone'), env, shell: 'none', args })
}

describe('the review of what is pushed', () => {
  const GATE = ['integrations', '--fail-on=high']

  test('says what changes, and lets it be pushed', async () => {
    const range = { PRE_COMMIT_FROM_REF: project.base, PRE_COMMIT_TO_REF: project.head }
    const { code, stdout, stderr } = await pushed(range)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('is sent to a new host')
    expect(await pushed(range, GATE)).toMatchObject({ code: 4, stdout: expect.stringContaining('BLOCKED') })
  })

  test('is about the commits that pre-commit names, whatever is checked out', async () => {
    const nothing = { PRE_COMMIT_FROM_REF: project.head, PRE_COMMIT_TO_REF: project.head }
    expect((await pushed(nothing, GATE)).code).toBe(0)
    world.git('clone', 'checkout', '--quiet', 'main')
    const range = { PRE_COMMIT_FROM_REF: project.base, PRE_COMMIT_TO_REF: project.head }
    expect((await pushed(range, GATE)).code).toBe(4)
  })

  test('is held against the upstream branch where pre-commit names nothing, or what is not there', async () => {
    world.git('clone', 'branch', '--quiet', '--set-upstream-to=origin/at-base')
    expect((await pushed({}, GATE)).code).toBe(4)
    const unknown = { PRE_COMMIT_FROM_REF: 'f'.repeat(40), PRE_COMMIT_TO_REF: project.head }
    expect((await pushed(unknown, GATE)).code).toBe(4)
    world.git('clone', 'branch', '--quiet', '--set-upstream-to=origin/feature')
    expect((await pushed({}, GATE)).code).toBe(0)
  })

  test('is held against the default branch of origin where there is no upstream', async () => {
    expect((await pushed({}, GATE)).code).toBe(4)
  })

  test('is refused where the remote has branches but none of them is to be compared with', async () => {
    world.git('clone', 'remote', 'set-head', 'origin', '--delete')
    const { code, stderr } = await pushed()
    expect(code).toBe(3)
    expect(stderr).toContain('git branch --set-upstream-to=')
  })

  test('lets the first push of all pass', async () => {
    world.git('clone', 'remote', 'remove', 'origin')
    expect(await pushed()).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing yet') })
  })

  test('looks at the folder that is given, and is never green for one that is not there', async () => {
    expect((await pushed({}, ['elsewhere', '--fail-on=none'])).code).toBe(3)
  })
})

describe('the validation of what is committed', () => {
  async function committed(): Promise<Ran> {
    const { entry, args } = hook('tenon-validate')
    return world.run(`${entry} "$@"`, { cwd: world.at('clone'), args })
  }

  test('is silent about what is valid', async () => {
    expect(await committed()).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('says what is not', async () => {
    rmSync(world.at('clone/integrations/groups.yaml'))
    expect(await committed()).toMatchObject({ code: 3, stderr: expect.stringContaining('support') })
  })
})
