import { compile } from 'json-schema-to-typescript'
import { CASES_FILE, CONFIG_FILE, inlined, KIND_FILES, loadSchema, LOCK_FILE, type Schema } from './load.ts'

/** Objects that get a name of their own in the types, by their title in the schemas. */
const NAMED: Readonly<Record<string, string>> = {
  Metadata: 'Metadata',
  'Metadata of a global document': 'ClusterMetadata',
  'Service definition': 'ServiceSpec',
  'Service reference': 'ServiceReference',
  'Way to authenticate': 'AuthSpec',
  Operation: 'OperationSpec',
  'Access group': 'AccessGroupSpec',
  Account: 'AccountSpec',
  Access: 'AccessSpec',
  Permission: 'PermissionSpec',
  Acknowledgement: 'AcknowledgementSpec',
  Match: 'GuardrailMatch',
  Parameters: 'GuardrailParameters',
  People: 'GuardrailPeople',
  'Selected operations': 'OperationSelection',
  'Ceiling entry': 'CeilingEntry',
  'One duty': 'DutySpec',
  'The other duty': 'DutySpec',
  'Match condition': 'MatchConditionSpec',
  Variable: 'VariableSpec',
  Validation: 'ValidationSpec',
  Waiver: 'WaiverSpec',
}

/** Keywords that types cannot say, or that would only add names. */
const DROPPED = new Set(['allOf', 'examples', '$schema', '$id', '$defs', 'pattern', 'propertyNames', 'title'])

/** The types of all kinds of documents, as readonly interfaces. */
export async function manifestTypes(): Promise<string> {
  const definitions: Record<string, unknown> = {}
  const properties = Object.fromEntries(
    [...KIND_FILES, CONFIG_FILE, LOCK_FILE, CASES_FILE].map(name => {
      const schema = loadSchema(name)
      const title = String(schema['title'])
      const { spec } = schema['properties'] as { spec?: Schema }
      const specTitle = spec === undefined ? undefined : String((inlined(spec, schema) as Schema)['title'])
      const names = specTitle === undefined || specTitle in NAMED ? NAMED : { ...NAMED, [specTitle]: `${title}Spec` }
      definitions[`${title}Document`] = typed(inlined(schema, schema), names, definitions, `${title}Document`)
      return [title, { $ref: `#/$defs/${title}Document` }]
    }),
  )
  const root = { title: 'Documents', type: 'object', properties, required: Object.keys(properties), $defs: definitions }
  const text = await compile(structuredClone(root) as never, 'Documents', {
    bannerComment: '// Generated from schemas/*.schema.json by schemas/generate.ts; do not edit.',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    format: false,
  })
  return readonly(text)
}

/** The part of a schema that types can say; objects with a name of their own move to `definitions`. */
function typed(
  node: unknown,
  names: Readonly<Record<string, string>>,
  definitions: Record<string, unknown>,
  root?: string,
): unknown {
  if (Array.isArray(node)) return node.map(item => typed(item, names, definitions))
  if (typeof node !== 'object' || node === null) return node
  const schema = node as Schema
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      const fields = Object.entries(value as Schema).map(([field, inner]) => [field, typed(inner, names, definitions)])
      kept[key] = Object.fromEntries(fields)
    } else if (!DROPPED.has(key)) kept[key] = typed(value, names, definitions)
  }
  const name = root ?? (schema['type'] === 'object' ? names[String(schema['title'])] : undefined)
  if (name === undefined) return kept
  const definition = { ...kept, title: name }
  if (root !== undefined) return definition
  definitions[name] = definition
  return { $ref: `#/$defs/${name}` }
}

/** Data is readonly: properties, lists and maps. */
function readonly(text: string): string {
  return text
    .replaceAll(/\{\s*\}/g, 'Readonly<Record<string, unknown>>')
    .replaceAll(/^(\s*)((?:\[k: string\]|"?[\w$-]+"?\??):)/gm, '$1readonly $2')
    .replaceAll(/(\w+|\([^()]*\))\[\]/g, 'readonly $1[]')
    .replaceAll(/^\}\[\]$/gm, '}[]')
    .replaceAll(/readonly readonly /g, 'readonly ')
}
