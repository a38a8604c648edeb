import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { layStory } from '../review/laid.ts'
import { tenon } from '../support/tenon.ts'
import { resolved, step, workflow } from './files.ts'
import type { GithubComment, GithubState } from './gh.ts'
import { ciWorld, type CiWorld } from './world.ts'

const { steps, env } = workflow.jobs.post
const MARK = '<!-- tenon-review v1 env= digest='
const BOT = { login: 'github-actions[bot]', type: 'Bot' }
const LABELS = ['widens', 'narrows', 'none', 'guard-change'].map(name => `access/${name}`)
const LINK = '\n[Full report](https://github.example/acme/integrations/actions/runs/42)\n'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
  world.program('gh', `#!/bin/sh\nexec '${process.execPath}' '${path.join(import.meta.dirname, 'gh.ts')}' "$@"\n`)
  github({})
})

afterEach(() => {
  world.remove()
})

/** What is on GitHub before the poster comes. */
function github(state: Partial<GithubState>): void {
  const empty = { repository: 'acme/integrations', pullRequest: 7, comments: [], labels: [], failing: [], calls: [] }
  writeFileSync(world.at('github.json'), JSON.stringify({ ...empty, known: LABELS, ...state }))
}

function onGithub(): GithubState {
  return JSON.parse(readFileSync(world.at('github.json'), 'utf8')) as GithubState
}

interface Posting {
  readonly name: 'Comment' | 'Label'
  readonly environment?: string
  readonly result?: string
  readonly exitCode?: string
}

