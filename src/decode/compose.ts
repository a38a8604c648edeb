import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE, YAMLException } from 'js-yaml'
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml'
import { forbiddenInValue } from './characters.ts'
import { eventsOf, startOf } from './events.ts'
import {
  aliasFault,
  ambiguityFault,
  anchorFault,
  duplicateKeyFault,
  escapeFault,
  collectionKeyFault,
  scalarKeyFault,
  longKeyFault,
  mergeFault,
  reservedKeyFault,
  tagFault,
  type Fault,
} from './faults.ts'
import { isAmbiguity, readPlain } from './plain.ts'

/** Faults of one document beyond these are only counted. */
export const MAX_FAULTS = 100
/** What YAML 1.2 allows for a key on one line (rule 154, `ns-s-implicit-yaml-key`). */
const MAX_KEY = 1024
/** Names that reach a prototype. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

/** Stands for a value that was refused: nothing more is said about it. */
export const UNREADABLE: unique symbol = Symbol('unreadable')

/** Marks a map that lacks a field because its key was refused. Only documents with faults have any. */
const PARTIAL: unique symbol = Symbol('partial')

/** Whether a map has all the fields that were written. */
export function isWhole(map: object): boolean {
  return !Object.hasOwn(map, PARTIAL)
}

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
  /** Whether it holds something that the fast parser is known to misread at times: the other one has to agree. */
  readonly doubtful: boolean
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
  const events = eventsOf(text)
  const first = events[1]
  const reading: Reading = {
    text,
    events,
    next: 1,
    faults: [],
    faultCount: 0,
    permissions: [],
    doubtful: DOUBTFUL.test(text) && !(first?.type === EVENT_ID.MAPPING && first.style === COLLECTION_STYLE.FLOW),
    escapes: false,
  }
  if (first === undefined) return { ...reading, value: null, start: 0 }
  const value = readNode(reading, TOP)
  refuseMore(reading)
  return { ...reading, value, start: Math.max(0, startOf(first)) }
}

/** The parser takes a `---` for a marker that is indented; to YAML it is text, and the document another one. */
function refuseMore({ text, events, next }: Reading): void {
  const [document] = events
  const isMarked = document?.type === EVENT_ID.DOCUMENT && document.explicitStart
  if (next < events.length - 1 || (isMarked && !text.startsWith('---'))) {
    YAMLException.throwAt(text, text.search(/^[ \t]+---/m), 'bad indentation of a document marker')
  }
}

interface Reading {
  readonly text: string
  readonly events: readonly Event[]
  /** Index of the next event. */
  next: number
  readonly faults: Fault[]
  faultCount: number
  readonly permissions: number[]
  doubtful: boolean
  escapes: boolean
}

/** Tabs among the blanks that begin a line, and block scalars that keep all line ends or say how far they are indented. */
const DOUBTFUL = /^ *\t|[|>](?:\+|-?[1-9])/m

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
  const map: Record<string | symbol, unknown> = {}
  const first = reading.events[reading.next]
  for (let next = reading.events[reading.next]!; next.type !== EVENT_ID.POP; next = reading.events[reading.next]!) {
    if (event.style === COLLECTION_STYLE.BLOCK && next !== first && !beginsLine(reading.text, startOf(next)))
      reading.doubtful = true
    const key = readKey(reading, next)
    if (event.style === COLLECTION_STYLE.FLOW) refuseTightColon(reading, next)
    const value = readNode(reading, trackOf(track, key))
    if (key === undefined) map[PARTIAL] = true
    else if (Object.hasOwn(map, key)) refuse(reading, duplicateKeyFault(startOf(next), key))
    else map[key] = value
  }
  reading.next++
  return refused ? UNREADABLE : map
}

/** In `{a :b}` the colon belongs to text, which the parser overlooks: after an unquoted key it needs a blank behind it. */
function refuseTightColon({ text, events, next }: Reading, key: Event): void {
  const value = events[next]
  if (key.type !== EVENT_ID.SCALAR || key.style !== SCALAR_STYLE.PLAIN || value?.type !== EVENT_ID.SCALAR) return
  const start = startOf(value)
  if (text[start - 1] === ':') YAMLException.throwAt(text, start, 'a whitespace character is expected after the colon')
}

/** Whether only blanks stand in front of a key; behind a flow collection the parser takes one for a new entry. */
function beginsLine(text: string, start: number): boolean {
  let at = start - 1
  while (text[at] === ' ') at--
  return at < 0 || text[at] === '\n'
}

function trackOf(track: Track, key: string | undefined): Track {
  if (track === TOP) return key === 'spec' ? SPEC : ELSEWHERE
  return track === SPEC && key === 'permissions' ? PERMISSIONS : ELSEWHERE
}

/** The name that a key is, or `undefined` for one that is refused. */
function readKey(reading: Reading, event: Event): string | undefined {
  if (event.type !== EVENT_ID.SCALAR) {
    readNode(reading, ELSEWHERE)
    refuse(reading, collectionKeyFault(startOf(event)))
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
  return typeof plain === 'string' ? undefined : scalarKeyFault(offset)
}

/** Reports an anchor or a tag in front of a node. */
function refusesProperties(reading: Reading, event: ScalarEvent | SequenceEvent | MappingEvent): boolean {
  if (event.anchorStart >= 0) refuse(reading, anchorFault(event.anchorStart - 1))
  if (event.tagStart >= 0) refuse(reading, tagFault(event.tagStart))
  return event.anchorStart >= 0 || event.tagStart >= 0
}

function refuse(reading: Reading, fault: Fault): void {
  reading.faultCount++
  if (reading.faults.length >= MAX_FAULTS) return
  reading.faults.push(fault.offset < 0 ? { ...fault, offset: offsetHere(reading) } : fault)
}

/** Where something stands that has no text of its own, such as the key of `: value`: before what follows it. */
function offsetHere({ events, next }: Reading): number {
  const near = events.slice(next, next + 2).map(startOf)
  return near.find(offset => offset > 0) ?? 0
}
