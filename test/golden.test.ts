/**
 * Golden stories: each folder of `test/golden` is a source, before and after a change, and what `tenon plan` says to it.
 *
 *     001-some-story/
 *       before/       applied first, where it is there
 *       in/           planned
 *       args          further flags, where it is there
 *       expected.txt  exit code, standard output and standard error
 *
 * `UPDATE_GOLDEN=1 npx vitest run test/golden.test.ts` writes what is said now; read the difference before you commit it.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder, tenon, THROWAWAY_KEY, type Ran } from './support/tenon.ts'

const STORIES = path.join(import.meta.dirname, 'golden')
const env = { SOPS_AGE_KEY_FILE: THROWAWAY_KEY }

test.each(readdirSync(STORIES).toSorted())('%s', async name => {
  const story = path.join(STORIES, name)
  const cwd = temporaryFolder()
  const given = existsSync(path.join(story, 'args'))
    ? readFileSync(path.join(story, 'args'), 'utf8').trim().split(/\s+/)
    : []
  if (existsSync(path.join(story, 'before'))) {
    cpSync(path.join(story, 'before'), path.join(cwd, 'in'), { recursive: true })
    const applied = await tenon(['apply', '--yes', '-q', '-f', 'in'], { cwd, env })
    expect({ code: applied.code, stderr: applied.stderr.replace(/^Created the key.*\n/, '') }).toEqual({
      code: 0,
      stderr: '',
    })
    rmSync(path.join(cwd, 'in'), { recursive: true })
  }
  cpSync(path.join(story, 'in'), path.join(cwd, 'in'), { recursive: true })
  const said = shown(await tenon(['plan', '-f', 'in', ...given], { cwd, env }))
  const golden = path.join(story, 'expected.txt')
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(golden, said)
  expect(said).toBe(readFileSync(golden, 'utf8'))
  expect(shown(await tenon(['plan', '-f', 'in', ...given], { cwd, env })), 'the same input gives the same bytes').toBe(
    said,
  )
})

function shown({ code, stdout, stderr }: Ran): string {
  return `exit ${code}\n--- stdout\n${stdout}--- stderr\n${stderr}`
}
