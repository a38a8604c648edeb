import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { workflow } from './files.ts'
import { poster, type Poster } from './poster.ts'
import { HAS_JQ } from './world.ts'

let world: Poster

beforeEach(() => {
  world = poster()
})

afterEach(() => {
  world.remove()
})

describe.skipIf(!HAS_JQ)('the labels', () => {
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
    await world.review(story)
    expect(await world.post({ name: 'Label' })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(world.onGithub().labels).toEqual(labels)
  })

  test('go where they are true no longer, and others stay', async () => {
    world.github({ labels: ['bug', 'access/widens', 'access/guard-change', 'access/narrows-soon', 'Access/none'] })
    await world.review('03-who-joins-also-loses')
    await world.post({ name: 'Label' })
    expect(world.onGithub().labels).toEqual(['bug', 'access/narrows-soon', 'Access/none', 'access/narrows'])
  })

  test('are asked for only where they differ', async () => {
    world.github({ labels: ['access/widens'] })
    await world.review('12-the-same-key-for-a-new-host')
    await world.post({ name: 'Label' })
    expect(world.onGithub().calls).toEqual(['GET repos/acme/integrations/issues/7/labels?per_page=100'])
  })

  test('say nothing where nothing is known', async () => {
    world.github({ labels: ['access/none', 'bug'] })
    await world.post({ name: 'Label', result: 'failure' })
    expect(world.onGithub().labels).toEqual(['bug'])
  })

  test.each(['{"complete": false}', '{}', 'null'])('say nothing of a review that holds %s', async text => {
    world.github({ labels: ['access/none'] })
    world.write('job/tenon-review/review.json', text)
    await world.post({ name: 'Label' })
    expect(world.onGithub().labels).toEqual([])
  })

  test('are those of the environment where there is one', async () => {
    world.github({ labels: ['access/none', 'access/prod/none'], known: ['access/prod/widens'] })
    await world.review('12-the-same-key-for-a-new-host', '--env', 'prod')
    await world.post({ name: 'Label', environment: 'prod' })
    expect(world.onGithub().labels).toEqual(['access/none', 'access/prod/widens'])
  })

  test('have to exist: without them the step is red, which the job is not', async () => {
    world.github({ known: [] })
    await world.review('12-the-same-key-for-a-new-host')
    expect(await world.post({ name: 'Label' })).toMatchObject({ code: 1, stderr: expect.stringContaining('403') })
    expect(workflow.jobs.post.steps.find(({ name }) => name === 'Label')?.['continue-on-error']).toBe(true)
  })
})