async function post({ name, environment = '', result = 'success', exitCode = '0' }: Posting) {
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

/** Hands a review over, as the job before would. */
async function review(story: string, ...flags: readonly string[]): Promise<void> {
  const given = layStory(story, world.folder)
  const sides = ['review', '--base', './before', '--head', './after', '--out', 'job/tenon-review']
  await tenon([...sides, ...given, ...flags], { cwd: world.folder })
}

/** Hands over what begins like a review. */
function handOver(more = ''): void {
  world.write('job/tenon-review/review.md', `${MARK}x -->\n## Access review: passed. No change of access\n${more}`)
}

const handedOver = (): string => readFileSync(world.at('job/tenon-review/review.md'), 'utf8')

describe('the comment', () => {
  const STORY = '12-the-same-key-for-a-new-host'

  test('is written once, and then written anew', async () => {
    await review(STORY)
    expect(await post({ name: 'Comment' })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(onGithub().comments).toEqual([{ id: 1000, user: BOT, body: handedOver() + LINK }])
    await review('01-only-formatting')
    await post({ name: 'Comment' })
    expect(onGithub().comments).toEqual([{ id: 1000, user: BOT, body: handedOver() + LINK }])
    expect(onGithub().comments[0]?.body).toContain('passed. No change of access')
    expect(onGithub().calls.filter(call => !call.startsWith('GET'))).toEqual([
      'POST repos/acme/integrations/issues/7/comments',
      'PATCH repos/acme/integrations/issues/comments/1000',
    ])
  })

  const NOT_OURS: readonly (GithubComment & { readonly why: string })[] = [
    { why: 'written by a person', id: 1, user: { login: 'mallory', type: 'User' }, body: `${MARK}x -->\napproved` },
    { why: 'of a person called like the bot', id: 2, user: { ...BOT, type: 'User' }, body: `${MARK}x -->` },
    { why: 'of another bot', id: 3, user: { login: 'evil[bot]', type: 'Bot' }, body: `${MARK}x -->` },
    { why: 'of the bot, about something else', id: 4, user: BOT, body: 'Coverage: 80 %' },
    { why: 'of the bot, which quotes the mark', id: 5, user: BOT, body: `See:\n${MARK}x -->` },
    { why: 'of another environment', id: 6, user: BOT, body: '<!-- tenon-review v1 env=prod digest=x -->' },
    { why: 'of a deleted account, and empty', id: 7, user: null, body: null },
  ]

  test.each(NOT_OURS)('is not one that is $why', async ({ id, user, body }) => {
    github({ comments: [{ id, user, body }] })
    handOver()
    await post({ name: 'Comment' })
    const { comments } = onGithub()
    expect(comments[0]).toEqual({ id, user, body })
    expect(comments.slice(1)).toEqual([{ id: 1001, user: BOT, body: handedOver() + LINK }])
  })

  test('is found behind hundreds of others, the first of several', async () => {
    const others = Array.from({ length: 230 }, (_comment, id) => ({ id, user: BOT, body: 'hello' }))
    const ours = [230, 231].map(id => ({ id, user: BOT, body: `${MARK}old -->` }))
    github({ comments: [...others, ...ours] })
    handOver()
    await post({ name: 'Comment' })
    const { comments } = onGithub()
    expect(comments).toHaveLength(232)
    expect(comments.slice(230).map(({ body }) => body)).toEqual([handedOver() + LINK, `${MARK}old -->`])
  })

  test('is one for each environment', async () => {
    await review(STORY, '--env', 'prod')
    await post({ name: 'Comment', environment: 'prod' })
    await review(STORY)
    await post({ name: 'Comment' })
    const marks = onGithub().comments.map(({ body }) => /env=\S*/.exec(body ?? '')?.[0])
    expect(marks).toEqual(['env=prod', 'env='])
  })

  interface Missing {
    readonly why: string
    readonly text?: string
    readonly environment?: string
  }

  const MISSING: readonly Missing[] = [
    { why: 'nothing was handed over' },
    { why: 'an empty file was', text: '' },
    { why: 'something without our mark was', text: 'Access review: passed' },
    { why: 'the review of another environment was', text: `${MARK}x -->\nAccess review: passed`, environment: 'prod' },
    { why: 'zeros were', text: '\0'.repeat(100) },
    { why: 'more was than a comment holds', text: `${MARK}x -->\n${'é'.repeat(30_000)}` },
  ]

  test.each(MISSING)('says that nothing is known where $why', async ({ text, environment = '' }) => {
    github({ comments: [{ id: 1, user: BOT, body: `<!-- tenon-review v1 env=${environment} digest=old -->\npassed` }] })
    if (text !== undefined) world.write('job/tenon-review/review.md', text)
    await post({ name: 'Comment', environment, result: 'failure', exitCode: '' })
    const [comment, ...more] = onGithub().comments
    expect(more).toEqual([])
    expect(comment?.body).toBe(
      `<!-- tenon-review v1 env=${environment} digest=none -->
## Access review: NOT EVALUATED. No review was handed over

The job that computes it ended as \`failure\`, exit code \`none\`. Nothing is known about what this change does: see [the run](https://github.example/acme/integrations/actions/runs/42).
`,
    )
  })

  test.each([
    { over: 0, isTaken: true },
    { over: 1, isTaken: false },
  ])('holds 60,000 bytes and no more: $over over', async ({ over, isTaken }) => {
    const start = `${MARK}x -->\n`
    const text = start + 'x'.repeat(60_000 - start.length - LINK.length + over)
    world.write('job/tenon-review/review.md', text)
    await post({ name: 'Comment' })
    const body = onGithub().comments[0]?.body ?? ''
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000)
    expect(body === text + LINK).toBe(isTaken)
  })

  test('is kept as it is, whatever is in it', async () => {
    handOver('"$(id)" `id` \\n %s é 漢 @fileof \u202E true\n')
    await post({ name: 'Comment' })
    expect(onGithub().comments[0]?.body).toBe(handedOver() + LINK)
  })

  test('is not written twice because the others could not be read', async () => {
    github({ failing: ['GET issues/N/comments'] })
    handOver()
    expect(await post({ name: 'Comment' })).toMatchObject({ code: 1, stderr: expect.stringContaining('HTTP 502') })
    expect(onGithub().comments).toEqual([])
  })

  test('is red where it could not be written', async () => {
    github({ failing: ['POST issues/N/comments'] })
    handOver()
    expect(await post({ name: 'Comment' })).toMatchObject({ code: 1 })
  })
})

describe('the labels', () => {
  test.each([
    { story: '01-only-formatting', labels: ['access/none'] },
    { story: '03-who-joins-also-loses', labels: ['access/narrows'] },
    { story: '05-identity-provider-group', labels: ['access/widens', 'access/narrows'] },
    { story: '12-the-same-key-for-a-new-host', labels: ['access/widens'] },
    { story: '20-the-guardrail-goes-in-the-same-change', labels: ['access/widens', 'access/guard-change'] },
    { story: '11-the-lock-accepts', labels: ['access/widens', 'access/guard-change'] },
    // It may widen: nobody can tell.
    { story: '23-a-service-without-operations', labels: [] },
  ])('of $story: $labels', async ({ story, labels }) => {
    await review(story)
    expect(await post({ name: 'Label' })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(onGithub().labels).toEqual(labels)
  })

  test('go where they are true no longer, and others stay', async () => {
    github({ labels: ['bug', 'access/widens', 'access/guard-change', 'access/other', 'Access/none'] })
    await review('03-who-joins-also-loses')
    await post({ name: 'Label' })
    expect(onGithub().labels).toEqual(['bug', 'access/other', 'Access/none', 'access/narrows'])
  })

  test('are asked for only where they differ', async () => {
    github({ labels: ['access/widens'] })
    await review('12-the-same-key-for-a-new-host')
    await post({ name: 'Label' })
    expect(onGithub().calls).toEqual(['GET repos/acme/integrations/issues/7/labels?per_page=100'])
  })

  test('say nothing where nothing is known', async () => {
    github({ labels: ['access/none', 'bug'] })
    await post({ name: 'Label', result: 'failure' })
    expect(onGithub().labels).toEqual(['bug'])
  })

  test.each(['{"complete": false}', '{}', 'null'])('say nothing of a review that holds %s', async text => {
    github({ labels: ['access/none'] })
    world.write('job/tenon-review/review.json', text)
    await post({ name: 'Label' })
    expect(onGithub().labels).toEqual([])
  })

  test('are those of the environment where there is one', async () => {
    github({ labels: ['access/none', 'access/prod/none'], known: ['access/prod/widens'] })
    await review('12-the-same-key-for-a-new-host', '--env', 'prod')
    await post({ name: 'Label', environment: 'prod' })
    expect(onGithub().labels).toEqual(['access/none', 'access/prod/widens'])
  })

  test('have to exist: without them the step is red, which the job is not', async () => {
    github({ known: [] })
    await review('12-the-same-key-for-a-new-host')
    expect(await post({ name: 'Label' })).toMatchObject({ code: 1, stderr: expect.stringContaining('403') })
    expect(steps.find(({ name }) => name === 'Label')?.['continue-on-error']).toBe(true)
  })
})
