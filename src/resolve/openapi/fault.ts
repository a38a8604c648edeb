import type { Severity } from '../../model/diagnostic.ts'

/** Keys and list indexes from the top of the document. */
export type Path = readonly (string | number)[]

/** What a check says about an OpenAPI document. Plain data, because it crosses from the worker and rests in the cache. */
export interface Fault {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly cure?: string
  readonly path?: Path
  /** Points at the key instead of the value. */
  readonly key?: boolean
  readonly line?: number
  readonly column?: number
}

/** Faults beyond these say nothing new to a person, and a hostile document can earn a million. */
export const MAX_ERRORS = 100
export const MAX_WARNINGS = 20

/** The JSON Pointer of a path as a URI fragment, for people (RFC 6901, without percent-encoding). */
export function pointer(path: Path): string {
  return `#${path.map(segment => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`
}

/**
 * A piece of the document as a message may show it: quoted, at most 80 characters, nothing invisible, and no user or
 * password of a URL.
 */
export function show(text: string): string {
  const plain = text.replaceAll(/\/\/[^/@\s]{1,200}@/g, '//…@')
  const short = plain.length > 80 ? `${plain.slice(0, 79)}…` : plain
  return JSON.stringify(short).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)
}

/** Errors first, each kind cut at its limit with a line that says how many were left out. */
export function limited(faults: readonly Fault[]): Fault[] {
  const errors = faults.filter(({ severity }) => severity === 'error')
  const warnings = faults.filter(({ severity }) => severity === 'warning')
  return [...cut(errors, MAX_ERRORS), ...cut(warnings, MAX_WARNINGS)]
}

function cut(faults: readonly Fault[], max: number): readonly Fault[] {
  const [first] = faults
  if (first === undefined || faults.length <= max) return faults
  const rest: Fault = {
    severity: first.severity,
    code: 'openapi-more-problems',
    message: `${faults.length - max} more ${first.severity}s in this document are not shown`,
    cure: 'Correct the others first.',
  }
  return [...faults.slice(0, max), rest]
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
