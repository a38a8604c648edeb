import type { ReviewReport } from '../../../model/review.ts'
import { nameIn } from '../../../review/describe.ts'
import { blockersOf, type Blockers } from './blockers.ts'
import { leftOut, type Stream } from './markdown-budget.ts'
import { findingsOf, idList } from './markdown-guardrails.ts'
import { grouped } from './numbers.ts'
import type { Writer } from './writer.ts'

/** What has to be done before merging, and what would lift each block. */
export function mergeStream(report: ReviewReport, write: Writer): Stream {
  const lines = liftsOf(report, write)
  return {
    name: 'merge',
    share: 0.1,
    at: index => lines[index] && { section: 'merge', text: `- [ ] ${lines[index]()}\n` },
    hidden: leftOut(lines.length, 'line on what blocks', 'lines on what blocks'),
  }
}

/** One sentence for each thing that blocks, made when it is asked for. */
export function liftsOf(report: ReviewReport, write: Writer): readonly (() => string)[] {
  const { findings, guardrails, others } = blockersOf(report)
  const { digest } = report.review
  const ids = findings.map(({ id }) => id)
  const approve = `change ${idList(ids)}, or have this change approved: ${write.name(digest)}`
  return [
    ...(ids.length === 0 ? [] : [() => approve]),
    ...guardrails.map(blocker => () => guardrailLift(blocker, write)),
    ...others.map(reason => () => write.sentence(reason)),
  ]
}

const MAX_FINGERPRINTS = 2

function guardrailLift({ judgement, violations }: Blockers['guardrails'][number], write: Writer): string {
  const name = `guardrail ${write.name(nameIn(judgement.guardrail))}`
  if (judgement.after === 'failed') return `repair ${name} at the base: it could not be evaluated`
  const findings = findingsOf(violations)
  const change = findings.length === 0 ? 'keep' : `change ${idList(findings)} to keep`
  const fingerprints = violations.slice(0, MAX_FINGERPRINTS).map(({ fingerprint }) => write.name(fingerprint))
  const more = violations.length - MAX_FINGERPRINTS
  const all = more > 0 ? `${fingerprints.join(', ')} and ${grouped(more)} more` : fingerprints.join(', ')
  return `${change} ${name}, or have it changed or waived at the base first (${all})`
}
