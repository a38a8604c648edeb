import type { Place } from './document.ts'

export type Severity = 'error' | 'warning'

/** A statement about a document's text, before anybody looked up its line. `code` is constant kebab-case. */
export interface Problem {
  readonly severity: Severity
  readonly code: string
  /** What is wrong, with the names involved; never a secret, never blame. */
  readonly message: string
  /** What to do about it, as one sentence. */
  readonly cure?: string
  readonly place?: Place
  /** Where there is no place in a document: the file, with a position if the reporter knows one (1-based). */
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** A problem with its position: what people and `-o json` are shown. Lines and columns count from 1. */
export interface Diagnostic {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly cure?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** Takes a problem and lets the stage go on, so that all of them are reported at once. */
export type Report = (problem: Problem) => void
