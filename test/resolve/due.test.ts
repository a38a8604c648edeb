import { describe, expect, test } from 'vitest'
import { dueDate } from '../../src/resolve/due.ts'
import { CONFIG, credential, write } from '../support/stories.ts'
import { temporaryFolder, tenon } from '../support/tenon.ts'

describe('the date on which something is due', () => {
  test.each([
    ['2026-10-01', '90d', '2026-12-30'],
    ['2026-02-27', '2d', '2026-03-01'],
    ['2026-10-01', '36h', '2026-10-02'],
    ['2026-10-01', '1h30m', '2026-10-01'],
    [undefined, '90d', undefined],
    ['2026-10-01', undefined, undefined],
  ])('%s and every %s: %s', (last, every, due) => {
    expect(dueDate(last, every)).toBe(due)
  })
})

// The clock of these runs stands at 2026-11-01.
test.each([
  {
    name: 'nothing is overdue',
    more: '  rotation: {every: 90d, lastRotated: "2026-10-01", expires: "2026-11-01"}\n',
    codes: [],
  },
  {
    name: 'a rotation is overdue',
    more: '  rotation: {every: 30d, lastRotated: "2026-10-01"}\n',
    codes: ['rotation-due'],
  },
  { name: 'it expired yesterday', more: '  rotation: {expires: "2026-10-31"}\n', codes: ['credential-expired'] },
  { name: 'a review is overdue', more: '  review: {every: 7d, lastReviewed: "2026-10-01"}\n', codes: ['review-due'] },
])('$name', async ({ more, codes }) => {
  const cwd = temporaryFolder()
  write(cwd, 'tenon.yaml', CONFIG)
  write(cwd, 'bot.yaml', credential('bot', '  secretRef: {name: bot}\n', more))
  const { code, stdout } = await tenon(['validate', '-o', 'json'], { cwd })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { code: string }[] }
  expect({ code, codes: diagnostics.map(diagnostic => diagnostic.code) }).toEqual({ code: 0, codes })
})
