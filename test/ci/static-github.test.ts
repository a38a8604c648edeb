/** What the workflow and the action promise without being run: who may do what, what comes from where, that they fit together. */
import { describe, expect, test } from 'vitest'
import { action, text, workflow, type Step } from './files.ts'

const { jobs } = workflow
const ACTION_STEPS = action.runs.steps
const WORKFLOW_STEPS = Object.values(jobs).flatMap(job => job.steps)
const STEPS: readonly Step[] = [...ACTION_STEPS, ...WORKFLOW_STEPS]

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
