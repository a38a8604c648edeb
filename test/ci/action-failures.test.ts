import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL, reviewed } from './action-run.ts'
import { commandsIn } from './runner.ts'
import { ciWorld, type CiWorld } from './world.ts'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
})

afterEach(() => {
  world.remove()
})

describe('a change that could not be evaluated', () => {
  const WHY = {
    1: 'A commit or an object is missing, or Tenon failed',
    3: 'The files are invalid, conflict with the base, or are not there',
    64: 'It was called wrongly',
    127: 'Tenon is not installed',
    137: 'It was stopped',
  } as const

  interface Failure {
    readonly name: string
    readonly code: keyof typeof WHY
    readonly inputs?: Readonly<Record<string, string>>
    readonly story?: string
    readonly said: string
    readonly prepare?: () => void
  }

  const FAILURES: readonly Failure[] = [
    { name: 'a commit that is not there', code: 1, inputs: { head: 'f'.repeat(40) }, said: 'object-missing' },
    { name: 'a revision that begins like a flag', code: 1, inputs: { base: '--help' }, said: 'revision-unknown' },
    { name: 'invalid files', code: 3, story: '26-the-head-is-invalid', said: 'unknown-operation' },
    { name: 'a folder without documents', code: 3, inputs: { folder: 'elsewhere' }, said: 'no-documents' },
    { name: 'a merge conflict', code: 3, said: 'merge-conflict', prepare: conflict },
    { name: 'no base', code: 64, inputs: { base: '' }, said: 'both needed' },
    { name: 'no head', code: 64, inputs: { head: '' }, said: 'both needed' },
    { name: 'a gate that does not exist', code: 64, inputs: { 'fail-on': 'never' }, said: 'Allowed choices are' },
    { name: 'a flag that does not exist', code: 64, inputs: { arguments: '--force' }, said: 'unknown option' },
    {
      name: 'an environment that would end the mark',
      code: 64,
      inputs: { environment: 'a-->b' },
      said: 'single hyphens',
    },
    {
      name: 'a name of an environment that is too long',
      code: 64,
      inputs: { environment: 'e'.repeat(61) },
      said: '60 at most',
    },
    { name: 'no Tenon', code: 127, said: 'not found', prepare: () => world.program('tenon', '#!/nowhere/sh\n') },
    {
      name: 'a kill',
      code: 137,
      said: 'no end',
      prepare: () => world.program('tenon', '#!/bin/sh\nprintf "no end" >&2\nkill -KILL $$\n'),
    },
  ]

  /** Both branches change the same line. */
  function conflict(): void {
    world.write('project/integrations/tenon.yaml', 'owner: git:acme/one\nnamespace: acme\n')
    world.commit('project')
    world.git('project', 'checkout', '--quiet', 'feature')
    world.write('project/integrations/tenon.yaml', 'owner: git:acme/two\nnamespace: acme\n')
    world.commit('project')
  }

  test.each(FAILURES)('$name: red, and the comment says why', async ({ code, inputs, story, said, prepare }) => {
    world.project(story ?? '12-the-same-key-for-a-new-host')
    prepare?.()
    const { comment, summary, outputs, files, stdout, ...ran } = await reviewed(world, {
      base: 'main',
      head: 'feature',
      ...inputs,
    })
    expect(ran.code).toBe(code)
    expect(outputs).toBe(`exit-code=${code}\n`)
    expect(files).toEqual(['review.md'])
    expect(comment).toContain(`## Access review: NOT EVALUATED. ${WHY[code]}\n`)
    expect(comment).toContain(`ended with exit code ${code}. Nothing is known about what this change does.`)
    expect(comment).toContain(said)
    expect(summary).toBe(comment)
    expect(commandsIn(stdout)).toEqual([
      expect.objectContaining({ name: 'error', data: expect.stringContaining(`${WHY[code]} (exit code ${code})`) }),
    ])
  })

  test('leaves nothing of an earlier run to be taken for its own', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    expect((await reviewed(world, { base, head })).files).toEqual(ALL)
    const { comment, files } = await reviewed(world, { base, head: 'f'.repeat(40) })
    expect(files).toEqual(['review.md'])
    expect(comment).toContain('NOT EVALUATED')
  })

  test('half a review is none', async () => {
    world.project('01-only-formatting')
    world.program(
      'tenon',
      `#!/bin/sh\nfor flag; do case "$flag" in --out=*) out="\${flag#--out=}" ;; esac; done
echo '{"complete": true}' > "$out/review.json"; echo green > "$out/review.md"; exit 1\n`,
    )
    const { comment, files } = await reviewed(world, { base: 'main', head: 'feature' })
    expect(files).toEqual(['review.md'])
    expect(comment).toContain('NOT EVALUATED')
  })

  test('a pass without a review is none, whatever lies there', async () => {
    world.project('01-only-formatting')
    world.program('tenon', '#!/bin/sh\nexit 0\n')
    world.write('workspace/tenon-review/review.md', 'passed')
    const { code, comment } = await reviewed(world, { base: 'main', head: 'feature' })
    expect(code).toBe(1)
    expect(comment).toContain('NOT EVALUATED')
  })
})
