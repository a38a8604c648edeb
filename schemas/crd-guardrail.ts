import type { Differences, Rule } from './crd-rules.ts'
import { PROSE } from './crd-values.ts'

/** What a guardrail says of itself; which parameters its rule takes, and what expressions mean, the operator knows. */
export const GUARDRAIL: Differences = {
  rules: {
    spec: [
      {
        rule: 'has(self.rule) != has(self.validations)',
        message: 'set exactly one of rule and validations: a built-in rule, or expressions that must be true',
        reason: 'FieldValueInvalid',
      },
      {
        rule: 'has(self.rule) || !has(self.parameters)',
        message: 'parameters are for a built-in rule: remove them, or name the rule',
        reason: 'FieldValueForbidden',
        fieldPath: '.parameters',
      },
      {
        rule: '!has(self.rule) || !has(self.over) && !has(self.matchConditions) && !has(self.variables)',
        message:
          'over, matchConditions and variables are for expressions: remove them, or write validations instead of rule',
        reason: 'FieldValueForbidden',
      },
    ],
    'spec.description': PROSE,
    'spec.matchConditions': unique('name', 'conditions'),
    'spec.variables': unique('name', 'variables'),
    'spec.validations[].message': PROSE,
    'spec.waivers': unique('id', 'waivers'),
    'spec.waivers[]': [
      {
        rule: 'has(self.integrations) || has(self.fingerprints)',
        message: 'a waiver says what it is about: set integrations, fingerprints or both',
        reason: 'FieldValueRequired',
      },
    ],
    'spec.waivers[].reason': PROSE,
  },
}

function unique(field: string, what: string): readonly Rule[] {
  return [
    {
      rule: `self.all(one, self.exists_one(other, other.${field} == one.${field}))`,
      message: `two ${what} have the same ${field}: give one of them another`,
      reason: 'FieldValueInvalid',
    },
  ]
}
