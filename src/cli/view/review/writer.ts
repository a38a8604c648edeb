import type { Paint } from '../../style.ts'
import { code, codes, type Limits } from './markdown-names.ts'
import { prose } from './markdown-prose.ts'
import { lookAlike } from './look-alike.ts'
import { beginning, shown } from './names.ts'
import { grouped } from './numbers.ts'

/** How an output writes what comes from documents, and what it stresses. */
export interface Writer {
  name(name: string): string
  /** How long a name may be before it is cut. */
  readonly limit: number
  /** A few names, and how many more there are. */
  names(names: readonly string[]): string
  /** A sentence with names in it; those that are given stay whole. */
  sentence(text: string, names?: readonly string[]): string
  strong(text: string): string
}

/** Writes Markdown that nothing breaks out of, within limits. */
export function markdownWriter(limits: Limits): Writer {
  return {
    name: name => code(name, limits),
    limit: limits.name,
    names: names => codes(names, limits),
    sentence: (text, names) => prose(text, limits, names),
    strong: text => `**${text}**`,
  }
}

const SHOWN = 3

/** Writes plain text, in which nothing is hidden. */
export function textWriter(strong: (text: string) => string = text => text, list = SHOWN): Writer {
  return {
    name: plainName,
    limit: Infinity,
    names: names => {
      const more = names.length - list
      const first = names.slice(0, list).map(plainName).join(', ')
      return more > 0 ? `${first} and ${grouped(more)} more` : first
    },
    sentence: plainSentence,
    strong,
  }
}

function plainName(name: string): string {
  if (name === '') return '(empty)'
  const warning = lookAlike(beginning(name, LOOKED_AT))
  return warning === undefined ? shown(name) : `${shown(name)} (⚠ ${warning})`
}

/** Words that may be taken for others are named again at the end, with why. */
function plainSentence(text: string): string {
  const odd = beginning(text, LOOKED_AT)
    .split(/[\s,]+/)
    .filter(word => lookAlike(word) !== undefined)
  return odd.length === 0 ? shown(text) : `${shown(text)} (⚠ ${[...new Set(odd)].map(plainName).join(', ')})`
}

/** What is beyond looks like nothing. */
const LOOKED_AT = 1000

/** Plain text with colours, for a terminal. */
export function terminalWriter(paint: Paint, list = SHOWN): Writer {
  return textWriter(text => paint('bold', text), list)
}
