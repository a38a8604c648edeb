import type { Rule } from './crd-rules.ts'
import { loadSchema, type Schema } from './load.ts'

const { date, url } = loadSchema('common')['$defs'] as Readonly<Record<'date' | 'url', Schema>>

/** Rules for values of one form, wherever a schema asks for it. */
const RULES: readonly (readonly [form: Schema, rules: readonly Rule[]])[] = [
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
        message: 'is a day that does not exist: the year has no 29 February',
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
        reason: 'FieldValueInvalid',
      },
    ],
  ],
]

/** The rules for a value of this schema that its form alone demands. */
export function valueRules(schema: Schema): readonly Rule[] {
  const { pattern } = schema
  return RULES.find(([form]) => pattern !== undefined && form['pattern'] === pattern)?.[1] ?? []
}
