import { type Fault, show } from './fault.ts'
import { isFields } from './fields.ts'

/** The versions that can be read; 3.2 without a check against its schema. */
export const VERSIONS = ['2.0', '3.0', '3.1', '3.2'] as const
export type Version = (typeof VERSIONS)[number]

/** Which specification a document follows, or the fault that says why nobody can tell. */
export function versionOf(document: unknown): Version | Fault {
  if (!isFields(document)) {
    return fault('the document is not an OpenAPI description: its top level is not an object', [])
  }
  const fields = ['openapi', 'swagger'].filter(field => Object.hasOwn(document, field))
  const [field] = fields
  if (field === undefined) return fault('the document says neither "openapi" nor "swagger"', [])
  if (fields.length > 1) return fault('the document says both "openapi" and "swagger"', ['swagger'])
  const value = document[field]
  if (typeof value !== 'string') return fault(`"${field}" must be text, for example "${example(field)}"`, [field])
  const written = field === 'swagger' ? value : /^(3\.\d)\.\d+(?:-\w+)?$/.exec(value)?.[1]
  const version = VERSIONS.find(known => known === written && known.startsWith('2') === (field === 'swagger'))
  return version ?? fault(`"${field}" is ${show(value)}, which is not a version that can be read`, [field])
}

function example(field: string): string {
  return field === 'swagger' ? '2.0' : '3.1.0'
}

function fault(message: string, path: readonly string[]): Fault {
  const cure = 'Write `swagger: "2.0"`, or `openapi:` with a version from 3.0.0 to 3.2.x in quotes.'
  return { severity: 'error', code: 'openapi-version', message, cure, path }
}
