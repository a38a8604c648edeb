import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ran } from '../support/tenon.ts'
import { gitlabInputs, gitlabJobs } from './files.ts'
import { gitServer } from './git-server.ts'
import { ciWorld, textOf, type CiWorld, type Project } from './world.ts'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
})

afterEach(() => {
  world.remove()
})

const JOB = gitlabJobs['tenon-review']!

interface Pipeline {
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly shell?: 'gitlab' | 'sh'
}

interface Reviewed extends Ran {
  readonly files: readonly string[]
  readonly comment: string
}

/** A script with inputs in it, as GitLab puts them there before anything runs: as they stand, or not at all. */
function script(given: Readonly<Record<string, string>>): string {
  return JOB.script.join('\n').replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_all, name: string) => {
    const input = gitlabInputs[name]
    const value = given[name] ?? input?.default
    if (input === undefined || value === undefined) throw new Error(`no input "${name}"`)
    if (!isAllowed(name, value)) throw new Error(`"${value}" is not allowed for ${name}`)
    return value
  })
}

function isAllowed(name: string, value: string): boolean {
  const { regex, options } = gitlabInputs[name]!
  return (options?.includes(value) ?? true) && (regex === undefined || new RegExp(regex, 'u').test(value))
}

/** The server: `main`, and the head of merge request 7 as GitLab keeps it, whose branch lies in a fork. */
function served(story: string): Project {
  const project = world.project(story, 'fork')
  world.git('.', 'init', '--quiet', '--bare', world.at('served/acme/integrations.git'))
  world.git(
    'fork',
    'push',
    '--quiet',
    world.at('served/acme/integrations.git'),
    'main',
    'feature:refs/merge-requests/7/head',
  )
  return project
}

async function reviewed({ base, head }: Project, { inputs, env, shell = 'gitlab' }: Pipeline = {}): Promise<Reviewed> {
  world.write('build/left-over', '')
  const ran = await world.run(script({ version: '', ...inputs }), {
    cwd: world.at('build'),
    shell,
    env: {
      CI_REPOSITORY_URL: world.at('served/acme/integrations.git'),
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_IID: '7',
      CI_COMMIT_SHA: head,
      CI_COMMIT_BEFORE_SHA: base,
      CI_JOB_TOKEN: 'glcbt-secret',
      ...env,
    },
  })
  const folder = world.at('build/tenon-review')
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : []
  return { ...ran, files, comment: textOf(path.join(folder, 'review.md')) }
}

const ALL = ['annotations.txt', 'gl-code-quality-report.json', 'junit.xml', 'review.json', 'review.md', 'review.sarif']

