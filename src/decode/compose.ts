import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml'
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml'
import { forbiddenInValue } from './characters.ts'
import {
  aliasFault,
  ambiguityFault,
  anchorFault,
  duplicateKeyFault,
  escapeFault,
  keyFault,
  longKeyFault,
  mergeFault,
  reservedKeyFault,
  tagFault,
  type Fault,
} from './faults.ts'
import { isAmbiguity, readPlain } from './plain.ts'

/** Collections nested deeper are refused. */
export const MAX_DEPTH = 100
/** Faults of one document beyond these are only counted. */
export const MAX_FAULTS = 100
/** What YAML 1.2 allows for a key on one line (rule 154, `ns-s-implicit-yaml-key`). */
const MAX_KEY = 1024
/** Names that reach a prototype. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

/** Stands for a value that was refused: nothing more is said about it. */
export const UNREADABLE: unique symbol = Symbol('unreadable')

/** The value of one document in plain objects and lists, and what was noticed on the way. */
export interface Composed {
  readonly value: unknown
  readonly faults: readonly Fault[]
  /** How many faults there were, whether kept in `faults` or not. */
  readonly faultCount: number
  /** Where the content starts, as an offset like that of a fault. */
  readonly start: number
  /** Where each entry of `spec.permissions` starts. */
  readonly permissions: readonly number[]
  /** Whether some text was written with escapes or over several lines, so that a search of the file does not find it. */
  readonly escapes: boolean
}

/**
 * Reads one document of YAML 1.2 in one pass over its events, noticing what is refused: anchors, aliases, tags, merge
 * keys, keys that are no text, the same key twice, and plain scalars on which YAML readers disagree.
 *
 * Throws `YAMLException` with an offset when the text is no YAML or nested too deeply. Keys that reach a prototype are
 * refused before anything is assigned, so the plain objects have own properties only.
 */
export function compose(text: string): Composed {
  const events = parseEvents(text, { maxDepth: MAX_DEPTH })
  const reading: Reading = { text, events, next: 1, faults: [], faultCount: 0, permissions: [], escapes: false }
  const first = events[1]
  if (first === undefined) return { ...reading, value: null, start: 0 }
  const value = readNode(reading, TOP)
  return { ...reading, value, start: Math.max(0, startOf(first)) }
}

interface Reading {
  readonly text: string
  readonly events: readonly Event[]
  /** Index of the next event. */
  next: number
  readonly faults: Fault[]
  faultCount: number
  readonly permissions: number[]
  escapes: boolean
}

/** Where a node stands, as far as anybody asks: on the way to `spec.permissions`. */
type Track = typeof ELSEWHERE | typeof TOP | typeof SPEC | typeof PERMISSIONS
const ELSEWHERE = 0
const TOP = 1
const SPEC = 2
const PERMISSIONS = 3

function readNode(reading: Reading, track: Track): unknown {
  const event = reading.events[reading.next++]!
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return readScalar(reading, event)
    case EVENT_ID.MAPPING:
      return readMapping(reading, event, track)
    case EVENT_ID.SEQUENCE:
      return readSequence(reading, event, track)
    case EVENT_ID.ALIAS:
      refuse(reading, aliasFault(event.anchorStart - 1))
      return UNREADABLE
    default:
      throw new Error(`no content begins with event ${event.type}`)
  }
}

function readScalar(reading: Reading, event: ScalarEvent): unknown {
  if (refusesProperties(reading, event)) return UNREADABLE
  const text = getScalarValue(reading.text, event)
  if (event.style === SCALAR_STYLE.PLAIN) {
    const value = readPlain(text)
    if (!isAmbiguity(value)) return value
    refuse(reading, ambiguityFault(event.valueStart, 'value', value))
    return UNREADABLE
  }
  return event.fast || escapesAreHarmless(reading, event, text) ? text : UNREADABLE
}

/** Escapes can write characters that the text of a file may not hold. */
function escapesAreHarmless(reading: Reading, event: ScalarEvent, text: string): boolean {
  reading.escapes = true
  if (event.style !== SCALAR_STYLE.DOUBLE_QUOTED) return true
  const at = forbiddenInValue(text)
  if (at >= 0) refuse(reading, escapeFault(startOf(event), text, at))
  return at < 0
}

function readSequence(reading: Reading, event: SequenceEvent, track: Track): unknown {
  const refused = refusesProperties(reading, event)
  const items: unknown[] = []
  for (let next = reading.events[reading.next]!; next.type !== EVENT_ID.POP; next = reading.events[reading.next]!) {
    if (track === PERMISSIONS) reading.permissions.push(startOf(next))
    items.push(readNode(reading, ELSEWHERE))
  }
  reading.next++
  return refused ? UNREADABLE : items
}

function readMapping(reading: Reading, event: MappingEvent, track: Track): unknown {
  const refused = refusesProperties(reading, event)
  const map: Record<string, unknown> = {}
  for (let next = reading.events[reading.next]!; next.type !== EVENT_ID.POP; next = reading.events[reading.next]!) {
    const key = readKey(reading, next)
    const value = readNode(reading, trackOf(track, key))
    if (key === undefined) continue
    if (Object.hasOwn(map, key)) refuse(reading, duplicateKeyFault(startOf(next), key))
    else map[key] = value
  }
  reading.next++
  return refused ? UNREADABLE : map
}

function trackOf(track: Track, key: string | undefined): Track {
  if (track === TOP) return key === 'spec' ? SPEC : ELSEWHERE
  return track === SPEC && key === 'permissions' ? PERMISSIONS : ELSEWHERE
}

/** The name that a key is, or `undefined` for one that is refused. */
function readKey(reading: Reading, event: Event): string | undefined {
  if (event.type !== EVENT_ID.SCALAR) {
    readNode(reading, ELSEWHERE)
    refuse(reading, keyFault(startOf(event)))
    return undefined
  }
  reading.next++
  if (refusesProperties(reading, event)) return undefined
  const text = getScalarValue(reading.text, event)
  const fault = keyFaultOf(event, text)
  if (fault === undefined) return event.fast || escapesAreHarmless(reading, event, text) ? text : undefined
  refuse(reading, fault)
  return undefined
}

function keyFaultOf(event: ScalarEvent, text: string): Fault | undefined {
  const offset = startOf(event)
  if (event.valueEnd - event.valueStart > MAX_KEY) return longKeyFault(offset)
  if (RESERVED.has(text)) return reservedKeyFault(offset, text)
  if (event.style !== SCALAR_STYLE.PLAIN) return undefined
  if (text === '<<') return mergeFault(offset)
  const plain = readPlain(text)
  if (isAmbiguity(plain)) return ambiguityFault(offset, 'key', plain)
  return typeof plain === 'string' ? undefined : keyFault(offset)
}

/** Reports an anchor or a tag in front of a node. */
function refusesProperties(reading: Reading, event: ScalarEvent | SequenceEvent | MappingEvent): boolean {
  if (event.anchorStart >= 0) refuse(reading, anchorFault(event.anchorStart - 1))
  if (event.tagStart >= 0) refuse(reading, tagFault(event.tagStart))
  return event.anchorStart >= 0 || event.tagStart >= 0
}

function refuse(reading: Reading, fault: Fault): void {
  reading.faultCount++
  if (reading.faults.length < MAX_FAULTS) reading.faults.push(fault)
}

/** The offset at which an event's text starts, its quote included; -1 for a value that is not written. */
function startOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart - (isQuoted(event) ? 1 : 0)
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    default:
      return 0
  }
}

function isQuoted({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
}
