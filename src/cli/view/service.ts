import type { AuthSpec } from '../../model/manifest.gen.ts'
import type { Operation } from '../../model/operation.ts'
import { FIELDS } from '../../resolve/fields.ts'
import type { Entry } from '../catalogue-entries.ts'
import { settingsOf, type Setting } from '../settings.ts'
import { visible, type Paint } from '../style.ts'
import { originText } from './found.ts'
import { entryJson } from './services.ts'
import { table } from './table.ts'

/** Everything about one service, as machines read it. */
export function serviceJson(entry: Entry, redirect: string | undefined): Record<string, unknown> {
  const { spec } = entry.resource
  const operations = entry.table?.operations ?? []
  return {
    ...entryJson(entry),
    auth: spec.auth.map(wayJson),
    settings: settingsOf(spec.settingsSchema),
    ...(spec.settingsSchema !== undefined && { settingsSchema: spec.settingsSchema }),
    test: spec.test ?? null,
    redirectUri: needsRedirect(entry) ? (redirect ?? null) : null,
    operations: operations.map(operationJson),
  }
}

function wayJson(way: AuthSpec): object {
  return { ...way, fields: fieldsOf(way) }
}

function operationJson(operation: Operation): object {
  return { ...operation, scopes: scopesOf(operation) }
}

interface Field {
  readonly name: string
  readonly required: boolean
}

/** The secret fields of a way to sign in. */
function fieldsOf({ type }: AuthSpec): readonly Field[] {
  const { required, optional = [] } = FIELDS[type]
  return [...required.map(name => ({ name, required: true })), ...optional.map(name => ({ name, required: false }))]
}

/** Every scope that some way to sign in needs for an operation. */
function scopesOf({ security = [] }: Operation): readonly string[] {
  return [...new Set(security.flatMap(alternative => Object.values(alternative).flat()))]
}

/** Whether people sign in at the service, which then sends them back. */
function needsRedirect({ resource }: Entry): boolean {
  return resource.spec.auth.some(({ flow }) => flow === 'authorizationCode')
}

/** Everything about one service, for people. */
export function serviceText(entry: Entry, redirect: string | undefined, paint: Paint): string {
  const { resource } = entry
  const { spec } = resource
  const sections = [
    `${paint('bold', visible(spec.displayName))}  ${paint('dim', visible(resource.address))}\n${visible(spec.description)}\n`,
    factsText(entry),
    `${paint('bold', 'Ways to sign in')}\n${spec.auth.map(way => authText(way, paint)).join('') || '  none\n'}`,
    needsRedirect(entry) ? redirectText(redirect, paint) : '',
    settingsText(settingsOf(spec.settingsSchema), paint),
    operationsText(entry.table?.operations ?? [], paint),
  ]
  return sections.filter(section => section !== '').join('\n')
}

function factsText(entry: Entry): string {
  const { resource, origin, scope, template } = entry
  const { category, type, endpoint, docs, test } = resource.spec
  const facts = [
    ['category', category ?? 'other'],
    ['type', type],
    ['origin', `${origin}, ${scope}${template ? ', a template to start from' : ''}`],
    ['endpoint', endpoint ?? 'none; each integration names its own'],
    ['test', test === undefined ? 'not testable' : testText(test)],
    ...(docs === undefined ? [] : [['docs', docs]]),
    ...(origin === 'custom' ? [['declared', originText(resource)]] : []),
  ]
  return facts.map(([name = '', value = '']) => `  ${name.padEnd(9)} ${visible(value)}\n`).join('')
}

function testText({ method, path, expect = 200 }: { method: string; path: string; expect?: number }): string {
  return `${method.toUpperCase()} ${path}${method === 'query' ? '' : `, which answers ${expect}`}`
}

function authText(way: AuthSpec, paint: Paint): string {
  const { type, flow, description, authorizationUrl, tokenUrl, scopes } = way
  const fields = fieldsOf(way).map(({ name, required }) => (required ? name : `${name} (optional)`))
  const place =
    way.in === undefined ? '' : `, sent in the ${way.in} ${way.name}${way.prefix ? ` as "${way.prefix}…"` : ''}`
  const lines = [
    `fields: ${fields.join(', ')}${place}`,
    ...(description === undefined ? [] : [description]),
    ...(authorizationUrl === undefined ? [] : [`sign-in: ${authorizationUrl}`]),
    ...(tokenUrl === undefined ? [] : [`tokens:  ${tokenUrl}`]),
    ...Object.entries(scopes ?? {}).map(([scope, meaning]) => `scope ${scope}: ${meaning}`),
  ]
  const head = `  ${paint('bold', type)}${flow === undefined ? '' : ` (${flow})`}\n`
  return head + lines.map(line => `    ${visible(line)}\n`).join('')
}

function redirectText(redirect: string | undefined, paint: Paint): string {
  const value =
    redirect ??
    'not known here: set --redirect-base or TENON_REDIRECT_BASE to the address of this installation, such as https://tenon.example'
  return `${paint('bold', 'Redirect URI')}\n  ${visible(value)}\n`
}

function settingsText(settings: readonly Setting[], paint: Paint): string {
  if (settings.length === 0) return ''
  const rows = settings.map(({ name, type, required, description }) => [
    name,
    type,
    required ? 'required' : 'optional',
    description ?? '',
  ])
  return `${paint('bold', 'Settings')}\n${table(['NAME', 'TYPE', '', 'MEANING'], rows, paint)}`
}

function operationsText(operations: readonly Operation[], paint: Paint): string {
  if (operations.length === 0) return 'No operations are listed: permissions select by methods and paths.\n'
  const rows = operations.map(operation => {
    const { id, method, path, tags, deprecated, isNew } = operation
    const notes = [...(isNew === true ? ['new'] : []), ...(deprecated === true ? ['deprecated'] : [])]
    const name = notes.length === 0 ? id : `${id} (${notes.join(', ')})`
    return [name, method.toUpperCase(), path, tags.join(', '), scopesOf(operation).join(', ')]
  })
  const heading = `${paint('bold', 'Operations')} (${operations.length})\n`
  return heading + table(['ID', 'METHOD', 'PATH', 'TAGS', 'SCOPES'], rows, paint)
}
