import { EVENT_ID, getScalarValue, parseEvents, YAMLException, type Event } from 'js-yaml'
import { Unreadable, type SealedMap, type SealedNode } from './sealed-tree.ts'

/** The events of a stream, and how far they are read. */
interface Cursor {
  readonly text: string
  readonly events: readonly Event[]
  at: number
}

/**
 * The documents of an encrypted YAML stream (getsops/sops `stores/yaml/store.go`). Every scalar is text: `null` and `true`
 * are in clear, whatever they would mean. No aliases, anchors and tags, which sops does not write.
 */
export function sealedYaml(text: string, maxDepth: number): readonly SealedNode[] {
  const cursor: Cursor = { text, events: events(text, maxDepth), at: 0 }
  const documents: SealedNode[] = []
  while (cursor.at < cursor.events.length) {
    cursor.at++ // the beginning of the document
    documents.push(readNode(cursor))
    cursor.at++ // its end
  }
  return documents
}

function events(text: string, maxDepth: number): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth })
  } catch (error) {
    if (error instanceof YAMLException) throw new Unreadable('it is not YAML as sops writes it')
    throw error
  }
}

function readNode(cursor: Cursor): SealedNode {
  const event = cursor.events[cursor.at++]
  switch (event?.type) {
    case EVENT_ID.SCALAR:
      checkProperties(cursor, event)
      return getScalarValue(cursor.text, event)
    case EVENT_ID.MAPPING:
      checkProperties(cursor, event)
      return readMap(cursor)
    case EVENT_ID.SEQUENCE:
      checkProperties(cursor, event)
      return readList(cursor)
    default:
      throw new Unreadable('a YAML alias stands in it')
  }
}

function readMap(cursor: Cursor): SealedMap {
  const map = new Map<string, SealedNode>()
  while (cursor.events[cursor.at]?.type !== EVENT_ID.POP) {
    const key = readNode(cursor)
    if (typeof key !== 'string') throw new Unreadable('a key in it is no text')
    if (map.has(key)) throw new Unreadable('a key stands twice in it')
    map.set(key, readNode(cursor))
  }
  cursor.at++
  return map
}

function readList(cursor: Cursor): readonly SealedNode[] {
  const list: SealedNode[] = []
  while (cursor.events[cursor.at]?.type !== EVENT_ID.POP) list.push(readNode(cursor))
  cursor.at++
  return list
}

/** go-yaml writes the text `<<` with a tag, and no other. */
function checkProperties(
  { text }: Cursor,
  { anchorStart, tagStart, tagEnd }: { anchorStart: number; tagStart: number; tagEnd: number },
): void {
  if (anchorStart >= 0 || (tagStart >= 0 && text.slice(tagStart, tagEnd) !== '!!merge')) {
    throw new Unreadable('a YAML anchor or tag stands in it')
  }
}
