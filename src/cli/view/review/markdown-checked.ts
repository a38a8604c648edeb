import type { Diagnostic } from '../../../model/diagnostic.ts'
import type { Finding } from '../../../model/finding.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { leftOut, type Stream } from './markdown-budget.ts'
import { idList } from './markdown-guardrails.ts'
import { counted } from './numbers.ts'
import type { Writer } from './writer.ts'

/** How the review came about: what names it, what it covered, what it could not see, what its files were warned about. */
export function checkedStream(report: ReviewReport, write: Writer): Stream {
  const lines = checkedLines(report, write)
  return {
    name: 'checked',
    hidden: leftOut(lines.length, 'line on how this was checked', 'lines on how this was checked'),
    share: 0.07,
    at: index => lines[index] && { section: 'checked', text: `- ${lines[index]()}\n` },
  }
}

/** The same as lines, made when they are asked for. */
export function checkedLines(report: ReviewReport, write: Writer): readonly (() => string)[] {
  const { review, comparison, diagnostics } = report
  const { base, head, asOf, version } = comparison
  const documents = `${counted(base.documents, 'document')} before, ${counted(head.documents, 'document')} after`
  return [
    () => `Digest ${write.name(review.digest)}: the same for the same change, also after a merge or a rebase.`,
    () => `Tenon ${write.name(version)}, as of ${asOf}. ${documents}. ${compared(review.totals.compared)}.`,
    ...review.approvals
      // Where all is in one namespace, the digest of the change is that of the namespace.
      .filter(({ digest }) => digest !== review.digest)
      .map(({ namespace, digest }) => () => {
        return `In a cluster, namespace ${write.name(namespace)} is approved by ${write.name(digest)}.`
      }),
    ...guardEdits(review.findings).map(text => () => text),
    ...review.unseen.map(sentence => () => write.sentence(sentence)),
    ...diagnostics.map(diagnostic => () => diagnosticText(diagnostic, write)),
  ]
}

function compared(integrations: number): string {
  return `${counted(integrations, 'integration')} compared call by call`
}

const GUARDS: ReadonlySet<Finding['kind']> = new Set(['guardrail-changed', 'limits-changed'])

function guardEdits(findings: readonly Finding[]): readonly string[] {
  const ids = findings.filter(({ kind }) => GUARDS.has(kind)).map(({ id }) => id)
  if (ids.length === 0) return []
  const edit = ids.length === 1 ? 'edits' : 'edit'
  return [`${idList(ids)} ${edit} what judges this change: it was judged by what stands at the base.`]
}

function diagnosticText({ severity, code, message, file, line }: Diagnostic, write: Writer): string {
  const place = file === undefined ? '' : ` (${write.name(line === undefined ? file : `${file}:${line}`)})`
  return `${severity} ${write.name(code)}: ${write.sentence(message)}${place}`
}
