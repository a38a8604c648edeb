import { lookAlike } from './look-alike.ts'
import { beginning, escaped, pieces } from './names.ts'
import { bytesOf, grouped } from './numbers.ts'

/** How much room names may take, in bytes, and how many stand in a list. */
export interface Limits {
  readonly name: number
  readonly sentence: number
  readonly list: number
}

/** A list of names, and how many more there are. */
export function codes(names: readonly string[], limits: Limits): string {
  const more = names.length - limits.list
  const first = names.slice(0, limits.list).map(name => code(name, limits))
  return more > 0 ? `${first.join(', ')} and ${grouped(more)} more` : first.join(', ')
}

/**
 * A name as a code span, which Markdown and HTML leave alone: no mention, reference, link, emoji or tag begins in one.
 * Two spans never touch: the backticks between them would count together.
 */
export function code(name: string, limits: Pick<Limits, 'name'>): string {
  if (name === '') return '(empty)'
  const { text, isCut } = fitted(name, DIGEST.test(name) ? name.length : limits.name)
  const runs = text.match(/`+/g) ?? []
  const fence = '`'.repeat(1 + Math.max(0, ...runs.map(run => run.length)))
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  const warning = lookAlike(beginning(name, LOOKED_AT))
  return [
    `${fence}${pad}${text}${pad}${fence}`,
    isCut ? ` (cut: ${grouped(name.length)} characters)` : '',
    warning === undefined ? '' : ` ⚠ ${warning}`,
  ].join('')
}

/** Half a digest names nothing. */
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** What is beyond is never shown, and looks like nothing. */
const LOOKED_AT = 1000

/** Parsers of Markdown give up on longer runs of backticks. */
const MAX_RUN = 3

/** As much of a name as fits, never cut inside of an escape. */
function fitted(name: string, limit: number): { readonly text: string; readonly isCut: boolean } {
  // Every character takes a byte or more.
  const start = name.length > limit ? beginning(name, limit + 1) : name
  const isRun = start.includes('`'.repeat(MAX_RUN + 1))
  let text = ''
  let bytes = 0
  for (const piece of pieces(start)) {
    const part = isRun && piece === '`' ? escaped(piece) : piece
    bytes += bytesOf(part)
    if (bytes > limit) return { text: `${text}…`, isCut: true }
    text += part
  }
  return { text, isCut: start.length < name.length }
}
