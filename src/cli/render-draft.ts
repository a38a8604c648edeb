import { asMap, field } from '../decode/schema.ts'
import type { ListedObject } from '../decode/objects.ts'
import { kindNamed } from '../model/address.ts'
import type { Report } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import { inReadingOrder } from '../resolve/export.ts'
import { authored } from '../source/cluster/document.ts'
import { documentText } from './document-text.ts'
import { openApiText, type ConfigMaps, type OpenApiText } from './render-config-map.ts'
import { filePath } from './write-files.ts'

type Fields = Readonly<Record<string, unknown>>

/** What drafts are made with. */
export interface Making {
  readonly configMaps: ConfigMaps
  readonly hasFolder: boolean
  readonly report: Report
}

/** A document of a file to be, with the object that it comes from. */
export interface Draft {
  readonly object: ListedObject
  readonly document: Document
  readonly fields: Fields
  /** The file beside it that it names. */
  readonly beside: { readonly text: string; readonly ending: string } | undefined
}

/** The document that a file would hold for an object: without what the server and tools set, and nothing only a cluster has. */
export function draftOf(object: ListedObject, making: Making): Draft {
  const { status: _status, ...rest } = object.value
  const metadata = asMap(field(rest, 'metadata'))
  const { openapi, beside } = openApiOf(object, making)
  const fields = {
    ...rest,
    ...(metadata && { metadata: authoredMetadata(metadata) }),
    ...specOf(rest, openapi),
  }
  const { document, index, path } = object.place
  const bytes = Buffer.from(documentText({ comment: [], document: fields }))
  // No other object stands at this place, so problems find their way back.
  const virtual = { file: document.file, path: `${document.file}#${index}/${path.join('/')}`, root: '', bytes }
  return { object, fields, beside, document: virtual }
}

/** The spec in the order in which people read it: an API server sorts what it keeps. */
function specOf({ kind, spec: given }: Fields, openapi: Fields | undefined): Fields {
  const known = typeof kind === 'string' ? kindNamed(kind) : undefined
  const spec = asMap(given)
  if (known === undefined || spec === undefined) return {}
  const ordered = inReadingOrder(known, { ...spec, ...(openapi && { openapi }) })
  return { spec: Object.fromEntries(Object.entries(ordered).filter(([, value]) => value !== undefined)) }
}

/** What takes the place of a reference to a ConfigMap: a file, or the document itself where there can be none. */
function openApiOf(
  object: ListedObject,
  making: Making,
): { readonly openapi?: Fields; readonly beside?: Draft['beside'] } {
  const found = openApiText(object, making.configMaps, making.report)
  if (found === undefined) return {}
  if (!making.hasFolder) return { openapi: { inline: inlined(found, object, making.report) } }
  // No service's own file ends like these.
  const ending = found.isJson ? '.openapi.json' : '.openapi.yml'
  return { openapi: { file: fileBeside(object.value, ending) }, beside: { text: found.text, ending } }
}

function fileBeside({ metadata }: Fields, ending: string): string {
  const name = String(asMap(metadata)?.['name'])
  return besideOf(filePath({ kind: 'clusterServiceDefinition', namespace: undefined, name }), ending)
    .split('/')
    .at(-1)!
}

/** The path of the file that a document at this path names. */
export function besideOf(path: string, ending: string): string {
  return path.replace(/\.yaml$/, ending)
}

function inlined({ text }: OpenApiText, { place }: ListedObject, report: Report): Fields {
  try {
    const value: unknown = JSON.parse(text)
    if (asMap(value) !== undefined) return asMap(value)!
  } catch {
    // Said below: it is YAML, or no document at all.
  }
  report({
    severity: 'error',
    code: 'needs-folder',
    message: 'the OpenAPI document of this service is no JSON, so only a file of its own can hold it',
    cure: 'Pass --out.',
    place: { ...place, path: [...place.path, 'spec', 'openapi'], key: true },
  })
  return {}
}

/** Name and notes of an author; the rest of an object's metadata was set by the server or by tools. */
function authoredMetadata(metadata: Fields): Fields {
  const own = (name: string): unknown => {
    const entries = asMap(field(metadata, name))
    if (entries === undefined) return field(metadata, name)
    const kept = authored(entries as Readonly<Record<string, string>>)
    return Object.keys(kept).length > 0 ? kept : undefined
  }
  const fields = {
    name: field(metadata, 'name'),
    namespace: field(metadata, 'namespace'),
    labels: own('labels'),
    annotations: own('annotations'),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
