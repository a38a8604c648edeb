/** One document of a YAML stream, cut out of the text of its file. */
export interface Part {
  /** Which document of the stream, from 0; empty ones count. */
  readonly index: number
  /** How many lines of the file stand before it. */
  readonly line: number
  /** From its `---` line, if it has one, to the line before the next `---` or `...`. */
  readonly text: string
  /** Something that no document may have, and where in `text`: a directive (`%YAML`), or text after `...`. */
  readonly stray?: Stray
}

export interface Stray {
  readonly kind: 'directive' | 'after-end'
  readonly offset: number
}

/** A position in a file; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Cutting stops behind so many documents of one file. */
export const MAX_PARTS = 100_000

const DASH = 45
const DOT = 46

/**
 * The documents of a stream. A line that begins with `---` or `...` and ends there or goes on with a blank is a marker
 * wherever it stands (YAML 1.2.2, rule 206 `c-forbidden`), so documents are cut apart before they are parsed: a mistake
 * in one then hides none in the others, and the work for each is bounded.
 */
export function partsOf(text: string): Part[] {
  const cut: Cut = { text, parts: [], start: 0, line: 0, isDocument: false, stray: undefined }
  let line = 0
  for (let at = 0; at < text.length && cut.parts.length <= MAX_PARTS; line++) {
    const next = text.indexOf('\n', at)
    const end = next < 0 ? text.length : next + 1
    const first = text.charCodeAt(at)
    if ((first === DASH || first === DOT) && isMarker(text, at, first)) {
      if (first === DASH) startDocument(cut, at, line)
      else endDocument(cut, { at, end, line })
    }
    at = end
  }
  finish(cut, text.length)
  return cut.parts
}

interface Cut {
  readonly text: string
  readonly parts: Part[]
  /** Where the text that belongs to no finished part begins, and how many lines stand before it. */
  start: number
  line: number
  /** Whether it is a document even if it is empty, since it began with `---`. */
  isDocument: boolean
  stray: Stray | undefined
}

function isMarker(text: string, at: number, first: number): boolean {
  if (text.charCodeAt(at + 1) !== first || text.charCodeAt(at + 2) !== first) return false
  const following = text[at + 3]
  return following === undefined || following === ' ' || following === '\t' || following === '\n' || following === '\r'
}

function startDocument(cut: Cut, at: number, line: number): void {
  const content = cut.isDocument ? undefined : contentOffset(cut.text.slice(cut.start, at))
  if (content !== undefined && cut.text[cut.start + content] === '%') {
    // Directives belong to the document behind them.
    cut.stray ??= { kind: 'directive', offset: content }
    cut.isDocument = true
    return
  }
  finish(cut, at)
  Object.assign(cut, { start: at, line, isDocument: true })
}

function endDocument(cut: Cut, { at, end, line }: { at: number; end: number; line: number }): void {
  finish(cut, at)
  const isClean = isNothing(cut.text.slice(at + 3, end))
  Object.assign(cut, { start: isClean ? end : at, line: isClean ? line + 1 : line, isDocument: !isClean })
  if (!isClean) cut.stray = { kind: 'after-end', offset: 0 }
}

function finish(cut: Cut, end: number): void {
  const { parts, start, line, isDocument } = cut
  const text = cut.text.slice(start, end)
  const content = isDocument ? 0 : contentOffset(text)
  if (content === undefined) return
  const stray = cut.stray ?? (text[content] === '%' ? { kind: 'directive' as const, offset: content } : undefined)
  parts.push({ index: parts.length, line, text, ...(stray && { stray }) })
  cut.stray = undefined
}

/** Where the first line begins that is more than a comment. */
function contentOffset(text: string): number | undefined {
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('\n', at)
    const end = next < 0 ? text.length : next + 1
    if (!isNothing(text.slice(at, end))) return at
    at = end
  }
  return undefined
}

/** Whether a line holds nothing but blanks and a comment. */
function isNothing(line: string): boolean {
  return /^[ \t\r\n]*(?:#|$)/.test(line)
}

/** The position in the file of an offset into a part. */
export function positionIn(part: Part, offset: number): Position {
  let line = part.line + 1
  let lineStart = 0
  for (let at = part.text.indexOf('\n'); at >= 0 && at < offset; at = part.text.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  return { line, column: offset - lineStart + 1 }
}

/** The lines in the file of ascending offsets into a part, counted from 1. */
export function linesIn(part: Part, offsets: readonly number[]): number[] {
  let line = part.line + 1
  let at = part.text.indexOf('\n')
  return offsets.map(offset => {
    for (; at >= 0 && at < offset; at = part.text.indexOf('\n', at + 1)) line++
    return line
  })
}
