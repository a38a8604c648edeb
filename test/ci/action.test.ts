import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL, reviewed } from './action-run.ts'
import { action, resolved, step } from './files.ts'
import { commandsIn } from './runner.ts'
import { ciWorld, textOf, type CiWorld } from './world.ts'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
})

afterEach(() => {
  world.remove()
})

const MARK = '<!-- tenon-review v1 env= digest='

describe('a change that could be evaluated', () => {
  test.each([
    { story: '01-only-formatting', code: 0, heading: 'passed. No change of access' },
    { story: '03-who-joins-also-loses', code: 0, heading: 'passed. Nobody gains access.' },
    { story: '12-the-same-key-for-a-new-host', code: 4, heading: 'BLOCKED. The same key' },
    { story: '20-the-guardrail-goes-in-the-same-change', code: 4, heading: 'BLOCKED. ' },
  ])('$story: exit code $code', async ({ story, code, heading }) => {
    const { base, head } = world.project(story)
    const { comment, summary, outputs, files, ...ran } = await reviewed(world, { base, head })
    expect(ran).toMatchObject({ code, stderr: '' })
    expect(outputs).toBe(`exit-code=${code}\n`)
    expect(files).toEqual(ALL)
    expect(comment).toMatch(new RegExp(`^${MARK}sha256:[0-9a-f]{64} -->\n## Access review: ${heading}`))
    expect(summary).toBe(comment)
  })

  test('annotates the lines of the head that cause it, and is in the log as text', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    const { stdout } = await reviewed(world, { base, head })
    const [first, ...more] = commandsIn(stdout)
    expect(more).toEqual([])
    expect(first).toMatchObject({
      name: 'error',
      properties: { file: 'integrations/services/billing.yaml', line: '9' },
    })
    const lines = world.git('project', 'show', `${head}:integrations/services/billing.yaml`).split('\n')
    expect(lines[8]).toContain('billing.acme-eu.example')
    expect(stdout).toContain('BLOCKED: The same key (acme/billing-bot) is sent to a new host')
  })

  test('passes or blocks as `fail-on` says, and goes on with further flags', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    expect(await reviewed(world, { base, head, 'fail-on': 'none' })).toMatchObject({
      code: 0,
      outputs: 'exit-code=0\n',
    })
    const detailed = await reviewed(world, {
      base,
      head,
      'fail-on': 'none',
      arguments: ' --detailed-exitcode  --strict ',
    })
    expect(detailed).toMatchObject({ code: 0, outputs: 'exit-code=2\n', files: ALL })
  })

  test('names the environment in the mark by which its comment is found', async () => {
    const { base, head } = world.project('01-only-formatting')
    const { comment } = await reviewed(world, { base, head, environment: 'prod-eu.2' })
    expect(comment).toMatch(/^<!-- tenon-review v1 env=prod-eu\.2 digest=sha256:/)
  })

  test('is found in a bare repository as in one with a work tree', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    const { comment } = await reviewed(world, { base, head })
    world.git('.', 'clone', '--quiet', '--bare', world.at('project'), world.at('bare.git'))
    expect((await reviewed(world, { base, head, repository: world.at('bare.git') })).comment).toBe(comment)
  })

  test('is compared as merged: what the base got meanwhile is no part of it', async () => {
    const { head } = world.project('01-only-formatting')
    world.write(
      'project/integrations/more.yaml',
      textOf(world.at('project/integrations/groups.yaml')).replaceAll('name: ', 'name: more-'),
    )
    world.commit('project')
    const { comment } = await reviewed(world, { base: 'main', head })
    expect(comment).toContain('passed. No change of access')
  })
})

test('installs the version that is asked for, and runs nothing that a package brings along', async () => {
  world.program('npm', '#!/bin/sh\nprintf "%s\\n" "$@"\n')
  const install = step(action.runs.steps, 'Install Tenon')
  const { code, stdout } = await world.run(install.run, {
    cwd: world.folder,
    env: resolved(install.env, { 'inputs.version': '1.2.3' }),
  })
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toEqual([
    'install',
    '--global',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    'tenon@1.2.3',
  ])
})
