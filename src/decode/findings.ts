import type { Problem, Report } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import type { Fault } from './faults.ts'
import { positionIn, type Part } from './parts.ts'

/** How many problems of one document, and of all documents together, are reported; the others are only counted. */
export const MAX_PER_DOCUMENT = 100
export const MAX_IN_ALL = 10_000

/** What is wrong at a path of a document. */
export interface Finding {
  readonly code: string
  readonly message: string
  readonly cure: string
  readonly path: readonly (string | number)[]
  /** Point at the key instead of the value. */
  readonly key?: boolean
}

/** Takes the findings of one document. The finding is made only if it is going to be shown. */
export type Found = (make: () => Finding) => void

/** Everything that is found in one document, handed on within bounds. */
export interface Findings {
  readonly found: Found
  /** Takes problems that know where in the text they are; `count` of them, of which these are shown. */
  readonly faults: (part: Part, faults: readonly Fault[], count: number) => void
  /** How many there were, shown or not. */
  count(): number
  /** Says how many were not shown. */
  close(): void
}

/** Collects what is found in the document at `place`. */
export function findingsOf(place: Place, line: number, report: Report): Findings {
  let count = 0
  const show = (make: () => Problem): void => {
    if (++count <= MAX_PER_DOCUMENT) report(make())
  }
  return {
    found: make => {
      show(() => {
        const { path, key, ...rest } = make()
        return { severity: 'error', ...rest, place: { ...place, path, ...(key && { key }) } }
      })
    },
    faults: (part, faults, total) => {
      for (const { offset, ...rest } of faults) {
        const { file } = place.document
        show(() => ({ severity: 'error', ...rest, file, ...positionIn(part, Math.max(0, offset)) }))
      }
      count += total - faults.length
    },
    count: () => count,
    close: () => {
      if (count <= MAX_PER_DOCUMENT) return
      report(moreProblems(place, line, count - MAX_PER_DOCUMENT))
    },
  }
}

/** Says how many problems of a document are not shown. */
export function moreProblems({ document: { file } }: Place, line: number, count: number): Problem {
  const message = `this document has ${count} more problems that are not shown`
  const cure = 'Correct the first ones and run again.'
  return { severity: 'error', code: 'too-many-problems', message, cure, file, line, column: 1 }
}

/** Bounds what all documents together report; `close` says how many problems were left out. */
export function boundedReport(report: Report, limit: number): { report: Report; close: () => void } {
  let count = 0
  return {
    report: problem => {
      if (++count <= limit) report(problem)
    },
    close: () => {
      if (count <= limit) return
      const message = `${count - limit} more problems are not shown`
      report({ severity: 'error', code: 'too-many-problems', message, cure: 'Correct the first ones and run again.' })
    },
  }
}
