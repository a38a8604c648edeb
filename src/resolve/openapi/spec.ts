import SwaggerParser from '@apidevtools/swagger-parser'
import type { Operation } from '../../model/operation.ts'
import { type Fault, type Path, show } from './fault.ts'
import { isFields } from './fields.ts'
import type { Version } from './version.ts'

const MISSED = 'Nothing needs to be done; operations are read all the same.'

/**
 * What the library finds when it puts every reference in place and applies the rules of Swagger 2.0 that no schema can
 * say: one warning at most, since it stops at the first. It is given a lean copy that it may change, no resolver for
 * files or addresses, and no schema check, which expands references and can take for ever.
 */
export async function checkSpec(lean: unknown, version: Version, operations: readonly Operation[]): Promise<Fault[]> {
  // The library knows no version after 3.1; the schema check has said so already.
  if (version === '3.2' || !isApi(lean)) return []
  try {
    await new SwaggerParser().validate(lean, {
      resolve: { external: false, file: false, http: false },
      validate: { schema: false, spec: true },
    })
    return []
  } catch (error) {
    return [faultOf(error, operations)]
  }
}

function isApi(value: unknown): value is SwaggerParser['api'] {
  return isFields(value)
}

function faultOf(error: unknown, operations: readonly Operation[]): Fault {
  const text = error instanceof SyntaxError ? /^Validation failed\. (.*)/s.exec(error.message)?.[1] : undefined
  if (text !== undefined) {
    const path = placeIn(text, operations)
    const cure = 'Compare it with the Swagger 2.0 specification; operations are read all the same.'
    return { severity: 'warning', code: 'openapi-spec', message: show(text).slice(1, -1), cure, path }
  }
  // Other messages can hold paths of this machine.
  const message = `the library could not put every reference in place (${error instanceof Error ? error.name : 'error'})`
  return { severity: 'warning', code: 'openapi-not-checked', message, cure: MISSED, path: [] }
}

/** The operation that the library's message is about: it writes `/paths/pets/get` for `get` of `/pets`. */
function placeIn(text: string, operations: readonly Operation[]): Path {
  let best: Operation | undefined
  for (const operation of operations) {
    if (!text.includes(`/paths${operation.path}/${operation.method}`)) continue
    if (best === undefined || operation.path.length > best.path.length) best = operation
  }
  return best === undefined ? [] : ['paths', best.path, best.method]
}
