/** What the other files of `examples/ci` promise without being run, and what holds for every script in them. */
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { action, gitlabInputs, gitlabJobs, hooks, text, workflow } from './files.ts'
import { HELP, unknown } from './help.ts'
import { CI, ciWorld, type CiWorld } from './world.ts'

const STEPS = [...action.runs.steps, ...Object.values(workflow.jobs).flatMap(job => job.steps)]

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
