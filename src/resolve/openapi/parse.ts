import { type Fault, limited, show } from './fault.ts'
import { JsonError, jsonSteps } from './json.ts'
import { lineFinder, locate, type Step } from './steps.ts'
import { MAX_DEPTH, MAX_NODES, tooDeep } from './walk.ts'
import { readYaml, TOO_MANY, YamlError, yamlSteps } from './yaml.ts'

/** A document's text, read once. */
export interface Parsed {
  readonly value: unknown
  readonly text: string
  readonly json: boolean
}

export type ParseResult =
  | { readonly kind: 'parsed'; readonly parsed: Parsed }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] }

/**
 * Reads a document as UTF-8 and as JSON if its first character is `{`, otherwise as YAML 1.2; the file's name has no say,
 * so that equal bytes always mean the same.
 */
export function parse(bytes: Uint8Array): ParseResult {
  const text = decode(bytes)
  if (typeof text !== 'string') return { kind: 'invalid', faults: [text] }
  const json = /^\s*[{[]/.test(text)
  const faults = json ? checkJson(text) : []
  if (faults.length > 0) return { kind: 'invalid', faults }
  try {
    return { kind: 'parsed', parsed: { value: json ? JSON.parse(text) : readYaml(text, MAX_DEPTH), text, json } }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return { kind: 'invalid', faults: [at(text, error.offset, yamlFault(error))] }
  }
}

/** The faults with line and column, from a second pass over the text; only documents with faults pay for it. */
export function positioned(faults: readonly Fault[], { text, json }: Parsed): Fault[] {
  const shown = limited(faults)
  if (!shown.some(({ path }) => path !== undefined)) return shown
  const find = lineFinder(text)
  const placed = shown.map(({ path = [], key = false }) => ({ path, key }))
  const offsets = locate(json ? jsonSteps(text) : yamlSteps(text, MAX_DEPTH), placed)
  return shown.map((fault, index) =>
    fault.path === undefined ? fault : Object.assign({}, fault, find(offsets[index] ?? 0)),
  )
}

function decode(bytes: Uint8Array): string | Fault {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return {
      severity: 'error',
      code: 'openapi-not-utf8',
      message: 'the document is not UTF-8 text',
      cure: 'Save the file as UTF-8.',
      ...firstBadCharacter(bytes),
    }
  }
}

function firstBadCharacter(bytes: Uint8Array): { line: number; column: number } {
  const text = new TextDecoder('utf-8').decode(bytes)
  return lineFinder(text)(Math.max(0, text.indexOf('\uFFFD')))
}

interface JsonState {
  readonly open: (Set<string> | undefined)[]
  readonly duplicates: { readonly name: string; readonly start: number }[]
  nodes: number
}

/** What `JSON.parse` would take in silence, or refuse without a line: one pass that ends at the first limit. */
function checkJson(text: string): Fault[] {
  const state: JsonState = { open: [], duplicates: [], nodes: 0 }
  try {
    for (const step of jsonSteps(text)) {
      const fault = follow(step, state)
      if (fault !== undefined) return [at(text, 'start' in step ? step.start : 0, fault)]
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return [at(text, error.offset, jsonFault(error))]
  }
  if (state.duplicates.length === 0) return []
  const find = lineFinder(text)
  return limited(state.duplicates.map(({ name, start }) => Object.assign(duplicate(name), find(start))))
}

/** Counts one step in; a fault where a limit is passed. */
function follow(step: Step, state: JsonState): Fault | undefined {
  if (step.kind === 'key') noteKey(step, state)
  else if (step.kind === 'end') state.open.pop()
  else state.nodes += 1
  if (step.kind === 'map') state.open.push(new Set())
  if (step.kind === 'list') state.open.push(undefined)
  if (state.open.length > MAX_DEPTH) return tooDeep()
  return state.nodes > MAX_NODES ? tooLarge(`the document holds more than ${MAX_NODES} values`) : undefined
}

function noteKey(step: Extract<Step, { kind: 'key' }>, { open, duplicates }: JsonState): void {
  const seen = open.at(-1)
  if (seen?.has(step.name) === true) duplicates.push(step)
  seen?.add(step.name)
}

function duplicate(name: string): Fault {
  return {
    severity: 'error',
    code: 'openapi-duplicate-key',
    message: `the key ${show(name)} stands twice in one object; readers differ in which of them counts`,
    cure: 'Remove or rename one of them.',
  }
}

function tooLarge(message: string): Fault {
  const cure = 'Split the service, or keep only the paths that your integrations use.'
  return { severity: 'error', code: 'openapi-too-large', message, cure }
}

function jsonFault(error: JsonError): Fault {
  const cure = 'Complete or correct the JSON at this place.'
  return { severity: 'error', code: 'openapi-syntax', message: error.message, cure }
}

function yamlFault(error: YamlError): Fault {
  if (error.message === TOO_MANY) return tooLarge(TOO_MANY)
  if (error.message.includes('maxDepth')) return tooDeep()
  if (error.message.startsWith('duplicated mapping key')) {
    const cure = 'Remove or rename one of them.'
    const message = 'a key stands twice in one object; readers differ in which of them counts'
    return { severity: 'error', code: 'openapi-duplicate-key', message, cure }
  }
  const cure = 'Correct the YAML at this place.'
  return { severity: 'error', code: 'openapi-syntax', message: error.message, cure }
}

function at(text: string, offset: number, fault: Fault): Fault {
  return { ...fault, ...lineFinder(text)(offset) }
}
