import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GithubComment } from './gh.ts'
import { BOT, MARK, poster, type Poster } from './poster.ts'
import { HAS_JQ } from './world.ts'

const LINK = '\n[Full report](https://github.example/acme/integrations/actions/runs/42)\n'

let world: Poster

beforeEach(() => {
  world = poster()
})

afterEach(() => {
  world.remove()
})

describe.skipIf(!HAS_JQ)('the comment', () => {
  const STORY = '12-the-same-key-for-a-new-host'

  test('is written once, and then written anew', async () => {
    await world.review(STORY)
    expect(await world.post({ name: 'Comment' })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(world.onGithub().comments).toEqual([{ id: 1000, user: BOT, body: world.handedOver() + LINK }])
    await world.review('01-only-formatting')
    await world.post({ name: 'Comment' })
    expect(world.onGithub().comments).toEqual([{ id: 1000, user: BOT, body: world.handedOver() + LINK }])
    expect(world.onGithub().comments[0]?.body).toContain('passed. No change of access')
    expect(world.onGithub().calls.filter(call => !call.startsWith('GET'))).toEqual([
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
    { why: 'of a deleted account', id: 7, user: null, body: `${MARK}x -->` },
    { why: 'empty', id: 8, user: BOT, body: null },
  ]

  test.each(NOT_OURS)('is not one that is $why', async ({ id, user, body }) => {
    world.github({ comments: [{ id, user, body }] })
    world.handOver()
    await world.post({ name: 'Comment' })
    const { comments } = world.onGithub()
    expect(comments[0]).toEqual({ id, user, body })
    expect(comments.slice(1)).toEqual([{ id: 1001, user: BOT, body: world.handedOver() + LINK }])
  })

  test('is found behind hundreds of others, the first of several', async () => {
    const others = Array.from({ length: 230 }, (_comment, id) => ({ id, user: BOT, body: 'hello' }))
    const ours = [230, 231].map(id => ({ id, user: BOT, body: `${MARK}old -->` }))
    world.github({ comments: [...others, ...ours] })
    world.handOver()
    await world.post({ name: 'Comment' })
    const { comments } = world.onGithub()
    expect(comments).toHaveLength(232)
    expect(comments.slice(230).map(({ body }) => body)).toEqual([world.handedOver() + LINK, `${MARK}old -->`])
  })

  test('is one for each environment', async () => {
    await world.review(STORY, '--env', 'prod')
    await world.post({ name: 'Comment', environment: 'prod' })
    await world.review(STORY)
    await world.post({ name: 'Comment' })
    const marks = world.onGithub().comments.map(({ body }) => /env=\S*/.exec(body ?? '')?.[0])
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
    world.github({
      comments: [{ id: 1, user: BOT, body: `<!-- tenon-review v1 env=${environment} digest=old -->\npassed` }],
    })
    if (text !== undefined) world.write('job/tenon-review/review.md', text)
    await world.post({ name: 'Comment', environment, result: 'failure', exitCode: '' })
    const [comment, ...more] = world.onGithub().comments
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
    await world.post({ name: 'Comment' })
    const body = world.onGithub().comments[0]?.body ?? ''
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000)
    expect(body === text + LINK).toBe(isTaken)
  })

  test('is kept as it is, whatever is in it', async () => {
    world.handOver('"$(id)" `id` \\n %s é 漢 @fileof \u202E true\n')
    await world.post({ name: 'Comment' })
    expect(world.onGithub().comments[0]?.body).toBe(world.handedOver() + LINK)
  })

  test('is not written twice because the others could not be read', async () => {
    world.github({ failing: ['GET issues/N/comments'] })
    world.handOver()
    expect(await world.post({ name: 'Comment' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HTTP 502'),
    })
    expect(world.onGithub().comments).toEqual([])
  })

  test('is red where it could not be written', async () => {
    world.github({ failing: ['POST issues/N/comments'] })
    world.handOver()
    expect(await world.post({ name: 'Comment' })).toMatchObject({ code: 1 })
  })
})
