import type { Report } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import type { Fault } from './faults.ts'
import { findingsOf, type Findings } from './findings.ts'
import { partsOf, type Part } from './parts.ts'
import { textOf } from './text.ts'

/** How a file is read that holds one document of its own sort, and no resources. */
export interface Single<Value> {
  /** What an empty file is. */
  readonly empty: (document: Document, report: Report) => Value | undefined
  /** What to say of a second document. */
  readonly second: Fault
  read(part: Part, findings: Findings): Value
}

/** Reads such a file. Everything wrong with it goes to `report`, and then nothing of it is used: `undefined`. */
export function decodeSingle<Value>(document: Document, how: Single<Value>, report: Report): Value | undefined {
  const text = textOf(document)
  if (typeof text !== 'string') {
    report(text)
    return undefined
  }
  const [part, second] = partsOf(text)
  if (part === undefined) return how.empty(document, report)
  const findings = findingsOf({ document, index: 0, path: [] }, part.line + 1, report)
  if (second !== undefined) findings.faults(second, [how.second], 1)
  const value = how.read(part, findings)
  findings.close()
  return findings.count() === 0 ? value : undefined
}

/** Refuses an empty file at its first line. */
export function refusesEmpty(said: { readonly code: string; readonly message: string; readonly cure: string }) {
  return (document: Document, report: Report): undefined => {
    report({ severity: 'error', ...said, file: document.file, line: 1, column: 1 })
  }
}