describe('a merge request', () => {
  test.each([
    { story: '01-only-formatting', code: 0, heading: 'passed', shell: 'gitlab' },
    { story: '12-the-same-key-for-a-new-host', code: 4, heading: 'BLOCKED', shell: 'gitlab' },
    { story: '12-the-same-key-for-a-new-host', code: 4, heading: 'BLOCKED', shell: 'sh' },
  ] as const)('$story in $shell: exit code $code', async ({ story, code, heading, shell }) => {
    const project = served(story)
    const { comment, files, ...ran } = await reviewed(project, { shell })
    expect(ran).toMatchObject({ code, stderr: '' })
    expect(files).toEqual(ALL)
    expect(comment).toContain(`## Access review: ${heading}`)
    expect(comment).toContain(
      `\`refs/heads/main@${project.base.slice(0, 9)}\` → merge of \`${project.head.slice(0, 9)}\``,
    )
    expect(ran.stdout).toContain(heading === 'passed' ? 'passed' : 'BLOCKED: The same key')
  })

  test('fills the reports that the job names, with paths from the top of the repository', async () => {
    const project = served('12-the-same-key-for-a-new-host')
    await reviewed(project)
    const { reports } = JOB['artifacts'] as { reports: Record<string, string> }
    expect(Object.keys(reports).toSorted()).toEqual(['codequality', 'junit'])
    const [entry] = JSON.parse(textOf(world.at('build', reports['codequality']!)))
    expect(entry.location).toEqual({ path: 'integrations/services/billing.yaml', lines: { begin: 9 } })
    expect(entry.severity).toBe('critical')
    expect(textOf(world.at('build', reports['junit']!))).toContain('<failure')
  })

  test('is the commit that the pipeline is about, also where it is merged already, or a push came after it', async () => {
    const project = served('12-the-same-key-for-a-new-host')
    world.git('fork', 'checkout', '--quiet', 'feature')
    world.git('fork', 'checkout', 'main', '--', 'integrations')
    world.commit('fork')
    world.git('fork', 'push', '--quiet', world.at('served/acme/integrations.git'), 'feature:refs/merge-requests/7/head')
    expect(await reviewed(project)).toMatchObject({ code: 4 })
    const merged = { ...project, head: 'e'.repeat(40) }
    expect(await reviewed(merged, { env: { CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: project.head } })).toMatchObject({
      code: 4,
    })
  })

  test('takes its inputs', async () => {
    const project = served('12-the-same-key-for-a-new-host')
    const inputs = { 'fail-on': 'none', environment: 'prod', arguments: '--detailed-exitcode --strict' }
    const { code, comment, files } = await reviewed(project, { inputs })
    expect({ code, files }).toEqual({ code: 0, files: ALL })
    expect(comment).toContain('<!-- tenon-review v1 env=prod digest=sha256:')
  })

  test('cannot set a flag by a variable of the job, and none reaches Tenon', async () => {
    const project = served('12-the-same-key-for-a-new-host')
    const env = { TENON_FAIL_ON: 'none', TENON_APPROVED: 'x', NODE_OPTIONS: '--require=/nowhere.js' }
    expect(await reviewed(project, { env })).toMatchObject({ code: 4 })
    world.program('tenon', '#!/bin/sh\nenv\n')
    const { stdout } = await reviewed(project, { env })
    const names = stdout.split('\n').flatMap(line => /^(\w+)=/.exec(line)?.[1] ?? [])
    expect(names.toSorted().filter(name => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual(['HOME', 'PATH'])
  })

  test('does not work with what an earlier job left', async () => {
    const project = served('01-only-formatting')
    world.write('build/tenon-review/old.json', 'old')
    world.write('build/.git/config', '[core]\nfsmonitor = "touch ran"\n')
    const { code, files } = await reviewed(project)
    expect({ code, files }).toEqual({ code: 0, files: ALL })
    expect(readdirSync(world.at('build')).toSorted()).toEqual(['.git', 'left-over', 'tenon-review'])
  })

  test('leaves the token of the job nowhere', async () => {
    const project = served('01-only-formatting')
    const server = await gitServer(world.at('served'), 'gitlab-ci-token:glcbt-secret')
    const url = `${server.url.replace('//', '//gitlab-ci-token:glcbt-secret@')}/acme/integrations.git`
    const { code, stderr } = await reviewed(project, { env: { CI_REPOSITORY_URL: url } })
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

describe('a merge request that could not be evaluated', () => {
  interface Failure {
    readonly name: string
    readonly story?: string
    readonly pipeline?: Pipeline
    readonly head?: string
    readonly tenon?: string
    readonly code: number
    readonly said: readonly string[]
  }

  const FAILURES: readonly Failure[] = [
    {
      name: 'invalid files',
      story: '26-the-head-is-invalid',
      code: 3,
      said: ['The files are invalid', 'unknown-operation'],
    },
    {
      name: 'a folder without documents',
      pipeline: { inputs: { folder: 'elsewhere' }, shell: 'gitlab' },
      code: 3,
      said: ['no-documents'],
    },
    {
      name: 'a commit that was pushed away',
      head: 'f'.repeat(40),
      code: 1,
      said: ['A commit or an object', 'object-missing'],
    },
    {
      name: 'a flag that is not there',
      pipeline: { inputs: { arguments: '--force' } },
      code: 64,
      said: ['called wrongly'],
    },
    { name: 'no Tenon', tenon: '#!/nowhere/sh\n', code: 127, said: ['not installed'] },
    { name: 'a kill', tenon: '#!/bin/sh\nkill -KILL $$\n', code: 137, said: ['It was stopped'] },
  ]

  test.each(FAILURES)('$name: red, and says why', async ({ story, pipeline, head, tenon, code, said }) => {
    const project = served(story ?? '01-only-formatting')
    if (tenon !== undefined) world.program('tenon', tenon)
    const ran = await reviewed({ ...project, ...(head !== undefined && { head }) }, { shell: 'sh', ...pipeline })
    expect({ code: ran.code, files: ran.files }).toEqual({ code, files: ['review.md'] })
    expect(ran.comment).toContain('<!-- tenon-review v1 env= digest=none -->\n## Access review: NOT EVALUATED. ')
    for (const words of [...said, `exit code ${code}`]) expect(ran.comment).toContain(words)
    expect(Buffer.byteLength(ran.comment)).toBeLessThan(60_000)
  })

  test('a target that is not there is red', async () => {
    const project = served('01-only-formatting')
    const { code, stderr, files } = await reviewed(project, { env: { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'gone' } })
    expect(code).not.toBe(0)
    expect(stderr).toContain("couldn't find remote ref refs/heads/gone")
    expect(files).toEqual([])
  })
})

describe('an input', () => {
  test.each([
    { name: 'folder', value: '$(id)' },
    { name: 'folder', value: 'a"; id; "' },
    { name: 'folder', value: '' },
    { name: 'fail-on', value: 'never' },
    { name: 'environment', value: 'a-->b' },
    { name: 'environment', value: '-' },
    { name: 'arguments', value: '--strict; id' },
    { name: 'arguments', value: '`id`' },
    { name: 'arguments', value: '--strict\nid' },
    { name: 'version', value: '1 --registry=x' },
  ])('$name is never $value', ({ name, value }) => {
    expect(isAllowed(name, value)).toBe(false)
  })

  test.each([
    { name: 'folder', value: 'access/prod.d' },
    { name: 'environment', value: 'prod-eu.2' },
    { name: 'arguments', value: '--allow-endpoint=billing.internal:8443 --default-namespace=acme' },
    { name: 'version', value: '0.1.0-rc.1' },
  ])('$name may be $value', ({ name, value }) => {
    expect(isAllowed(name, value)).toBe(true)
  })
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
