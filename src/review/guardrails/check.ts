import type { GuardrailSpec, WaiverSpec } from '../../model/manifest.gen.ts'
import { checkExpressions } from './expressions/check.ts'
import type { GuardrailProblem } from './problem.ts'
import { RULES, type ParameterName, type RuleName } from './rule-table.ts'

type Checked = Pick<
  GuardrailSpec,
  'rule' | 'parameters' | 'over' | 'matchConditions' | 'variables' | 'validations' | 'waivers'
>

/** Everything that is wrong with a guardrail that satisfies its schema, as far as it says so itself. */
export function checkGuardrail(spec: Checked): readonly GuardrailProblem[] {
  return [...checkShape(spec), ...checkParameters(spec), ...checkExpressions(spec), ...checkWaivers(spec.waivers ?? [])]
}

const EXPRESSION_FIELDS = ['over', 'matchConditions', 'variables', 'validations'] as const

function checkShape(spec: Checked): readonly GuardrailProblem[] {
  const { rule, validations } = spec
  if (rule === undefined) {
    if (validations !== undefined) return []
    return [
      {
        path: ['spec'],
        code: 'guardrail-without-rule',
        message: 'the guardrail says neither rule nor validations, so it judges nothing',
        cure: 'Add rule with a built-in rule (`tenon guardrails list` shows them), or validations with expressions.',
      },
    ]
  }
  return EXPRESSION_FIELDS.filter(field => spec[field] !== undefined).map(field => ({
    path: ['spec', field],
    code: 'guardrail-with-two-rules',
    message: `the guardrail has the built-in rule ${rule} and ${field}, which is for expressions`,
    cure: `Remove ${field}, or write a second guardrail.`,
  }))
}

function checkParameters({ rule, parameters = {} }: Checked): readonly GuardrailProblem[] {
  const given = Object.keys(parameters) as readonly ParameterName[]
  if (rule === undefined) {
    if (given.length === 0) return []
    const cure = 'Remove parameters, or name the built-in rule that takes them.'
    return [
      {
        path: ['spec', 'parameters'],
        code: 'unexpected-parameter',
        message: 'only a built-in rule takes parameters',
        cure,
      },
    ]
  }
  return [
    ...given.filter(name => !takes(rule).includes(name)).map(name => unexpected(rule, name)),
    ...missing(rule, given),
    ...(rule === 'data-classes' ? checkDataClasses(parameters) : []),
  ]
}

function takes(rule: RuleName): readonly ParameterName[] {
  return [...RULES[rule].required, ...RULES[rule].optional]
}

function unexpected(rule: RuleName, name: ParameterName): GuardrailProblem {
  const known = takes(rule)
  const cure = known.length === 0 ? 'Remove it.' : `Remove it; the rule takes ${known.join(', ')}.`
  const message = `the rule ${rule} takes no parameter ${name}`
  return { path: ['spec', 'parameters', name], code: 'unexpected-parameter', message, cure }
}

function missing(rule: RuleName, given: readonly ParameterName[]): readonly GuardrailProblem[] {
  const { required, oneOf = [] } = RULES[rule]
  const absent = required.filter(name => !given.includes(name)).map(name => needs(rule, name))
  return oneOf.length === 0 || oneOf.some(name => given.includes(name))
    ? absent
    : [...absent, needs(rule, oneOf.join(' or '))]
}

function needs(rule: RuleName, names: string): GuardrailProblem {
  return {
    path: ['spec', 'rule'],
    code: 'missing-parameter',
    message: `the rule ${rule} needs the parameter ${names}`,
    cure: `Add ${names} under parameters.`,
  }
}

/** Which of its parameters this rule needs depends on what it demands. */
function checkDataClasses(parameters: NonNullable<Checked['parameters']>): readonly GuardrailProblem[] {
  const { demand, classes, who } = parameters
  if (demand === undefined) return []
  const problems: GuardrailProblem[] = []
  if (demand !== 'declare' && classes === undefined) problems.push(needs('data-classes', 'classes'))
  if (demand === 'only' && who === undefined) problems.push(needs('data-classes', 'who'))
  const unused = UNUSED[demand].filter(name => parameters[name] !== undefined)
  for (const name of unused) {
    const message = `data-classes with demand ${demand} takes no parameter ${name}`
    problems.push({ path: ['spec', 'parameters', name], code: 'unexpected-parameter', message, cure: 'Remove it.' })
  }
  return problems
}

const UNUSED = {
  only: ['ignoreUnknownMembers'],
  confirm: ['effect'],
  forbid: ['who', 'select', 'effect', 'ignoreUnknownMembers'],
  declare: ['who', 'select', 'effect', 'ignoreUnknownMembers'],
} as const satisfies Record<string, readonly ParameterName[]>

function checkWaivers(waivers: readonly WaiverSpec[]): readonly GuardrailProblem[] {
  const problems: GuardrailProblem[] = []
  const ids = new Set<string>()
  for (const [index, waiver] of waivers.entries()) {
    const path = ['spec', 'waivers', index]
    if (ids.has(waiver.id)) problems.push(repeated(waiver.id, path))
    ids.add(waiver.id)
    if (waiver.integrations === undefined && waiver.fingerprints === undefined) {
      const message = `waiver ${waiver.id} does not say what it is about`
      const cure = 'Add integrations, or fingerprints of the violations as a review shows them.'
      problems.push({ path, code: 'waiver-without-scope', message, cure })
    }
    if (!isDay(waiver.expires)) {
      const message = `waiver ${waiver.id} ends on "${waiver.expires}", a day that does not exist`
      problems.push({
        path: [...path, 'expires'],
        code: 'invalid-date',
        message,
        cure: 'Correct the day or the month.',
      })
    }
  }
  return problems
}

function repeated(id: string, path: readonly (string | number)[]): GuardrailProblem {
  const message = `two waivers have the id ${id}`
  return { path: [...path, 'id'], code: 'repeated-waiver', message, cure: 'Give each waiver an id of its own.' }
}

/** Whether `YYYY-MM-DD` names a day of the calendar. */
function isDay(text: string): boolean {
  const parsed = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)
}
