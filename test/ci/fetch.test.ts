import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolved, step, workflow } from './files.ts'
import { gitServer, type GitServer } from './git-server.ts'
import { ciWorld, type CiWorld, type Project } from './world.ts'

const FETCH = step(workflow.jobs.review.steps, 'Fetch both sides as objects')
const TOKEN = 'ghs_0123456789abcdef'
const CREDENTIALS = `x-access-token:${TOKEN}`

let world: CiWorld
let server: GitServer
let project: Project

/** The server has `main` and, as GitHub keeps it, the head of a pull request that lies in a fork. */
beforeEach(async () => {
  world = ciWorld()
  project = world.project('12-the-same-key-for-a-new-host', 'fork')
  world.git('.', 'init', '--quiet', '--bare', world.at('served/acme/integrations'))
  world.git('fork', 'push', '--quiet', world.at('served/acme/integrations'), 'main', 'feature:refs/pull/7/head')
  server = await gitServer(world.at('served'), CREDENTIALS)
})

afterEach(async () => {
  await server.close()
  world.remove()
})

async function fetched(token = TOKEN) {
  const values = {
    'github.token': token,
    'github.event.pull_request.base.ref': 'main',
    'github.event.pull_request.number': '7',
  }
  rmSync(world.at('temp'), { recursive: true, force: true })
  world.write('temp/.keep', '')
  return world.run(FETCH.run, {
    cwd: world.at('temp'),
    env: {
      ...resolved(FETCH.env, values),
      GITHUB_SERVER_URL: server.url,
      GITHUB_REPOSITORY: 'acme/integrations',
      RUNNER_TEMP: world.at('temp'),
      GIT_TERMINAL_PROMPT: '0',
    },
  })
}

const refs = (): string => world.git('temp/review.git', 'for-each-ref', '--format=%(objectname) %(refname)')

test('brings the base and the head of a fork, and no work tree', async () => {
  expect(await fetched()).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(refs()).toBe(`${project.base} refs/heads/main\n${project.head} refs/pull/7/head`)
  expect(world.git('temp/review.git', 'rev-parse', '--is-bare-repository')).toBe('true')
  expect(readdirSync(world.at('temp')).toSorted()).toEqual(['.keep', 'review.git'])
})

test('brings the base as it is now', async () => {
  world.write('fork/integrations/later.yaml')
  const later = world.commit('fork')
  world.git('fork', 'push', '--quiet', world.at('served/acme/integrations'), 'main')
  await fetched()
  expect(refs()).toContain(`${later} refs/heads/main`)
})

test('keeps a commit under review to which a push came after it', async () => {
  world.git('fork', 'checkout', '--quiet', 'feature')
  world.write('fork/integrations/later.yaml')
  world.commit('fork')
  world.git('fork', 'push', '--quiet', world.at('served/acme/integrations'), 'feature:refs/pull/7/head')
  await fetched()
  expect(world.git('temp/review.git', 'cat-file', '-t', project.head)).toBe('commit')
})

test('shows the token only where it is asked for, and leaves it nowhere', async () => {
  await fetched()
  expect(server.shown[0]).toBe('')
  expect(new Set(server.shown.slice(1))).toEqual(new Set([CREDENTIALS]))
  const written = [...files(world.at('temp')), ...files(world.at('home')), ...files(world.at('tmp'))]
  expect(written.length).toBeGreaterThan(5)
  const encoded = Buffer.from(CREDENTIALS).toString('base64')
  const holding = written.filter(file => [TOKEN, encoded].some(secret => readFileSync(file).includes(secret)))
  expect(holding).toEqual([])
})

test('is red where the token does not do', async () => {
  const { code, stderr } = await fetched('wrong')
  expect(code).not.toBe(0)
  expect(stderr).toContain('Authentication failed')
})

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(name => path.join(folder, String(name)))
    .filter(file => statSync(file).isFile())
}
