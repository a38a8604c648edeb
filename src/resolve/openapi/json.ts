import type { Step } from './steps.ts'

/** The text is not JSON (RFC 8259) from this offset on. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y

/** What the grammar allows next. */
type Expect = 'value' | 'firstItem' | 'key' | 'firstKey' | 'next'

interface Reader {
  readonly text: string
  readonly maps: boolean[]
  at: number
  expect: Expect
}

/**
 * Steps through JSON text with the offset of every key and value. `JSON.parse` says neither where a mistake is nor that
 * a key came twice, and reads any depth.
 *
 * @throws JsonError where the text leaves the grammar.
 */
export function* jsonSteps(text: string): Generator<Step, void, undefined> {
  const reader: Reader = { text, maps: [], at: 0, expect: 'value' }
  for (;;) {
    skipSpace(reader)
    if (reader.expect !== 'next') yield reader.expect.endsWith('ey') ? readKey(reader) : readValue(reader)
    else if (reader.maps.length > 0) yield* readNext(reader)
    else if (reader.at < text.length) throw unexpected(reader, 'the end of the document')
    else return
  }
}

function readKey(reader: Reader): Step {
  const start = reader.at
  if (reader.expect === 'firstKey' && reader.text[start] === '}') return close(reader)
  if (reader.text[start] !== '"') throw unexpected(reader, 'a key in double quotes')
  reader.at = stringEnd(reader.text, start)
  const name = keyName(reader.text, start, reader.at)
  skipSpace(reader)
  if (reader.text[reader.at] !== ':') throw unexpected(reader, '":"')
  reader.at += 1
  reader.expect = 'value'
  return { kind: 'key', start, name }
}

function readValue(reader: Reader): Step {
  const start = reader.at
  const first = reader.text[start]
  if (first === '{' || first === '[') {
    reader.maps.push(first === '{')
    reader.at += 1
    reader.expect = first === '{' ? 'firstKey' : 'firstItem'
    return { kind: first === '{' ? 'map' : 'list', start }
  }
  if (first === ']' && reader.expect === 'firstItem') return close(reader)
  reader.at = first === '"' ? stringEnd(reader.text, start) : literalEnd(reader)
  reader.expect = 'next'
  return { kind: 'scalar', start }
}

function* readNext(reader: Reader): Generator<Step, void, undefined> {
  const map = reader.maps.at(-1) === true
  const found = reader.text[reader.at]
  if (found === ',') {
    reader.at += 1
    reader.expect = map ? 'key' : 'value'
  } else if (found === (map ? '}' : ']')) {
    yield close(reader)
  } else {
    throw unexpected(reader, map ? '"," or "}"' : '"," or "]"')
  }
}

function close(reader: Reader): Step {
  reader.maps.pop()
  reader.at += 1
  reader.expect = 'next'
  return { kind: 'end' }
}

function skipSpace(reader: Reader): void {
  const { text } = reader
  for (let code = text.charCodeAt(reader.at); isSpace(code); code = text.charCodeAt(reader.at)) reader.at += 1
}

function isSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09
}

function keyName(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end - 1)
  return name.includes('\\') ? String(JSON.parse(text.slice(start, end))) : name
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code < SPACE) throw new JsonError('a string may not hold a line break or another control character', at)
    if (code === BACKSLASH) {
      ESCAPE.lastIndex = at + 1
      if (!ESCAPE.test(text)) throw new JsonError('a string holds an escape that JSON does not have', at)
      at += 1
    }
  }
  throw new JsonError('the text ends inside a string', text.length)
}

function literalEnd(reader: Reader): number {
  LITERAL.lastIndex = reader.at
  if (!LITERAL.test(reader.text)) throw unexpected(reader, 'a value')
  return LITERAL.lastIndex
}

function unexpected(reader: Reader, wanted: string): JsonError {
  const found = reader.at < reader.text.length ? `holds ${JSON.stringify(reader.text[reader.at])}` : 'ends'
  return new JsonError(`the text ${found} where JSON needs ${wanted}`, reader.at)
}
