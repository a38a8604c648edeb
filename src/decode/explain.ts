import { nearest } from '../model/nearest.ts'
import { isWhole, UNREADABLE } from './compose.ts'
import type { Finding, Found } from './findings.ts'
import { asMap, field, type Conditional, type Consequence, type SchemaNode, type SchemaType } from './schema.ts'
import { shown, shownPath } from './shown.ts'
import { kindOf, oneOf, PATTERNS, typeCure, wanted } from './wording.ts'

type Path = (string | number)[]
type Map = Readonly<Record<string, unknown>>

/**
 * Says everything that a schema has against a value, one finding for each mistake and in words.
 *
 * It exists beside the compiled validators because those can either stop at the first error or report each mistake
 * several times, in work that grows with the square of their number. Both give the same verdict; a test compares them.
 */
export function explain(schema: SchemaNode, value: unknown, found: Found): void {
  explainNode({ schema, value, path: [] }, found)
}

/** A value and what is demanded of it. The path is shared: whoever keeps it copies it. */
interface Node {
  readonly schema: SchemaNode
  readonly value: unknown
  readonly path: Path
}

function explainNode(node: Node, found: Found): void {
  const { schema, value } = node
  if (value === UNREADABLE) return
  if (schema.enum !== undefined) explainChoice(node, schema.enum, found)
  // What a document says it is has been checked before its schema was chosen.
  else if (schema.const !== undefined || schema.type === undefined) return
  else if (value === null) found(() => nullFinding(node))
  else if (!explainTyped(node, schema.type, found) && isWholeValue(value)) found(() => typeFinding(node))
}

/** Looks into a value of the type that is wanted; false for one of another type. */
function explainTyped(node: Node, type: SchemaType, found: Found): boolean {
  const { value } = node
  switch (type) {
    case 'object': {
      const map = asMap(value)
      if (map !== undefined) explainMap(node, map, found)
      return map !== undefined
    }
    case 'array':
      if (Array.isArray(value)) explainList(node, value, found)
      return Array.isArray(value)
    case 'string':
      if (typeof value === 'string') explainText(node, value, found)
      return typeof value === 'string'
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) return false
      explainNumber(node, value, found)
      return true
    default:
      return typeof value === 'boolean'
  }
}

/** A map with refused keys may be no map at all, but a template. */
function isWholeValue(value: unknown): boolean {
  return typeof value !== 'object' || value === null || isWhole(value)
}

function explainChoice(node: Node, values: readonly string[], found: Found): void {
  const { value, path } = node
  if (value === null) return found(() => nullFinding(node))
  if (typeof value !== 'string') return found(() => typeFinding(node))
  if (values.includes(value)) return
  found(() => {
    const meant = nearest(value, values)
    const message = `${shownPath(path)} is ${shown(value)}; it must be ${oneOf(values)}`
    const cure = meant === undefined ? `Use ${oneOf(values)}.` : `Did you mean "${meant}"?`
    return { code: 'invalid-value', message, cure, path: [...path] }
  })
}

function nullFinding({ path }: Node): Finding {
  const key = typeof path.at(-1) === 'string'
  return {
    code: 'null-value',
    message: `${shownPath(path)} has no value`,
    cure: 'Leave it out, or give it a value.',
    path: [...path],
    key,
  }
}

function typeFinding({ schema, value, path }: Node): Finding {
  const message = `${shownPath(path)} must be ${wanted(schema)}, not ${kindOf(value)}`
  return { code: 'invalid-type', message, cure: typeCure(schema, value), path: [...path] }
}

function explainNumber({ schema, path }: Node, value: number, found: Found): void {
  const { minimum = -Infinity, maximum = Infinity } = schema
  if (value >= minimum && value <= maximum) return
  const message = `${shownPath(path)} must be from ${minimum} to ${maximum}`
  found(() => ({ code: 'invalid-value', message, cure: 'Use a number in that range.', path: [...path] }))
}

