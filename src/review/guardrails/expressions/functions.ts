import { RE2JS } from 're2js'

/** No text that an expression makes or takes apart is longer than this. */
export const MAX_TEXT = 16_384
/** No list that an expression makes of a text has more parts. */
export const MAX_PARTS = 100
const MAX_PATTERN = 200
const MAX_PROGRAM = 1000
const MAX_PATTERNS = 1000

const patterns = new Map<string, RE2JS>()

/** A pattern that is matched in time linear in the text. @throws Error that says what is wrong with it. */
export function patternOf(source: string): RE2JS {
  const known = patterns.get(source)
  if (known !== undefined) return known
  if (source.length > MAX_PATTERN) throw new Error(`the pattern is longer than ${MAX_PATTERN} characters`)
  const compiled = compiledPattern(source)
  if (compiled.programSize() > MAX_PROGRAM) throw new Error('the pattern repeats too much')
  if (patterns.size >= MAX_PATTERNS) patterns.clear()
  patterns.set(source, compiled)
  return compiled
}

function compiledPattern(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch {
    throw new Error('the pattern is not one of RE2: look-around and back-references are not supported')
  }
}

/** `matches` in linear time; somewhere in the text unless the pattern has anchors. */
export function linearMatch(text: string, pattern: string): boolean {
  if (text.length > MAX_TEXT) throw new Error(`matches is given a text longer than ${MAX_TEXT} characters`)
  return patternOf(pattern).matcher(text).find()
}

/** `join` with a bounded result. */
export function joined(texts: Iterable<string>, separator = ''): string {
  const all = [...texts]
  const length = all.reduce((sum, text) => sum + text.length + separator.length, 0)
  if (length > MAX_TEXT) throw new Error(`join would make a text longer than ${MAX_TEXT} characters`)
  return all.join(separator)
}

/** `split` with a bounded result. */
export function parts(text: string, separator: string): string[] {
  if (text.length > MAX_TEXT) throw new Error(`split is given a text longer than ${MAX_TEXT} characters`)
  const found = text.split(separator)
  if (found.length > MAX_PARTS) throw new Error(`split would make more than ${MAX_PARTS} parts`)
  return found
}
