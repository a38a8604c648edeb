import type { SchemaNode, SchemaType } from './schema.ts'

/** What a pattern of the schemas stands for, in words. */
export interface Wording {
  /** Completes "is not …". */
  readonly what: string
  readonly cure: string
}

const NAME = 'Use lower-case letters, digits, "-" and "."; begin and end with a letter or digit.'
const LABEL = 'letters, digits, "-", "_" and "."; begin and end with a letter or digit'

/** Every pattern that the schemas use; a test fails when one is missing. */
export const PATTERNS: Readonly<Record<string, Wording>> = {
  '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$': { what: 'a valid name', cure: NAME },
  '^[a-z0-9][-a-z0-9.]*(/[a-z0-9][-a-z0-9.]*)?$': {
    what: 'the name of a guardrail',
    cure: 'Write its name, or namespace/name, in lower-case letters, digits, "-" and ".".',
  },
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$': {
    what: 'a valid name',
    cure: 'Use lower-case letters, digits and "-"; begin and end with a letter or digit.',
  },
  '^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$': {
    what: 'a valid key for labels and annotations',
    cure: `Use at most 63 ${LABEL}; a domain and "/" may stand in front.`,
  },
  '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$': { what: 'a valid label value', cure: `Use ${LABEL}.` },
  '^[^\\s,]+$': {
    what: 'one person',
    cure: 'Write one e-mail address or subject without blanks or commas; several are several entries.',
  },
  '^[^\\s,@/:A-Z]+$': {
    what: 'a company',
    cure: 'Write the domain of its e-mail addresses in lower case, such as acme.example.',
  },
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$': {
    what: 'a date',
    cure: 'Write year, month and day, such as "2026-10-01".',
  },
  '^([0-9]+d|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+)$': {
    what: 'a period',
    cure: 'Write days, such as 90d, or a duration, such as 12h or 1h30m.',
  },
  '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$': {
    what: 'a duration',
    cure: 'Write hours, minutes and seconds, such as 10m or 1h30m.',
  },
  '^[A-Za-z][A-Za-z0-9+.-]*://[^\\s]+$': {
    what: 'a URL',
    cure: 'Write it with its scheme, such as https://acme.example.net/api.',
  },
  '^\\S(.*\\S)?$': { what: 'a usable name', cure: 'Write it on one line, without blanks at either end.' },
  '^[a-z]+$': { what: 'a method', cure: 'Write it in lower-case letters, such as get.' },
  '^/\\S*$': { what: 'a path', cure: 'Begin with "/" and use no blanks, such as /invoices/{id}.' },
  '^[-a-z0-9.*]+$': {
    what: 'a pattern for names',
    cure: 'Use lower-case letters, digits, "-" and "."; * stands for any characters, such as billing-*.',
  },
  '^[-a-z0-9.*:\\[\\]]+$': {
    what: 'a pattern for hosts',
    cure: 'Write a host in lower case; * stands for any characters, such as *.acme.example.',
  },
  '^[A-Za-z_][A-Za-z0-9_]*$': {
    what: 'a name for expressions',
    cure: 'Use letters, digits and "_"; begin with a letter.',
  },
  '^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$': {
    what: 'a valid name',
    cure: `Use ${LABEL}.`,
  },
  '^[A-Za-z0-9][-A-Za-z0-9._]*$': {
    what: 'a valid id',
    cure: 'Use letters, digits, "-", "_" and "."; begin with a letter or digit, such as SEC-811.',
  },
  '^[a-z0-9:]+$': { what: 'a fingerprint', cure: 'Copy it from the review that shows it.' },
  '^[A-Z-]+ /.*$': {
    what: 'an accepted operation',
    cure: 'Write the method in capitals, one blank and the path template, such as GET /invoices/{id}.',
  },
  '^(clusterServiceDefinition|serviceDefinition/[^/]+)/[^/]+$': {
    what: 'the address of a service',
    cure: 'Write serviceDefinition/<namespace>/<name> or clusterServiceDefinition/<name>.',
  },
  "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$": { what: 'a header or parameter name', cure: 'Use letters, digits and "-".' },
  '^[A-Za-z0-9][A-Za-z0-9:._/@+-]*$': {
    what: 'a valid owner',
    cure: 'Use letters, digits and : . _ / @ + -, such as git:acme/integrations.',
  },
}

const TYPES: Readonly<Record<SchemaType, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
}

/** What a schema wants, in words. */
export function wanted({ type, enum: values }: SchemaNode): string {
  return values === undefined ? TYPES[type ?? 'object'] : oneOf(values)
}

/** What a value is, in words, without the value. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a number with a fraction'
  return typeof value === 'boolean' ? 'true or false' : 'a map'
}

/** How to turn a value into what a schema wants. */
export function typeCure({ type, enum: values }: SchemaNode, value: unknown): string {
  const scalar = typeof value !== 'object'
  if (values !== undefined) return `Use ${oneOf(values)}.`
  if (type === 'string')
    return scalar ? 'Put it in quotes.' : 'Write one text; put it in quotes if it holds ": " or " #".'
  if (type === 'array') return scalar ? 'Write a list, also for one entry: [ … ].' : 'Write each entry after "- ".'
  if (type === 'boolean') return 'Write true or false, without quotes.'
  if (type === 'integer') return 'Write a whole number, without quotes.'
  return 'Write its fields below it, each on a line of its own.'
}

/** `a, b or c`. */
export function oneOf(values: readonly string[]): string {
  return values.length < 2 ? (values[0] ?? '') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}
