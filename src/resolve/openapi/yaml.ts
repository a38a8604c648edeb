import {
  CORE_SCHEMA,
  EVENT_ID,
  SCALAR_STYLE,
  YAMLException,
  constructFromEvents,
  getScalarValue,
  mergeTag,
  parseEvents,
} from 'js-yaml'
import type { Event } from 'js-yaml'
import type { Step } from './steps.ts'

// YAML 1.2 core, as OpenAPI asks for; merge keys besides, because published documents use them and other readers obey:
// a path item that merges its methods would otherwise show fewer operations here than there.
const SCHEMA = CORE_SCHEMA.withTags(mergeTag)
const MAX_ALIASES = 10_000

/**
 * The parser makes an object for every value before anybody can count them: at most two for each character that can begin
 * one. The largest published description has half a million such characters; text with far more is refused at once, not
 * after the seconds that filling the memory takes.
 */
const MAX_MARKS = 1_000_000
export const TOO_MANY = `the text holds more than ${MAX_MARKS} lines, commas, colons and brackets`

/** The text is not one YAML document that stands for JSON data; the offset counts UTF-16 code units. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/**
 * The value of a YAML text that holds one document. Aliases give shared objects, even cycles.
 *
 * @throws YamlError for anything else, duplicate keys and collections nested deeper than `maxDepth` included.
 */
export function readYaml(text: string, maxDepth: number): unknown {
  if (marksIn(text) > MAX_MARKS) throw new YamlError(TOO_MANY, 0)
  const documents = attempt(() =>
    constructFromEvents(parse(text, maxDepth), { source: text, schema: SCHEMA, maxAliases: MAX_ALIASES }),
  )
  if (documents.length !== 1) throw new YamlError(`the text holds ${documents.length} YAML documents, not one`, 0)
  return documents[0]
}

/** Steps through YAML text that `readYaml` could read. */
export function* yamlSteps(text: string, maxDepth: number): Generator<Step, void, undefined> {
  const open: { map: boolean; key: boolean }[] = []
  let last = 0
  for (const event of parse(text, maxDepth)) {
    if (event.type === EVENT_ID.DOCUMENT) continue
    if (event.type === EVENT_ID.POP) {
      if (open.pop() === undefined) return
      yield { kind: 'end' }
      continue
    }
    const frame = open.at(-1)
    const key = frame?.map === true && frame.key
    if (frame !== undefined) frame.key = !frame.key
    last = offsetOf(event, last)
    yield step(event, { key, start: last, text })
    if (event.type === EVENT_ID.MAPPING) open.push({ map: true, key: true })
    if (event.type === EVENT_ID.SEQUENCE) open.push({ map: false, key: false })
  }
}

type Node = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>

function step(event: Node, at: { key: boolean; start: number; text: string }): Step {
  const { key, start, text } = at
  if (event.type === EVENT_ID.MAPPING) return { kind: 'map', start }
  if (event.type === EVENT_ID.SEQUENCE) return { kind: 'list', start }
  if (!key) return { kind: 'scalar', start }
  return { kind: 'key', start, name: event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : '' }
}

/** An empty value has no offset: it stands where the last thing before it, its key, begins. */
function offsetOf(event: Node, last: number): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1
  if (event.type !== EVENT_ID.SCALAR) return event.start
  if (event.valueStart < 0) return last
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
  return quoted ? event.valueStart - 1 : event.valueStart
}

function parse(text: string, maxDepth: number): Event[] {
  // The parser counts the document as a level of its own.
  return attempt(() => parseEvents(text, { maxDepth: maxDepth + 1 }))
}

/** The library asks callers to expect more than its own exception. */
function attempt<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof YamlError) throw error
    if (error instanceof YAMLException) throw new YamlError(error.reason, positionOf(error))
    throw new YamlError('the text cannot be read as YAML', 0)
  }
}

/** The library points behind the quote of a key and the asterisk of an alias. */
function positionOf({ mark, reason }: YAMLException): number {
  if (mark === undefined) return 0
  const behind = /^(?:duplicated|unidentified)/.test(reason) && /["'*]/.test(mark.buffer[mark.position - 1] ?? '')
  return behind ? mark.position - 1 : mark.position
}

const MARK = 1
const INDICATOR = 2
const SPACE = 3
const KINDS = new Uint8Array(128)
for (const mark of ',:[{\r\n') KINDS[mark.charCodeAt(0)] = MARK
// These begin a value only at the start of a line.
for (const indicator of '-?') KINDS[indicator.charCodeAt(0)] = INDICATOR
for (const space of ' \t') KINDS[space.charCodeAt(0)] = SPACE

/** How many characters there are that can begin a value: what reading the text will cost. */
export function marksIn(text: string): number {
  let marks = 0
  let leading = true
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const kind = KINDS[code]
    if (kind === MARK || (leading && kind === INDICATOR)) marks += 1
    leading = code === 0x0a || code === 0x0d || (leading && (kind === SPACE || kind === INDICATOR))
  }
  return marks
}
