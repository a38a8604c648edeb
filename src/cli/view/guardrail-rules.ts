import { SCHEMAS } from '../../decode/schemas.gen.ts'
import type { SchemaNode } from '../../decode/schema.ts'
import { OBJECTS, VARIABLES } from '../../review/guardrails/expressions/environment.ts'
import { RULES, RULE_NAMES, type ParameterName, type RuleName } from '../../review/guardrails/rule-table.ts'
import type { Paint } from '../style.ts'

/** What a parameter means, and what the values that it takes consist of, as the schema of guardrails says it. */
function parameters(): readonly (readonly [string, string])[] {
  const spec = SCHEMAS.guardrail.properties?.['spec']
  const found: Readonly<Record<string, SchemaNode>> = spec?.properties?.['parameters']?.properties ?? {}
  return Object.entries(found).flatMap(([name, node]) =>
    [[name, node.description ?? ''] as const].concat(fieldsOf(name, node)),
  )
}

/** The fields of a parameter, by their paths, such as `who.groups` and `ceiling[].effect`. */
function fieldsOf(name: string, node: SchemaNode): readonly (readonly [string, string])[] {
  const isList = node.items !== undefined
  const inside = (node.items ?? node).properties ?? {}
  const prefix = isList ? `${name}[]` : name
  return Object.entries(inside).map(([field, { description = '' }]) => [`${prefix}.${field}`, description])
}

/** What `guardrails list -o json` prints (`schemas/guardrails-list.schema.json`). */
export function guardrailRulesJson(): unknown {
  return {
    formatVersion: 1,
    rules: RULE_NAMES.map(name => ({ name, ...RULES[name], oneOf: RULES[name].oneOf ?? [] })),
    parameters: parameters().map(([name, description]) => ({ name, description })),
    variables: Object.entries(VARIABLES).map(([name, type]) => ({ name, type })),
    types: Object.entries(OBJECTS).map(([name, fields]) => ({ name, fields })),
  }
}

/** Every rule with its promise and parameters, then what the parameters mean, then what expressions may read. */
export function guardrailRulesText(paint: Paint): string {
  const rules = RULE_NAMES.flatMap(name => [
    paint('bold', name),
    `  ${plain(RULES[name].promise)}`,
    ...line('needs', neededBy(name)),
    ...line('takes', RULES[name].optional.join(', ')),
  ])
  const meanings = parameters().map(([name, description]) => `  ${paint('bold', name)}  ${plain(description)}`)
  const types = Object.entries(OBJECTS).map(([name, fields]) => `  ${paint('bold', name)}  ${fieldsText(fields)}`)
  const variables = Object.entries(VARIABLES).map(([name, type]) => `${name}: ${type}`)
  return [
    ...rules,
    '',
    'Parameters',
    ...meanings,
    '',
    `Expressions read ${variables.join(', ')}, and variables.NAME`,
    ...types,
    '',
  ].join('\n')
}

function line(verb: string, names: string): readonly string[] {
  return names === '' ? [] : [`  ${verb} ${names}`]
}

function neededBy(name: RuleName): string {
  const { required, oneOf = [] } = RULES[name]
  return [...required, ...(oneOf.length === 0 ? [] : [oneOf.join(' or ')])].join(', ')
}

function plain(text: string): string {
  return text.replaceAll('`', '')
}

function fieldsText(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, type]) => `${name}: ${type}`)
    .join(', ')
}

/** The same as Markdown tables, which the docs hold a copy of. */
export function guardrailRulesMarkdown(): string {
  return [
    '| rule | promise | needs | takes |',
    '| --- | --- | --- | --- |',
    ...RULE_NAMES.map(ruleRow),
    '',
    '| parameter | meaning |',
    '| --- | --- |',
    ...parameters().map(([name, description]) => `| \`${name}\` | ${cell(description)} |`),
    '',
    '| expressions read | type |',
    '| --- | --- |',
    ...Object.entries(VARIABLES).map(([name, type]) => `| \`${name}\` | \`${type}\` |`),
    '',
    '| type | fields |',
    '| --- | --- |',
    ...Object.entries(OBJECTS).map(([name, fields]) => `| \`${name}\` | ${fieldCells(fields)} |`),
    '',
  ].join('\n')
}

function ruleRow(name: RuleName): string {
  const { promise, optional, required, oneOf = [] } = RULES[name]
  const needed = [...required.map(code), ...(oneOf.length === 0 ? [] : [oneOf.map(code).join(' or ')])].join(', ')
  return `| \`${name}\` | ${cell(promise)} | ${needed} | ${optional.map(code).join(', ')} |`
}

function code(name: ParameterName): string {
  return `\`${name}\``
}

function fieldCells(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, type]) => `\`${name}: ${type}\``)
    .join(', ')
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}
