import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml'
import type { Event } from 'js-yaml'

/** Collections nested deeper are refused. */
export const MAX_DEPTH = 100

/**
 * The events of one document of YAML: its start, its content, its end. Throws `YAMLException` with an offset when the text
 * is no YAML or nested too deeply.
 */
export function eventsOf(text: string): readonly Event[] {
  return parseEvents(text, { maxDepth: MAX_DEPTH })
}

/** The offset at which an event's text starts, its quote included; -1 for a value that is not written. */
export function startOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart - (isQuoted(event.style) ? 1 : 0)
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    default:
      return 0
  }
}

function isQuoted(style: number): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
}

/**
 * Finds the offset of the node at a path, or of its key, among the events of the fast parser; where the path leads nowhere,
 * of what of it exists. It gives the offsets that `offsetAt` finds in a tree, for documents whose tree would take too long.
 */
export function offsetFinder(text: string): (path: readonly (string | number)[], key: boolean) => number {
  const events = eventsOf(text)
  return (path, key) => {
    let node = 1
    let last = positionsOf(text, events[node], events[node])
    for (const [depth, step] of path.entries()) {
      const next = entryOf({ text, events, node }, step)
      if (next === undefined) return depth === 0 ? last.value : last.key
      node = next.value
      last = positionsOf(text, events[next.key], events[next.value])
    }
    return key ? last.key : last.value
  }
}

/** Where a key and its value stand; what is not written stands where the other one does. */
function positionsOf(text: string, key: Event | undefined, value: Event | undefined): { key: number; value: number } {
  const [keyStart, valueStart] = [writtenAt(text, key), writtenAt(text, value)]
  return { key: keyStart ?? valueStart ?? 0, value: valueStart ?? keyStart ?? 0 }
}

function writtenAt(text: string, event: Event | undefined): number | undefined {
  const start = event === undefined ? -1 : startOf(event)
  if (start < 0 || event?.type !== EVENT_ID.SCALAR) return start < 0 ? undefined : start
  if (event.style !== SCALAR_STYLE.LITERAL_BLOCK && event.style !== SCALAR_STYLE.FOLDED_BLOCK) return start
  // A block text begins with the | or > on the line before its first one.
  const line = text.lastIndexOf('\n', start - 2) + 1
  return line + text.slice(line, start).search(/[|>][-+0-9]*[ \t]*(?:[ \t]#.*)?\r?\n?$/)
}

interface At {
  readonly text: string
  readonly events: readonly Event[]
  readonly node: number
}

/** The indexes of the events of a key and its value, or of an entry of a list. */
function entryOf({ text, events, node }: At, step: string | number): { key: number; value: number } | undefined {
  const { type } = events[node]!
  if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return undefined
  let count = 0
  for (let at = node + 1; events[at]!.type !== EVENT_ID.POP; count++) {
    const value = type === EVENT_ID.MAPPING ? behind(events, at) : at
    const key = events[at]!
    const isWanted =
      type === EVENT_ID.MAPPING ? key.type === EVENT_ID.SCALAR && getScalarValue(text, key) === step : count === step
    if (isWanted) return { key: at, value }
    at = behind(events, value)
  }
  return undefined
}

/** The index of the event behind a node. */
function behind(events: readonly Event[], node: number): number {
  let depth = 0
  for (let at = node; ; at++) {
    const { type } = events[at]!
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++
    else if (type === EVENT_ID.POP) depth--
    if (depth === 0) return at + 1
  }
}
