import { isDeepStrictEqual } from 'node:util'
import { YAMLException } from 'js-yaml'
import type { ErrorCode, YAMLError } from 'yaml'
import type { Fault } from './faults.ts'
import type { Part } from './parts.ts'
import { complaints, openingBefore, treeOf, type Tree } from './tree.ts'

interface Wording {
  readonly message: string
  readonly cure: string
}

/** Larger documents with a mistake are not read again for a better message: the second parser takes its time. */
const MAX_REREAD = 256 * 1024
/** Nor are those that nest this deeply somewhere behind the mistake. */
const MAX_NESTING = 200
const MANY_MARKS = /(?:[-?:][ \t]+){200}/

const COLON: Wording = {
  message: 'a value holds ": " or goes on in a map, which only quotes allow',
  cure: 'Put the value in quotes, or begin the map on the next line, two columns further in.',
}
const INDENT: Wording = {
  message: 'this line is not indented like those that it belongs to',
  cure: 'Let the fields of a map, and the entries of a list, begin in one column.',
}
const PROPERTIES: Wording = {
  message: 'anchors (&), aliases (*) and tags (!) are not allowed',
  cure: 'Remove them; put text in quotes that begins with one of these characters.',
}
const TABS: Wording = { message: 'a tab stands where only spaces may', cure: 'Use spaces instead of tabs.' }
const UNFINISHED: Wording = {
  message: 'a field has no ":" after its name',
  cure: 'Write "name: value", with a blank after the colon.',
}
const LIST_ENTRY = /^-[ \t\r\n]/
const ENTRY: Wording = {
  message: 'an entry of a list stands where a field or a value is expected',
  cure: 'Begin the list on the line below its field, and indent all its entries alike.',
}
const UNEXPECTED: Wording = {
  message: 'this cannot stand here',
  cure: 'Put the whole value in quotes, or remove what does not belong here.',
}

/** What the second parser finds, by its codes; its own messages are not used, since some repeat the text. */
const BY_CODE: Readonly<Partial<Record<ErrorCode, Wording>>> = {
  BAD_DQ_ESCAPE: {
    message: 'this escape is not known inside double quotes',
    cure: String.raw`Write \\ for a backslash, or use single quotes.`,
  },
  ALIAS_PROPS: PROPERTIES,
  BAD_ALIAS: PROPERTIES,
  BAD_INDENT: INDENT,
  MULTIPLE_ANCHORS: PROPERTIES,
  MULTIPLE_TAGS: PROPERTIES,
  TAG_RESOLVE_FAILED: PROPERTIES,
  BAD_SCALAR_START: { message: 'unquoted text cannot begin with this character', cure: 'Put the text in quotes.' },
  BLOCK_AS_IMPLICIT_KEY: COLON,
  BLOCK_IN_FLOW: {
    message: 'inside [ ] and { } a value cannot begin with "- ", "? ", "|" or ">"',
    cure: 'Put it in quotes, or write the list or map in several lines.',
  },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters', cure: 'Shorten it.' },
  MULTILINE_IMPLICIT_KEY: UNFINISHED,
  MISSING_CHAR: UNFINISHED,
  NON_STRING_KEY: {
    message: 'a key must be text',
    cure: 'Put it in quotes; fill in templates such as {{ … }} before Tenon reads the file.',
  },
  TAB_AS_INDENT: TABS,
  UNEXPECTED_TOKEN: UNEXPECTED,
}

/** What the first parser finds, by its messages, where the second one was not asked or had nothing to say. */
const BY_REASON: readonly (readonly [part: string, wording: Wording])[] = [
  ['tab characters', TABS],
  ['quoted scalar', { message: 'a quote is not closed', cure: 'Close it with the same quote.' }],
  ['flow collection', { message: 'a [ or { is not closed', cure: 'Close it with ] or }.' }],
  ['escape sequence', BY_CODE.BAD_DQ_ESCAPE!],
  ['hexadecimal', BY_CODE.BAD_DQ_ESCAPE!],
  [
    'deficient indentation',
    {
      message:
        'inside [ ], { } and quotes every line is indented further than the field it belongs to, the closing one too',
      cure: 'Indent the line further.',
    },
  ],
  [
    'bad indentation of a mapping entry',
    {
      message: 'this does not fit into the map around it',
      cure: 'Check the indentation, and put text in quotes that holds ": " or begins with a special character.',
    },
  ],
  ['indentation', INDENT],
  ['whitespace character', { message: 'a colon needs a blank behind it', cure: 'Write "name: value".' }],
]

const UNKNOWN: Wording = { message: 'this is not YAML', cure: 'Check quotes, colons and indentation around here.' }

/** What is wrong with a document that the first parser refused with an exception. Throws any other exception again. */
export function syntaxFault(part: Part, error: unknown): Fault {
  if (!(error instanceof YAMLException)) throw error
  const offset = Math.min(error.mark?.position ?? 0, part.text.length)
  if (error.reason.startsWith('nesting exceeded')) {
    const message = 'lists and maps are nested more than 100 levels deep'
    return { code: 'yaml-depth', offset, message, cure: 'Nest less deeply.' }
  }
  const wording = isBehindTab(part.text, offset) ? TABS : wordingOf(error.reason)
  return secondOpinion(part) ?? { code: 'yaml-syntax', offset, ...wording }
}

/** The parser says of a tab between a colon and a bracket that indentation is missing. */
function isBehindTab(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).includes('\t')
}

function wordingOf(reason: string): Wording {
  return BY_REASON.find(([part]) => reason.includes(part))?.[1] ?? UNKNOWN
}

/** What the second parser says first: it points closer to the mistake. */
function secondOpinion(part: Part): Fault | undefined {
  return part.text.length > MAX_REREAD || nestsDeeply(part.text) ? undefined : complaint(part, treeOf(part))
}

/** The fault of a document that the parsers do not read alike; the stricter of the two is right. */
export function disagreement(part: Part, value: unknown): Fault | undefined {
  const tree = treeOf(part)
  const fault = complaint(part, tree)
  if (fault !== undefined || isDeepStrictEqual(tree.toJS({ maxAliasCount: 0 }), value)) return fault
  const message = 'YAML readers disagree on the indentation of this document'
  return {
    code: 'yaml-ambiguous',
    offset: 0,
    message,
    cure: 'Indent with spaces only, and let block texts begin with | or > alone.',
  }
}

function complaint(part: Part, tree: Tree): Fault | undefined {
  const [first] = complaints(tree)
  if (first === undefined) return undefined
  if (LIST_ENTRY.test(part.text.slice(first.pos[0], first.pos[0] + 2)))
    return { code: 'yaml-syntax', offset: first.pos[0], ...ENTRY }
  return unclosed(tree, first) ?? { code: 'yaml-syntax', offset: first.pos[0], ...(BY_CODE[first.code] ?? UNKNOWN) }
}

/** A quote or bracket that is not closed is noticed far behind it. */
function unclosed(tree: Tree, { code, pos }: YAMLError): Fault | undefined {
  if (code !== 'MISSING_CHAR' && code !== 'BAD_INDENT') return undefined
  const opening = openingBefore(tree, pos[0])
  if (opening === undefined) return undefined
  const wording = wordingOf(opening.quoted ? 'quoted scalar' : 'flow collection')
  return { code: 'yaml-syntax', offset: opening.offset, ...wording }
}

/** Whether brackets, or marks of lists and keys on one line, nest so deeply that the second parser would be slow. */
function nestsDeeply(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    if (depth > MAX_NESTING) return true
  }
  return MANY_MARKS.test(text)
}
