/**
 * What each output says of each story. `UPDATE_GOLDEN=1 npx vitest run test/review/outputs/golden.test.ts` writes what is
 * said now; read the difference before you commit it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { toJson } from '../../../src/cli/view/json.ts'
import { reviewAnnotations } from '../../../src/cli/view/review/annotations.ts'
import { explainText } from '../../../src/cli/view/review/explain.ts'
import { reviewGitlab } from '../../../src/cli/view/review/gitlab.ts'
import { reviewJson } from '../../../src/cli/view/review/json.ts'
import { reviewJunit } from '../../../src/cli/view/review/junit.ts'
import { reviewMarkdown } from '../../../src/cli/view/review/markdown.ts'
import { reviewSarif } from '../../../src/cli/view/review/sarif.ts'
import { reviewText } from '../../../src/cli/view/review/text.ts'
import type { ReviewReport } from '../../../src/model/review.ts'
import { STORIES } from './stories.ts'

const FOLDER = path.join(import.meta.dirname, 'golden')
const plain = (_style: string, text: string): string => text

const OUTPUTS: Readonly<Record<string, (report: ReviewReport) => string>> = {
  'comment.md': report => reviewMarkdown(report, { maxBytes: 60_000 }),
  'small.md': report => reviewMarkdown(report, { maxBytes: 2000 }),
  'review.txt': report => reviewText(report, plain),
  'explain.txt': report => report.review.findings.map(finding => explainText(report, finding, plain)).join('\n'),
  'review.json': report => toJson(reviewJson(report)),
  'review.sarif': report => toJson(reviewSarif(report)),
  'gitlab.json': report => toJson(reviewGitlab(report)),
  'annotations.txt': reviewAnnotations,
  'junit.xml': reviewJunit,
}

test.each(
  Object.entries(STORIES).flatMap(([story, build]) => Object.keys(OUTPUTS).map(output => ({ story, output, build }))),
)('$story: $output', ({ story, output, build }) => {
  const said = OUTPUTS[output]!(build())
  const golden = path.join(FOLDER, story, output)
  if (process.env['UPDATE_GOLDEN'] !== undefined) {
    mkdirSync(path.dirname(golden), { recursive: true })
    writeFileSync(golden, said)
  }
  expect(said).toBe(readFileSync(golden, 'utf8'))
  expect(OUTPUTS[output]!(build()), 'the same report gives the same bytes').toBe(said)
})
