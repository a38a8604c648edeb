import { isWhole } from './compose.ts'
import type { Found } from './findings.ts'
import { asMap, field } from './schema.ts'
import { shown, shownPath } from './shown.ts'

type Map = Readonly<Record<string, unknown>>

/** What only expressions have. */
const OF_EXPRESSIONS = ['over', 'matchConditions', 'variables', 'validations']

/** What a guardrail says of itself: one way of judging, names that are used once, waivers that are about something. */
export function checkGuardrail(spec: Map, found: Found): void {
  checkWay(spec, found)
  checkNames(spec, 'matchConditions', 'name', found)
  checkNames(spec, 'variables', 'name', found)
  checkNames(spec, 'waivers', 'id', found)
  for (const [index, item] of entries(spec, 'waivers')) checkWaiver(item, ['spec', 'waivers', index], found)
  for (const [index, item] of entries(spec, 'validations')) {
    checkFilled(item, 'message', ['spec', 'validations', index], found)
  }
}

/** The paths of its dates, below the spec. */
export function waiverDates(spec: Map): readonly (readonly (string | number)[])[] {
  return entries(spec, 'waivers').map(([index]) => ['waivers', index, 'expires'])
}

function checkWay(spec: Map, found: Found): void {
  const hasRule = Object.hasOwn(spec, 'rule')
  if (!hasRule && !Object.hasOwn(spec, 'validations')) {
    if (!isWhole(spec)) return
    const cure = 'Name a built-in rule in rule (`tenon guardrails list` shows them), or write validations.'
    return found(() => ({
      code: 'guardrail-without-rule',
      message: 'the guardrail judges nothing',
      cure,
      path: ['spec'],
    }))
  }
  const foreign = (hasRule ? OF_EXPRESSIONS : ['parameters']).filter(name => Object.hasOwn(spec, name))
  for (const name of foreign) {
    const message = hasRule
      ? `spec.rule names a built-in rule, and spec.${name} belongs to expressions`
      : 'spec.parameters belongs to a built-in rule, and the guardrail has expressions'
    const cure = 'Keep one of them: a built-in rule with its parameters, or validations.'
    found(() => ({ code: 'guardrail-rule-mixed', message, cure, path: ['spec', name], key: true }))
  }
}

function checkNames(spec: Map, list: string, name: string, found: Found): void {
  const seen = new Set<unknown>()
  for (const [index, item] of entries(spec, list)) {
    const value = field(item, name)
    if (typeof value !== 'string') continue
    const path = ['spec', list, index, name]
    if (seen.has(value)) {
      const message = `two entries of ${shownPath(['spec', list])} have the ${name} ${shown(value)}`
      found(() => ({ code: 'duplicate-name', message, cure: `Give one of them another ${name}.`, path }))
    }
    seen.add(value)
  }
}

function checkWaiver(waiver: Map, path: readonly (string | number)[], found: Found): void {
  checkFilled(waiver, 'reason', path, found)
  if (!isWhole(waiver) || Object.hasOwn(waiver, 'integrations') || Object.hasOwn(waiver, 'fingerprints')) return
  const message = `${shownPath(path)} does not say what it is about`
  const cure = 'Add integrations, fingerprints or both; integrations: ["*"] is all of them.'
  found(() => ({ code: 'waiver-too-wide', message, cure, path }))
}

function checkFilled(map: Map, name: string, path: readonly (string | number)[], found: Found): void {
  const text = field(map, name)
  if (typeof text !== 'string' || text === '' || text.trim() !== '') return
  const at = [...path, name]
  const message = `${shownPath(at)} is blank`
  found(() => ({ code: 'empty-text', message, cure: 'Say it in a sentence.', path: at }))
}

function entries(spec: Map, list: string): readonly (readonly [number, Map])[] {
  const value = field(spec, list)
  if (!Array.isArray(value)) return []
  return value.flatMap((item, index) => {
    const map = asMap(item)
    return map === undefined ? [] : [[index, map] as const]
  })
}
