import { SHAPES } from '../src/decode/shapes.ts'
import type { Rule } from './crd-rules.ts'
import { loadSchema, type Schema } from './load.ts'

const { date, url } = loadSchema('common')['$defs'] as Readonly<Record<'date' | 'url', Schema>>

/**
 * What looks like a secret, as far as RE2 can say it: where one only looks like a placeholder, the operator decides. The
 * reason is one for which an API server does not repeat the value.
 */
const NO_SECRET: Rule = {
  rule: `!self.matches(r'${secretPattern()}')`,
  message: 'holds what looks like a secret: keep it in a Credential, and replace it at the service',
  reason: 'FieldValueForbidden',
}

const NOT_BLANK: Rule = {
  rule: String.raw`self.matches(r'[^\s\p{Z}]')`,
  message: 'is blank: write what people are to read, or leave the field out',
  reason: 'FieldValueInvalid',
}

const ONE_LINE: Rule = {
  rule: String.raw`!self.contains('\n')`,
  message: 'holds a line break: write it on one line',
  reason: 'FieldValueInvalid',
}

/** A text that people read, which has a line of its own in lists and reviews. */
export const LINE = [NOT_BLANK, ONE_LINE, NO_SECRET]
/** One that may take several lines. */
export const PROSE = [NOT_BLANK, NO_SECRET]
/** One that may be anything. */
export const NOTES = [NO_SECRET]

/** A URL that is called, and nothing is added to. */
export const ENDPOINT: readonly Rule[] = [
  {
    rule: "!self.matches('[?#]')",
    message: 'carries a query or fragment: remove it',
    reason: 'FieldValueForbidden',
  },
]

/** Rules for values of one form, wherever a schema asks for it. */
const BY_FORM: readonly (readonly [form: Schema, rules: readonly Rule[]])[] = [
  [
    date,
    [
      {
        rule: "!self.matches('-(02-30|02-31|04-31|06-31|09-31|11-31)$')",
        message: 'is a day that does not exist: correct the day or the month',
        reason: 'FieldValueInvalid',
      },
      {
        rule: "!self.endsWith('-02-29') || self.matches('^([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-')",
        message: 'is a day that does not exist: that year has no 29 February',
        reason: 'FieldValueInvalid',
      },
    ],
  ],
  [
    url,
    [
      {
        rule: "!self.matches('^[^:]+://[^/?#]*@')",
        message: 'carries a user name or password: remove it, and keep such values in a Credential',
        reason: 'FieldValueForbidden',
      },
      NO_SECRET,
    ],
  ],
]

/** The rules for a value of this schema that its form alone demands. */
export function valueRules(schema: Schema): readonly Rule[] {
  const { pattern } = schema
  return BY_FORM.find(([form]) => pattern !== undefined && form['pattern'] === pattern)?.[1] ?? []
}

function secretPattern(): string {
  const patterns = SHAPES.map(([, pattern]) => pattern).filter(pattern => !pattern.includes('(?!'))
  return patterns.join('|')
}
