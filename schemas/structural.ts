import type { Differences, Rule } from './crd-rules.ts'
import { valueRules } from './crd-values.ts'
import type { Schema } from './load.ts'
import { serverPattern } from './patterns.ts'

/**
 * A schema whose references are inlined, as a structural one of a CustomResourceDefinition. An API server removes what no
 * field names, so nothing has to forbid it; conditions between fields are rules.
 */
export function structural(schema: Schema, at: string, differences: Differences): Schema {
  const rules = [...(differences.rules[at] ?? []), ...valueRules(schema)]
  return {
    ...described(schema, differences.descriptions?.[at]),
    ...shapeOf(schema, at, differences),
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules satisfies readonly Rule[] }),
  }
}

function described(schema: Schema, own: string | undefined): Schema {
  const [example] = (schema['examples'] as unknown[] | undefined) ?? []
  const shown = typeof example === 'string' ? example : JSON.stringify(example)
  const description = own ?? inCluster(schema['description'] as string | undefined)
  if (description === undefined) return {}
  return { description: example === undefined ? description : `${description} Example: ${shown}` }
}

/** Descriptions say what holds in a cluster only; there that goes without saying. */
function inCluster(description: string | undefined): string | undefined {
  return description
    ?.replace(/^In a cluster: ./, start => start.slice(-1).toUpperCase())
    .replace(' Without effect in a file.', '')
}

function shapeOf(schema: Schema, at: string, differences: Differences): Schema {
  switch (schema['type'] ?? 'string') {
    case 'object':
      return mapOf(schema, at, differences)
    case 'array':
      return listOf(schema, at, differences)
    case 'string':
      return textOf(schema, at, differences)
    case 'integer':
      return { type: 'integer', format: 'int32', ...kept(schema, ['minimum', 'maximum']) }
    case 'boolean':
      return { type: 'boolean' }
    default:
      throw new Error(`${at}: an API server does not know type ${String(schema['type'])}`)
  }
}

function mapOf(schema: Schema, at: string, differences: Differences): Schema {
  const { properties, additionalProperties } = schema as Record<string, Schema | undefined>
  const bounds = { type: 'object', ...kept(schema, ['required', 'minProperties', 'maxProperties']) }
  if (differences.free?.includes(at) === true) return { ...bounds, 'x-kubernetes-preserve-unknown-fields': true }
  if (properties !== undefined) return { ...bounds, properties: fieldsOf(properties, at, differences) }
  if (additionalProperties === undefined) throw new Error(`${at} may hold anything and is not named as free`)
  return { ...bounds, additionalProperties: structural(additionalProperties, `${at}{}`, differences) }
}

function fieldsOf(properties: Schema, at: string, differences: Differences): Schema {
  const fields = Object.entries(properties).map(([name, field]) => [`${at}.${name}`, name, field as Schema] as const)
  const present = fields.filter(([path]) => differences.absent?.includes(path) !== true)
  return Object.fromEntries(present.map(([path, name, field]) => [name, structural(field, path, differences)]))
}

function listOf(schema: Schema, at: string, differences: Differences): Schema {
  return {
    type: 'array',
    ...kept(schema, ['minItems', 'maxItems']),
    'x-kubernetes-list-type': schema['uniqueItems'] === true ? 'set' : 'atomic',
    items: structural(schema['items'] as Schema, `${at}[]`, differences),
  }
}

function textOf(schema: Schema, at: string, { sealed }: Differences): Schema {
  if (schema['enum'] !== undefined) return { type: 'string', enum: schema['enum'] }
  const bounds = { type: 'string', ...kept(schema, ['minLength', 'maxLength']) }
  if (sealed?.includes(at) === true) return bounds
  return { ...bounds, pattern: serverPattern(schema['pattern'] as string | undefined, at) }
}

function kept(schema: Schema, keywords: readonly string[]): Schema {
  return Object.fromEntries(keywords.filter(key => key in schema).map(key => [key, schema[key]]))
}
