import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { layStory } from '../review/laid.ts'
import { tenon, type Ran } from '../support/tenon.ts'
import { resolved, step, workflow } from './files.ts'
import type { GithubState } from './gh.ts'
import { ciWorld, type CiWorld } from './world.ts'

const { steps, env } = workflow.jobs.post

export const MARK = '<!-- tenon-review v1 env= digest='
export const BOT = { login: 'github-actions[bot]', type: 'Bot' }
const LABELS = ['widens', 'narrows', 'none', 'guard-change'].map(name => `access/${name}`)

export interface Posting {
  readonly name: 'Comment' | 'Label'
  readonly environment?: string
  readonly result?: string
  readonly exitCode?: string
}

/** The job that posts, between the job that computes and GitHub. */
export interface Poster extends CiWorld {
  /** Says what is on GitHub before the poster comes. */
  github(state: Partial<GithubState>): void
  onGithub(): GithubState
  /** Hands over the review of a story, as the job before would. */
  review(story: string, ...flags: readonly string[]): Promise<void>
  /** Hands over what begins like a review. */
  handOver(more?: string): void
  handedOver(): string
  post(posting: Posting): Promise<Ran>
}

export function poster(): Poster {
  const world = ciWorld()
  world.program('gh', `#!/bin/sh\nexec '${process.execPath}' '${path.join(import.meta.dirname, 'gh.ts')}' "$@"\n`)
  const state = world.at('github.json')
  const github = (given: Partial<GithubState>): void => {
    const empty = { repository: 'acme/integrations', pullRequest: 7, comments: [], labels: [], failing: [], calls: [] }
    writeFileSync(state, JSON.stringify({ ...empty, known: LABELS, ...given }))
  }
  github({})
  return {
    ...world,
    github,
    onGithub: () => JSON.parse(readFileSync(state, 'utf8')) as GithubState,
    review: async (story, ...flags) => {
      const given = layStory(story, world.folder)
      const sides = ['review', '--base', './before', '--head', './after', '--out', 'job/tenon-review']
      await tenon([...sides, ...given, ...flags], { cwd: world.folder })
    },
    handOver: (more = '') =>
      world.write('job/tenon-review/review.md', `${MARK}x -->\n## Access review: passed. No change of access\n${more}`),
    handedOver: () => readFileSync(world.at('job/tenon-review/review.md'), 'utf8'),
    post: posting => posted(world, posting),
  }
}

async function posted(world: CiWorld, { name, environment = '', result = 'success', exitCode = '0' }: Posting) {
  const { run, env: own } = step(steps, name)
  const values = {
    'github.token': 'ghs_token',
    'github.event.pull_request.number': '7',
    'needs.review.result': result,
    'needs.review.outputs.exit-code': exitCode,
  }
  world.write('job/.keep', '')
  return world.run(run, {
    cwd: world.at('job'),
    env: {
      ...resolved({ ...env, ...own }, values),
      ENVIRONMENT: environment,
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'acme/integrations',
      GITHUB_RUN_ID: '42',
      GH_STATE: world.at('github.json'),
    },
  })
}
