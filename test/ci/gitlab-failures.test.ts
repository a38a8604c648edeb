import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAllowed, reviewed, served, type Pipeline } from './gitlab-run.ts'
import { ciWorld, type CiWorld } from './world.ts'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
})

afterEach(() => {
  world.remove()
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
    const project = served(world, story ?? '01-only-formatting')
    if (tenon !== undefined) world.program('tenon', tenon)
    const ran = await reviewed(world, { ...project, ...(head !== undefined && { head }) }, { shell: 'sh', ...pipeline })
    expect({ code: ran.code, files: ran.files }).toEqual({ code, files: ['review.md'] })
    expect(ran.comment).toContain('<!-- tenon-review v1 env= digest=none -->\n## Access review: NOT EVALUATED. ')
    for (const words of [...said, `exit code ${code}`]) expect(ran.comment).toContain(words)
    expect(Buffer.byteLength(ran.comment)).toBeLessThan(60_000)
  })

  test('a target that is not there is red', async () => {
    const project = served(world, '01-only-formatting')
    const { code, stderr, files } = await reviewed(world, project, {
      env: { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'gone' },
    })
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
