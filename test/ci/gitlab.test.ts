import { readdirSync, readFileSync, statSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL } from './action-run.ts'
import { gitServer } from './git-server.ts'
import { JOB, reviewed, script, served } from './gitlab-run.ts'
import { ciWorld, textOf, type CiWorld } from './world.ts'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
})

afterEach(() => {
  world.remove()
})

describe('a merge request', () => {
  test.each([
    { story: '01-only-formatting', code: 0, heading: 'passed', shell: 'gitlab' },
    { story: '12-the-same-key-for-a-new-host', code: 4, heading: 'BLOCKED', shell: 'gitlab' },
    { story: '12-the-same-key-for-a-new-host', code: 4, heading: 'BLOCKED', shell: 'sh' },
  ] as const)('$story in $shell: exit code $code', async ({ story, code, heading, shell }) => {
    const project = served(world, story)
    const { comment, files, ...ran } = await reviewed(world, project, { shell })
    expect(ran).toMatchObject({ code, stderr: '' })
    expect(files).toEqual(ALL)
    expect(comment).toContain(`## Access review: ${heading}`)
    expect(comment).toContain(
      `\`refs/heads/main@${project.base.slice(0, 9)}\` → merge of \`${project.head.slice(0, 9)}\``,
    )
    expect(ran.stdout).toContain(heading === 'passed' ? 'passed' : 'BLOCKED: The same key')
  })

  test('fills the reports that the job names, with paths from the top of the repository', async () => {
    const project = served(world, '12-the-same-key-for-a-new-host')
    await reviewed(world, project)
    const { reports } = JOB['artifacts'] as { reports: Record<string, string> }
    expect(Object.keys(reports).toSorted()).toEqual(['codequality', 'junit'])
    const [entry] = JSON.parse(textOf(world.at('build', reports['codequality']!)))
    expect(entry.location).toEqual({ path: 'integrations/services/billing.yaml', lines: { begin: 9 } })
    expect(entry.severity).toBe('critical')
    expect(textOf(world.at('build', reports['junit']!))).toContain('<failure')
  })

  test('is the commit that the pipeline is about, also where it is merged already, or a push came after it', async () => {
    const project = served(world, '12-the-same-key-for-a-new-host')
    world.git('fork', 'checkout', '--quiet', 'feature')
    world.git('fork', 'checkout', 'main', '--', 'integrations')
    world.commit('fork')
    world.git('fork', 'push', '--quiet', world.at('served/acme/integrations.git'), 'feature:refs/merge-requests/7/head')
    expect(await reviewed(world, project)).toMatchObject({ code: 4 })
    const merged = { ...project, head: 'e'.repeat(40) }
    expect(await reviewed(world, merged, { env: { CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: project.head } })).toMatchObject({
      code: 4,
    })
  })

  test('takes its inputs', async () => {
    const project = served(world, '12-the-same-key-for-a-new-host')
    const inputs = { 'fail-on': 'none', environment: 'prod', arguments: '--detailed-exitcode --strict' }
    const { code, comment, files } = await reviewed(world, project, { inputs })
    expect({ code, files }).toEqual({ code: 0, files: ALL })
    expect(comment).toContain('<!-- tenon-review v1 env=prod digest=sha256:')
  })

  test('cannot set a flag by a variable of the job, and none reaches Tenon', async () => {
    const project = served(world, '12-the-same-key-for-a-new-host')
    const env = { TENON_FAIL_ON: 'none', TENON_APPROVED: 'x', NODE_OPTIONS: '--require=/nowhere.js' }
    expect(await reviewed(world, project, { env })).toMatchObject({ code: 4 })
    world.program('tenon', '#!/bin/sh\nenv\n')
    const { stdout } = await reviewed(world, project, { env })
    const names = stdout.split('\n').flatMap(line => /^(\w+)=/.exec(line)?.[1] ?? [])
    expect(names.toSorted().filter(name => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual(['HOME', 'PATH'])
  })

  test('does not work with what an earlier job left', async () => {
    const project = served(world, '01-only-formatting')
    world.write('build/tenon-review/old.json', 'old')
    world.write('build/.git/config', '[core]\nfsmonitor = "touch ran"\n')
    const { code, files } = await reviewed(world, project)
    expect({ code, files }).toEqual({ code: 0, files: ALL })
    expect(readdirSync(world.at('build')).toSorted()).toEqual(['.git', 'left-over', 'tenon-review'])
  })

  test('leaves the token of the job nowhere', async () => {
    const project = served(world, '01-only-formatting')
    const server = await gitServer(world.at('served'), 'gitlab-ci-token:glcbt-secret')
    const url = `${server.url.replace('//', '//gitlab-ci-token:glcbt-secret@')}/acme/integrations.git`
    const { code, stderr } = await reviewed(world, project, { env: { CI_REPOSITORY_URL: url } })
    await server.close()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const written = [...filesIn('tmp'), ...filesIn('build'), ...filesIn('home')]
    expect(written.some(file => file.endsWith('FETCH_HEAD'))).toBe(true)
    expect(written.filter(file => readFileSync(file).includes('glcbt-secret'))).toEqual([])
  })

  function filesIn(folder: string): string[] {
    return readdirSync(world.at(folder), { recursive: true })
      .map(name => world.at(folder, String(name)))
      .filter(file => statSync(file).isFile())
  }
})

test('the version that is asked for is installed, and nothing that a package brings along is run', async () => {
  world.program('npm', '#!/bin/sh\nprintf "%s\\n" "$@"\n')
  const lines = script({ version: '1.2.3' }).split('\n')
  const install = lines.filter(line => line.includes('npm'))
  expect(install).toHaveLength(1)
  const { stdout } = await world.run(install.join('\n'), { cwd: world.folder, shell: 'gitlab' })
  expect(stdout.trim().split('\n').slice(-1)).toEqual(['tenon@1.2.3'])
  expect(stdout).toContain('--ignore-scripts')
  world.program('npm', '#!/bin/sh\nexit 1\n')
  expect((await world.run(install.join('\n'), { cwd: world.folder, shell: 'gitlab' })).code).toBe(1)
})
