import { code, type Limits } from './markdown-names.ts'
import { beginning } from './names.ts'
import { bytesOf } from './numbers.ts'

/**
 * A sentence that has names in it, as Markdown: plain words stay, and everything else becomes a code span. `names` are
 * those which the sentence is known to have: they stay whole, whatever they are made of.
 */
export function prose(sentence: string, limits: Limits, names: readonly string[] = []): string {
  const text = beginning(sentence, limits.sentence * 2)
  const known = names.filter(name => name !== '' && text.includes(name)).toSorted((a, b) => b.length - a.length)
  const parts: string[] = []
  let room = limits.sentence
  for (let at = nextStart(text, 0, known); at < text.length; at = nextStart(text, at, known)) {
    const { source, shown } = nextPart(text, at, { known, limits })
    room -= bytesOf(shown) + 1
    if (room < 0) return [...parts, '…'].join(' ')
    parts.push(shown)
    at += source
  }
  if (text.length < sentence.length) parts.push('…')
  return parts.length === 0 ? '(empty)' : parts.join(' ')
}

interface Context {
  readonly known: readonly string[]
  readonly limits: Limits
}

/** How much of the text a part takes, and how it is shown. */
interface Part {
  readonly source: number
  readonly shown: string
}

function nextPart(text: string, at: number, { known, limits }: Context): Part {
  const opening = /^\((?=[^ ])/.test(text.slice(at, at + 2)) ? '(' : ''
  const start = at + opening.length
  const found = nameAt(text, start, known) ?? quotedAt(text, start) ?? wordAt(text, start)
  const closing = CLOSING.exec(text.slice(start + found.source))?.[0] ?? ''
  // A number and a full stop would begin a list.
  const isListed = /^\d/.test(found.name) && /^[.)]/.test(closing) && text.slice(0, at).trim() === ''
  const shown = found.isPlain && !isListed ? found.name : code(found.name, limits)
  return { source: opening.length + found.source + closing.length, shown: `${opening}${shown}${closing}` }
}

const CLOSING = /^[),.;:!?]{1,3}(?= |$)/

interface Word {
  readonly source: number
  readonly name: string
  readonly isPlain: boolean
}

/** A name that is known to be there, up to the end of a word. */
function nameAt(text: string, at: number, known: readonly string[]): Word | undefined {
  const name = known.find(candidate => text.startsWith(candidate, at) && isEnd(text, at + candidate.length))
  return name === undefined ? undefined : { source: name.length, name, isPlain: false }
}

function isEnd(text: string, at: number): boolean {
  return at >= text.length || /[ ),.;:!?]/.test(text[at]!)
}

/** Messages put names between quotation marks. */
function quotedAt(text: string, at: number): Word | undefined {
  const match = /^(["`])(.+?)\1(?=[ ),.;:!?]|$)/s.exec(text.slice(at))
  if (match === null) return undefined
  return { source: match[0].length, name: match[2]!, isPlain: false }
}

/** A word up to the next space; a method keeps its path. */
function wordAt(text: string, at: number): Word {
  const rest = text.slice(at)
  const word = REQUEST.exec(rest)?.[0] ?? /^[^ ]+/.exec(rest)?.[0] ?? ''
  const bare = word.replace(/[),.;:!?]+$/, '')
  const name = bare === '' ? word : bare
  return { source: name.length, name, isPlain: isPlain(name) }
}

const REQUEST = /^[A-Z]{3,8} \/[^ ]*/

/** No word of ours is longer, and a name is cut. */
const MAX_WORD = 30

/** What no platform makes anything of: words of letters, short numbers, and the signs that our own sentences have. */
function isPlain(word: string): boolean {
  if (word.length > MAX_WORD || /^[0-9a-f]{7,}$/.test(word)) return false
  return /^(?:[A-Za-z]+(?:['’](?:s|t))?|[A-Za-z]+s['’]|\d{1,6}|\d{1,3}(?:,\d{3})+|re-encrypted|re-keyed|[→–—…×])$/.test(
    word,
  )
}

/** Where the next part begins: spaces between parts are ours, unless a name begins with them. */
function nextStart(text: string, at: number, known: readonly string[]): number {
  let next = at
  while (text[next] === ' ' && nameAt(text, next, known) === undefined) next++
  return next
}
