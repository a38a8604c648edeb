import { show } from '../openapi/fault.ts'
import { FORMATS } from './formats.ts'
import { type Check, fault, spend } from './run.ts'
import type { Keyword } from './site.ts'
import { canonical, isFields, subject, weight } from './value.ts'

const TYPES = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
} as const

type TypeName = keyof typeof TYPES

/** Keywords that ask something of a value without another schema (JSON Schema Validation 2020-12, section 6). */
export const ASSERTIONS: Readonly<Record<string, Keyword>> = {
  type: (argument, at) => {
    const names = (Array.isArray(argument) ? argument : [argument]).filter(isTypeName)
    if (names.length === 0 || (Array.isArray(argument) && names.length !== argument.length)) {
      at.complain(`must be one or several of ${Object.keys(TYPES).join(', ')}`)
    }
    const wanted = names.map(name => TYPES[name]).join(' or ')
    at.check((value, run) => {
      if (!names.some(name => hasType(value, name)))
        fault(run, () => ({ message: `${subject(run.path)} must be ${wanted}` }))
    })
  },
  enum: (argument, at) => {
    if (!Array.isArray(argument)) return at.complain('must be a list of values')
    at.check(oneOf(argument))
  },
  const: (argument, at) => at.check(oneOf([argument])),
  minimum: limit('at least', (value, bound) => value >= bound),
  maximum: limit('at most', (value, bound) => value <= bound),
  exclusiveMinimum: limit('more than', (value, bound) => value > bound),
  exclusiveMaximum: limit('less than', (value, bound) => value < bound),
  multipleOf: (argument, at) => {
    if (typeof argument !== 'number' || !(argument > 0)) return at.complain('must be a number above 0')
    limit('a multiple of', (value, bound) => Number.isInteger(Number(value) / bound))(argument, at)
  },
  minLength: count('at least', 'characters', lengthOf, (found, bound) => found >= bound),
  maxLength: count('at most', 'characters', lengthOf, (found, bound) => found <= bound),
  minItems: count('at least', 'items', itemsOf, (found, bound) => found >= bound),
  maxItems: count('at most', 'items', itemsOf, (found, bound) => found <= bound),
  minProperties: count('at least', 'settings', membersOf, (found, bound) => found >= bound),
  maxProperties: count('at most', 'settings', membersOf, (found, bound) => found <= bound),
  uniqueItems: (argument, at) => {
    if (typeof argument !== 'boolean') return at.complain('must be true or false')
    if (argument) at.check(uniqueItems)
  },
  pattern: (argument, at) => {
    if (typeof argument !== 'string') return at.complain('must be text')
    const pattern = at.pattern(argument)
    at.check((value, run) => {
      if (typeof value !== 'string' || pattern === undefined || pattern.test(value, run)) return
      fault(run, () => ({
        message: `${subject(run.path)} must match the pattern ${show(argument)}`,
        cure: 'Change it to match.',
      }))
    })
  },
  format: (argument, at) => {
    if (typeof argument !== 'string') return at.complain('must be text')
    const fits = FORMATS.get(argument)
    if (fits === undefined) return
    at.check((value, run) => {
      if (typeof value === 'string' && value.length > 8192) spend(run, value.length >> 6)
      if (typeof value !== 'string' || fits(value)) return
      fault(run, () => ({ message: `${subject(run.path)} must be of the format ${argument}` }))
    })
  },
}

function isTypeName(name: unknown): name is TypeName {
  return typeof name === 'string' && Object.hasOwn(TYPES, name)
}

function hasType(value: unknown, name: TypeName): boolean {
  if (name === 'object') return isFields(value)
  if (name === 'array') return Array.isArray(value)
  if (name === 'null') return value === null
  if (name === 'integer') return typeof value === 'bigint' || Number.isInteger(value)
  if (name === 'number') return typeof value === 'bigint' || Number.isFinite(value)
  return typeof value === name
}

function oneOf(values: readonly unknown[]): Check {
  const allowed = new Set(values.map(canonical))
  const names = values.slice(0, 10).map(value => show(typeof value === 'string' ? value : canonical(value)))
  const wanted = `${values.length > 1 ? 'one of ' : ''}${names.join(', ')}${values.length > names.length ? ', …' : ''}`
  return (value, run) => {
    spend(run, weight(value))
    if (!allowed.has(canonical(value))) fault(run, () => ({ message: `${subject(run.path)} must be ${wanted}` }))
  }
}

/** A keyword that compares a number with its argument. */
function limit(words: string, fits: (value: number | bigint, bound: number) => boolean): Keyword {
  return (argument, at) => {
    if (typeof argument !== 'number' || !Number.isFinite(argument)) return at.complain('must be a number')
    at.check((value, run) => {
      if ((typeof value !== 'number' && typeof value !== 'bigint') || fits(value, argument)) return
      fault(run, () => ({ message: `${subject(run.path)} must be ${words} ${argument}` }))
    })
  }
}

type Measure = (value: unknown) => number | undefined

/** A keyword that compares the size of a value with its argument. */
function count(
  words: string,
  things: string,
  measure: Measure,
  fits: (found: number, bound: number) => boolean,
): Keyword {
  return (argument, at) => {
    if (typeof argument !== 'number' || !Number.isInteger(argument) || argument < 0)
      return at.complain('must be a count')
    at.check((value, run) => {
      const found = measure(value)
      if (found === undefined || fits(found, argument)) return
      fault(run, () => ({ message: `${subject(run.path)} must have ${words} ${argument} ${things}` }))
    })
  }
}

/** Characters are code points, not the UTF-16 units of JavaScript. */
function lengthOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  let length = 0
  for (const _ of value) length += 1
  return length
}

function itemsOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined
}

function membersOf(value: unknown): number | undefined {
  return isFields(value) ? Object.keys(value).length : undefined
}

/** Linear in the items, where comparing each with each would not be. */
const uniqueItems: Check = (value, run) => {
  if (!Array.isArray(value)) return
  spend(run, weight(value))
  const seen = new Map<string, number>()
  for (const [index, item] of value.entries()) {
    const text = canonical(item)
    const other = seen.get(text)
    if (other !== undefined) {
      const message = `${subject([...run.path, index])} stands in the list twice, as item ${other + 1} and ${index + 1}`
      return fault(run, () => ({ message, cure: 'Remove one of them.', member: index }))
    }
    seen.set(text, index)
  }
}
