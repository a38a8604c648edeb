/** Comments never outgrow their budget, and say exactly what they leave out. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reviewMarkdown } from '../../../src/cli/view/review/markdown.ts'
import type { Finding, FindingSeverity } from '../../../src/model/finding.ts'
import { manyFindings } from './random.ts'
import { blockedBy, judgement, report, secret, violation } from './reports.ts'

const SEVERITIES = ['high', 'medium', 'low'] as const
type Counts = Record<FindingSeverity, number>

/** The findings that a comment shows: each begins its row or line with its name. */
function shownIn(text: string): Counts {
  const labels = [...text.matchAll(/^(?:\| |- )\*\*[ABC]\d+ (high|medium|low)\*\*/gm)].map(match => match[1])
  return count(severity => labels.filter(label => label === severity).length)
}

/** The findings that a comment says it hides. */
function hiddenIn(text: string): Counts {
  const match = /hidden for lack of room: ([\d,]+) findings? \(([\d,]+) high, ([\d,]+) medium, ([\d,]+) low\)/.exec(
    text,
  )
  if (match === null) return { high: 0, medium: 0, low: 0 }
  const [total, high, medium, low] = match.slice(1).map(number => Number(number.replaceAll(',', '')))
  expect(high! + medium! + low!).toBe(total)
  return { high: high!, medium: medium!, low: low! }
}

function count(of: (severity: FindingSeverity) => number): Counts {
  return { high: of('high'), medium: of('medium'), low: of('low') }
}

function expectHonest(findings: readonly Finding[], text: string): void {
  const [shown, hidden] = [shownIn(text), hiddenIn(text)]
  const total = count(severity => findings.filter(finding => finding.severity === severity).length)
  expect(count(severity => shown[severity] + hidden[severity])).toEqual(total)
  if (Object.values(hidden).every(number => number === 0)) expect(text).not.toMatch(/[\d,]+ findings? \(/)
  // What matters more is never hidden while something that matters less is shown.
  const worstHidden = SEVERITIES.findIndex(severity => hidden[severity] > 0)
  if (worstHidden >= 0) expect(SEVERITIES.slice(worstHidden + 1).filter(severity => shown[severity] > 0)).toEqual([])
}

describe('a comment of many findings', () => {
  test('fits, and what it shows and what it hides add up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.nat(1000),
        fc.integer({ min: 2000, max: 80_000 }),
        (number, seed, maxBytes) => {
          const findings = manyFindings(number, seed)
          const of = report({ numbered: findings })
          const text = reviewMarkdown(seed % 2 === 0 ? of : blockedBy(of), { maxBytes })
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
          expectHonest(findings, text)
        },
      ),
      { numRuns: 200 },
    )
  })

  test.each([2000, 60_000, 1_000_000])('fits into %i bytes with 100,000 of them, within seconds', maxBytes => {
    const findings = manyFindings(100_000, 3)
    const of = blockedBy(
      report({
        numbered: findings,
        review: {
          judgements: Array.from({ length: 2000 }, (_, index) =>
            judgement(`p${index}`, { after: 'broken', violations: [violation('it is broken', { findings: ['A1'] })] }),
          ),
          secrets: Array.from({ length: 2000 }, (_, index) =>
            secret(`s${index}`, { entries: [{ name: 'key', change: 'changed' }] }),
          ),
          unseen: Array.from({ length: 2000 }, () => 'Nobody knows.'),
        },
      }),
    )
    const text = reviewMarkdown(of, { maxBytes })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
    expectHonest(findings, text)
    const promises = text.match(/^\| nobody breaks `p/gm)?.length ?? 0
    if (promises < 2000) expect(text).toContain(` ${(2000 - promises).toLocaleString('en')} promises`)
    if (maxBytes >= 60_000) {
      for (const section of ['### Guardrails', '### Secrets', '### To merge', 'How this was checked'])
        expect(text).toContain(section)
    }
  })

  test('that all fit says that nothing is hidden', () => {
    expect(reviewMarkdown(report({ numbered: manyFindings(5, 1) }), { maxBytes: 60_000 })).toContain(
      'complete, 0 findings hidden',
    )
  })
})
