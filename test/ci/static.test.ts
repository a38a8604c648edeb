/** What the files of `examples/ci` promise without being run: who may do what, what comes from where, and that they fit together. */
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VERBS } from '../../src/cli/verbs.ts'
import { EXIT } from '../../src/cli/exit.ts'
import { tenon } from '../support/tenon.ts'
import { action, gitlabInputs, gitlabJobs, hooks, text, workflow, type Step } from './files.ts'
import { CI, ciWorld, type CiWorld } from './world.ts'

const { jobs } = workflow
const ACTION_STEPS = action.runs.steps
const WORKFLOW_STEPS = Object.values(jobs).flatMap(job => job.steps)
const STEPS: readonly Step[] = [...ACTION_STEPS, ...WORKFLOW_STEPS]

interface Script {
  readonly name: string
  readonly text: string
}

const SCRIPTS: readonly Script[] = [
  ...STEPS.flatMap(({ name, run }) => (run === undefined ? [] : [{ name: `GitHub: ${name}`, text: run }])),
  { name: 'GitLab', text: gitlabJobs['tenon-review']!.script.join('\n') },
  { name: 'pre-commit', text: text('pre-commit/tenon-review-hook') },
]

describe('a script', () => {
  let world: CiWorld
  beforeAll(() => {
    world = ciWorld()
  })
  afterAll(() => {
    world.remove()
  })

  test.each(SCRIPTS)('of $name is one that the shell can read', async ({ text: script }) => {
    const check = `bash -n "$1"`
    world.write('checked', script)
    expect(await world.run(check, { cwd: world.folder, args: ['checked'] })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
  })

  test.each(SCRIPTS.filter(({ name }) => name.startsWith('GitHub')))(
    'of $name has no expression in it',
    ({ text: script }) => {
      expect(script).not.toContain('${{')
    },
  )

  test('asks Tenon only for what Tenon knows', () => {
    const asking = SCRIPTS.map(script => ({ name: script.name, flags: flagsIn(script.text) }))
    expect(asking.filter(({ flags }) => flags.length > 0).map(({ name }) => name)).toEqual([
      'GitHub: Review',
      'GitLab',
      'pre-commit',
    ])
    for (const { name, flags } of asking) expect(unknown('review', flags), name).toEqual([])
  })
})

/** The flags of `tenon review` in a script, as it writes them down or collects them. */
function flagsIn(script: string): readonly string[] {
  const lines = script.replaceAll(/\\\n */g, '').split('\n')
  return lines.filter(line => /flags\+?=\(|tenon review /.test(line)).flatMap(line => line.match(/--[a-z-]+/g) ?? [])
}

/** Flags that the help of a verb does not have. */
function unknown(verb: string, flags: readonly string[]): readonly string[] {
  return flags.filter(flag => !(HELP.get(verb) ?? '').match(new RegExp(`(?<![\\w-])${flag}(?![\\w-])`, 'u')))
}

const HELP = new Map<string, string>()

beforeAll(async () => {
  for (const { name } of VERBS) {
    HELP.set(name, (await tenon([name, '--help'], { cwd: CI })).stdout)
  }
})

describe('on GitHub', () => {
  test('the workflow of the default branch runs, whenever what is compared changes', () => {
    expect(workflow.on).toEqual({
      pull_request_target: {
        types: ['opened', 'synchronize', 'reopened', 'edited', 'ready_for_review'],
        branches: ['main'],
      },
    })
  })

  test('each job may do what it is for, and nothing else', () => {
    expect(workflow.permissions).toEqual({})
    expect(Object.fromEntries(Object.entries(jobs).map(([name, { permissions }]) => [name, permissions]))).toEqual({
      review: { contents: 'read' },
      post: { 'pull-requests': 'write' },
      sarif: { 'security-events': 'write', actions: 'read', contents: 'read' },
    })
  })

  test('nothing is checked out, and no secret is there', () => {
    const files = text('github/review.yml') + text('github/action.yml')
    expect(files.match(/^\s*(?:- )?uses: .*checkout.*$/gm)).toBeNull()
    expect(files).not.toMatch(/\bsecrets\.|\bgit (?:checkout|switch|worktree|submodule)\b|cache@/)
  })

  test('the token is in the environment of those who fetch and post, not of Tenon', () => {
    const holders = STEPS.filter(({ env, with: inputs }) => /token/i.test(JSON.stringify([env, inputs])))
    expect(holders.map(({ name }) => name)).toEqual(['Fetch both sides as objects'])
    const holding = Object.entries(jobs).filter(([, { env }]) => /token/i.test(JSON.stringify(env ?? {})))
    expect(holding.map(([name]) => name)).toEqual(['post'])
    expect(JSON.stringify(workflow.env)).not.toMatch(/token/i)
  })

  test('what strangers write reaches a script only through its environment', () => {
    const values = STEPS.flatMap(({ env }) => Object.values(env ?? {}))
    const inputs = STEPS.flatMap(({ with: given }) => Object.values(given ?? {}).map(String))
    const read = [...values, ...inputs].flatMap(value => value.match(/github\.event\.[\w.]+/g) ?? [])
    expect([...new Set(read)].toSorted()).toEqual([
      'github.event.pull_request.base.ref',
      'github.event.pull_request.head.sha',
      'github.event.pull_request.number',
    ])
  })

  test('actions come from GitHub or from the commit of the workflow, and are to be pinned', () => {
    const used = STEPS.flatMap(({ uses }) => uses ?? [])
    expect(used).not.toHaveLength(0)
    for (const uses of used) expect(uses).toMatch(/^\$\/|^(?:actions|github)\/[\w/-]+@(?:v\d+|[0-9a-f]{40})$/)
    expect(text('github/review.yml')).toContain('Pin the actions by commit')
    expect(text('github/action.yml')).toContain('Pin the action below by commit')
  })

  test('the first job always runs, the second whatever became of the first, the third only where it is wanted', () => {
    expect(jobs.review).not.toHaveProperty('if')
    expect(jobs.post).toMatchObject({ needs: 'review', if: '${{ !cancelled() }}' })
    expect(jobs.sarif.if).toMatch(/^\$\{\{ !cancelled\(\) && vars\.TENON_SARIF == 'true'\s&& contains\(.*\) \}\}$/)
    expect(workflow.concurrency).toEqual({
      group: '${{ github.workflow }}-${{ github.event.pull_request.number }}',
      'cancel-in-progress': true,
    })
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(10)
  })

  test('the poster gets what the first job of the same run hands over', () => {
    const upload = jobs.review.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
    expect(upload?.if).toBe('${{ !cancelled() }}')
    const downloads = WORKFLOW_STEPS.filter(({ uses }) => uses?.startsWith('actions/download-artifact@'))
    expect(downloads.map(({ with: inputs }) => inputs)).toEqual([
      { name: upload?.with?.['name'], path: 'tenon-review' },
      { name: upload?.with?.['name'], path: 'tenon-review' },
    ])
    const review = jobs.review.steps.find(({ uses }) => uses?.startsWith('$/'))
    expect(review?.with?.['out']).toBe(upload?.with?.['path'])
  })

  test('alerts are those of the pull request', () => {
    expect(jobs.sarif.steps.at(-1)?.with).toMatchObject({
      ref: 'refs/pull/${{ github.event.pull_request.number }}/head',
      sha: '${{ github.event.pull_request.head.sha }}',
    })
  })

  test('the workflow gives the action inputs that it has, and all that have no default', () => {
    const review = jobs.review.steps.find(({ uses }) => uses?.startsWith('$/'))
    const given = Object.keys(review?.with ?? {})
    expect(given.filter(name => !(name in action.inputs))).toEqual([])
    const needed = Object.entries(action.inputs).filter(([, { default: value }]) => value === undefined)
    expect(needed.map(([name]) => name).filter(name => !given.includes(name))).toEqual([])
    expect(review?.id).toBe('review')
  })

  test('the action reads every input, and no other', () => {
    const read = JSON.stringify(ACTION_STEPS).match(/(?<=inputs\.)[\w-]+/g) ?? []
    expect([...new Set(read)].toSorted()).toEqual(Object.keys(action.inputs).toSorted())
    expect(action.outputs['exit-code']?.value).toBe('${{ steps.review.outputs.exit-code }}')
    for (const { run, shell } of ACTION_STEPS) expect(run === undefined || shell === 'bash').toBe(true)
  })
})

describe('on GitLab', () => {
  const job = gitlabJobs['tenon-review']!

  test('there is one job, for merge requests of its own project', () => {
    expect(Object.keys(gitlabJobs)).toEqual(['tenon-review'])
    expect(job.rules).toEqual([
      { if: '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID' },
    ])
    expect(job).not.toHaveProperty('allow_failure')
  })

  test('it takes nothing from other jobs, and checks nothing out', () => {
    expect(job).toMatchObject({
      inherit: { default: false, variables: false },
      needs: [],
      cache: [],
      variables: { GIT_STRATEGY: 'none' },
      interruptible: true,
    })
  })

  test('it reads every input, and no other; those in scripts are restricted', () => {
    const read = JSON.stringify(job).match(/(?<=\$\[\[ inputs\.)[\w-]+(?= \]\])/g) ?? []
    expect([...new Set(read)].toSorted()).toEqual(Object.keys(gitlabInputs).toSorted())
    const inScript = job.script.join('\n').match(/(?<=\$\[\[ inputs\.)[\w-]+/g) ?? []
    const open = inScript.filter(name => !gitlabInputs[name]?.regex && !gitlabInputs[name]?.options)
    expect(open).toEqual([])
    for (const { description } of Object.values(gitlabInputs)) expect(description).toMatch(/\.$/)
  })

  test('the gate has the choices that Tenon has', () => {
    const choices = /--fail-on[^(]*\(choices:([^)]*)default/.exec(
      (HELP.get('review') ?? '').replaceAll(/\s+/g, ' '),
    )?.[1]
    expect(choices?.match(/\w+/g)).toEqual(gitlabInputs['fail-on']?.options)
    expect(action.inputs['fail-on']?.description).toContain(`(${gitlabInputs['fail-on']?.options?.join(', ')})`)
  })
})

describe('a hook', () => {
  const hook = (id: string) => hooks.find(candidate => candidate.id === id)!

  /** Those that pre-commit documents. */
  const FIELDS =
    'id name entry language files exclude types types_or exclude_types always_run fail_fast verbose pass_filenames require_serial description language_version minimum_pre_commit_version args stages additional_dependencies'.split(
      ' ',
    )
  const STAGES =
    'commit-msg post-checkout post-commit post-merge post-rewrite pre-commit pre-merge-commit pre-push pre-rebase prepare-commit-msg manual'.split(
      ' ',
    )

  test.each(hooks)('$id has the fields that pre-commit knows', ({ stages, ...fields }) => {
    expect(Object.keys(fields).filter(field => !FIELDS.includes(field))).toEqual([])
    expect(stages.filter(stage => !STAGES.includes(stage))).toEqual([])
    // What stages are called today needs this version.
    expect(fields['minimum_pre_commit_version']).toBe('3.2.0')
  })

  test('for pushes runs whatever file was changed, and shows what it says', () => {
    expect(hook('tenon-review')).toMatchObject({ always_run: true, verbose: true, pass_filenames: false })
    expect(hook('tenon-review').stages).toEqual(['pre-push', 'manual'])
  })

  test('for commits runs for the files that matter', () => {
    const files = new RegExp(String(hook('tenon-validate')['files']), 'u')
    expect(['a/b.yaml', 'b.yml', 'api.json', 'tenon.lock.yaml', 'a.md'].map(file => files.test(file))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  test('that is a script can be run as it is', () => {
    const scripts = hooks.filter(({ language }) => language === 'script')
    expect(scripts.map(({ entry }) => entry)).toEqual(['tenon-review-hook'])
    for (const { entry } of scripts) accessSync(path.join(CI, 'pre-commit', entry), constants.X_OK)
  })

  test('asks Tenon for what Tenon knows', () => {
    const [, verb, ...flags] = hook('tenon-validate').entry.split(' ')
    expect(unknown(verb!, flags)).toEqual([])
    const given = hook('tenon-review').args.flatMap(argument => /^--[a-z-]+/.exec(argument) ?? [])
    expect(given).toHaveLength(1)
    expect(unknown('review', given)).toEqual([])
  })
})

describe('the guide', () => {
  const guide = text('README.md')
  const commands = [...guide.matchAll(/^(?:npx )?tenon (?<verb>[\w-]+)(?<rest>[^#\n]*)/gm)].map(({ groups }) => groups!)

  test('links to files that are there', () => {
    const links = [...guide.matchAll(/\]\((?!https?:)(?<file>[^)#]+)\)/g)].map(({ groups }) => groups!['file']!)
    expect(links.length).toBeGreaterThan(4)
    expect(links.filter(link => !existsSync(path.join(CI, link)))).toEqual([])
  })

  test('gives commands that there are', () => {
    expect(commands.length).toBeGreaterThan(4)
    for (const { verb, rest } of commands) {
      expect(HELP.has(verb!), verb).toBe(true)
      expect(unknown(verb!, rest!.match(/(?<= )--?[a-z-]+/g) ?? []), `${verb}${rest}`).toEqual([])
    }
  })

  test('tells the exit codes that there are', () => {
    const codes = [...guide.matchAll(/^\| (?<code>\d+) \|/gm)].map(({ groups }) => Number(groups!['code']))
    expect(codes).toEqual(Object.values(EXIT))
  })

  test('shows inputs and hooks that there are', () => {
    for (const [, name] of guide.matchAll(/inputs: \{([\w-]+):/g)) expect(gitlabInputs).toHaveProperty(name!)
    const shown = [...guide.matchAll(/\{id: (?<id>[\w-]+)\}/g)].map(({ groups }) => groups!['id'])
    expect(shown).toEqual(hooks.map(({ id }) => id))
  })

  test('names the check by the name of the job', () => {
    expect(guide).toContain(`\`${jobs.review.name}\``)
  })
})
