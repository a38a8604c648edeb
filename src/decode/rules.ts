import type { Kind } from '../model/address.ts'
import { checkAccess } from './access-rules.ts'
import { hasJoiner } from './characters.ts'
import type { Found } from './findings.ts'
import { checkGuardrail, waiverDates } from './guardrail-rules.ts'
import { asMap, field } from './schema.ts'
import { checkCredential, walkText } from './secret-rules.ts'
import { shownPath } from './shown.ts'

type Map = Readonly<Record<string, unknown>>

/** Texts of a spec that people read, and whether each has one line of its own in lists and reviews. */
const TEXTS = { title: true, displayName: true, label: true, category: true, description: false } as const

/** What a document must satisfy beyond its schema, as far as it says so itself. Fields of a wrong type are passed over. */
export function checkRules(kind: Kind, document: Map, found: Found): void {
  const spec = asMap(field(document, 'spec'))
  if (spec === undefined) return
  checkTexts(spec, found)
  switch (kind) {
    case 'integration':
      checkAccess(spec, found)
      return checkDates(spec, [['acknowledgement', 'date']], found)
    case 'accessGroup':
      return checkDates(spec, [['expires']], found)
    case 'credential':
      checkCredential(document, spec, found)
      return checkDates(spec, CREDENTIAL_DATES, found)
    case 'guardrail':
      checkGuardrail(spec, found)
      return checkDates(spec, waiverDates(spec), found)
    case 'clusterServiceDefinition':
    case 'serviceDefinition':
      return checkOpenApi(spec, found)
    default:
  }
}

const CREDENTIAL_DATES = [
  ['rotation', 'lastRotated'],
  ['rotation', 'expires'],
  ['review', 'lastReviewed'],
] as const

/** A date that matches its pattern may still not exist. */
function checkDates(spec: Map, fields: readonly (readonly (string | number)[])[], found: Found): void {
  for (const at of fields) {
    const date = at.reduce<unknown>(part, spec)
    if (typeof date !== 'string' || !/^\d{4}-\d\d-(?:29|30|31)$/.test(date) || dayExists(date)) continue
    const path = ['spec', ...at]
    const message = `${shownPath(path)} is "${date}", a day that does not exist`
    found(() => ({ code: 'invalid-date', message, cure: 'Correct the day or the month.', path }))
  }
}

function part(value: unknown, step: string | number): unknown {
  return Array.isArray(value) ? value[Number(step)] : field(asMap(value) ?? {}, String(step))
}

function dayExists(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`)
  // JavaScript lets days beyond the end of a month run on into the next one. A wrong month is for the pattern to say.
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().startsWith(date)
}

const DOCUMENT_SOURCES = ['file', 'inline', 'configMapRef']

function checkOpenApi(spec: Map, found: Found): void {
  const openapi = asMap(field(spec, 'openapi'))
  if (openapi === undefined) return
  const given = DOCUMENT_SOURCES.filter(name => Object.hasOwn(openapi, name))
  if (given.length !== 1) {
    const message =
      given.length === 0
        ? 'spec.openapi names no document'
        : `spec.openapi names ${given.length} documents: ${given.join(', ')}`
    const path = given.length === 0 ? ['spec', 'openapi'] : ['spec', 'openapi', given[1]!]
    found(() => ({
      code: 'openapi-source',
      message,
      cure: 'Give exactly one of file, inline and configMapRef.',
      path,
      key: true,
    }))
  }
  if (!Object.hasOwn(spec, 'operations')) return
  const message = 'the service has an OpenAPI document and a list of operations'
  const cure = 'Keep the document; a list of operations is for services without one.'
  found(() => ({ code: 'openapi-and-operations', message, cure, path: ['spec', 'operations'], key: true }))
}

/** Texts that only look filled, and titles that would break a list. */
function checkTexts(spec: Map, found: Found): void {
  for (const [name, oneLine] of Object.entries(TEXTS)) {
    const text = field(spec, name)
    if (typeof text !== 'string' || text === '') continue
    const path = ['spec', name]
    if (text.trim() === '') {
      found(() => ({
        code: 'empty-text',
        message: `spec.${name} is blank`,
        cure: 'Fill it, or leave the field out.',
        path,
      }))
    } else if (oneLine && text.includes('\n')) {
      const cure = 'Write it on one line; a block that begins with | or > ends in a line break, unless with |- or >-.'
      found(() => ({ code: 'forbidden-character', message: `spec.${name} holds a line break`, cure, path }))
    }
  }
}

/** Texts that nobody compares, and parts in which somebody else says what is allowed. */
const FREE = new Set(
  'title description displayName label purpose notes summary category reason message annotations settings settingsSchema inline'.split(
    ' ',
  ),
)

/** Joiners are part of many scripts, but two names that differ by one look the same. */
export function checkJoiners(document: Map, found: Found): void {
  walkText(document, [], (text, at) => {
    if (!hasJoiner(text) || at.some(step => FREE.has(String(step)))) return
    const path = [...at]
    const message = `${shownPath(path)} holds an invisible joiner`
    found(() => ({ code: 'forbidden-character', message, cure: 'Remove it: two names would look the same.', path }))
  })
}
