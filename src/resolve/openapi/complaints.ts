import type { ErrorObject } from 'ajv/dist/2020.js'
import { type Fault, type Path, pointer, show } from './fault.ts'

/*
 * Where a value fits none of several forms, the schema's errors list what is wrong with each form. Those that lie deepest
 * come from the form that was meant; that a value is no reference either, nobody needs to be told.
 */

const FORMS = new Set(['oneOf', 'anyOf', 'if'])

/** The schema's errors that a person can use, as one warning for each. */
export function complaints(errors: readonly ErrorObject[]): Fault[] {
  const forms = new Set(errors.filter(({ keyword }) => FORMS.has(keyword)).map(({ instancePath }) => instancePath))
  const real = errors.filter(error => !FORMS.has(error.keyword) && error.params['missingProperty'] !== '$ref')
  const outer = new Set(real.filter(error => !isWeak(error)).flatMap(({ instancePath }) => around(instancePath)))
  const places = new Set(real.filter(error => !isWeak(error)).map(({ instancePath }) => instancePath))
  const kept = real.filter(error => {
    const place = error.instancePath
    if (isWeak(error)) return !outer.has(place) && !places.has(place)
    return !outer.has(place) || !(forms.has(place) || around(place).some(path => forms.has(path)))
  })
  return merged(kept.length > 0 ? kept : errors.slice(0, 1), forms).map(faultOf)
}

/** A field counts as unknown whenever the form that knows it does not fit: only alone does that mean something. */
function isWeak({ keyword }: ErrorObject): boolean {
  return keyword === 'unevaluatedProperties'
}

/** All places around a place, from the next to the top. */
function around(place: string): string[] {
  const places: string[] = []
  let rest = place
  while (rest !== '') {
    rest = rest.slice(0, rest.lastIndexOf('/'))
    places.push(rest)
  }
  return places
}

/** Several forms complain about one place in turn: their allowed values are put together, else the first is kept. */
function merged(errors: readonly ErrorObject[], forms: ReadonlySet<string>): ErrorObject[] {
  const byPlace = new Map<string, ErrorObject>()
  for (const error of errors) {
    const form = forms.has(error.instancePath) || around(error.instancePath).some(path => forms.has(path))
    const key = form ? error.instancePath : `${error.instancePath} ${error.message} ${unknownField(error)}`
    const first = byPlace.get(key)
    if (first === undefined) byPlace.set(key, error)
    else if (first.keyword === 'enum' && error.keyword === 'enum') byPlace.set(key, union(first, error))
  }
  return [...byPlace.values()]
}

function union(first: ErrorObject, second: ErrorObject): ErrorObject {
  return { ...first, params: { allowedValues: [...new Set([...allowed(first), ...allowed(second)])] } }
}

function allowed(error: ErrorObject): unknown[] {
  const values: unknown = error.params['allowedValues']
  return Array.isArray(values) ? values : []
}

function unknownField(error: ErrorObject): string | undefined {
  const name: unknown = error.params['additionalProperty'] ?? error.params['unevaluatedProperty']
  return typeof name === 'string' ? name : undefined
}

function faultOf(error: ErrorObject): Fault {
  const unknown = unknownField(error)
  const place = pathOf(error.instancePath)
  return {
    severity: 'warning',
    code: 'openapi-schema',
    message: `${pointer(place)} ${unknown === undefined ? messageOf(error) : unknownMessage(unknown)}`,
    cure: 'Compare it with the OpenAPI specification; operations are read all the same.',
    path: unknown === undefined ? place : [...place, unknown],
    ...(unknown !== undefined && { key: true }),
  }
}

function unknownMessage(name: string): string {
  return `has ${show(name)}, which the specification does not know here`
}

function messageOf(error: ErrorObject): string {
  const values = allowed(error)
  return values.length > 0
    ? `must be one of ${values.map(String).join(', ')}`
    : (error.message ?? 'is not as specified')
}

function pathOf(instancePath: string): Path {
  const segments = instancePath.split('/').slice(1)
  return segments.map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