function explainText({ schema, path }: Node, value: string, found: Found): void {
  const { minLength = 0, maxLength = Infinity, pattern } = schema
  if (value.length < minLength) {
    found(() => ({
      code: 'empty-text',
      message: `${shownPath(path)} is empty`,
      cure: 'Fill it, or leave the field out.',
      path: [...path],
    }))
  } else if (value.length > maxLength && charactersIn(value) > maxLength) {
    const message = `${shownPath(path)} has ${charactersIn(value)} characters; the limit is ${maxLength}`
    found(() => ({ code: 'too-long', message, cure: 'Shorten it.', path: [...path] }))
  } else if (pattern !== undefined && !expression(pattern).test(value)) {
    found(() => patternFinding(`${shownPath(path)} is ${shown(value)}, which is`, pattern, { path: [...path] }))
  }
}

function patternFinding(subject: string, pattern: string, at: Pick<Finding, 'path' | 'key'>): Finding {
  const { what, cure } = PATTERNS[pattern] ?? { what: 'as it must be', cure: `It must match ${pattern}.` }
  return { code: 'invalid-value', message: `${subject} not ${what}`, cure, ...at }
}

/** JSON Schema counts code points. */
function charactersIn(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

const compiled = new globalThis.Map<string, RegExp>()

function expression(pattern: string): RegExp {
  let found = compiled.get(pattern)
  if (found === undefined) compiled.set(pattern, (found = new RegExp(pattern, 'u')))
  return found
}

function explainList(node: Node, list: readonly unknown[], found: Found): void {
  const { schema, path } = node
  const { minItems = 0, maxItems = Infinity, items } = schema
  if (list.length < minItems) {
    const cure = 'List at least one entry, or leave the field out.'
    found(() => ({ code: 'empty-list', message: `${shownPath(path)} is an empty list`, cure, path: [...path] }))
  }
  if (list.length > maxItems) {
    const message = `${shownPath(path)} has ${list.length} entries; the limit is ${maxItems}`
    found(() => ({ code: 'too-many-entries', message, cure: 'Leave some out.', path: [...path], key: true }))
  }
  if (schema.uniqueItems === true) explainRepeats(list, path, found)
  if (items === undefined) return
  for (const [index, value] of list.entries())
    below(path, index, () => explainNode({ schema: items, value, path }, found))
}

function explainRepeats(list: readonly unknown[], path: Path, found: Found): void {
  const seen = new Set<unknown>()
  for (const [index, value] of list.entries()) {
    if (typeof value === 'string' && seen.has(value)) {
      const message = (): string => `${shownPath(path)} lists ${shown(value)} twice`
      found(() => ({
        code: 'duplicate-entry',
        message: message(),
        cure: 'Remove one of the two.',
        path: [...path, index],
      }))
    }
    seen.add(value)
  }
}

function explainMap(node: Node, map: Map, found: Found): void {
  const { schema, path } = node
  const names = Object.keys(map)
  explainSize(node, names.length, found)
  const meant = explainNames(node, names, found)
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(map, name) && !meant.has(name) && isWhole(map)) found(() => missingFinding(schema, path, name))
  }
  for (const conditional of schema.allOf ?? []) explainConditional(node, map, conditional, found)
  for (const name of names) {
    const inner = propertyOf(schema, name)
    if (inner !== undefined) below(path, name, () => explainNode({ schema: inner, value: map[name], path }, found))
  }
}

function explainSize({ schema, path }: Node, size: number, found: Found): void {
  const { minProperties = 0, maxProperties = Infinity } = schema
  if (size < minProperties) {
    const cure = 'Fill it, or leave the field out.'
    found(() => ({ code: 'empty-map', message: `${shownPath(path)} is empty`, cure, path: [...path], key: true }))
  }
  if (size > maxProperties) {
    const message = `${shownPath(path)} has ${size} fields; the limit is ${maxProperties}`
    found(() => ({ code: 'too-many-entries', message, cure: 'Leave some out.', path: [...path], key: true }))
  }
}

function propertyOf({ properties, additionalProperties }: SchemaNode, name: string): SchemaNode | undefined {
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name]
  return additionalProperties === false ? undefined : additionalProperties
}

