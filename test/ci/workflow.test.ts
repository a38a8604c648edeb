/** The whole workflow, from a pull request of a fork to its comment: every step's script, with the inputs that the workflow gives. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { action, resolved, step, workflow } from './files.ts'
import type { GithubState } from './gh.ts'
import { gitServer, type GitServer } from './git-server.ts'
import { ciWorld, HAS_JQ, type CiWorld } from './world.ts'

let world: CiWorld
let server: GitServer

beforeEach(async () => {
  world = ciWorld()
  world.git('.', 'init', '--quiet', '--bare', world.at('served/acme/access'))
  server = await gitServer(world.at('served'), 'x-access-token:ghs_token')
  world.program('gh', `#!/bin/sh\nexec '${process.execPath}' '${path.join(import.meta.dirname, 'gh.ts')}' "$@"\n`)
})

afterEach(async () => {
  await server.close()
  world.remove()
})

/** Runs the jobs for a pull request as it stands on the server; the result of the first job. */
async function runFor(head: string): Promise<number> {
  const runner = {
    GITHUB_SERVER_URL: server.url,
    GITHUB_REPOSITORY: 'acme/access',
    GITHUB_RUN_ID: '42',
    GITHUB_OUTPUT: world.at('output'),
    GITHUB_STEP_SUMMARY: world.at('summary'),
    RUNNER_TEMP: world.at('temp'),
    GH_STATE: world.at('github.json'),
    ...workflow.env,
  }
  const values: Record<string, string> = {
    'github.token': 'ghs_token',
    'runner.temp': world.at('temp'),
    'env.ENVIRONMENT': '',
    'github.event.pull_request.base.ref': 'main',
    'github.event.pull_request.head.sha': head,
    'github.event.pull_request.number': '7',
  }
  for (const folder of ['temp', 'workspace', 'job']) world.write(`${folder}/.keep`, '')
  const run = async (cwd: string, steps: typeof action.runs.steps, name: string) => {
    const { run: script, env } = step(steps, name)
    return world.run(script, { cwd: world.at(cwd), env: { ...runner, ...resolved(env, values) } })
  }

  const fetched = await run('workspace', workflow.jobs.review.steps, 'Fetch both sides as objects')
  expect(fetched).toMatchObject({ code: 0 })
  const given = workflow.jobs.review.steps.find(({ uses }) => uses?.startsWith('$/'))?.with ?? {}
  const inputs = resolved(
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    values,
  )
  for (const [name, { default: value }] of Object.entries(action.inputs)) {
    values[`inputs.${name}`] = inputs[name] ?? String(value ?? '')
  }
  const { code } = await run('workspace', action.runs.steps, 'Review')

  cpSync(world.at('temp/tenon-review'), world.at('job/tenon-review'), { recursive: true })
  values['needs.review.result'] = code === 0 ? 'success' : 'failure'
  values['needs.review.outputs.exit-code'] = /exit-code=(\d+)\n$/.exec(readFileSync(world.at('output'), 'utf8'))![1]!
  const post = { ...workflow.jobs.post.env }
  for (const name of ['Comment', 'Label']) {
    const own = workflow.jobs.post.steps.map(one =>
      one.name === name ? { ...one, env: { ...post, ...one.env } } : one,
    )
    expect(await run('job', own, name)).toMatchObject({ code: 0 })
  }
  return code
}

const onGithub = (): GithubState => JSON.parse(readFileSync(world.at('github.json'), 'utf8')) as GithubState

test.skipIf(!HAS_JQ)(
  'a pull request of a fork is blocked, then made harmless, and has one comment all the time',
  async () => {
    const known = ['access/widens', 'access/none']
    const state = { repository: 'acme/access', pullRequest: 7, comments: [], labels: [], known, failing: [], calls: [] }
    writeFileSync(world.at('github.json'), JSON.stringify(state))
    const { base, head } = world.project('12-the-same-key-for-a-new-host', 'fork')
    const push = (...refs: readonly string[]): string =>
      world.git('fork', 'push', '--quiet', '--force', world.at('served/acme/access'), ...refs)
    push('main', 'feature:refs/pull/7/head')

    expect(await runFor(head)).toBe(4)
    const [first] = onGithub().comments
    expect(first?.body).toContain('## Access review: BLOCKED. The same key')
    expect(first?.body).toContain(`\`refs/heads/main@${base.slice(0, 9)}\` → merge of \`${head.slice(0, 9)}\``)
    expect(first?.body).toContain('`integrations/services/billing.yaml:9`')
    expect(first?.body).toContain(`[Full report](${server.url}/acme/access/actions/runs/42)`)
    expect(onGithub().labels).toEqual(['access/widens'])

    world.git('fork', 'checkout', '--quiet', 'feature')
    world.git('fork', 'checkout', 'main', '--', 'integrations')
    const repaired = world.commit('fork')
    push('feature:refs/pull/7/head')
    expect(await runFor(repaired)).toBe(0)
    const [second, ...more] = onGithub().comments
    expect({ id: second?.id, more }).toEqual({ id: first?.id, more: [] })
    expect(second?.body).toContain('## Access review: passed. No change of access')
    expect(onGithub().labels).toEqual(['access/none'])
  },
)
