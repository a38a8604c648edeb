import { isInt64 } from './number.ts'
import { SopsError, showPath, spotAt } from './refusal.ts'
import { MAX_DEPTH, METADATA_KEY, isBranch, type Branch, type Sighting, type Tree, type TreeNode } from './tree.ts'

/** The text being read, how far, and the way down to the value being read. */
interface Cursor {
  readonly text: string
  at: number
  readonly path: (string | number)[]
  readonly seen: Sighting | undefined
}

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/**
 * Reads an encrypted JSON or binary file: one object at the top, int64 apart from other numbers, keys in the order of the
 * text (getsops/sops `stores/json/store.go`). Stricter: no key twice, nothing after the object.
 */
export function readJson(text: string, seen?: Sighting): Tree {
  const cursor: Cursor = { text, at: 0, path: [], seen }
  skipSpace(cursor)
  if (text[cursor.at] !== '{') throw syntax(cursor, 'SOPS takes only JSON with an object at the top')
  const top = new Map(readObject(cursor))
  skipSpace(cursor)
  if (cursor.at < text.length) throw syntax(cursor, 'there is text after the top-level object')
  const metadata = top.get(METADATA_KEY)
  top.delete(METADATA_KEY)
  return { branches: [top], metadata: isBranch(metadata) ? metadata : new Map() }
}

function readValue(cursor: Cursor): TreeNode {
  skipSpace(cursor)
  const first = cursor.text[cursor.at]
  if (cursor.path.length > MAX_DEPTH) throw syntax(cursor, `values are nested deeper than ${MAX_DEPTH} levels`)
  if (first === '{') return readObject(cursor)
  if (first === '[') return readArray(cursor)
  if (first === '"') return readString(cursor)
  const word = WORDS.find(([name]) => cursor.text.startsWith(name, cursor.at))
  if (word === undefined) return readNumber(cursor)
  cursor.at += word[0].length
  return word[1]
}

function readObject(cursor: Cursor): Branch {
  const branch = new Map<string, TreeNode>()
  cursor.at++
  for (skipSpace(cursor); cursor.text[cursor.at] !== '}'; skipSpace(cursor)) {
    if (branch.size > 0) expect(cursor, ',')
    skipSpace(cursor)
    const start = cursor.at
    const key = readString(cursor)
    cursor.path.push(key)
    cursor.seen?.(0, cursor.path, start)
    if (branch.has(key)) throw twice(cursor, start)
    skipSpace(cursor)
    expect(cursor, ':')
    branch.set(key, readValue(cursor))
    cursor.path.pop()
  }
  cursor.at++
  return branch
}

function readArray(cursor: Cursor): TreeNode[] {
  const list: TreeNode[] = []
  cursor.at++
  for (skipSpace(cursor); cursor.text[cursor.at] !== ']'; skipSpace(cursor)) {
    if (list.length > 0) expect(cursor, ',')
    skipSpace(cursor)
    cursor.path.push(list.length)
    cursor.seen?.(0, cursor.path, cursor.at)
    list.push(readValue(cursor))
    cursor.path.pop()
  }
  cursor.at++
  return list
}

/** Finds the closing quote by hand, since a pattern with alternatives runs out of stack on long strings. */
function readString(cursor: Cursor): string {
  const start = cursor.at
  if (cursor.text[start] !== '"') throw syntax(cursor, 'a string is expected')
  let end = start + 1
  while (end < cursor.text.length && cursor.text[end] !== '"') end += cursor.text[end] === '\\' ? 2 : 1
  try {
    const value: unknown = JSON.parse(cursor.text.slice(start, end + 1))
    cursor.at = end + 1
    return String(value)
  } catch {
    throw syntax(cursor, 'a string is not closed or holds a control character or an unknown escape')
  }
}

/** Go's `normalizeJSONNumber`: an integer within 64 bits is an int, everything else a float. */
function readNumber(cursor: Cursor): bigint | number {
  const token = match(cursor, NUMBER)
  if (token === undefined || token === '') throw syntax(cursor, 'a value is expected')
  if (/^-?\d{1,19}$/.test(token) && isInt64(BigInt(token))) return BigInt(token)
  const value = Number(token)
  if (!Number.isFinite(value)) throw syntax(cursor, 'a number is too large')
  return value
}

function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at
  const token = pattern.exec(cursor.text)?.[0]
  cursor.at += token?.length ?? 0
  return token
}

function skipSpace(cursor: Cursor): void {
  match(cursor, SPACE)
}

function expect(cursor: Cursor, mark: string): void {
  if (cursor.text[cursor.at] !== mark) throw syntax(cursor, `"${mark}" is expected`)
  cursor.at++
}

function syntax(cursor: Cursor, what: string): SopsError {
  return new SopsError('sops-syntax', `This is not JSON that SOPS reads: ${what}.`, {
    cure: 'Take the file as sops wrote it.',
    at: spotAt(cursor.text, cursor.at),
  })
}

function twice(cursor: Cursor, offset: number): SopsError {
  return new SopsError('sops-syntax', `The key ${showPath(cursor.path)} stands twice in one object.`, {
    cure: 'Take the file as sops wrote it.',
    at: spotAt(cursor.text, offset),
  })
}
