import { decode } from '../decode/decode.ts'
import { objectsIn, type ListedObject } from '../decode/objects.ts'
import { locate } from '../decode/positions.ts'
import { asMap, field } from '../decode/schema.ts'
import { addressOf, compareAddresses, kindNamed, type Address } from '../model/address.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Document, Place } from '../model/document.ts'
import type { Manifest } from '../model/manifest.ts'
import { authored } from '../source/cluster/document.ts'
import { documentText } from './document-text.ts'
import { configMapsIn, openApiText, type ConfigMaps, type OpenApiText } from './render-config-map.ts'
import type { Rendered } from './render-output.ts'
import type { Rendering, Rules } from './render.ts'
import type { Session } from './session.ts'
import { filePath } from './write-files.ts'

type Fields = Readonly<Record<string, unknown>>

/** Custom resources, as kubectl prints them, as documents of files that mean the same. */
export function renderForFiles({ run }: Session, { say, hasFolder }: Rules): Promise<Rendering> {
  say(`Reading ${run.documents.length} files`)
  const problems: Problem[] = [...run.problems]
  const report: Report = problem => problems.push(problem)
  const objects = objectsIn(run.documents, report)
  const rendered = filesOf(objects, { defaultNamespace: run.defaultNamespace, hasFolder }, report)
  return Promise.resolve({ rendered, documents: objects.filter(isOurs).length, diagnostics: locate(problems) })
}

interface FilesOptions {
  readonly defaultNamespace: string
  /** Whether a document can have another file beside it. */
  readonly hasFolder: boolean
}

/** The files that declare what these objects do. `report` takes what is wrong with them, at its place in the objects. */
export function filesOf(
  objects: readonly ListedObject[],
  { defaultNamespace, hasFolder }: FilesOptions,
  report: Report,
): readonly Rendered[] {
  const making: Making = { configMaps: configMapsIn(objects), hasFolder, report }
  const kept = objects.filter(object => isOurs(object) && !isLeaving(object, report))
  const drafts = kept.map(object => draftOf(object, making))
  const origins = new Map(drafts.map(({ document, object }) => [document.path, object.place]))
  const documents = drafts.map(({ document }) => document)
  // Read again as files will be: what is written is valid, or the reason is told.
  const decoded = decode(documents, { defaultNamespace, strict: true }, problem => report(moved(problem, origins)))
  const byPath = new Map(drafts.map(draft => [draft.document.path, draft]))
  return decoded.manifests
    .toSorted((a, b) => compareAddresses(a.address, b.address))
    .flatMap(manifest => written(manifest, byPath.get(manifest.place.document.path)!, report))
}

function isOurs({ value }: ListedObject): boolean {
  const version = field(value, 'apiVersion')
  return typeof version === 'string' && version.startsWith('tenon.dev/')
}

/** What somebody deleted is still listed until its finalizer is gone; in files it would come back. */
function isLeaving({ value, place }: ListedObject, report: Report): boolean {
  if (field(asMap(field(value, 'metadata')) ?? {}, 'deletionTimestamp') === undefined) return false
  const message = `${nameOf(value)} is being deleted, so it is left out`
  report({
    severity: 'warning',
    code: 'being-deleted',
    message,
    place: { ...place, path: [...place.path, 'metadata'] },
  })
  return true
}

function nameOf(value: Fields): string {
  const metadata = asMap(field(value, 'metadata')) ?? {}
  const [kind, namespace, name] = [value['kind'], field(metadata, 'namespace'), field(metadata, 'name')].map(String)
  const known = kindNamed(kind!)
  const address: Address | undefined = known && addressOf(known, namespace, name!)
  return address ?? `${kind} "${name}"`
}

interface Making {
  readonly configMaps: ConfigMaps
  readonly hasFolder: boolean
  readonly report: Report
}

/** A document of a file to be, with the object that it comes from. */
interface Draft {
  readonly object: ListedObject
  readonly document: Document
  readonly fields: Fields
  /** The file beside it that it names. */
  readonly beside: { readonly text: string; readonly ending: string } | undefined
}

function draftOf(object: ListedObject, making: Making): Draft {
  const { status: _status, ...rest } = object.value
  const metadata = asMap(field(rest, 'metadata'))
  const { openapi, beside } = openApiOf(object, making)
  const fields = {
    ...rest,
    ...(metadata && { metadata: authoredMetadata(metadata) }),
    ...(openapi && { spec: { ...asMap(rest['spec']), openapi } }),
  }
  const { document, index, path } = object.place
  const bytes = Buffer.from(documentText({ comment: [], document: fields }))
  // No other object stands at this place, so problems find their way back.
  const virtual = { file: document.file, path: `${document.file}#${index}/${path.join('/')}`, root: '', bytes }
  return { object, fields, beside, document: virtual }
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
function besideOf(path: string, ending: string): string {
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

/** A problem of a document to be, at its place in the object that it comes from. */
function moved(problem: Problem, origins: ReadonlyMap<string, Place>): Problem {
  const { place, line: _line, column: _column, file: _file, ...rest } = problem
  const origin = place && origins.get(place.document.path)
  if (place === undefined || origin === undefined) return rest
  return { ...rest, place: { ...origin, path: [...origin.path, ...place.path], ...(place.key && { key: true }) } }
}

function written(manifest: Manifest, { fields, beside, object }: Draft, report: Report): readonly Rendered[] {
  const path = filePath(manifest)
  if (manifest.kind === 'credential' && manifest.spec.secretRef !== undefined)
    report(clusterOnly(manifest.name, object))
  const document: Rendered = { path, text: documentText({ comment: [], document: fields }), document: fields }
  return beside === undefined ? [document] : [{ path: besideOf(path, beside.ending), text: beside.text }, document]
}

function clusterOnly(name: string, { place }: ListedObject): Problem {
  return {
    severity: 'warning',
    code: 'cluster-only',
    message: `the values of credential "${name}" are in a Secret, which plan refuses in files`,
    cure: 'Encrypt them with sops and name that file instead of secretRef.',
    place: { ...place, path: [...place.path, 'spec', 'secretRef'], key: true },
  }
}
