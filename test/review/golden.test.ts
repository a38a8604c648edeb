/**
 * Golden reviews: each folder of `stories` is a change to the files of `stories/base`, and what `tenon review` says to it.
 *
 *     01-some-story/
 *       before/         files laid over the base on both sides
 *       before-removed  files taken out of the base on both sides
 *       after/          files laid over that by the change
 *       after-removed   files that the change takes out
 *       args            further flags, where it is there
 *       review.md       the comment
 *       said.txt        exit code, text and standard error
 *
 * `UPDATE_GOLDEN=1 npx vitest run test/review/golden.test.ts` writes what is said now; read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder, tenon, type Ran } from '../support/tenon.ts'
import { layStory, STORIES, STORY_NAMES } from './laid.ts'

test.each(STORY_NAMES)('%s', async name => {
  const story = path.join(STORIES, name)
  const cwd = temporaryFolder()
  const given = layStory(name, cwd)
  const review = (...more: readonly string[]): Promise<Ran> =>
    tenon(['review', '--base', './before', '--head', './after', ...given, ...more], { cwd })
  const text = await review()
  golden(path.join(story, 'said.txt'), `exit ${text.code}\n--- stdout\n${text.stdout}--- stderr\n${text.stderr}`)
  if (text.code === 3) return
  const comment = await review('-o', 'markdown')
  golden(path.join(story, 'review.md'), comment.stdout)
  expect((await review('-o', 'markdown')).stdout, 'the same input gives the same bytes').toBe(comment.stdout)
})

function golden(file: string, said: string): void {
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, said)
  expect(said).toBe(readFileSync(file, 'utf8'))
}
