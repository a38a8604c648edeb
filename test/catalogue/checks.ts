import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isAlias, isNode, parse, parseAllDocuments, visit } from 'yaml'
import type { Setting } from './read.ts'

const SCHEMAS = path.join(import.meta.dirname, '../../schemas')

/** What a settings schema may say, so that a form can be made of it and nothing in it is costly to check. */
const SETTING_KEYWORDS = new Set([
  'title',
  'description',
  'type',
  'enum',
  'const',
  'pattern',
  'minLength',
  'maxLength',
  'format',
  'required',
  'properties',
  'additionalProperties',
  'items',
  'minimum',
  'maximum',
  'default',
])

/** What in a YAML text is more than plain values, or depends on the version of YAML that reads it. */
export function notPlain(yaml: string): string[] {
  const [document, ...more] = parseAllDocuments(yaml)
  if (document === undefined || !('errors' in document)) return ['no document']
  if (more.length > 0) return [`${more.length + 1} documents`]
  const problems = document.errors.map(String)
  visit(document, (_, node) => {
    if (isAlias(node)) problems.push(`alias ${node.source}`)
    else if (isNode(node) && 'anchor' in node && node.anchor !== undefined) problems.push(`anchor ${node.anchor}`)
    if (isNode(node) && node.tag !== undefined) problems.push(`tag ${node.tag}`)
  })
  if (problems.length > 0) return problems
  const [core, old]: unknown[] = [parse(yaml), parse(yaml, { version: '1.1' })]
  return JSON.stringify(core) === JSON.stringify(old) ? [] : ['YAML 1.1 reads it differently']
}

/** Whether a path, written with values in place of parameters or as it stands in the document, is of the template. */
export function matches(template: string, requested: string): boolean {
  const wanted = template.split('/')
  const given = requested.split('/')
  const fits = (segment: string, index: number): boolean =>
    segment.startsWith('{') ? given[index] !== '' : segment === given[index]
  return wanted.length === given.length && wanted.every(fits)
}

/** The values that occur more than once. */
export function duplicates(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

/** Everything that a `$ref` points at, wherever it stands. */
export function references(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const own = '$ref' in node ? [String(node.$ref)] : []
  return [...own, ...Object.values(node).flatMap(references)]
}

/** What the JSON Schema of its kind says against a definition. */
export function schemaErrors(definition: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  for (const shared of ['common', 'service']) ajv.addSchema(schemaNamed(shared))
  const validate = ajv.compile(schemaNamed('cluster-service-definition'))
  return validate(definition) ? [] : (validate.errors ?? []).map(error => `${error.instancePath} ${error.message}`)
}

function schemaNamed(name: string): object {
  const schema: object = JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.schema.json`), 'utf8'))
  return schema
}

/** What is wrong with a settings schema: keywords, missing words, and defaults that it refuses itself. */
export function settingErrors(schema: Setting): string[] {
  const unknown = Object.keys(schema).filter(keyword => !SETTING_KEYWORDS.has(keyword))
  if (unknown.length > 0) return unknown.map(keyword => `unknown keyword ${keyword}`)
  const problems: string[] = []
  for (const [name, setting] of Object.entries(schema.properties ?? {})) {
    const errors = settingErrors(setting)
    if (!setting.title || !setting.description) problems.push(`${name} has no title or description`)
    if (errors.length === 0 && !acceptsDefault(setting)) problems.push(`the default of ${name} is refused`)
    problems.push(...errors)
  }
  return problems
}

/** Whether the default of a schema satisfies it; formats only annotate. */
function acceptsDefault(schema: Setting): boolean {
  if (schema.default === undefined) return true
  return new Ajv2020({ strict: false, validateFormats: false }).validate(schema, schema.default)
}