/** Reports names that the map may not have; gives the missing fields that they most likely mean. */
function explainNames({ schema, path }: Node, names: readonly string[], found: Found): ReadonlySet<string> {
  const { properties = {}, additionalProperties, propertyNames } = schema
  const meant = new Set<string>()
  const free = Object.keys(properties).filter(name => !names.includes(name))
  for (const name of names) {
    if (additionalProperties === false && !Object.hasOwn(properties, name)) {
      found(() => {
        const suggestion = nearest(name, free)
        if (suggestion !== undefined) meant.add(suggestion)
        return unknownFinding(name, { path, suggestion, known: Object.keys(properties) })
      })
    } else if (propertyNames !== undefined && !expression(propertyNames.pattern).test(name)) {
      const subject = (): string => `the key ${shown(name)} in ${shownPath(path)} is`
      found(() => patternFinding(subject(), propertyNames.pattern, { path: [...path, name], key: true }))
    }
  }
  return meant
}

/** Fields that a cluster adds to every resource; they come with what `kubectl get -o yaml` prints. */
const OF_THE_CLUSTER = new Set(
  'status uid resourceVersion generation creationTimestamp deletionTimestamp managedFields ownerReferences finalizers selfLink'.split(
    ' ',
  ),
)

function unknownFinding(
  name: string,
  at: { readonly path: Path; readonly suggestion: string | undefined; readonly known: readonly string[] },
): Finding {
  const { path, suggestion, known } = at
  const message = `unknown field ${shown(name)} in ${shownPath(path)}`
  const here = { code: 'unknown-field', message, path: [...path, name], key: true }
  if (OF_THE_CLUSTER.has(name)) return { ...here, cure: 'The cluster writes it; leave it out of files.' }
  if (suggestion !== undefined) return { ...here, cure: `Did you mean "${suggestion}"?` }
  return { ...here, cure: `The fields here are ${known.join(', ')}.` }
}

function missingFinding(schema: SchemaNode, path: Path, name: string, because = ''): Finding {
  const description = propertyOf(schema, name)?.description
  const cure = description === undefined ? `Add "${name}".` : `Add "${name}": ${description}`
  const message = `${shownPath(path)} needs the field "${name}"${because}`
  return { code: 'required-field', message, cure, path: [...path, name], key: true }
}

function explainConditional(node: Node, map: Map, conditional: Conditional, found: Found): void {
  const verdict = holds(node.schema, map, conditional)
  if (verdict === undefined) return
  const tests = Object.entries(conditional.if.properties).map(([name, { const: value }]) => `${name} is ${value}`)
  const consequence = verdict ? conditional.then : conditional.else
  if (consequence !== undefined) explainConsequence(node, map, { consequence, tests: tests.join(' and ') }, found)
}

/** Whether the condition holds; `undefined` where what it compares is itself missing or wrong, which says enough. */
function holds(schema: SchemaNode, map: Map, { if: condition }: Conditional): boolean | undefined {
  let result = true
  for (const [name, { const: wants }] of Object.entries(condition.properties)) {
    const value = field(map, name)
    if (typeof value !== 'string' || propertyOf(schema, name)?.enum?.includes(value) !== true) return undefined
    result &&= value === wants
  }
  return result
}

function explainConsequence(
  { schema, path }: Node,
  map: Map,
  { consequence, tests }: { readonly consequence: Consequence; readonly tests: string },
  found: Found,
): void {
  for (const name of consequence.required ?? []) {
    if (!Object.hasOwn(map, name)) found(() => missingFinding(schema, path, name, ` where ${tests}`))
  }
  for (const name of Object.keys(consequence.properties ?? {})) {
    if (!Object.hasOwn(map, name)) continue
    const message = `the field "${name}" in ${shownPath(path)} belongs only where ${tests}`
    found(() => ({ code: 'field-not-applicable', message, cure: 'Remove it.', path: [...path, name], key: true }))
  }
}

function below(path: Path, step: string | number, act: () => void): void {
  path.push(step)
  act()
  path.pop()
}
