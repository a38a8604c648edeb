/** Where nothing could be compared, every format says so: none is empty, and none looks like a review that passed. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { integration, write } from '../../support/stories.ts'
import { temporaryFolder, tenon, type Ran } from '../../support/tenon.ts'
import { layStory } from '../laid.ts'

const FORMATS = ['markdown', 'sarif', 'gitlab-codequality', 'github-annotations', 'junit', 'json'] as const
const HOSTILE = 'x|`</testcase>%0A::error::'

function sides(cwd: string): (...more: readonly string[]) => Promise<Ran> {
  return (...more) => tenon(['review', '--base', './before', '--head', './after', ...more], { cwd })
}

describe.each([
  ['invalid files', 3, (cwd: string) => write(cwd, 'after/wrong.yaml', integration('jira', HOSTILE))],
  ['a folder that is not there', 1, (cwd: string) => rmSync(path.join(cwd, 'after'), { recursive: true })],
  [
    'no documents',
    3,
    (cwd: string) => {
      rmSync(path.join(cwd, 'after'), { recursive: true })
      mkdirSync(path.join(cwd, 'after'))
    },
  ],
] as const)('%s', (_name, code, spoil) => {
  test.each(FORMATS)('as %s', async format => {
    const cwd = temporaryFolder()
    layStory('02-nobody-is-asked-any-more', cwd)
    spoil(cwd)
    const ran = await sides(cwd)('-o', format)
    expect(ran.code).toBe(code)
    expect(ran.stdout).toMatch(MARKS[format])
    expect(ran.stdout).not.toMatch(/passed|No change/)
  })

  test('also in the files of an earlier run', async () => {
    const cwd = temporaryFolder()
    layStory('01-only-formatting', cwd)
    expect((await sides(cwd)('--out', 'out')).code).toBe(0)
    spoil(cwd)
    expect((await sides(cwd)('--out', 'out')).code).toBe(code)
    const files = readdirSync(path.join(cwd, 'out'))
    expect(files).toHaveLength(FORMATS.length)
    for (const file of files) expect(readFileSync(path.join(cwd, 'out', file), 'utf8')).not.toMatch(/passed|No change/)
  })
})

const MARKS = {
  markdown: /^<!-- tenon-review v1 env= -->\n## Access review: NOT EVALUATED/,
  sarif: /"executionSuccessful": false/,
  'gitlab-codequality': /"severity": "blocker"/,
  'github-annotations': /^::error /,
  junit: /<testsuites name="tenon review" tests="\d+" failures="0" errors="[1-9]/,
  json: /"verdict": "failed"/,
} as const satisfies Record<(typeof FORMATS)[number], RegExp>

test('what documents say breaks out of no format', async () => {
  const cwd = temporaryFolder()
  layStory('02-nobody-is-asked-any-more', cwd)
  write(cwd, 'after/wrong.yaml', integration('jira', `"${HOSTILE}"`))
  const review = sides(cwd)
  expect((await review('-o', 'junit')).stdout.match(/<\/testcase>/g)).toHaveLength(1)
  expect((await review('-o', 'github-annotations')).stdout.trimEnd().split('\n')).toHaveLength(1)
  for (const format of ['sarif', 'gitlab-codequality']) {
    const { stdout } = await review('-o', format)
    expect(() => JSON.parse(stdout) as unknown).not.toThrow()
  }
})

test.each([
  [['--fail-on', 'none'], 'passed (the gate looks at no findings; 3 high findings)'],
  [['--approved'], 'passed (approved; 3 high findings)'],
])('a grave change that passes says why: %s', async (flags, said) => {
  const cwd = temporaryFolder()
  layStory('02-nobody-is-asked-any-more', cwd)
  const review = sides(cwd)
  const { digest } = JSON.parse((await review('-o', 'json')).stdout) as { digest: string }
  const ran = await review(...flags, ...(flags[0] === '--approved' ? [digest] : []))
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(said) as string })
})

test('an empty flag is wrong usage, not the folder that somebody stands in', async () => {
  const cwd = temporaryFolder()
  layStory('02-nobody-is-asked-any-more', cwd)
  for (const flag of ['--base', '--head']) {
    const other = flag === '--base' ? ['--head', './after'] : ['--base', './before']
    expect((await tenon(['review', flag, '', ...other], { cwd })).code).toBe(64)
  }
})
