import { RE2JS } from 're2js'
import { type Run, spend } from './run.ts'

const MAX_LENGTH = 500
const MAX_SIZE = 2000
/** Characters × instructions that count as one step; measured, a step is then about a microsecond at worst. */
const PER_STEP = 50

/** A pattern that runs in time linear in the text. */
export interface Pattern {
  /** Instructions: the factor of that time. */
  readonly size: number
  test(text: string, run: Run): boolean
}

/**
 * Compiles an ECMA-262 pattern (with the flag `u`, as JSON Schema recommends) for RE2, or says why not. Both must accept
 * it, so that it cannot mean one thing here and another elsewhere; `\s` and `.` differ in rare characters only.
 */
export function compilePattern(source: string): Pattern | string {
  if (source.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  if (!isEcmaScript(source)) return 'is not a regular expression'
  try {
    const compiled = RE2JS.compile(source)
    const size = compiled.programSize()
    if (size > MAX_SIZE) return 'repeats too much: write smaller counts'
    return { size, test: (text, run) => tested(compiled, text, size, run) }
  } catch {
    return 'uses what is not supported: look-around, back-references, \\u escapes or counts above 1000'
  }
}

function tested(compiled: RE2JS, text: string, size: number, run: Run): boolean {
  spend(run, Math.ceil((text.length * size) / PER_STEP))
  return compiled.matcher(text).find()
}

/** Compiled only, never run: running it is what an attacker would wait for. */
function isEcmaScript(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp
  } catch {
    return false
  }
}
