import {
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  SCALAR_STYLE_PLAIN,
  YAMLException,
  getScalarValue,
  parseEvents,
  type Event,
  type ScalarEvent,
} from 'js-yaml'
import { SopsError, showPath, spotAt, type SopsCode } from './refusal.ts'
import { UNTYPABLE, resolvePlain } from './scalar.ts'
import { MAX_DEPTH, METADATA_KEY, isBranch, type Branch, type Sighting, type Tree, type TreeNode } from './tree.ts'

/** go-yaml writes this text, key or value, as `!!merge <<`, and reads it as plain text again. */
const MERGE = '<<'

/** Line breaks for go-yaml, which reads YAML 1.1, and letters like others for YAML 1.2: written out, they mean two things. */
const OLD_LINE_BREAK = /[\u0085\u2028\u2029]/

/** The events of the stream, how far they are read, and the way down to the value being read. */
interface Cursor {
  readonly text: string
  readonly events: readonly Event[]
  at: number
  document: number
  readonly path: (string | number)[]
  readonly seen: Sighting | undefined
}

/**
 * Reads an encrypted YAML stream (getsops/sops `stores/yaml/store.go`): metadata from the first document, the top-level
 * `sops` key dropped from each, an empty document kept as an empty map. Comments are passed over: the MAC leaves them out.
 * Stricter: no key twice in any document, no aliases, anchors, tags or directives, which sops does not
 * write.
 */
export function readYaml(text: string, seen?: Sighting): Tree {
  const cursor: Cursor = { text, events: events(text), at: 0, document: -1, path: [], seen }
  const separator = text.search(OLD_LINE_BREAK)
  if (separator >= 0) throw refused(cursor, separator, 'sops-unsupported-feature', 'U+0085, U+2028 or U+2029 stands')
  const branches: Branch[] = []
  let metadata: Branch = new Map()
  for (let event = next(cursor); event !== undefined; event = next(cursor)) {
    if (event.type !== EVENT_DOCUMENT) throw new Error('a YAML stream consists of documents')
    if (event.directives.length > 0)
      throw refused(cursor, 0, 'sops-unsupported-feature', 'A %YAML or %TAG directive stands')
    cursor.document++
    const top = new Map(readTop(cursor))
    const sops = top.get(METADATA_KEY)
    top.delete(METADATA_KEY)
    if (cursor.document === 0 && isBranch(sops)) metadata = sops
    branches.push(top)
    cursor.at++ // the end of the document
  }
  return { branches, metadata }
}

function events(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    // What follows a quote or number in the reason comes from the file and might be a value.
    const reason = /^[a-z][a-z ,;:-]*/i.exec(error.reason)?.[0].trim() ?? 'unexpected text'
    throw new SopsError('sops-syntax', `This is not YAML: ${reason}.`, {
      cure: 'Correct the text, or take the file as sops wrote it.',
      at: error.mark === undefined ? undefined : { line: error.mark.line + 1, column: error.mark.column + 1 },
    })
  }
}

function next(cursor: Cursor): Event | undefined {
  return cursor.events[cursor.at++]
}

/** The top of a document is a map; null stands for an empty document. */
function readTop(cursor: Cursor): Branch {
  const top = readNode(cursor)
  if (isBranch(top)) return top
  if (top === null) return new Map()
  throw refused(cursor, 0, 'sops-syntax', `Document ${cursor.document + 1} is no map`)
}

function readNode(cursor: Cursor): TreeNode {
  const event = next(cursor)
  switch (event?.type) {
    case EVENT_SCALAR:
      return readScalar(cursor, event)
    case EVENT_MAPPING:
      refuseProperties(cursor, event)
      return readMapping(cursor)
    case EVENT_SEQUENCE:
      refuseProperties(cursor, event)
      return readSequence(cursor)
    case EVENT_ALIAS:
      throw refused(cursor, event.anchorStart, 'sops-unsupported-feature', 'A YAML alias stands')
    default:
      throw new Error('a YAML event stream nests its events')
  }
}

function readMapping(cursor: Cursor): Branch {
  const branch = new Map<string, TreeNode>()
  while (cursor.events[cursor.at]?.type !== EVENT_POP) {
    const offset = offsetOf(cursor.events[cursor.at])
    const key = readKey(cursor, offset)
    cursor.path.push(key)
    cursor.seen?.(cursor.document, cursor.path, offset)
    if (branch.has(key)) throw refused(cursor, offset, 'sops-syntax', `The key ${showPath(cursor.path)} stands twice`)
    branch.set(key, readNode(cursor))
    cursor.path.pop()
  }
  cursor.at++
  return branch
}

function readSequence(cursor: Cursor): TreeNode[] {
  const list: TreeNode[] = []
  while (cursor.events[cursor.at]?.type !== EVENT_POP) {
    cursor.path.push(list.length)
    cursor.seen?.(cursor.document, cursor.path, offsetOf(cursor.events[cursor.at]))
    list.push(readNode(cursor))
    cursor.path.pop()
  }
  cursor.at++
  return list
}

/** sops takes string keys only (`sops.go`, walkBranch). */
function readKey(cursor: Cursor, offset: number): string {
  const key = readNode(cursor)
  if (typeof key === 'string') return key
  throw refused(cursor, offset, 'sops-unsupported-feature', 'A key that is no string stands')
}

function readScalar(cursor: Cursor, event: ScalarEvent): TreeNode {
  const text = getScalarValue(cursor.text, event)
  if (text === MERGE && event.tagStart >= 0 && event.anchorStart < 0 && tagOf(cursor, event) === '!!merge') return text
  refuseProperties(cursor, event)
  if (event.style !== SCALAR_STYLE_PLAIN) return text
  const value = resolvePlain(text)
  if (value !== UNTYPABLE) return value
  throw refused(cursor, event.valueStart, 'sops-unsupported-feature', 'An integer above 2^63-1 stands')
}

function tagOf(cursor: Cursor, event: ScalarEvent): string {
  return cursor.text.slice(event.tagStart, event.tagEnd)
}

function refuseProperties(cursor: Cursor, event: { readonly anchorStart: number; readonly tagStart: number }): void {
  if (event.anchorStart >= 0)
    throw refused(cursor, event.anchorStart, 'sops-unsupported-feature', 'A YAML anchor stands')
  if (event.tagStart >= 0) throw refused(cursor, event.tagStart, 'sops-unsupported-feature', 'A YAML tag stands')
}

function offsetOf(event: Event | undefined): number {
  if (event?.type === EVENT_SCALAR) return event.valueStart
  return event?.type === EVENT_MAPPING || event?.type === EVENT_SEQUENCE ? event.start : 0
}

function refused(cursor: Cursor, offset: number, code: SopsCode, what: string): SopsError {
  return new SopsError(code, `${what} in the encrypted file, where readers of YAML differ or sops writes none.`, {
    cure: 'Take the file as sops wrote it, without that text or with it in double quotes as an escape.',
    at: spotAt(cursor.text, offset),
  })
}
